//! The shape of Artillery 2's JSON report.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use star_core::{Facts, Histogram, Time};

use super::super::load::LoadReport;
use super::super::series::Bucket;
use super::super::traffic::Traffic;
use super::super::users::Users;
use super::measured::Measured;
use super::stats::Stats;

/// The least length of a period, as in Artillery.
const PERIOD: Duration = Duration::from_secs(10);

const BY_ENDPOINT: &str = "plugins.metrics-by-endpoint";

/// Artillery 2's report, and our own figures beside it.
#[derive(Debug, Serialize)]
pub(super) struct ArtilleryReport<'r> {
    aggregate: Period,
    intermediate: Vec<Period>,
    slsart: Own<'r>,
}

#[derive(Debug, Serialize)]
struct Own<'r> {
    load: Measured<'r>,
}

#[derive(Debug, Default, Serialize)]
struct Period {
    counters: BTreeMap<String, u64>,
    rates: BTreeMap<&'static str, u64>,
    #[serde(flatten)]
    instants: Instants,
    #[serde(rename = "period")]
    start: Option<Start>,
    summaries: BTreeMap<String, Stats>,
    histograms: BTreeMap<String, Stats>,
}

/// When a period begins, in milliseconds since the epoch: a number in the aggregate and a text in periods, as in Artillery.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Start {
    Number(u64),
    Text(String),
}

/// The first and last instants at which anything was counted, in milliseconds since the epoch. Counters and histograms are not told
/// apart.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are Artillery's")]
struct Instants {
    first_counter_at: Option<u64>,
    first_histogram_at: Option<u64>,
    last_counter_at: Option<u64>,
    last_histogram_at: Option<u64>,
    first_metric_at: Option<u64>,
    last_metric_at: Option<u64>,
}

impl Instants {
    fn new(first: Option<u64>, last: Option<u64>) -> Self {
        Self {
            first_counter_at: first,
            first_histogram_at: first,
            last_counter_at: last,
            last_histogram_at: last,
            first_metric_at: first,
            last_metric_at: last,
        }
    }
}

impl<'r> ArtilleryReport<'r> {
    pub(super) fn of(report: &'r LoadReport, facts: &Facts) -> Self {
        let periods = periods(report);
        Self {
            aggregate: aggregate(report, facts, periods.last().map(|period| period.from)),
            intermediate: periods
                .iter()
                .map(|period| period.to_json(report, facts.zero))
                .collect(),
            slsart: Own {
                load: Measured::of(report),
            },
        }
    }
}

fn aggregate(report: &LoadReport, facts: &Facts, last_period: Option<Duration>) -> Period {
    let at = |instant: Option<Duration>| Some(epoch(facts.zero?, instant?));
    let mut period = Period {
        instants: Instants::new(at(report.active.first()), at(report.active.last())),
        start: at(last_period).map(Start::Number),
        ..Period::default()
    };
    let users = Users {
        started: facts.tally.started,
        ..report.users
    };
    count_users(&mut period.counters, users);
    for scenario in report
        .scenarios
        .iter()
        .filter(|scenario| scenario.users.started > 0)
    {
        let name = format!("vusers.created_by_name.{}", scenario.name);
        *period.counters.entry(name).or_default() += scenario.users.started;
    }
    if facts.tally.skipped > 0 {
        period
            .counters
            .insert("vusers.skipped".to_owned(), facts.tally.skipped);
    }
    period.add_traffic(&report.traffic, report.requesting.length());
    period.add_times("vusers.session_length", &report.session);
    for (class, times) in &report.classes {
        period.add_times(&format!("http.response_time.{class}xx"), times);
    }
    for (endpoint, traffic) in endpoints(report) {
        for (code, count) in &traffic.codes {
            period
                .counters
                .insert(format!("{BY_ENDPOINT}.{endpoint}.codes.{code}"), *count);
        }
        for (error, count) in traffic.errors.iter() {
            period
                .counters
                .insert(format!("{BY_ENDPOINT}.{endpoint}.errors.{error}"), count);
        }
        let name = format!("{BY_ENDPOINT}.response_time.{endpoint}");
        period.add_times(&name, &traffic.response_time);
    }
    period
}

