//! What a program did with a script.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::stream::Sent;
use super::wiretap::Wiretap;

/// What a program did with a script.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Observed {
    /// Its exit code.
    pub code: i32,
    /// The requests that the target received, in order of arrival.
    pub requests: Vec<Sent>,
    /// The counters of its report that are not 0, and how many values each histogram has.
    pub counts: BTreeMap<String, u64>,
    /// What it printed.
    pub printed: String,
}

impl Observed {
    /// What a program did that ended with this code, against this target, with a report in this file.
    pub fn new(code: i32, target: &Wiretap, report: &Path, printed: String) -> Self {
        let report = std::fs::read(report).ok();
        let report: Option<Value> = report.map(|bytes| serde_json::from_slice(&bytes).unwrap());
        Self {
            code,
            requests: target.requests(),
            counts: report.map_or_else(BTreeMap::new, |report| counts(&report, target)),
            printed,
        }
    }
}

fn counts(report: &Value, target: &Wiretap) -> BTreeMap<String, u64> {
    let part = |name: &str| {
        let part = report["aggregate"][name].as_object().cloned();
        part.unwrap_or_default().into_iter()
    };
    let counters =
        part("counters").map(|(name, count)| (format!("counter `{name}`"), count.as_u64()));
    let histograms = part("summaries")
        .map(|(name, stats)| (format!("count of `{name}`"), stats["count"].as_u64()));
    counters
        .chain(histograms)
        .filter_map(|(name, count)| {
            let name = name.replace(&target.authority(), "TARGET");
            Some((name, count.filter(|count| *count > 0)?))
        })
        .collect()
}
