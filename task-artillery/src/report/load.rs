//! The report of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use star_core::{Case, Facts, Histogram, Report, Verdict, as_nanos};

use super::active::Active;
use super::checks::Checks;
use super::errors::Errors;
use super::journal::Journal;
use super::judgement;
use super::periods::Periods;
use super::series::Series;
use super::sinks::Delivery;
use super::summary::Summary;
use super::traffic::Traffic;
use super::users::Users;
use super::view::View;
use crate::arrivals::Load;

/// What a run of a script is measured by. Times are in microseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LoadReport {
    /// The users of all scenarios.
    pub users: Users,
    /// The requests of all of them.
    pub traffic: Traffic,
    /// From the first to the last that happened.
    pub active: Active,
    /// From the first to the last request.
    pub requesting: Active,
    /// Response times and how late the user was started before: what a caller sees who is served when it is due.
    pub due_latency: Histogram,
    /// From when a request was begun, with its connection where it needs one, until all of its body was there.
    pub total: Histogram,
    /// How long looking up a name took.
    pub dns: Histogram,
    /// How long connecting took, without names and TLS.
    pub connect: Histogram,
    /// How long TLS handshakes took.
    pub tls: Histogram,
    /// The proxies that connections were opened through.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub proxies: BTreeSet<String>,
    /// What answers should have been.
    #[serde(default, skip_serializing_if = "Checks::is_empty")]
    pub checks: Checks,
    /// By scenario, in the order of the script.
    pub scenarios: Vec<ScenarioReport>,
    /// By phase, in order.
    pub phases: Vec<PhaseReport>,
    /// By request, in the order of the script.
    pub requests: Vec<RequestReport>,
    /// By when it happened.
    pub series: Series,
    /// By when it happened, more coarsely, and told apart further.
    pub periods: Periods,
    /// What became of its figures that were sent elsewhere, once it is whole; by what people call the sink.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sinks: BTreeMap<String, Delivery>,
    /// How it is read.
    pub view: View,
    /// What is yet to be counted in it.
    #[serde(skip_deserializing, skip_serializing_if = "Journal::is_empty")]
    pub(super) journal: Journal,
}

/// One scenario's part.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioReport {
    /// Its name, or its index.
    pub name: String,
    /// Its users.
    pub users: Users,
    /// Their requests.
    pub traffic: Traffic,
    /// How long its samples took that came to their end, where scenarios are tried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lived: Option<Box<Histogram>>,
    /// How long those took together that failed, in microseconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed_for: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}

/// One phase's part: of the users that arrived in it, however long they live.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PhaseReport {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// When it begins.
    #[serde(with = "as_nanos")]
    pub from: Duration,
    /// When it ends.
    #[serde(with = "as_nanos")]
    pub to: Duration,
    /// Who arrives meanwhile.
    pub load: Option<Load>,
    /// How many users at most are under way when another arrives.
    pub max_users: Option<u32>,
    /// Its users.
    pub users: Users,
    /// Their requests.
    pub traffic: Traffic,
}

/// One request's part.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestReport {
    /// `METHOD path` or `METHOD path (name)`, as in the script.
    pub name: String,
    /// What Artillery's figures call its endpoint, if they do.
    pub endpoint: Option<String>,
    /// What was sent, and what came of it.
    pub traffic: Traffic,
}

impl ScenarioReport {
    fn merge(&mut self, other: Self) {
        take_greater(&mut self.name, other.name);
        self.users.merge(other.users);
        self.traffic.merge(other.traffic);
        if let Some(lived) = other.lived {
            self.lived.get_or_insert_default().merge(&lived);
        }
        self.failed_for += other.failed_for;
    }
}

impl PhaseReport {
    fn merge(&mut self, other: Self) {
        take_greater(&mut self.name, other.name);
        take_greater(&mut self.from, other.from);
        take_greater(&mut self.to, other.to);
        take_greater(&mut self.max_users, other.max_users);
        self.load = self.load.or(other.load);
        self.users.merge(other.users);
        self.traffic.merge(other.traffic);
    }
}

impl RequestReport {
    fn merge(&mut self, other: Self) {
        take_greater(&mut self.name, other.name);
        take_greater(&mut self.endpoint, other.endpoint);
        self.traffic.merge(other.traffic);
    }
}

