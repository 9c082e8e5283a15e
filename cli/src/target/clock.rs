//! The time of arrival.

use std::time::{Instant, SystemTime};

/// A clock that reads the system's once and is monotonic from there.
///
/// So intervals between arrivals are right even when the system's clock is set during a run.
#[derive(Debug)]
pub(super) struct Clock {
    zero: u64,
    started: Instant,
}

impl Clock {
    pub(super) fn new() -> Self {
        let epoch = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            zero: epoch.as_nanos() as u64,
            started: Instant::now(),
        }
    }

    /// Nanoseconds since the Unix epoch.
    pub(super) fn now(&self) -> u64 {
        self.zero + self.started.elapsed().as_nanos() as u64
    }
}
