//! Ten minutes of open load.

use std::fs;
use std::io;
use std::time::Duration;

use crate::bench::{Bench, phases};
use crate::lateness::median;
use crate::table::Line;

const RATE: u32 = 2_000;

/// What a process has, ten times a minute.
#[derive(Clone, Copy, Debug)]
struct Held {
    memory: f64,
    descriptors: f64,
}

impl Held {
    fn by(process: u32) -> Option<Self> {
        let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kilobytes: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
        let descriptors = fs::read_dir(format!("/proc/{process}/fd")).ok()?.count() as f64;
        Some(Self {
            memory: kilobytes / 1e3,
            descriptors,
        })
    }
}

/// Memory and descriptors in the second minute and in the last.
pub(super) fn memory(bench: &Bench) -> io::Result<Vec<Line>> {
    let minutes = if bench.options.quick { 3 } else { 10 };
    let call = bench.slsart("open.yml", phases(RATE, minutes * 60))?;
    let mut held = Vec::new();
    let limit = Duration::from_mins(u64::from(minutes) + 1);
    let (log, every) = (bench.log(), Duration::from_secs(6));
    let watch = |process| held.extend(Held::by(process));
    let ran = call.watched(&bench.target, &log, limit, every, watch)?;
    let last = held.len().saturating_sub(10);
    let (second, last) = (held.get(10..20).unwrap_or_default(), &held[last..]);
    let of = |held: &[Held], part: fn(&Held) -> f64| median(held.iter().map(part));
    let [before, after] = [second, last].map(|held| of(held, |held| held.memory));
    let [open, still_open] = [second, last].map(|held| of(held, |held| held.descriptors));
    let missing = u64::from(RATE * minutes * 60).saturating_sub(ran.record.requests.len() as u64);
    Ok(vec![Line {
        work: format!(
            "{minutes} minutes at 2,000 users/s: memory and descriptors in the last minute"
        ),
        ours: format!("{after:.1} MB, {still_open:.0}"),
        theirs: format!("second minute {before:.1} MB, {open:.0}"),
        ratio: format!("{:.2} ×, {missing} missing", after / before),
        goal: "flat".to_owned(),
        held: Some(after <= before * 1.05 && still_open <= open + 50.0 && missing == 0),
        others: ran.others,
    }])
}
