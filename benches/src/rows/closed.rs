//! 64 users that ask again and again.

use std::io;
use std::time::Duration;

use crate::bench::{Bench, ITEM, of_rounds, others, ratio};
use crate::call::{Call, Ran};
use crate::table::Line;

/// How many rounds a user makes for each second that a run is to take.
const ROUNDS_A_SECOND: u32 = 1_000;

/// How long a run may take.
pub(super) const LIMIT: Duration = Duration::from_mins(2);

/// How many rounds users make, as the scripts are told.
pub(super) fn rounds(bench: &Bench) -> [String; 2] {
    let rounds = bench.seconds(5) * ROUNDS_A_SECOND;
    ["--variables".to_owned(), format!("rounds={rounds}")]
}

/// wrk by one thread, and what it is to ask.
fn asks(bench: &Bench, wrk: Call) -> Call {
    let duration = format!("-d{}s", bench.seconds(5));
    let url = format!("{}{ITEM}", bench.target.url());
    wrk.with(["-t1", "-c64", &duration, &url])
}

/// A full script, and a plain one, beside wrk.
pub(super) fn full(bench: &Bench) -> io::Result<Vec<Line>> {
    let Some(wrk) = bench.peers.wrk() else {
        return Ok(Vec::new());
    };
    let wrk = asks(bench, wrk);
    let smallest = bench.smallest(&bench.slsart("smallest.yml", [""; 0])?)?;
    let calls = [
        bench.slsart("full.yml", rounds(bench))?,
        bench.slsart("plain.yml", rounds(bench))?,
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
