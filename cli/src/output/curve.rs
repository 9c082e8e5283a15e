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
    /// How many units failed, each by itself.
    failed: u64,
    /// How many were not begun since the job lets no more be under way at once.
    pub(crate) turned_away: u64,
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
        let latency = outcome.latency();
        let because = because(outcome);
        Self {
            rate,
            achieved: facts.tally.started as f64 / duration.as_secs_f64(),
            latency_p99: latency
                .filter(|latency| latency.count() > 0)
                .map(|latency| latency.quantile(0.99) as f64 / 1000.0),
            lateness_p99: facts.lateness.quantile(0.99) as f64 / 1000.0,
            cpu: facts.health.busiest as f64 / 1000.0,
            failed: outcome.failed(),
            turned_away: facts.tally.skipped,
            held: Exit::of(outcome) == Exit::Passed
                && trust.is_given()
                && !fails(outcome)
                && facts.tally.skipped == 0,
            because,
            run: facts.run.clone(),
        }
    }
}

/// Whether more units fail than one in a hundred.
fn fails(outcome: &AnyOutcome) -> bool {
    outcome.failed() * 100 > outcome.facts.tally.started
}

fn because(outcome: &AnyOutcome) -> Vec<String> {
    let facts = &outcome.facts;
    let mut because: Vec<_> = match &outcome.verdict() {
        Verdict::Passed => Vec::new(),
        Verdict::NoAnswer => vec!["the target never answered".to_owned()],
        Verdict::Failed(why) => why.clone(),
    };
    if facts.stopped.is_some() {
        because.push("it was stopped".to_owned());
    }
    if fails(outcome) {
        let (failed, started) = (outcome.failed(), facts.tally.started);
        because.push(format!("{failed} of {started} units failed"));
    }
    if facts.tally.skipped > 0 {
        let (away, planned) = (facts.tally.skipped, facts.planned);
        because.push(format!(
            "{away} of {planned} units were turned away by the job's own limit (such as `maxVusers`)"
        ));
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
    /// Whether nothing higher was tried: it may hold more.
    pub(crate) at_least: bool,
    /// Whether above that the job itself turned units away.
    pub(crate) limits_itself: bool,
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
        "{:>8}  {:>10}  {:>6}  {:>8}  {:>9}  {:>5}\n",
        "rate", "achieved", "failed", "p99 ms", "late p99", "CPU"
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
        "{:>8}  {:>10}  {:>6}  {latency:>8}  {:>9.2}  {:>3.0} %  {verdict}\n",
        format!("{}/s", point.rate),
        format!("{:.1}/s", point.achieved),
        point.failed,
        point.lateness_p99,
        point.cpu * 100.0
    )
}

/// What it comes to, below the table.
pub(crate) fn curve_end(curve: &Curve) -> String {
    const OWN_LIMIT: &str = "what held the rate back is the job's own limit (such as `maxVusers`), and not this machine alone\n";
    let own_limit = if curve.limits_itself { OWN_LIMIT } else { "" };
    let Some(highest) = curve.highest else {
        return format!("\nno rate was held\n{own_limit}");
    };
    let mut text = format!(
        "\nthis machine held {highest}/s with {} workers\n{own_limit}",
        curve.workers
    );
    if curve.at_least {
        text.push_str("it may hold more: nothing above that was to be tried\n");
    }
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
