//! The figures of a histogram.

use serde::Serialize;
use star_core::Histogram;

/// What is read of the times in a histogram, in milliseconds to one decimal: Artillery's figures under Artillery's names.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Stats {
    pub(super) min: f64,
    pub(super) max: f64,
    pub(super) count: u64,
    pub(super) mean: f64,
    p50: f64,
    pub(super) median: f64,
    p75: f64,
    p90: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
    p999: f64,
}

impl Stats {
    /// What Artillery writes of times of which none was there: numbers that are none are null in JSON.
    pub(super) const NOTHING: Self = Self {
        min: f64::NAN,
        max: f64::NAN,
        count: 0,
        mean: f64::NAN,
        p50: 0.0,
        median: 0.0,
        p75: 0.0,
        p90: 0.0,
        p95: 0.0,
        p99: 0.0,
        p999: 0.0,
    };

    /// The figures of a histogram of microseconds; none if it is empty.
    pub(super) fn of(times: &Histogram) -> Option<Self> {
        let quantile = |share| millis(times.quantile(share) as f64);
        (!times.is_empty()).then(|| Self {
            min: millis(times.min() as f64),
            max: millis(times.max() as f64),
            count: times.count(),
            mean: millis(times.mean()),
            p50: quantile(0.5),
            median: quantile(0.5),
            p75: quantile(0.75),
            p90: quantile(0.9),
            p95: quantile(0.95),
            p99: quantile(0.99),
            p999: quantile(0.999),
        })
    }
}

fn millis(micros: f64) -> f64 {
    (micros / 100.0).round() / 10.0
}
