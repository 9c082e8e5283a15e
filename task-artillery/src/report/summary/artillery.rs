//! The shape of Artillery 2's JSON report.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use star_core::{Facts, Histogram, Time};

use super::super::active::Active;
use super::super::apdex::Apdex;
use super::super::load::LoadReport;
use super::super::periods::{Parts, Period};
use super::super::traffic::Traffic;
use super::super::users::Users;
use super::super::view::View;
use super::measured::Measured;
use super::stats::Stats;
use super::stretch::{Stretch, stretches};
use super::tried;

const BY_ENDPOINT: &str = "plugins.metrics-by-endpoint";

/// Artillery 2's report, and our own figures beside it.
#[derive(Debug, Serialize)]
pub(super) struct ArtilleryReport<'r> {
    aggregate: Metrics,
    intermediate: Vec<Metrics>,
    #[serde(flatten)]
    tried: Option<tried::Result<'r>>,
    slsart: Own<'r>,
}

#[derive(Debug, Serialize)]
struct Own<'r> {
    load: Measured<'r>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Metrics {
    pub(super) counters: BTreeMap<String, u64>,
    pub(super) rates: BTreeMap<&'static str, u64>,
    /// Nothing, where there is a rate: Artillery has this key in its periods.
    #[serde(rename = "http.request_rate", skip_serializing_if = "Option::is_none")]
    stray: Option<()>,
    #[serde(flatten)]
    instants: Instants,
    #[serde(rename = "period")]
    start: Option<Start>,
    pub(super) summaries: BTreeMap<String, Stats>,
    histograms: BTreeMap<String, Stats>,
}

/// When a period begins, in milliseconds since the epoch: a number in the aggregate and a text in periods, as in Artillery.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Start {
    Number(u64),
    Text(String),
}

/// The first and last instants at which anything was counted, and measured, in milliseconds since the epoch.
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
    fn new(counted: Active, timed: Active, zero: Option<Time>) -> Self {
        let mut all = counted;
        all.merge(timed);
        let at = |instant: Option<Duration>| Some(epoch(zero?, instant?));
        Self {
            first_counter_at: at(counted.first()),
            first_histogram_at: at(timed.first()),
            last_counter_at: at(counted.last()),
            last_histogram_at: at(timed.last()),
            first_metric_at: at(all.first()),
            last_metric_at: at(all.last()),
        }
    }
}

impl<'r> ArtilleryReport<'r> {
    pub(super) fn of(report: &'r LoadReport, facts: &Facts) -> Self {
        let stretches = stretches(report);
        let intermediate = stretches
            .iter()
            .map(|stretch| intermediate(report, stretch, facts.zero).shown(&report.view));
        let last = stretches.last().map(|stretch| stretch.from);
        Self {
            aggregate: aggregate(report, facts, last).shown(&report.view),
            intermediate: intermediate.collect(),
            tried: tried::Result::of(report, facts),
            slsart: Own {
                load: Measured::of(report, facts),
            },
        }
    }
}

/// All figures of the run by name: counters, rates, and each `summary.stat`.
pub(in crate::report) fn figures(report: &LoadReport, facts: &Facts) -> BTreeMap<String, f64> {
    let metrics = aggregate(report, facts, None);
    let counters = metrics.counters.into_iter();
    let rates = metrics.rates.into_iter();
    let mut figures: BTreeMap<String, f64> = counters
        .chain(rates.map(|(name, rate)| (name.to_owned(), rate)))
        .map(|(name, count)| (name, count as f64))
        .collect();
    for (name, stats) in metrics.summaries {
        let stats = serde_json::to_value(stats).unwrap_or_default();
        for (stat, value) in stats.as_object().into_iter().flatten() {
            if let Some(value) = value.as_f64() {
                figures.insert(format!("{name}.{stat}"), value);
            }
        }
    }
    figures
}

fn aggregate(report: &LoadReport, facts: &Facts, last: Option<Duration>) -> Metrics {
    let whole = report.periods.whole();
    let mut metrics = Metrics {
        instants: Instants::new(report.active, whole.timed, facts.zero),
        start: last.and_then(|last| Some(Start::Number(epoch(facts.zero?, last)))),
        ..Metrics::default()
    };
    let users = users(report, facts);
    metrics.add_users(users, facts.tally.skipped);
    metrics.add_traffic(&report.traffic, report.requesting.length());
    metrics.add_period(report, &whole);
    metrics.add_checks(report);
    metrics
}

/// All users. Where scenarios are tried out, each sample is one.
pub(super) fn users(report: &LoadReport, facts: &Facts) -> Users {
    match report.view.sampling {
        Some(_) => report.users,
        None => Users {
            started: facts.tally.started,
            ..report.users
        },
    }
}

pub(super) fn intermediate(report: &LoadReport, stretch: &Stretch, zero: Option<Time>) -> Metrics {
    let Stretch {
        from,
        to,
        bucket,
        period,
    } = stretch;
    let start = zero.map(|zero| Start::Text(epoch(zero, *from).to_string()));
    let mut metrics = Metrics {
        instants: Instants::new(period.counted, period.timed, zero),
        start,
        stray: (bucket.traffic.requests > 0).then_some(()),
        ..Metrics::default()
    };
    metrics.add_users(bucket.users, period.skipped);
    let first = report.active.first().unwrap_or_default().max(*from);
    metrics.add_traffic(&bucket.traffic, to.saturating_sub(first));
    metrics.add_period(report, period);
    metrics
}

