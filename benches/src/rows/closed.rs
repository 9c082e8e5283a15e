//! 64 users that ask again and again.

use std::io;
use std::time::Duration;

use crate::bench::{Bench, ITEM, of_rounds, others, ratio};
use crate::call::{BOTH, Call, Ran};
use crate::table::Line;

/// How many rounds a user makes for each second that a run is to take.
const ROUNDS_A_SECOND: u32 = 1_000;

const LIMIT: Duration = Duration::from_mins(2);

fn script(bench: &Bench, workers: u32, script: &str) -> io::Result<Call> {
    let rounds = bench.seconds(5) * ROUNDS_A_SECOND;
    bench.cut(
        workers,
        script,
        ["--variables".to_owned(), format!("rounds={rounds}")],
    )
}

/// wrk with so many threads.
fn asks(bench: &Bench, wrk: Call, threads: u32) -> Call {
    let (threads, duration) = (format!("-t{threads}"), format!("-d{}s", bench.seconds(5)));
    let url = format!("{}{ITEM}", bench.target.url());
    wrk.with([&threads, "-c64", &duration, &url])
}

/// A full script, and a plain one, beside wrk.
pub(super) fn full(bench: &Bench) -> io::Result<Vec<Line>> {
    let Some(wrk) = bench.peers.wrk() else {
        return Ok(Vec::new());
    };
    let wrk = asks(bench, wrk, 1);
    let smallest = bench.smallest(&bench.slsart("smallest.yml", [""; 0])?)?;
    let calls = [
        script(bench, 1, "full.yml")?,
        script(bench, 1, "plain.yml")?,
        wrk,
    ];
    let rounds = bench.rounds(&calls, LIMIT)?;
    // wrk takes next to nothing besides its requests, and has no run of a single one.
    let cost = |ran: &Ran, ours| ran.per_request(if ours { smallest } else { Duration::ZERO });
    let line = |work: &str, ours: usize, goal: Option<f64>| {
        let ratio = ratio(&rounds[ours], &rounds[2], cost);
        Line {
            work: work.to_owned(),
            ours: format!("{:.1} µs", of_rounds(&rounds[ours], |ran| cost(ran, true))),
            theirs: format!(
                "wrk {:.1} µs",
                of_rounds(&rounds[2], |ran| cost(ran, false))
            ),
            ratio: format!("{ratio:.2} ×"),
            goal: goal.map_or_else(String::new, |goal| format!("≤ {goal} ×")),
            held: goal.map(|goal| ratio <= goal),
            others: others(&rounds),
        }
    };
    Ok(vec![
        line(
            "a full script on 64 kept connections: CPU a request",
            0,
            Some(1.5),
        ),
        line("the same without templates and captures", 1, None),
    ])
}

/// The full script by two workers instead of one, and wrk by two threads instead of one.
pub(super) fn lanes(bench: &Bench) -> io::Result<Vec<Line>> {
    let on_both = |name, call: Call| Call {
        name,
        cores: BOTH,
        ..call
    };
    let mut calls = vec![
        on_both("slsart, two workers", script(bench, 2, "full.yml")?),
        on_both("slsart, one worker", script(bench, 1, "full.yml")?),
    ];
    if let Some(wrk) = bench.peers.wrk() {
        calls.push(on_both("wrk, two threads", asks(bench, wrk.clone(), 2)));
        calls.push(on_both("wrk, one thread", asks(bench, wrk, 1)));
    }
    let smallest = bench.smallest(&bench.slsart("smallest.yml", [""; 0])?)?;
    let rounds = bench.rounds(&calls, LIMIT)?;
    let cost = |ran: &Ran, _| ran.per_request(smallest);
    let held = ratio(&rounds[0], &rounds[1], cost);
    let one = of_rounds(&rounds[1], |ran| cost(ran, true));
    let theirs = match &rounds[2..] {
        [two, one] => {
            let wrk = ratio(two, one, |ran, _| ran.per_request(Duration::ZERO));
            format!("; wrk by two threads {wrk:.2} × by one")
        }
        _ => String::new(),
    };
    Ok(vec![Line {
        work: "two workers, without a core for the target alone: CPU a request".to_owned(),
        ours: format!("{:.1} µs", of_rounds(&rounds[0], |ran| cost(ran, true))),
        theirs: format!("one worker {one:.1} µs{theirs}"),
        ratio: format!("{held:.2} ×"),
        goal: "≤ 1.1 ×".to_owned(),
        held: Some(held <= 1.1),
        others: others(&rounds),
    }])
}
