//! Recording: what happened is counted in every part that it belongs to.

use std::time::Duration;

use super::checks::FailedCheck;
use super::endpoint::{Answered, EndpointKey};
use super::errors::ErrorName;
use super::load::{LoadReport, PhaseReport, RequestReport, ScenarioReport};
use super::names::{Names, PhaseName};
use super::periods::{Parts, Period};
use super::traffic::Traffic;

/// Where something happened, by the numbers of [`Names`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The scenario.
    pub scenario: usize,
    /// The phase in which the user was due.
    pub phase: usize,
    /// The request, where it was in one.
    pub request: Option<usize>,
}

/// A response's headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// The status.
    pub status: u16,
    /// How long after the request was sent.
    pub latency: Duration,
    /// How long after it was due the request was sent: how late the user was started, and how long it then waited, from when it came to the
    /// request, for a connection: for one that others have, or until it was open.
    pub lateness: Duration,
}

impl LoadReport {
    /// Takes over the names of the script's phases, before anything is recorded.
    pub fn prepare_phases(&mut self, phases: &[PhaseName]) {
        self.phases = phases
            .iter()
            .map(|phase| PhaseReport {
                name: phase.name.clone(),
                from: phase.from,
                to: phase.to,
                load: phase.load,
                max_users: phase.max_users,
                ..PhaseReport::default()
            })
            .collect();
    }

    /// Takes over the names of the script's parts, before anything is recorded.
    pub fn prepare(&mut self, names: &Names) {
        let scenarios = names.scenarios.iter();
        self.scenarios = scenarios
            .map(|name| ScenarioReport {
                name: name.clone(),
                ..ScenarioReport::default()
            })
            .collect();
        self.prepare_phases(&names.phases);
        let requests = names.requests.iter();
        self.requests = requests
            .map(|name| RequestReport {
                name: name.label.clone(),
                endpoint: name.endpoint.clone(),
                ..RequestReport::default()
            })
            .collect();
        self.series.reach(names.length);
        let (bucket, requests) = (self.series.width(), names.requests.len());
        self.periods
            .reach(names.length, bucket, requests, &names.view);
        self.view = names.view.clone();
    }

    /// A user sets out at `at` of the run's own time.
    pub fn user_started(&mut self, at: Duration, place: Place) {
        self.users_everywhere(at, place, |users| users.started += 1);
        let scenario = u32::try_from(place.scenario).unwrap_or(u32::MAX);
        *self.period(at).scenarios.at(scenario) += 1;
    }

    /// A user is turned away.
    pub fn user_skipped(&mut self, at: Duration) {
        let period = self.period(at);
        period.skipped += 1;
        period.counted.note(at);
    }

    /// A user has come to the end of its flow after so long.
    pub fn user_completed(&mut self, at: Duration, place: Place, lived: Duration) {
        let period = self.period(at);
        period.session.record_duration(lived);
        period.timed.note(at);
        if self.view.sampling.is_some()
            && let Some(scenario) = self.scenarios.get_mut(place.scenario)
        {
            let times = scenario.lived.get_or_insert_default();
            times.record_duration(lived);
        }
        self.users_everywhere(at, place, |users| users.completed += 1);
    }

    /// A user ends with an error.
    pub fn user_failed(&mut self, at: Duration, place: Place, error: &ErrorName) {
        self.users_everywhere(at, place, |users| users.failed += 1);
        self.traffic_everywhere(at, place, |traffic| traffic.errors.record(error));
    }

    /// So long a sample took that failed.
    pub fn sample_failed(&mut self, place: Place, lived: Duration) {
        if let Some(scenario) = self.scenarios.get_mut(place.scenario) {
            let micros = u64::try_from(lived.as_micros()).unwrap_or(u64::MAX);
            scenario.failed_for = scenario.failed_for.saturating_add(micros);
        }
    }

    /// Something went wrong that the user gets over.
    pub fn mishap(&mut self, at: Duration, place: Place, error: &ErrorName) {
        self.traffic_everywhere(at, place, |traffic| traffic.errors.record(error));
    }

    /// A request is attempted.
    pub fn request(&mut self, at: Duration, place: Place) {
        self.requesting.note(at);
        self.traffic_everywhere(at, place, |traffic| traffic.requests += 1);
    }

    /// An answer is compared with what it has to be, in so many ways.
    pub fn matched(&mut self, at: Duration, place: Place, matches: u64) {
        self.traffic_everywhere(at, place, |traffic| traffic.matches += matches);
    }

    /// An expectation of an answer held, or not.
    pub fn expected(&mut self, kind: &str, held: bool) {
        self.checks.expected(kind, held);
    }

