//! `slsart.load`: what Artillery's report has no place for.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use star_core::Facts;

use super::super::errors::Errors;
use super::super::few::Few;
use super::super::load::LoadReport;
use super::super::sinks::Delivery;
use super::super::traffic::Traffic;
use super::super::users::Users;
use super::checked::Checked;
use super::stats::Stats;

/// What was measured. Times are in milliseconds; what was not measured is null.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Measured<'r> {
    users: Users,
    response_time: Option<Stats>,
    /// From the instant at which the user was due: the response time and how late the user was started.
    due_latency: Option<Stats>,
    total: Option<Stats>,
    dns: Option<Stats>,
    connect: Option<Stats>,
    tls: Option<Stats>,
    session_length: Option<Stats>,
    /// The proxies that connections were opened through.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    proxies: &'r BTreeSet<String>,
    /// What answers should be, and what should hold of the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<Checked<'r>>,
    /// What became of figures that were sent elsewhere.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    sinks: &'r BTreeMap<String, Delivery>,
    scenarios: Vec<Scenario<'r>>,
    phases: Vec<Phase<'r>>,
    requests: Vec<Request<'r>>,
    series: Series,
}

#[derive(Debug, Serialize)]
struct Scenario<'r> {
    name: &'r str,
    users: Users,
    #[serde(flatten)]
    figures: Figures<'r>,
}

#[derive(Debug, Serialize)]
struct Phase<'r> {
    name: Option<&'r str>,
    /// In seconds from the start of the run.
    from: f64,
    to: f64,
    users: Users,
    #[serde(flatten)]
    figures: Figures<'r>,
}

#[derive(Debug, Serialize)]
struct Request<'r> {
    name: &'r str,
    #[serde(flatten)]
    figures: Figures<'r>,
}

#[derive(Debug, Serialize)]
struct Series {
    /// How many seconds a bucket is.
    width: u64,
    /// Those in which something happened.
    buckets: Vec<Bucket>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Bucket {
    /// In seconds from the start of the run.
    from: u64,
    users: Users,
    requests: u64,
    responses: u64,
    errors: u64,
    response_time: Option<Stats>,
}

/// What came of requests.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Figures<'r> {
    requests: u64,
    responses: u64,
    codes: &'r Few<u16, u64>,
    errors: BTreeMap<&'r str, u64>,
    bytes: u64,
    response_time: Option<Stats>,
}

impl<'r> Figures<'r> {
    fn of(traffic: &'r Traffic) -> Self {
        Self {
            requests: traffic.requests,
            responses: traffic.responses,
            codes: &traffic.codes,
            errors: by_name(&traffic.errors),
            bytes: traffic.bytes,
            response_time: Stats::of(&traffic.response_time),
        }
    }
}

fn by_name(errors: &Errors) -> BTreeMap<&str, u64> {
    errors.iter().collect()
}

impl<'r> Measured<'r> {
    pub(super) fn of(report: &'r LoadReport, facts: &Facts) -> Self {
        let scenarios = report.scenarios.iter().map(|scenario| Scenario {
            name: &scenario.name,
            users: scenario.users,
            figures: Figures::of(&scenario.traffic),
        });
        let phases = report.phases.iter().map(|phase| Phase {
            name: phase.name.as_deref(),
            from: phase.from.as_secs_f64(),
            to: phase.to.as_secs_f64(),
            users: phase.users,
            figures: Figures::of(&phase.traffic),
        });
        let requests = report.requests.iter().map(|request| Request {
            name: &request.name,
            figures: Figures::of(&request.traffic),
        });
        let buckets = report.series.buckets().map(|(from, bucket)| Bucket {
            from: from.as_secs(),
            users: bucket.users,
            requests: bucket.traffic.requests,
            responses: bucket.traffic.responses,
            errors: bucket.traffic.errors.total(),
            response_time: Stats::of(&bucket.traffic.response_time),
        });
        Self {
            users: report.users,
            proxies: &report.proxies,
            checks: Checked::of(report, facts),
            sinks: &report.sinks,
            response_time: Stats::of(&report.traffic.response_time),
            due_latency: Stats::of(&report.due_latency),
            total: Stats::of(&report.total),
            dns: Stats::of(&report.dns),
            connect: Stats::of(&report.connect),
            tls: Stats::of(&report.tls),
            session_length: Stats::of(&report.periods.whole().session),
            scenarios: scenarios.collect(),
            phases: phases.collect(),
            requests: requests.collect(),
            series: Series {
                width: report.series.width().as_secs(),
                buckets: buckets.collect(),
            },
        }
    }
}
