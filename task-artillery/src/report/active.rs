//! When something first and last happened.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The span from the first to the last of some events, in the run's own time; nothing if there was none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Active(Option<(u64, u64)>);

impl Active {
    /// Notes an event.
    pub fn note(&mut self, at: Duration) {
        let at = star_core::nanos(at);
        self.merge(Self(Some((at, at))));
    }

    /// Adds another's events.
    pub fn merge(&mut self, other: Self) {
        self.0 = match (self.0, other.0) {
            (Some((first, last)), Some((from, to))) => Some((first.min(from), last.max(to))),
            (one, another) => one.or(another),
        };
    }

    /// When the first was.
    pub fn first(self) -> Option<Duration> {
        self.0.map(|(first, _)| Duration::from_nanos(first))
    }

    /// When the last was.
    pub fn last(self) -> Option<Duration> {
        self.0.map(|(_, last)| Duration::from_nanos(last))
    }

    /// How long it was from the first to the last.
    pub fn length(self) -> Duration {
        self.0.map_or(Duration::ZERO, |(first, last)| {
            Duration::from_nanos(last - first)
        })
    }
}
