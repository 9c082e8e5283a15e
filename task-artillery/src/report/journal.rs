//! What has happened and is yet to be counted.
//!
//! A user does a dozen things, and each is counted in half a dozen places. One who comes alone, milliseconds after the one before, finds neither
//! those places nor the code that counts in the processor's caches. So what happens is noted in few bytes, and then counted together with what
//! happens to others.

use std::time::Duration;

use serde::ser::Error as _;
use serde::{Serialize, Serializer};

use super::endpoint::{Answered, EndpointKey};
use super::load::LoadReport;
use super::record::{Place, Received};

/// So many notes are counted together.
const MOST: usize = 128;

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// A user set out.
    UserStarted(Place),
    /// A user was turned away.
    UserSkipped,
    /// A user came to the end of its flow after so long.
    UserCompleted(Place, Duration),
    /// A connection was opened, which took so long.
    Connected(Duration),
    /// A request was attempted.
    Request(Place),
    /// A response's headers came.
    Response(Place, Received),
    /// A response's body: so many bytes, and if it was all, so long after its request was begun.
    Body(Place, u64, Option<Duration>),
    /// An answer was compared with what it has to be, in so many ways.
    Matched(Place, u64),
    /// All of the last answer came to the request of this number in the script.
    Answered(usize, Answered),
}

/// What is yet to be counted, in the order in which it happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Journal(Vec<(Duration, Note)>);

impl Journal {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What is yet to be counted can't be written: that it is counted before is up to whoever writes.
impl Serialize for Journal {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        let notes = self.0.len();
        Err(S::Error::custom(format!(
            "{notes} notes are yet to be counted"
        )))
    }
}

impl LoadReport {
    /// Notes that something happened at `at` of the run's own time, to be counted when the report is next read, or before.
    pub(crate) fn note(&mut self, at: Duration, note: Note) {
        let notes = &mut self.journal.0;
        if notes.capacity() == 0 {
            notes.reserve_exact(MOST);
        }
        notes.push((at, note));
        if notes.len() >= MOST {
            self.count_notes();
        }
    }

    /// Counts what was noted.
    pub(crate) fn count_notes(&mut self) {
        let mut notes = std::mem::take(&mut self.journal.0);
        for (at, note) in notes.drain(..) {
            self.count(at, note);
        }
        self.journal.0 = notes;
    }

    fn count(&mut self, at: Duration, note: Note) {
        match note {
            Note::UserStarted(place) => self.user_started(at, place),
            Note::UserSkipped => self.user_skipped(at),
            Note::UserCompleted(place, lived) => self.user_completed(at, place, lived),
            Note::Connected(took) => self.connected(at, took),
            Note::Request(place) => self.request(at, place),
            Note::Response(place, received) => self.response(at, place, received),
            Note::Body(place, bytes, total) => self.body(at, place, bytes, total),
            Note::Matched(place, matches) => self.matched(at, place, matches),
            Note::Answered(number, answered) => {
                self.answered(at, Some(EndpointKey::Number(number)), &answered);
            }
        }
    }
}
