//! The shape of Artillery 1's JSON report, which `serverless-artillery` gives to its callers.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value, json};
use star_core::{Facts, Histogram, Time};

use super::super::few::Few;
use super::super::load::{LoadReport, PhaseReport, ScenarioReport};
use super::super::periods::Period;
use super::super::traffic::Traffic;
use super::super::users::Users;
use super::artillery::{epoch, rate, users};
use super::stats::Stats;
use super::stretch::{Stretch, stretches};
use super::tried;
use crate::arrivals::Load;

/// Artillery 1's report.
#[derive(Debug, Serialize)]
pub(super) struct FirstReport<'r> {
    aggregate: Figures<'r>,
    intermediate: Vec<Figures<'r>>,
    #[serde(flatten)]
    tried: Option<tried::Result<'r>>,
}

/// What it says of the run, or of a stretch of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Figures<'r> {
    timestamp: Option<String>,
    scenarios_created: u64,
    scenarios_completed: u64,
    requests_completed: u64,
    latency: Times,
    rps: Rps,
    scenario_duration: Times,
    scenario_counts: BTreeMap<&'r str, u64>,
    errors: BTreeMap<String, u64>,
    codes: Few<u16, u64>,
    matches: u64,
    custom_stats: Map<String, Value>,
    counters: Map<String, Value>,
    scenarios_avoided: u64,
    /// Of stretches only.
    #[serde(skip_serializing_if = "Option::is_none")]
    concurrency: Option<u64>,
    /// Of stretches only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_requests: Option<u64>,
    /// Of the whole run only.
    #[serde(skip_serializing_if = "Option::is_none")]
    phases: Option<Vec<Value>>,
}

/// Times in milliseconds; null where there was none.
#[derive(Debug, Default, Serialize)]
struct Times {
    min: Option<f64>,
    max: Option<f64>,
    median: Option<f64>,
    p95: Option<f64>,
    p99: Option<f64>,
}

/// Requests that were sent.
#[derive(Debug, Serialize)]
struct Rps {
    count: u64,
    mean: Option<f64>,
}

impl<'r> FirstReport<'r> {
    pub(super) fn of(report: &'r LoadReport, facts: &Facts) -> Self {
        let whole = report.periods.whole();
        let users = users(report, facts);
        let length = report.requesting.length();
        let mut aggregate = Figures::of(report, users, &report.traffic, &whole, length);
        aggregate.timestamp = timestamp(facts.zero, report.active.last());
        aggregate.scenarios_avoided = facts.tally.skipped;
        aggregate.phases = Some(report.phases.iter().map(phase).collect());
        Self {
            aggregate,
            intermediate: intermediate(report, facts.zero),
            tried: tried::Result::of(report, facts),
        }
    }
}

fn intermediate(report: &LoadReport, zero: Option<Time>) -> Vec<Figures<'_>> {
    let (mut under_way, mut pending) = (0_u64, 0_u64);
    let mut all = Vec::new();
    for stretch in stretches(report) {
        let Stretch {
            from,
            to,
            bucket,
            period,
        } = stretch;
        let first = report.active.first().unwrap_or_default().max(from);
        let length = to.saturating_sub(first);
        let (users, traffic) = (bucket.users, &bucket.traffic);
        under_way = (under_way + users.started).saturating_sub(users.completed + users.failed);
        pending =
            (pending + traffic.requests).saturating_sub(traffic.responses + period.unanswered);
        let mut figures = Figures::of(report, users, traffic, &period, length);
        figures.timestamp = timestamp(zero, Some(to));
        figures.concurrency = Some(under_way);
        figures.pending_requests = Some(pending);
        all.push(figures);
    }
    all
}

impl<'r> Figures<'r> {
    /// Of a scenario that was tried out.
    pub(super) fn of_scenario(
        report: &'r LoadReport,
        scenario: &'r ScenarioReport,
        facts: &Facts,
    ) -> Self {
        let (users, length) = (scenario.users, report.requesting.length());
        let mut figures = Self::of(report, users, &scenario.traffic, &Period::default(), length);
        figures.timestamp = timestamp(facts.zero, report.active.last());
        figures.scenario_counts = BTreeMap::from([(&*scenario.name, users.started)]);
        if let Some(lived) = &scenario.lived {
            figures.scenario_duration = Times::of(lived);
        }
        figures
    }

