//! The figures that are sent elsewhere: those of Artillery's report, a period each.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use star_core::Time;

use super::super::load::LoadReport;
use super::artillery::intermediate;
use super::stretch::{Stretch, stretches_of};

/// The figures of one stretch of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    /// When it begins.
    pub(crate) from: Duration,
    /// When it ends, whether or not anything happened until then.
    pub(crate) to: Duration,
    /// How many periods it has.
    pub(crate) periods: u64,
    /// Counts.
    pub(crate) counters: BTreeMap<String, u64>,
    /// How many a second.
    pub(crate) rates: BTreeMap<String, u64>,
    /// What was measured: each figure of it by name, in milliseconds; and how many there were.
    pub(crate) times: BTreeMap<String, Vec<(String, f64)>>,
}

impl Figures {
    /// Those of the periods from `from` on: of those that end until then, or where the run is over of all, with what is known of the run
    /// as a whole in the last.
    pub(crate) fn of(report: &LoadReport, from: Duration, until: Option<Duration>) -> Vec<Self> {
        let chosen = chosen(report, from, until);
        let last = chosen.len().saturating_sub(1);
        let each = chosen.into_iter().enumerate();
        each.map(|(number, (stretch, to))| {
            let whole = until.is_none() && number == last;
            Self::new(report, &stretch, to, 1, whole)
        })
        .collect()
    }

    /// Whether there is any such period: known at once.
    pub(crate) fn any(report: &LoadReport, from: Duration, until: Duration) -> bool {
        let width = report.periods.width();
        let mut numbers = report.periods.numbers();
        numbers.any(|number| is_between(number, width, from, Some(until)))
    }

    /// The same of all those periods together; none where there is none.
    pub(crate) fn together(
        report: &LoadReport,
        from: Duration,
        until: Option<Duration>,
    ) -> Option<Self> {
        let mut chosen = chosen(report, from, until).into_iter();
        let (mut all, mut end) = chosen.next()?;
        let mut periods = 1;
        for (stretch, to) in chosen {
            all.to = stretch.to;
            all.bucket.merge(stretch.bucket);
            all.period.merge(stretch.period);
            (end, periods) = (to, periods + 1);
        }
        Some(Self::new(report, &all, end, periods, until.is_none()))
    }

    fn new(
        report: &LoadReport,
        stretch: &Stretch,
        to: Duration,
        periods: u64,
        whole: bool,
    ) -> Self {
        let mut metrics = intermediate(report, stretch, None);
        if whole {
            metrics.add_checks(report);
        }
        let rates = metrics.rates.into_iter();
        let times = metrics.summaries.into_iter().map(|(name, stats)| {
            let stats = serde_json::to_value(stats).unwrap_or_default();
            let stats = stats.as_object().into_iter().flatten();
            let stats =
                stats.filter_map(|(stat, value)| Some((stat.clone(), Value::as_f64(value)?)));
            (name, stats.collect())
        });
        Self {
            from: stretch.from,
            to,
            periods,
            counters: metrics.counters,
            rates: rates.map(|(name, rate)| (name.to_owned(), rate)).collect(),
            times: times.collect(),
        }
    }

    /// When it begins, in nanoseconds since the epoch, of a run whose time was zero then.
    pub(crate) fn at(&self, zero: Time) -> u64 {
        (zero + self.from).as_nanos()
    }
}

/// Whether a period begins at `from` or later, and ends until then.
fn is_between(number: u32, width: Duration, from: Duration, until: Option<Duration>) -> bool {
    let begin = width.saturating_mul(number);
    begin >= from && until.is_none_or(|until| begin.saturating_add(width) <= until)
}

/// The periods that begin at `from` or later, and end until then, with their ends.
fn chosen(
    report: &LoadReport,
    from: Duration,
    until: Option<Duration>,
) -> Vec<(Stretch, Duration)> {
    let width = report.periods.width();
    let wanted = |number: u32| is_between(number, width, from, until);
    let all = stretches_of(report, wanted).into_iter();
    all.map(|stretch| {
        let end = stretch.from.saturating_add(width);
        (stretch, end)
    })
    .collect()
}
