//! A run in a word or two.

use star_core::AnyOutcome;

use crate::exit::Exit;

/// What a run is at, or what it came to.
pub(crate) fn state(outcome: &AnyOutcome) -> &'static str {
    let facts = &outcome.facts;
    if facts.never_began().is_some() {
        return "never began";
    }
    if !facts.settled {
        return match (facts.stopped, facts.zero) {
            (Some(_), _) => "stopping",
            (None, None) => "starting",
            (None, Some(_)) => "running",
        };
    }
    match Exit::of(outcome) {
        Exit::Passed => "passed",
        Exit::Interrupted => "stopped",
        Exit::NoAnswer => "no answer",
        Exit::Failed => "failed",
        _ => "partial",
    }
}
