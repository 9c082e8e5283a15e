//! How long things took.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Figures;
use crate::histogram::Histogram;
use crate::outcome::Facts;
use crate::report::Report;

/// Lengths of time that were measured: a [`Histogram`] of microseconds, read in milliseconds. Of what must not depend on how a run is cut, it
/// has only how many there are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Times(Histogram);

impl Times {
    /// One more.
    pub fn add(&mut self, span: Duration) {
        self.0.record_duration(span);
    }

    /// The distribution, in microseconds.
    pub fn histogram(&self) -> &Histogram {
        &self.0
    }
}

impl Report for Times {
    type Summary = Figures;

    fn merge(&mut self, other: Self) {
        self.0.merge(&other.0);
    }

    fn summarize(&self, _: &Facts) -> Figures {
        if self.0.is_empty() {
            return Figures::new(Value::Null, "none");
        }
        let millis = |micros: u64| micros as f64 / 1000.0;
        let at = |share| millis(self.0.quantile(share));
        let (min, max) = (millis(self.0.min()), millis(self.0.max()));
        let (count, mean) = (self.0.count(), self.0.mean() / 1000.0);
        let (p50, p95, p99) = (at(0.5), at(0.95), at(0.99));
        let value = json!({
            "count": count, "min": min, "mean": mean, "p50": p50, "p95": p95, "p99": p99, "max": max,
        });
        let text = format!(
            "{count} in ms: min {min:.1}, mean {mean:.1}, p50 {p50:.1}, p95 {p95:.1}, p99 {p99:.1}, max {max:.1}"
        );
        Figures::new(value, text)
    }

    fn counts(&self) -> Value {
        self.0.count().into()
    }
}
