//! What people and tools read of a report.

mod artillery;
mod measured;
mod stats;
mod table;
mod text;

use std::fmt;

use serde::{Serialize, Serializer};
use star_core::Facts;

use super::load::LoadReport;
use artillery::ArtilleryReport;

/// A report to read: as text by [`Display`](fmt::Display), as JSON by [`Serialize`].
///
/// # JSON
///
/// `aggregate` and `intermediate` are what Artillery 2 writes with `--output`, under its names: `counters`, `rates`, `summaries` and,
/// with the same content, `histograms`, times in milliseconds. Where they differ:
///
/// - `intermediate` has periods of ten seconds from the start of the run (longer ones in runs of more than 100 minutes), not aligned to
///   the wall clock. It tells no scenarios and requests apart.
/// - `http.request_rate` is the number of requests divided by the time from the first to the last, at least a second. Artillery's is
///   a mean of rounded rates, far off for sparse runs.
/// - `http.response_time` is exact to less than 1 % at any size, not in whole milliseconds.
/// - `plugins.metrics-by-endpoint.NAME.errors.…` also counts what went wrong after the answer, such as a capture.
///
/// What Artillery does not measure lies under `slsart.load`: latency from the instant due, the parts of connecting, and the figures of
/// each scenario, phase, request and stretch of time. Other keys of `slsart` are left to whoever writes the report.
#[derive(Clone, Debug)]
pub struct Summary {
    report: LoadReport,
    facts: Facts,
}

impl Summary {
    pub(super) fn new(report: LoadReport, facts: Facts) -> Self {
        Self { report, facts }
    }

    /// What it is read of.
    pub fn report(&self) -> &LoadReport {
        &self.report
    }
}

impl star_core::Summary for Summary {
    const FORMATS: &'static [&'static str] = &["v2"];
}

impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ArtilleryReport::of(&self.report, &self.facts).serialize(serializer)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(&self.report, f)
    }
}