/// The requests as Artillery's plugin tells them apart: not by method.
fn endpoints(report: &LoadReport) -> BTreeMap<&str, Traffic> {
    let mut endpoints: BTreeMap<&str, Traffic> = BTreeMap::new();
    for request in &report.requests {
        let endpoint = request
            .name
            .split_once(' ')
            .map_or(&*request.name, |(_, name)| name);
        endpoints
            .entry(endpoint)
            .or_default()
            .merge(request.traffic.clone());
    }
    endpoints
}

/// A stretch of the run.
struct Stretch {
    from: Duration,
    to: Duration,
    bucket: Bucket,
}

/// The buckets of the series, taken together to periods of at least ten seconds.
fn periods(report: &LoadReport) -> Vec<Stretch> {
    let width = report.series.width();
    let length = width.saturating_mul(PERIOD.as_secs().div_ceil(width.as_secs()) as u32);
    let mut periods: Vec<Stretch> = Vec::new();
    for (at, bucket) in report.series.buckets() {
        let number = at.as_secs() / length.as_secs();
        let from = Duration::from_secs(number * length.as_secs());
        match periods.last_mut().filter(|period| period.from == from) {
            Some(period) => period.bucket.merge(bucket.clone()),
            None => periods.push(Stretch {
                from,
                to: from + length,
                bucket: bucket.clone(),
            }),
        }
    }
    if let (Some(period), Some(end)) = (periods.last_mut(), report.active.last()) {
        period.to = end;
    }
    periods
}

impl Stretch {
    fn to_json(&self, report: &LoadReport, zero: Option<Time>) -> Period {
        let at = |instant: Duration| Some(epoch(zero?, instant));
        let first = report.active.first().unwrap_or_default().max(self.from);
        let mut period = Period {
            instants: Instants::new(at(first), at(self.to)),
            start: at(self.from).map(|millis| Start::Text(millis.to_string())),
            ..Period::default()
        };
        count_users(&mut period.counters, self.bucket.users);
        period.add_traffic(&self.bucket.traffic, self.to.saturating_sub(first));
        period
    }
}

impl Period {
    fn add_traffic(&mut self, traffic: &Traffic, length: Duration) {
        let mut count = |name: &str, count: u64| {
            if count > 0 {
                self.counters.insert(name.to_owned(), count);
            }
        };
        count("http.requests", traffic.requests);
        count("http.responses", traffic.responses);
        count("http.downloaded_bytes", traffic.bytes);
        for (code, answers) in &traffic.codes {
            count(&format!("http.codes.{code}"), *answers);
        }
        for (error, times) in traffic.errors.iter() {
            count(&format!("errors.{error}"), times);
        }
        if traffic.requests > 0 {
            self.rates.insert(
                "http.request_rate",
                rate(traffic.requests, length).round() as u64,
            );
        }
        self.add_times("http.response_time", &traffic.response_time);
    }

    fn add_times(&mut self, name: &str, times: &Histogram) {
        if let Some(stats) = Stats::of(times) {
            self.summaries.insert(name.to_owned(), stats);
            self.histograms.insert(name.to_owned(), stats);
        }
    }
}

fn count_users(counters: &mut BTreeMap<String, u64>, users: Users) {
    let Users {
        started,
        completed,
        failed,
    } = users;
    if started > 0 {
        counters.insert("vusers.created".to_owned(), started);
    }
    if completed > 0 {
        counters.insert("vusers.completed".to_owned(), completed);
    }
    if completed > 0 || failed > 0 {
        counters.insert("vusers.failed".to_owned(), failed);
    }
}

/// So many a second, over at least a second.
pub(super) fn rate(count: u64, length: Duration) -> f64 {
    count as f64 / length.as_secs_f64().max(1.0)
}

fn epoch(zero: Time, at: Duration) -> u64 {
    (zero + at).as_nanos() / 1_000_000
}
