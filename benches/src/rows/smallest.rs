//! One user, one request.

use std::io;
use std::time::Duration;

use crate::bench::{Bench, of_rounds, others};
use crate::call::Ran;
use crate::table::Line;

/// When the one user is due that comes in a phase of a second: nothing else is waited for.
const DUE: Duration = Duration::from_millis(500);

/// How long the smallest script takes, and how much memory.
pub(super) fn smallest(bench: &Bench) -> io::Result<Vec<Line>> {
    let mut calls = vec![bench.slsart("smallest.yml", [""; 0])?];
    let artillery = bench.peers.artillery();
    calls.extend(
        artillery.map(|artillery| super::flow::artillery(bench, artillery, "smallest.yml")),
    );
    let rounds = bench.rounds(&calls, Duration::from_mins(1))?;
    let over = |ran: &Ran| ran.usage.wall.saturating_sub(DUE).as_secs_f64() * 1e3;
    let memory = |ran: &Ran| ran.usage.memory as f64 / 1e6;
    let of = |ran: &[Ran]| (of_rounds(ran, over), of_rounds(ran, memory));
    let text = |(over, memory): (f64, f64)| format!("{over:.0} ms, {memory:.1} MB");
    let ours = of(&rounds[0]);
    Ok(vec![Line {
        work: "the smallest script: over its own time, and memory".to_owned(),
        ours: text(ours),
        theirs: rounds.get(1).map_or_else(
            || "–".to_owned(),
            |ran| format!("Artillery {}", text(of(ran))),
        ),
        ratio: String::new(),
        goal: "< 50 ms, < 15 MB".to_owned(),
        held: Some(ours.0 < 50.0 && ours.1 < 15.0),
        others: others(&rounds),
    }])
}
