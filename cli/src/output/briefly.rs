//! What is said of a run whose report nobody is shown.

use std::fmt::Write as _;

use star_core::{AnyOutcome, Case, printable};

use super::junit::cases;
use crate::exit::Exit;

/// The group of cases that say what became of figures that were sent elsewhere.
const SINKS: &str = "sinks";

/// What is odd and fails nothing, such as a sink that takes no figures: its name, and what is to be said of it.
pub(crate) fn oddities(cases: &[Case]) -> impl Iterator<Item = (&str, &str)> {
    let odd = cases
        .iter()
        .filter(|case| case.failed.is_none() && case.group == SINKS);
    odd.filter_map(|case| Some((case.name.as_str(), case.told.first()?.as_str())))
}

/// Warnings, and in a line why the run is not as it should be, if it is not.
pub(crate) fn briefly(outcome: &AnyOutcome, exit: Exit) -> String {
    let cases = cases(outcome, exit);
    let mut text = String::new();
    for (_, odd) in oddities(&cases) {
        let _infallible = writeln!(text, "warning: {}", printable(odd));
    }
    // The last is all of the run.
    if let Some(why) = cases.last().and_then(|case| case.failed.as_ref()) {
        let _infallible = writeln!(text, "error: {}", printable(why));
    }
    text
}
