//! What came of a search for the highest rate: a line for every rate that was tried.

use std::fmt::Write as _;
use std::time::Duration;

use serde::Serialize;
use star_core::{AnyOutcome, RunId, Verdict};

use crate::exit::Exit;

/// What a machine made of one rate.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Point {
    /// Units a second that were asked for.
    pub(crate) rate: u64,
    /// Units a second that were started.
    achieved: f64,
    /// How long 99 % of the units waited for their answers at most, in milliseconds.
    latency_p99: Option<f64>,
    /// How late 99 % of them were at most, in milliseconds.
    lateness_p99: f64,
    /// The greatest share of a core that a worker's thread took.
    cpu: f64,
    /// Whether it was held.
    pub(crate) held: bool,
    /// Why not.
    because: Vec<String>,
    run: RunId,
}

impl Point {
    /// What a run at this rate for so long comes to.
    pub(crate) fn of(rate: u64, duration: Duration, outcome: &AnyOutcome) -> Self {
        let facts = &outcome.facts;
        let trust = facts.trust();
        let latency = outcome.latency.as_ref();
        let because = because(outcome);
        Self {
            rate,
            achieved: facts.tally.started as f64 / duration.as_secs_f64(),
            latency_p99: latency.map(|latency| latency.quantile(0.99) as f64 / 1000.0),
            lateness_p99: facts.lateness.quantile(0.99) as f64 / 1000.0,
            cpu: facts.health.busiest as f64 / 1000.0,
            held: Exit::of(outcome) == Exit::Passed && trust.is_given(),
            because,
            run: facts.run.clone(),
        }
    }
}

fn because(outcome: &AnyOutcome) -> Vec<String> {
    let facts = &outcome.facts;
    let mut because: Vec<_> = match &outcome.verdict {
        Verdict::Passed => Vec::new(),
        Verdict::NoAnswer => vec!["the target never answered".to_owned()],
        Verdict::Failed(why) => why.clone(),
    };
    if facts.stopped.is_some() {
        because.push("it was stopped".to_owned());
    }
    because.extend(facts.trust().reasons().iter().map(ToString::to_string));
    if because.is_empty() && Exit::of(outcome) != Exit::Passed {
        because.push("its report is partial".to_owned());
    }
    because
}

/// What a search found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Curve {
    /// What was tried, in order.
    pub(crate) points: Vec<Point>,
    /// The highest rate that was held.
    pub(crate) highest: Option<u64>,
    /// How many workers shared it.
    pub(crate) workers: u64,
    /// What a worker like these should get at most.
    pub(crate) worker_rate: Option<u64>,
    /// How that is written into a script.
    pub(crate) suggestion: Option<String>,
}

/// The first line of the table.
pub(crate) fn curve_head() -> String {
    format!(
        "{:>8}  {:>10}  {:>8}  {:>9}  {:>5}\n",
        "rate", "achieved", "p99 ms", "late p99", "CPU"
    )
}

/// A line of the table.
pub(crate) fn curve_line(point: &Point) -> String {
    let verdict = if point.held {
        "held".to_owned()
    } else {
        format!("not held: {}", point.because.join("; "))
    };
    let latency = point
        .latency_p99
        .map_or_else(|| "-".to_owned(), |p99| format!("{p99:.1}"));
    format!(
        "{:>8}  {:>10}  {latency:>8}  {:>9.2}  {:>3.0} %  {verdict}\n",
        format!("{}/s", point.rate),
        format!("{:.1}/s", point.achieved),
        point.lateness_p99,
        point.cpu * 100.0
    )
}

/// What it comes to, below the table.
pub(crate) fn curve_end(curve: &Curve) -> String {
    let Some(highest) = curve.highest else {
        return "\nno rate was held\n".to_owned();
    };
    let mut text = format!(
        "\nthis machine held {highest}/s with {} workers\n",
        curve.workers
    );
    if let Some(rate) = curve.worker_rate {
        let _infallible = writeln!(
            text,
            "a worker like these: at most {rate}/s, a fifth kept in reserve"
        );
    }
    if let Some(suggestion) = &curve.suggestion {
        let _infallible = writeln!(text, "in the script: {suggestion}");
    }
    text
}