impl Metrics {
    /// As people read them: the figures of endpoints have the name that is shown.
    fn shown(mut self, view: &View) -> Self {
        if let (Some(namespace), Some(shown)) = (&view.namespace, &view.shown_namespace) {
            rename(&mut self.counters, namespace, shown);
            rename(&mut self.summaries, namespace, shown);
            rename(&mut self.histograms, namespace, shown);
        }
        self
    }

    fn count(&mut self, name: impl Into<String>, count: u64) {
        if count > 0 {
            *self.counters.entry(name.into()).or_default() += count;
        }
    }

    fn add_users(&mut self, users: Users, skipped: u64) {
        let Users {
            started,
            completed,
            failed,
        } = users;
        self.count("vusers.created", started);
        self.count("vusers.completed", completed);
        self.count("vusers.skipped", skipped);
        if completed > 0 || failed > 0 {
            self.counters.insert("vusers.failed".to_owned(), failed);
        }
    }

    fn add_traffic(&mut self, traffic: &Traffic, length: Duration) {
        self.count("http.requests", traffic.requests);
        self.count("http.responses", traffic.responses);
        self.count("http.downloaded_bytes", traffic.bytes);
        for (code, answers) in traffic.codes.iter() {
            self.count(format!("http.codes.{code}"), *answers);
        }
        for (error, times) in traffic.errors.iter() {
            self.count(format!("errors.{error}"), times);
        }
        if traffic.requests > 0 {
            let rate = rate(traffic.requests, length).round() as u64;
            self.rates.insert("http.request_rate", rate);
        }
        self.add_times("http.response_time", &traffic.response_time);
    }

    pub(super) fn add_checks(&mut self, report: &LoadReport) {
        let checks = &report.checks;
        self.count("plugins.expect.ok", checks.ok);
        self.count("plugins.expect.failed", checks.failed);
        for (kind, held) in &checks.kinds {
            self.count(format!("plugins.expect.ok.{kind}"), held.ok);
            self.count(format!("plugins.expect.failed.{kind}"), held.failed);
        }
    }

    fn add_period(&mut self, report: &LoadReport, period: &Period) {
        for (scenario, users) in period.scenarios.iter() {
            let scenario = report.scenarios.get(*scenario as usize);
            let name = scenario.map_or("other", |scenario| &*scenario.name);
            self.count(format!("vusers.created_by_name.{name}"), *users);
        }
        for (class, times) in period.classes.iter() {
            self.add_times(&format!("http.response_time.{class}xx"), times);
        }
        self.add_times("vusers.session_length", &period.session);
        self.add_endpoints(report, period);
        if period.apdex.total() > 0 {
            let Apdex {
                satisfied,
                tolerated,
                frustrated,
            } = period.apdex;
            let counts = [
                ("satisfied", satisfied),
                ("tolerated", tolerated),
                ("frustrated", frustrated),
            ];
            let counts = counts.map(|(name, count)| (format!("apdex.{name}"), count));
            self.counters.extend(counts);
        }
        if report.view.extended && !period.classes.is_empty() {
            let Parts {
                dns,
                tcp,
                tls,
                total,
            } = &period.parts;
            let parts = [("dns", dns), ("tcp", tcp), ("tls", tls), ("total", total)];
            for (name, times) in parts {
                let stats = Stats::of(times).unwrap_or(Stats::NOTHING);
                self.add_stats(&format!("http.{name}"), stats);
            }
        }
    }

    fn add_endpoints(&mut self, report: &LoadReport, period: &Period) {
        let namespace = report.view.namespace.as_deref().unwrap_or(BY_ENDPOINT);
        let name_of = |number: usize| report.requests.get(number)?.endpoint.as_deref();
        for (name, endpoint) in period.endpoints.named(name_of) {
            for (code, count) in endpoint.codes.iter() {
                self.count(format!("{namespace}.{name}.codes.{code}"), *count);
            }
            for (error, count) in endpoint.errors.iter() {
                self.count(format!("{namespace}.{name}.errors.{error}"), count);
            }
            let times = [
                ("response_time", &endpoint.response_time),
                ("server-timing", &endpoint.server_timing),
            ];
            for (what, times) in times {
                self.add_times(&format!("{namespace}.{what}.{name}"), times);
            }
        }
    }

    fn add_times(&mut self, name: &str, times: &Histogram) {
        if let Some(stats) = Stats::of(times) {
            self.add_stats(name, stats);
        }
    }

    fn add_stats(&mut self, name: &str, stats: Stats) {
        self.summaries.insert(name.to_owned(), stats);
        self.histograms.insert(name.to_owned(), stats);
    }
}

/// Gives another name to figures of this namespace.
fn rename<T>(figures: &mut BTreeMap<String, T>, namespace: &str, shown: &str) {
    let all = std::mem::take(figures).into_iter();
    let renamed = all.map(|(name, figure)| {
        let own = name.strip_prefix(namespace);
        match own.filter(|own| own.starts_with('.')) {
            Some(own) => (format!("{shown}{own}"), figure),
            None => (name, figure),
        }
    });
    figures.extend(renamed);
}

/// So many a second, over at least a second.
pub(super) fn rate(count: u64, length: Duration) -> f64 {
    count as f64 / length.as_secs_f64().max(1.0)
}

/// An instant of the run's own time, in milliseconds since the epoch.
pub(super) fn epoch(zero: Time, at: Duration) -> u64 {
    (zero + at).as_nanos() / 1_000_000
}
