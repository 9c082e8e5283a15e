//! What is lost is named, and the rest runs.

use std::time::Duration;

use slsart::target::Target;
use star_core::shape::Batch;
use star_core::{AnyTask, Facts, Job, Limits, Rate, Why};
use tests::{
    Drip, DripAgain, Program, Scratch, Workers, json, launched, launched_job, requests, wait_until,
};

use crate::scripts;

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");
const WORKER: &str = env!("CARGO_BIN_EXE_mortal-worker");

fn limits() -> Limits {
    Limits {
        lead: Duration::from_millis(900),
        tail: Duration::from_secs(1),
        late: Duration::from_secs(10),
        ..Limits::here(4)
    }
}

#[test]
fn a_worker_that_dies_before_it_sends_its_bundles_parts_is_made_up_for() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scripts::steady(&scratch, 60.0, 1.0);
    let died = scratch.path("died");
    let workers = Workers::Processes(WORKER.into(), vec![died.clone()]);
    let done = launched(&scratch, "run", &script, target.url(), limits(), &workers);
    assert!(died.exists(), "a worker did die");
    let facts = &done.outcome.facts;
    assert!(facts.adds_up() && !facts.is_partial(), "{facts:?}");
    assert_eq!(
        (facts.tally.started, requests(&target).len()),
        (60, 60),
        "nothing is lost, nothing runs twice"
    );
}

/// The processes that carry out chunks of a run, by the ledger they were given.
pub(crate) fn workers_of(scratch: &Scratch) -> Vec<i32> {
    let runs = scratch.runs();
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let mut words = line.split(|byte| *byte == 0);
        words.any(|word| word == b"worker")
            && words.any(|word| word == runs.as_os_str().as_encoded_bytes())
    })
    .collect()
}

pub(crate) fn kill(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

#[test]
fn a_worker_killed_in_mid_chunk_makes_the_outcome_partial_and_the_rest_runs() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    // Its timeout is how long a killed worker is waited for.
    let script = scratch.write(
        "steady.yml",
        r#"
config:
  target: http://127.0.0.1:1
  http: { timeout: 1 }
  phases: [{ duration: 3, arrivalRate: 40 }]
scenarios:
  - flow: [{ get: { url: "/echo" } }]
"#,
    );
    let report = scratch.path("report.json");
    let run = Program::new(PROGRAM, &scratch)
        .args([
            "run",
            "--processes",
            "--workers",
            "4",
            "--name",
            "killed",
            "-t",
            target.url(),
            "-o",
        ])
        .args([&report, &script])
        .start();
    // A snapshot is a second old at most: what was done before it is known.
    wait_until("a snapshot is there", || target.count() > 60);
    let workers = workers_of(&scratch);
    assert_eq!(workers.len(), 4, "{workers:?}");
    // One in the middle: not the launcher's first.
    kill(*workers.last().unwrap());
    let finished = tests::finish(run).expect(4);
    assert!(
        finished.out.contains("PARTIAL: the report covers"),
        "{}",
        finished.out
    );
    assert!(
        finished
            .out
            .contains("units unreported: a worker claimed it, then was silent"),
        "{}",
        finished.out
    );
    let facts = &json(&report)["slsart"]["run"];
    let count = |name: &str| facts["tally"][name].as_u64().unwrap();
    let lost = facts["lost"].as_u64().unwrap();
    assert!(lost > 0 && lost < 30, "{facts}");
    assert_eq!(
        count("started") + count("skipped") + count("missed") + count("cancelled") + lost,
        120
    );
    assert_eq!(
        facts["losses"].as_array().unwrap().len(),
        1,
        "the chunk is named: {facts}"
    );
}

