//! Users that come when they are due, each with a connection of its own.

use std::io;
use std::time::Duration;

use crate::bench::{Bench, ITEM, of_rounds, others, phases, ratio};
use crate::call::{Call, Ran};
use crate::lateness::{Lateness, median};
use crate::table::Line;

const LIMIT: Duration = Duration::from_mins(2);

/// Runs `slsart` and oha, which may not be there, at a rate.
fn runs(bench: &Bench, rate: u32) -> io::Result<Vec<Vec<Ran>>> {
    let seconds = bench.seconds(10);
    let mut calls = vec![bench.slsart("open.yml", phases(rate, seconds))?];
    let count = (rate * seconds).to_string();
    calls.extend(
        bench
            .peers
            .oha()
            .map(|oha| asks(bench, oha, &count, &["-q", &rate.to_string()])),
    );
    bench.rounds(&calls, LIMIT)
}

fn asks(bench: &Bench, oha: Call, count: &str, more: &[&str]) -> Call {
    let url = format!("{}{ITEM}", bench.target.url());
    let oha = oha.with(["--no-tui", "--disable-keepalive", "-n", count]);
    oha.with(more.iter().copied()).with([url])
}

/// 2,000 users a second.
pub(super) fn open(bench: &Bench) -> io::Result<Vec<Line>> {
    let ours = bench.smallest(&bench.slsart("smallest.yml", [""; 0])?)?;
    let theirs = bench
        .peers
        .oha()
        .map(|oha| bench.smallest(&asks(bench, oha, "1", &[])));
    let theirs = theirs.transpose()?.unwrap_or_default();
    let rounds = runs(bench, 2_000)?;
    let late = lateness(bench, &rounds, 2_000);
    let Some(oha) = rounds.get(1) else {
        return Ok(vec![late]);
    };
    let cost = |ran: &Ran, by_us| ran.per_request(if by_us { ours } else { theirs });
    let ratio = ratio(&rounds[0], oha, cost);
    let cpu = Line {
        work: "2,000 users/s, a new connection each: CPU a user".to_owned(),
        ours: format!("{:.0} µs", of_rounds(&rounds[0], |ran| cost(ran, true))),
        theirs: format!("oha {:.0} µs", of_rounds(oha, |ran| cost(ran, false))),
        ratio: format!("{ratio:.2} ×"),
        goal: "< 1 ×".to_owned(),
        held: Some(ratio < 1.0),
        others: others(&rounds),
    };
    Ok(vec![cpu, late])
}

/// 500 users a second: how late they are.
pub(super) fn late(bench: &Bench) -> io::Result<Vec<Line>> {
    let rounds = runs(bench, 500)?;
    Ok(vec![lateness(bench, &rounds, 500)])
}

fn lateness(bench: &Bench, rounds: &[Vec<Ran>], rate: u32) -> Line {
    let seconds = bench.seconds(10);
    let of = |ran: &Vec<Ran>| {
        let all = ran
            .iter()
            .map(|ran| Lateness::of(&ran.record.connections, rate, seconds));
        let all: Vec<Lateness> = all.collect();
        let millis = |part: fn(&Lateness) -> Duration| {
            median(all.iter().map(|late| part(late).as_secs_f64() * 1e3))
        };
        let missing: u64 = all.iter().map(|late| late.missing).sum();
        (millis(|late| late.median), millis(|late| late.p99), missing)
    };
    let text = |(median, p99, missing): (f64, f64, u64)| match missing {
        0 => format!("{median:.2} / {p99:.2} ms"),
        missing => format!("{median:.2} / {p99:.2} ms, {missing} missing"),
    };
    let ours = of(&rounds[0]);
    Line {
        work: format!("late at {rate} users/s: median / p99"),
        ours: text(ours),
        theirs: rounds
            .get(1)
            .map_or_else(|| "–".to_owned(), |oha| format!("oha {}", text(of(oha)))),
        ratio: String::new(),
        goal: "< 0.1 / < 1 ms, none missing".to_owned(),
        held: Some(ours.0 < 0.1 && ours.1 < 1.0 && ours.2 == 0),
        others: others(rounds),
    }
}
