//! A run's report as text: what its task measured, and what the core knows.

use std::fmt::Write as _;
use std::time::Duration;

use star_core::{AnyOutcome, Facts, Slice, Verdict};

use super::inert;

/// How many losses are named one by one.
const NAMED: usize = 20;

/// The whole report, in lines of at most `width` where that can be.
pub(crate) fn text(outcome: &AnyOutcome, width: Option<usize>) -> String {
    let (facts, summary) = (&outcome.facts, outcome.summary());
    let mut text = match width {
        Some(width) => format!("{summary:width$}"),
        None => summary.to_string(),
    };
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    let line = accounting(facts, &outcome.verdict(), None);
    let _infallible = write!(text, "\n{line}");
    inert(&text).into_owned()
}

/// What the core knows of a run, in lines; with this of the generator, where it was not measured.
pub(crate) fn accounting(facts: &Facts, verdict: &Verdict, generator: Option<&str>) -> String {
    let mut text = String::new();
    let tally = facts.tally;
    let counted = [
        (tally.started, "started"),
        (tally.skipped, "skipped"),
        (tally.missed, "missed"),
        (tally.cancelled, "cancelled"),
        (facts.lost, "lost"),
    ];
    let pending = facts.planned.saturating_sub(tally.counted() + facts.lost);
    let mut sum: Vec<String> = counted
        .iter()
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if pending > 0 {
        sum.push(format!("{pending} pending"));
    }
    let _infallible = writeln!(text, "planned {} = {}", facts.planned, sum.join(" + "));
    if !facts.lateness.is_empty() {
        let late = |micros: u64| format!("{:.2} ms", micros as f64 / 1000.0);
        let lateness = &facts.lateness;
        let _infallible = writeln!(
            text,
            "started late by  p50 {}  p99 {}  max {}",
            late(lateness.quantile(0.5)),
            late(lateness.quantile(0.99)),
            late(lateness.max())
        );
    }
    let _infallible = writeln!(
        text,
        "run {}  seed {}  chunks {}",
        facts.run, facts.seed, facts.chunks
    );
    for complaint in complaints(facts, verdict) {
        let _infallible = writeln!(text, "{complaint}");
    }
    for line in super::health::lines(facts, generator) {
        let _infallible = writeln!(text, "{line}");
    }
    text
}

/// What is not as it should be, a line each; the first says what it comes to.
fn complaints(facts: &Facts, verdict: &Verdict) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(stopped) = facts.stopped {
        let after = facts
            .zero
            .map_or(Duration::ZERO, |zero| stopped.since(zero));
        lines.push(format!(
            "STOPPED after {:.1} s: the report is partial, it covers what was done until then",
            after.as_secs_f64()
        ));
    }
    if facts.is_partial() && facts.settled {
        let done = facts.tally.started + facts.tally.skipped;
        let share = 100.0 * done as f64 / facts.planned.max(1) as f64;
        lines.push(format!(
            "PARTIAL: the report covers {share:.1} % of the planned units"
        ));
    }
    let missed = facts.tally.missed.saturating_sub(facts.health.crowded);
    if missed > 0 {
        lines.push(format!(
            "  {missed} units were missed: they could not be started in time (more workers, or a slower script)"
        ));
    }
    if facts.stopped.is_none() && facts.tally.cancelled > 0 {
        let cancelled = facts.tally.cancelled;
        lines.push(format!(
            "  {cancelled} units were cancelled: their workers could not read the ledger"
        ));
    }
    for loss in facts.losses.iter().take(NAMED) {
        lines.push(format!(
            "  {}: {} units {}",
            chunk(loss.chunk),
            loss.units,
            loss.why
        ));
    }
    if facts.losses.len() > NAMED {
        lines.push(format!(
            "  … and {} chunks more",
            facts.losses.len() - NAMED
        ));
    }
    for fault in facts.faults.iter().take(NAMED) {
        let place = fault.chunk.map_or_else(|| "run".to_owned(), chunk);
        lines.push(format!("  {place}: {}", fault.failure));
    }
    if facts.unfinished > 0 {
        lines.push(format!(
            "  {} units were started and never seen to end",
            facts.unfinished
        ));
    }
    match verdict {
        Verdict::Passed => {}
        Verdict::NoAnswer => lines.push("FAILED: the target never answered".to_owned()),
        Verdict::Failed(why) => lines.extend(why.iter().map(|why| format!("FAILED: {why}"))),
    }
    lines
}

/// A chunk as people name it.
pub(crate) fn chunk(slice: Slice) -> String {
    let lanes = slice.lanes;
    if slice.window.to() == star_core::Window::ALL.to() {
        return format!("chunk {lanes}");
    }
    let seconds = |at: Duration| at.as_secs_f64();
    format!(
        "chunk {}–{} s, {lanes}",
        seconds(slice.window.from()),
        seconds(slice.window.to())
    )
}