/// What comes of a batch of 40 items, four to a chunk, by so many workers, of whom some die at these items.
fn dripped<T: star_core::Task>(
    task: impl FnOnce(Drip) -> T,
    workers: u32,
    last: &[u64],
    long: bool,
) -> Facts {
    let scratch = Scratch::default();
    let died = scratch.path("died");
    std::fs::create_dir(&died).unwrap();
    let task = task(Drip {
        items: Batch::of(40),
        last: last.to_vec(),
        died: died.clone(),
        long,
    });
    let job = Job {
        task: AnyTask::new(task),
        blobs: Vec::new(),
    };
    let limits = Limits {
        workers: Some(workers),
        chunk_units: Some(4),
        ..Limits::here(workers)
    };
    let workers = Workers::Processes(WORKER.into(), vec![scratch.path("lives on")]);
    std::fs::write(scratch.path("lives on"), "").unwrap();
    let done = launched_job(&scratch, "run", &job, limits, &workers);
    let dead = std::fs::read_dir(&died).unwrap().count();
    assert_eq!(dead, last.len(), "workers did die");
    done.outcome.facts
}

#[test]
fn a_batch_ends_though_a_worker_is_killed_and_one_that_computes_for_long_is_not_held_for_gone() {
    let facts = dripped(|drip| drip, 3, &[7], true);
    assert!(facts.adds_up(), "{facts:?}");
    let [loss] = &facts.losses[..] else {
        panic!("one chunk is lost: {facts:?}");
    };
    // That of items 4 to 7: its worker had not told of any.
    assert_eq!((loss.units, &loss.why), (4, &Why::Unreported), "{facts:?}");
    assert_eq!(facts.tally.ended, 36, "{facts:?}");
}

#[test]
fn what_has_no_effect_is_done_again_where_a_worker_is_killed() {
    let facts = dripped(DripAgain, 3, &[7], true);
    assert!(facts.adds_up() && !facts.is_partial(), "{facts:?}");
    assert_eq!(facts.tally.ended, 40, "{facts:?}");
}

#[test]
fn what_has_no_effect_is_done_again_whichever_workers_are_killed() {
    // The first two are who would look after all the rest.
    for last in [&[0, 7][..], &[0, 7, 11], &[7, 11, 15]] {
        let facts = dripped(DripAgain, 5, last, false);
        assert!(facts.adds_up() && !facts.is_partial(), "{facts:?}");
        assert_eq!(facts.tally.ended, 40, "{facts:?}");
    }
}

#[test]
fn a_dead_first_carrier_does_not_end_the_run() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scripts::steady(&scratch, 20.0, 6.0);
    let limits = Limits {
        chunk: Duration::from_secs(2),
        chunk_rate: Some(Rate::per_second(10)),
        workers: None,
        ..limits()
    };
    let worker = scratch.path("worker");
    std::os::unix::fs::symlink(WORKER, &worker).unwrap();
    let killer = std::thread::spawn({
        let (runs, claims) = (scratch.runs(), scratch.runs().join("runs/run/claims"));
        move || {
            // The carrier of the first window's first lane is the one that started the run.
            let first = claims.join("slice.0-2000000000.0-1.2.1");
            wait_until("the first lane is claimed", || first.exists());
            wait_until("the first carrier is there", || {
                let carriers = carriers(&runs);
                carriers.first().is_some_and(|pid| {
                    kill(*pid);
                    true
                })
            });
        }
    });
    let done = launched(
        &scratch,
        "run",
        &script,
        target.url(),
        limits,
        &Workers::Processes(worker, Vec::new()),
    );
    killer.join().unwrap();
    let facts = &done.outcome.facts;
    assert!(facts.adds_up() && facts.is_partial(), "{facts:?}");
    assert_eq!(
        facts.losses.len(),
        1,
        "only the dead worker's chunk: {facts:?}"
    );
    assert_eq!(facts.losses[0].why, Why::Unreported);
    assert_eq!(facts.losses[0].chunk.lanes.first(), 0);
    assert!(facts.lost <= 20 && facts.tally.started >= 100, "{facts:?}");
}

/// The worker processes of a ledger, oldest first.
fn carriers(runs: &std::path::Path) -> Vec<i32> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let mut pids: Vec<i32> = pids
        .filter(|pid| {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let mut words = line.split(|byte| *byte == 0);
            words
                .next()
                .is_some_and(|program| program.ends_with(b"/worker"))
                && words.any(|word| word == runs.as_os_str().as_encoded_bytes())
        })
        .collect();
    pids.sort_unstable();
    pids
}