    fn of(
        report: &'r LoadReport,
        users: Users,
        traffic: &Traffic,
        period: &Period,
        length: Duration,
    ) -> Self {
        let mut scenario_counts = BTreeMap::new();
        for (scenario, users) in period.scenarios.iter() {
            let scenario = report.scenarios.get(*scenario as usize);
            let name = scenario.map_or("other", |scenario| &*scenario.name);
            *scenario_counts.entry(name).or_default() += users;
        }
        let errors = traffic.errors.iter();
        Self {
            timestamp: None,
            scenarios_created: users.started,
            scenarios_completed: users.completed,
            requests_completed: traffic.responses,
            latency: Times::of(&traffic.response_time),
            rps: Rps {
                count: traffic.requests,
                mean: (traffic.requests > 0).then(|| hundredths(rate(traffic.requests, length))),
            },
            scenario_duration: Times::of(&period.session),
            scenario_counts,
            errors: errors
                .map(|(name, count)| (name.to_owned(), count))
                .collect(),
            codes: traffic.codes.clone(),
            matches: traffic.matches,
            custom_stats: Map::new(),
            counters: Map::new(),
            scenarios_avoided: period.skipped,
            concurrency: None,
            pending_requests: None,
            phases: None,
        }
    }
}

impl Times {
    fn of(times: &Histogram) -> Self {
        Stats::of(times).map_or_else(Self::default, |stats| Self {
            min: Some(stats.min),
            max: Some(stats.max),
            median: Some(stats.median),
            p95: Some(stats.p95),
            p99: Some(stats.p99),
        })
    }
}

/// A phase as scripts say it.
fn phase(phase: &PhaseReport) -> Value {
    let seconds = number(phase.to.saturating_sub(phase.from).as_secs_f64());
    let mut said = match phase.load {
        Some(Load::Rate { from, to }) if from.total_cmp(&to).is_eq() => {
            json!({ "duration": seconds, "arrivalRate": number(from) })
        }
        Some(Load::Rate { from, to }) => {
            json!({ "duration": seconds, "arrivalRate": number(from), "rampTo": number(to) })
        }
        Some(Load::Poisson(rate)) => {
            json!({ "duration": seconds, "arrivalRate": number(rate), "mode": "poisson" })
        }
        Some(Load::Count(users)) => json!({ "duration": seconds, "arrivalCount": users }),
        Some(Load::Pause) => json!({ "pause": seconds }),
        None => json!({ "duration": seconds }),
    };
    if let Some(name) = &phase.name {
        said["name"] = json!(name);
    }
    if let Some(most) = phase.max_users {
        said["maxVusers"] = json!(most);
    }
    said
}

/// A number as people write it: whole where it is.
fn number(value: f64) -> Value {
    const EXACT: f64 = 9e15;
    if value.fract() == 0.0 && value.abs() < EXACT {
        json!(value as i64)
    } else {
        json!(value)
    }
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// An instant of the run's own time: `2026-11-24T08:12:29.123Z`.
fn timestamp(zero: Option<Time>, at: Option<Duration>) -> Option<String> {
    const DAY: u64 = 86_400_000;
    let millis = epoch(zero?, at?);
    let (year, month, day) = date(millis / DAY);
    let within = millis % DAY;
    let (hour, minute) = (within / 3_600_000, within / 60_000 % 60);
    let (second, milli) = (within / 1000 % 60, within % 1000);
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z"
    ))
}

/// The date of a day since the epoch. Years are counted from March, so that a leap day is a year's last.
fn date(days: u64) -> (u64, u64, u64) {
    const BEFORE_EPOCH: u64 = 719_468;
    const ERA: u64 = 146_097;
    let days = days + BEFORE_EPOCH;
    let (era, of_era) = (days / ERA, days % ERA);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_dates() {
        let at = |millis: u64| {
            let zero = Time::from_nanos(0);
            timestamp(Some(zero), Some(Duration::from_millis(millis)))
        };
        let cases = [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (1_795_852_909_606, "2026-11-28T08:01:49.606Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ];
        for (millis, date) in cases {
            assert_eq!(at(millis).as_deref(), Some(date));
        }
        assert_eq!(timestamp(None, Some(Duration::ZERO)), None);
    }

    #[test]
    fn phases_are_written_as_scripts_say_them() {
        let of = |load, seconds: f64| {
            phase(&PhaseReport {
                from: Duration::from_secs(5),
                to: Duration::from_secs_f64(5.0 + seconds),
                load: Some(load),
                ..PhaseReport::default()
            })
        };
        let ramp = Load::Rate { from: 0.5, to: 5.0 };
        assert_eq!(
            of(ramp, 10.0),
            json!({ "duration": 10, "arrivalRate": 0.5, "rampTo": 5 })
        );
        let constant = Load::Rate { from: 5.0, to: 5.0 };
        assert_eq!(
            of(constant, 2.5),
            json!({ "duration": 2.5, "arrivalRate": 5 })
        );
        assert_eq!(
            of(Load::Poisson(3.0), 1.0),
            json!({ "duration": 1, "arrivalRate": 3, "mode": "poisson" })
        );
        assert_eq!(of(Load::Pause, 7.0), json!({ "pause": 7 }));
        assert_eq!(
            of(Load::Count(9), 1.0),
            json!({ "duration": 1, "arrivalCount": 9 })
        );
    }
}
