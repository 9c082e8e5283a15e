//! The stretches that a report's intermediate figures are of.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::load::LoadReport;
use super::super::periods::Period;
use super::super::series::Bucket;

/// A stretch of the run.
#[derive(Debug)]
pub(super) struct Stretch {
    /// When it begins.
    pub(super) from: Duration,
    /// When it ends; the last one when the last thing happened.
    pub(super) to: Duration,
    /// What happened in it,
    pub(super) bucket: Bucket,
    /// and told apart further.
    pub(super) period: Period,
}

/// The stretches in which something happened, in order.
pub(super) fn stretches(report: &LoadReport) -> Vec<Stretch> {
    stretches_of(report, |_number| true)
}

/// Those of these numbers.
pub(super) fn stretches_of(report: &LoadReport, wanted: impl Fn(u32) -> bool) -> Vec<Stretch> {
    let periods = &report.periods;
    let mut buckets: BTreeMap<u32, Bucket> = BTreeMap::new();
    for (from, bucket) in report.series.buckets() {
        let number = periods.number_of(from);
        if wanted(number) {
            buckets.entry(number).or_default().merge(bucket.clone());
        }
    }
    for number in periods.numbers().filter(|number| wanted(*number)) {
        buckets.entry(number).or_default();
    }
    let width = periods.width();
    let stretches = buckets.into_iter().map(|(number, bucket)| {
        let from = width.saturating_mul(number);
        Stretch {
            from,
            to: from.saturating_add(width),
            bucket,
            period: periods.get(number).cloned().unwrap_or_default(),
        }
    });
    let mut stretches: Vec<_> = stretches.collect();
    if let (Some(stretch), Some(end)) = (stretches.last_mut(), report.active.last()) {
        // Only the last of all ends when the last thing happened.
        let last = periods
            .numbers()
            .last()
            .map(|last| width.saturating_mul(last));
        if last.is_none_or(|last| last <= stretch.from) {
            stretch.to = end;
        }
    }
    stretches
}