    /// A check of an answer failed; what was found is asked for only where it is told.
    pub fn check_failed(
        &mut self,
        place: Place,
        failed: FailedCheck,
        got: impl FnOnce() -> String,
    ) {
        let failed = FailedCheck {
            scenario: place.scenario,
            request: place.request.unwrap_or_default(),
            ..failed
        };
        self.checks.fail(failed, got);
    }

    /// A response's headers have come.
    pub fn response(&mut self, at: Duration, place: Place, received: Received) {
        let Received {
            status,
            latency,
            lateness,
        } = received;
        self.due_latency.record_duration(latency + lateness);
        let period = self.period(at);
        let times = period.classes.at(status / 100);
        times.record_duration(latency);
        period.timed.note(at);
        self.traffic_everywhere(at, place, |traffic| {
            traffic.responses += 1;
            *traffic.codes.at(status) += 1;
            traffic.response_time.record_duration(latency);
        });
    }

    /// A response's body has come: all of it, so long after its request was begun, or until it broke off.
    pub fn body(&mut self, at: Duration, place: Place, bytes: u64, total: Option<Duration>) {
        if let Some(total) = total {
            self.total.record_duration(total);
            self.part(at, |parts| parts.total.record_duration(total));
        }
        self.traffic_everywhere(at, place, |traffic| traffic.bytes += bytes);
    }

    /// All of the last answer to a request has come.
    pub fn answered(
        &mut self,
        at: Duration,
        endpoint: Option<EndpointKey<'_>>,
        answered: &Answered,
    ) {
        let threshold = self.view.apdex.map(Duration::from_micros);
        let period = self.period(at);
        if let Some(endpoint) = endpoint {
            period.endpoints.answered(endpoint, answered);
        }
        if let Some(threshold) = threshold {
            period.apdex.record(answered.total, threshold);
        }
    }

    /// A request's headers are not waited for any more: it failed, or its user was ended.
    pub fn given_up(&mut self, at: Duration) {
        self.period(at).unanswered += 1;
    }

    /// A request failed before all of its last answer had come.
    pub fn unanswered(
        &mut self,
        at: Duration,
        endpoint: Option<EndpointKey<'_>>,
        error: &ErrorName,
    ) {
        if let Some(endpoint) = endpoint {
            self.period(at).endpoints.failed(endpoint, error);
        }
    }

    /// A name was looked up.
    pub fn looked_up(&mut self, at: Duration, took: Duration) {
        self.dns.record_duration(took);
        self.part(at, |parts| parts.dns.record_duration(took));
    }

    /// A connection is opened through this proxy.
    pub fn through(&mut self, proxy: &str) {
        if !self.proxies.contains(proxy) {
            self.proxies.insert(proxy.to_owned());
        }
    }

    /// A connection was opened, whatever becomes of it.
    pub fn connected(&mut self, at: Duration, took: Duration) {
        self.connect.record_duration(took);
        self.part(at, |parts| parts.tcp.record_duration(took));
    }

    /// Both sides of a connection agreed on TLS.
    pub fn secured(&mut self, at: Duration, took: Duration) {
        self.tls.record_duration(took);
        self.part(at, |parts| parts.tls.record_duration(took));
    }

    fn part(&mut self, at: Duration, record: impl FnOnce(&mut Parts)) {
        if self.view.extended {
            record(&mut self.period(at).parts);
        }
    }

    fn period(&mut self, at: Duration) -> &mut Period {
        self.periods.at(self.series.begin_of(at))
    }

    fn users_everywhere(
        &mut self,
        at: Duration,
        place: Place,
        change: impl Fn(&mut super::users::Users),
    ) {
        self.active.note(at);
        self.period(at).counted.note(at);
        change(&mut self.users);
        if let Some(scenario) = self.scenarios.get_mut(place.scenario) {
            change(&mut scenario.users);
        }
        if let Some(phase) = self.phases.get_mut(place.phase) {
            change(&mut phase.users);
        }
        change(&mut self.series.at(at).users);
    }

    fn traffic_everywhere(&mut self, at: Duration, place: Place, change: impl Fn(&mut Traffic)) {
        self.active.note(at);
        self.period(at).counted.note(at);
        change(&mut self.traffic);
        if let Some(scenario) = self.scenarios.get_mut(place.scenario) {
            change(&mut scenario.traffic);
        }
        if let Some(phase) = self.phases.get_mut(place.phase) {
            change(&mut phase.traffic);
        }
        if let Some(request) = place
            .request
            .and_then(|number| self.requests.get_mut(number))
        {
            change(&mut request.traffic);
        }
        change(&mut self.series.at(at).traffic);
    }
}
