//! Users that make something, and look at what they have made.

use std::io;
use std::time::Duration;

use crate::bench::{Bench, of_rounds, others, phases, ratio, scripts};
use crate::call::{Call, Ran};
use crate::table::Line;

/// Artillery's run of one of the scripts.
pub(super) fn artillery(bench: &Bench, artillery: Call, script: &str) -> Call {
    let artillery = artillery.with(["run", "--quiet", "--target", bench.target.url()]);
    artillery.with([scripts().join(script)])
}

/// The system calls of such users without anything else, at a rate.
fn least(bench: &Bench, rate: u32, count: u32) -> io::Result<Call> {
    let program = std::env::current_exe()?;
    let address = bench.target.url().trim_start_matches("http://");
    let least = Call::new("system calls alone", program).with(["least", address]);
    Ok(least.with([rate.to_string(), count.to_string()]))
}

/// 300 users a second, beside Artillery and the least that they can cost.
pub(super) fn flow(bench: &Bench) -> io::Result<Vec<Line>> {
    let Some((line, ratio)) = beside_artillery(bench)? else {
        return Ok(Vec::new());
    };
    Ok(vec![Line {
        work: "POST, capture, GET, 300 users/s: CPU a user".to_owned(),
        goal: "< 1/20".to_owned(),
        held: Some(ratio > 20.0),
        ..line
    }])
}

/// The same with what it costs to wake cores, between any two things that happen: figures of the machine more than of the tools.
pub(super) fn asleep(bench: &Bench) -> io::Result<Vec<Line>> {
    let line = beside_artillery(bench)?.map(|(line, _)| Line {
        work: "the same users where cores may sleep: CPU a user".to_owned(),
        ..line
    });
    Ok(line.into_iter().collect())
}

/// What a user takes, and how many of them Artillery's one is worth.
fn beside_artillery(bench: &Bench) -> io::Result<Option<(Line, f64)>> {
    const RATE: u32 = 300;
    let Some(theirs) = bench.peers.artillery() else {
        return Ok(None);
    };
    let seconds = bench.seconds(10);
    let smallest = [
        bench.smallest(&bench.slsart("smallest.yml", [""; 0])?)?,
        bench.smallest(&artillery(bench, theirs.clone(), "smallest.yml"))?,
    ];
    let calls = [
        bench.slsart("flow.yml", phases(RATE, seconds))?,
        artillery(bench, theirs, "flow.yml").with(phases(RATE, seconds)),
        least(bench, RATE, RATE * seconds)?,
    ];
    let rounds = bench.rounds(&calls, Duration::from_mins(2))?;
    let least = of_rounds(&rounds[2], |ran| 2.0 * ran.per_request(Duration::ZERO));
    // Every user makes two requests.
    let cost = |ran: &Ran, ours: bool| 2.0 * ran.per_request(smallest[usize::from(!ours)]);
    let ratio = ratio(&rounds[1], &rounds[0], |ran, theirs| cost(ran, !theirs));
    // Seven of ten make something, give or take what chance does.
    let looks = |ran: &Ran| ran.record.captured as f64 / ran.record.connections.len().max(1) as f64;
    let captured = of_rounds(&rounds[0], looks);
    if !(0.6..0.8).contains(&captured) {
        let text = format!("{captured:.2} of the users looked at what they had made, not 0.7");
        return Err(io::Error::other(text));
    }
    let line = Line {
        ours: format!("{:.0} µs", of_rounds(&rounds[0], |ran| cost(ran, true))),
        theirs: format!(
            "Artillery {:.0} µs; system calls alone {least:.0} µs",
            of_rounds(&rounds[1], |ran| cost(ran, false))
        ),
        ratio: format!("1/{ratio:.0}"),
        others: others(&rounds),
        ..Line::default()
    };
    Ok(Some((line, ratio)))
}