/// What all reports of a run agree on is the same, or not there yet; the greater of two merges in any order.
fn take_greater<T: Ord>(one: &mut T, other: T) {
    if other > *one {
        *one = other;
    }
}

/// Adds lists up by position.
fn merge_each<T: Default>(list: &mut Vec<T>, other: Vec<T>, merge: impl Fn(&mut T, T)) {
    if list.len() < other.len() {
        list.resize_with(other.len(), T::default);
    }
    for (one, another) in list.iter_mut().zip(other) {
        merge(one, another);
    }
}

impl Report for LoadReport {
    type Summary = Summary;

    fn catch_up(&mut self) {
        self.count_notes();
    }

    fn merge(&mut self, mut other: Self) {
        other.count_notes();
        self.users.merge(other.users);
        self.traffic.merge(other.traffic);
        self.active.merge(other.active);
        self.requesting.merge(other.requesting);
        self.due_latency.merge(&other.due_latency);
        self.checks.merge(other.checks);
        self.proxies.extend(other.proxies);
        self.total.merge(&other.total);
        self.dns.merge(&other.dns);
        self.connect.merge(&other.connect);
        self.tls.merge(&other.tls);
        merge_each(&mut self.scenarios, other.scenarios, ScenarioReport::merge);
        merge_each(&mut self.phases, other.phases, PhaseReport::merge);
        merge_each(&mut self.requests, other.requests, RequestReport::merge);
        self.series.merge(other.series);
        self.periods.merge(other.periods);
        for (sink, delivery) in other.sinks {
            self.sinks.entry(sink).or_default().merge(delivery);
        }
        take_greater(&mut self.view, other.view);
    }

    /// What happened in stretches of time that are over.
    fn split_off(&mut self) -> Option<Self> {
        let (series, periods) = (self.series.split_off(), self.periods.split_off());
        (series.is_some() || periods.is_some()).then(|| Self {
            series: series.unwrap_or_default(),
            periods: periods.unwrap_or_default(),
            ..Self::default()
        })
    }

    fn summarize(&self, facts: &Facts) -> Summary {
        Summary::new(self.clone(), facts.clone())
    }

    /// Without an answer to any request there is nothing to judge. Users that failed, and answers of 4xx and 5xx, are results of a load
    /// test; where scenarios are tried out they are errors.
    fn verdict(&self, facts: &Facts) -> Verdict {
        judgement::verdict(self, facts)
    }

    fn cases(&self, facts: &Facts) -> Vec<Case> {
        judgement::cases(self, facts)
    }

    fn latency(&self) -> Option<&Histogram> {
        Some(&self.due_latency)
    }

    fn failed(&self) -> u64 {
        self.users.failed
    }

    /// Times are left out, but not how many of them were measured; except for name look-ups, of which there is one a worker. So is
    /// what happened when: that depends on when answers came.
    fn counts(&self) -> Value {
        let whole = self.periods.whole();
        let classes: BTreeMap<_, _> = whole
            .classes
            .iter()
            .map(|(class, times)| (class, times.count()))
            .collect();
        let scenarios = self.scenarios.iter().map(|scenario| {
            json!({ "name": scenario.name, "users": scenario.users, "traffic": scenario.traffic.counts() })
        });
        let phases = self.phases.iter().map(|phase| {
            json!({ "name": phase.name, "users": phase.users, "traffic": phase.traffic.counts() })
        });
        let requests = self
            .requests
            .iter()
            .map(|request| json!({ "name": request.name, "traffic": request.traffic.counts() }));
        json!({
            "users": self.users,
            "traffic": self.traffic.counts(),
            "classes": classes,
            "checks": self.checks.counts(),
            "dueLatencies": self.due_latency.count(),
            "totals": self.total.count(),
            "connects": self.connect.count(),
            "handshakes": self.tls.count(),
            "sessions": whole.session.count(),
            "scenarios": scenarios.collect::<Vec<_>>(),
            "phases": phases.collect::<Vec<_>>(),
            "requests": requests.collect::<Vec<_>>(),
            "periods": whole.counts(),
        })
    }
}

impl LoadReport {
    /// All errors by name.
    pub fn errors(&self) -> &Errors {
        &self.traffic.errors
    }
}
