//! What a user measures, into the worker's report.

use std::borrow::Cow;
use std::time::Duration;

use star_core::Time;

use super::Cx;
use crate::report::{Answered, EndpointKey, ErrorName, FailedCheck, Note, Place, Received};

/// Where a user's measurements go: into the report, at the user's place in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meter<'u> {
    cx: &'u Cx,
    place: Place,
    lateness: Duration,
}

impl<'u> Meter<'u> {
    pub(super) fn new(cx: &'u Cx, place: Place, lateness: Duration) -> Self {
        Self {
            cx,
            place,
            lateness,
        }
    }

    /// The worker's world.
    pub(super) fn cx(&self) -> &'u Cx {
        self.cx
    }

    /// The run's own time.
    pub(super) fn now(&self) -> Duration {
        self.cx.now()
    }

    /// The world's time.
    pub(super) fn time(&self) -> Time {
        self.cx.time()
    }

    /// The user sets out.
    pub(super) fn user_started(&self) {
        let now = self.now();
        self.cx
            .record(|report| report.note(now, Note::UserStarted(self.place)));
    }

    /// The user has come to its end, after so long.
    pub(super) fn user_completed(&self, lived: Duration) {
        let now = self.now();
        self.cx
            .record(|report| report.note(now, Note::UserCompleted(self.place, lived)));
    }

    /// The user ends with an error.
    pub(super) fn user_failed(&self, error: &ErrorName) {
        let now = self.now();
        self.cx
            .record(|report| report.user_failed(now, self.place, error));
    }

    /// So long a sample took that failed.
    pub(super) fn sample_failed(&self, lived: Duration) {
        self.cx
            .record(|report| report.sample_failed(self.place, lived));
    }

    /// Something went wrong that the user gets over.
    pub(super) fn mishap(&self, error: &'static str) {
        let now = self.now();
        self.cx
            .record(|report| report.mishap(now, self.place, &Cow::Borrowed(error)));
    }

    /// A request is attempted: there is a connection for it, or one may be opened. It is pending until it is said to be answered, or until what this gives is dropped.
    pub(super) fn request(&self, now: Duration) -> Pending<'u> {
        self.cx
            .record(|report| report.note(now, Note::Request(self.place)));
        Pending { cx: Some(self.cx) }
    }

    /// An answer is compared with what it has to be, in so many ways.
    pub(super) fn matched(&self, matches: u64) {
        if matches > 0 {
            let now = self.now();
            self.cx
                .record(|report| report.note(now, Note::Matched(self.place, matches)));
        }
    }

    /// An expectation of an answer held, or not.
    pub(super) fn expected(&self, kind: &str, held: bool) {
        self.cx.record(|report| report.expected(kind, held));
    }

    /// A check of an answer failed; what was found is asked for only where it is told.
    pub(super) fn check_failed(&self, failed: FailedCheck, got: impl FnOnce() -> String) {
        self.cx
            .record(|report| report.check_failed(self.place, failed, got));
    }

    /// A response's headers have come, at `now`.
    pub(super) fn response(&self, now: Duration, status: u16, latency: Duration, waited: Duration) {
        let received = Received {
            status,
            latency,
            lateness: self.lateness + waited,
        };
        self.cx
            .record(|report| report.note(now, Note::Response(self.place, received)));
    }

    /// A body has come: so many bytes of it, and if it was all, so long after the request was begun.
    pub(super) fn body(&self, now: Duration, bytes: u64, total: Option<Duration>) {
        self.cx
            .record(|report| report.note(now, Note::Body(self.place, bytes, total)));
    }

    /// All of the last answer to a request has come.
    pub(super) fn answered(
        &self,
        now: Duration,
        endpoint: Option<EndpointKey<'_>>,
        answered: &Answered,
    ) {
        self.cx.record(|report| match endpoint {
            Some(EndpointKey::Number(number)) => {
                report.note(now, Note::Answered(number, *answered));
            }
            made => report.answered(now, made, answered),
        });
    }

    /// A request failed before all of its last answer had come.
    pub(super) fn unanswered(&self, endpoint: Option<EndpointKey<'_>>, error: &ErrorName) {
        let now = self.now();
        self.cx
            .record(|report| report.unanswered(now, endpoint, error));
    }
}

/// A request whose headers have not come yet.
#[derive(Debug)]
#[must_use = "dropping it says that the request is given up"]
pub(super) struct Pending<'u> {
    /// None once they have.
    cx: Option<&'u Cx>,
}

impl Pending<'_> {
    /// They have come.
    pub(super) fn answered(mut self) {
        self.cx = None;
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if let Some(cx) = self.cx {
            let now = cx.now();
            cx.record(|report| report.given_up(now));
        }
    }
}
