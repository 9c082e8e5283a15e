//! What people and tools read of a report.

mod artillery;
mod checked;
mod measured;
mod numbers;
mod published;
mod stats;
mod stretch;
mod table;
mod text;
mod tried;
mod v1;

use std::fmt;

use serde::{Serialize, Serializer};
use star_core::Facts;

use super::load::LoadReport;
use artillery::ArtilleryReport;
pub(super) use artillery::figures;
pub(crate) use published::Figures as Published;
use v1::FirstReport;

/// A report to read: as text by [`Display`](fmt::Display), as JSON by [`Serialize`].
///
/// # JSON
///
/// `aggregate` and `intermediate` are what Artillery 2 writes with `--output`, under its names: `counters`, `rates`, `summaries` and,
/// with the same content, `histograms`, times in milliseconds. Where they differ:
///
/// - `intermediate` has periods of ten seconds from the start of the run, not aligned to the wall clock; longer ones where the report
///   would not stay small otherwise: in long runs, and where a script has many requests.
/// - `http.request_rate` is the number of requests divided by the time from the first to the last, at least a second. Artillery's is
///   a mean of rounded rates, far off for sparse runs.
/// - `http.response_time` is exact to less than 1 % at any size, not in whole milliseconds.
/// - `http.dns`, `http.tcp` and `http.tls` count connections that were opened, and names that were looked up, one a worker. Artillery
///   counts answers, most of them with zero.
/// - `plugins.metrics-by-endpoint.server-timing.NAME` leaves out answers whose `server-timing` has no `total`; Artillery counts −1.
///
/// What Artillery does not measure lies under `slsart.load`: latency from the instant due, the parts of connecting, and the figures of
/// each scenario, phase, request and stretch of time. Other keys of `slsart` are left to whoever writes the report.
///
/// Where scenarios were tried out, `errors`, `reports`, `totals` and `errorMessage` stand beside them in either format, as
/// `serverless-artillery` has them.
///
/// # The format `v1`
///
/// `aggregate` and `intermediate` are what Artillery 1 writes, and what `serverless-artillery` gives to its callers. Where they differ:
///
/// - There are no `latencies`, which are every single one: they are kept as distributions.
/// - `latency` is from when a request was sent until its answer's headers were there. Artillery 1 adds connecting.
/// - What was not measured is null, as is what is not a number there.
/// - `customStats` and `counters` are empty.
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
    const FORMATS: &'static [&'static str] = &["v2", "v1"];

    fn in_format(&self, format: &str) -> Option<serde_json::Value> {
        let first = (format == "v1").then(|| FirstReport::of(&self.report, &self.facts))?;
        serde_json::to_value(first).ok()
    }
}

impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ArtilleryReport::of(&self.report, &self.facts).serialize(serializer)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(&self.report, &self.facts, f)
    }
}
