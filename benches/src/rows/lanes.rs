//! Two workers instead of one.
//!
//! Two cores have no third for a target. So each worker has a thread of the target beside it on its core, and of both there is one or there are two:
//! what changes is that there are two, and not whom a worker shares its core with.

use std::fs;
use std::io;
use std::time::Duration;

use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_setaffinity};

use super::closed::{LIMIT, rounds};
use crate::bench::{Bench, of_rounds, others, ratio};
use crate::call::{BOTH, Call, Ran};
use crate::table::Line;
use crate::target::Target;

/// How often it is looked for threads.
const OFTEN: Duration = Duration::from_millis(10);

/// How often it is tried to have connections beside both threads of the target.
const TRIES: u32 = 3;

/// What the threads are called that have a core each.
const WORKER: &str = "worker";

/// Gives each thread of this name a core of its own; how many there are.
fn part(process: u32, name: &str) -> io::Result<usize> {
    let mut threads = Vec::new();
    for entry in fs::read_dir(format!("/proc/{process}/task"))? {
        let entry = entry?;
        let called = fs::read_to_string(entry.path().join("comm"))?;
        let number = entry.file_name().to_str().and_then(|id| id.parse().ok());
        // The first thread of all waits for the others.
        let number = number.filter(|id| i32::try_from(process) != Ok(*id));
        threads.extend(number.filter(|_| called.trim_end() == name));
    }
    threads.sort_unstable();
    for (core, thread) in threads.iter().enumerate() {
        let mut only = CpuSet::new();
        only.set(core);
        sched_setaffinity(Pid::from_raw(*thread), &only)?;
    }
    Ok(threads.len())
}

/// Runs a tool by so many threads of this name, each beside a thread of the target.
fn beside(bench: &Bench, (call, target): &(Call, &Target)) -> io::Result<Ran> {
    let mut tries = 1;
    loop {
        let (ran, with) = once(bench, (call, target))?;
        let share = with.iter().sum::<usize>() / with.len().max(1);
        // One that was opened before its thread had its core may be with the other: then something else was measured, and it is measured again.
        if with.iter().all(|one| one.abs_diff(share) <= share / 4) {
            return Ok(ran);
        }
        let text = format!("{} had {with:?} connections from its cores", call.name);
        if tries == TRIES {
            return Err(io::Error::other(text));
        }
        eprintln!("  {text}: once more");
        tries += 1;
    }
}

/// Runs it once; and how many connections each thread of the target had from its own core.
fn once(bench: &Bench, (call, target): (&Call, &Target)) -> io::Result<(Ran, Vec<usize>)> {
    let threads = target.connections().len();
    let (mut parted, mut with) = (threads == 1, Vec::new());
    let ran = call.watched(target, &bench.log(), LIMIT, OFTEN, |process| {
        parted = parted || part(process, WORKER).is_ok_and(|found| found == threads);
        with = target.connections();
    })?;
    if !parted {
        let text = format!("{} had no {threads} threads to be given a core", call.name);
        return Err(io::Error::other(text));
    }
    Ok((ran, with))
}

/// The full script by two workers instead of one. Users come over a second, so nearly all of them when their worker has its core; a tool that
/// opens all of its connections at once can't be measured so.
pub(super) fn lanes(bench: &Bench) -> io::Result<Vec<Line>> {
    let [one, two] = [Target::start(&[0])?, Target::start(&[0, 1])?];
    let on_both = |name, call: Call| Call {
        name,
        cores: BOTH,
        ..call
    };
    let ours = |workers, target| bench.cut((workers, target), "full.yml", rounds(bench));
    let calls = [
        (ours(1, &one)?, &one),
        (on_both("slsart, two workers", ours(2, &two)?), &two),
    ];
    let smallest = bench.smallest(&bench.slsart("smallest.yml", [""; 0])?)?;
    let mut all = vec![Vec::new(); calls.len()];
    for round in 1..=bench.options.rounds {
        for (call, ran) in calls.iter().zip(&mut all) {
            eprintln!("  round {round}: {}", call.0.name);
            ran.push(beside(bench, call)?);
        }
    }
    let cost = |ran: &Ran, _| ran.per_request(smallest);
    let held = ratio(&all[1], &all[0], cost);
    let alone = of_rounds(&all[0], |ran| cost(ran, true));
    Ok(vec![Line {
        work: "two workers instead of one, each beside a target on its core: CPU a request"
            .to_owned(),
        ours: format!("{:.1} µs", of_rounds(&all[1], |ran| cost(ran, true))),
        theirs: format!("one worker {alone:.1} µs"),
        ratio: format!("{held:.2} ×"),
        goal: "≤ 1.1 ×".to_owned(),
        held: Some(held <= 1.1),
        others: others(&all),
    }])
}
