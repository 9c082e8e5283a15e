//! A clock that tests drive.

use async_trait::async_trait;

use super::{Clock, Timer};
use crate::time::Time;

/// The runtime's own clock as the world's: on a runtime whose time is paused, time passes only when everybody waits, or when a test
/// says so. Instants that are waited for round up to the runtime's millisecond.
#[derive(Clone, Copy, Debug)]
pub struct VirtualClock {
    start: Time,
    started: tokio::time::Instant,
}

impl VirtualClock {
    /// A clock that shows `start` now. To be made on the runtime that drives it.
    pub fn starting_at(start: Time) -> Self {
        Self {
            start,
            started: tokio::time::Instant::now(),
        }
    }
}

#[async_trait(?Send)]
impl Clock for VirtualClock {
    fn now(&self) -> Time {
        self.start + self.started.elapsed()
    }

    fn timer(&self) -> Box<dyn Timer> {
        Box::new(*self)
    }
}

#[async_trait(?Send)]
impl Timer for VirtualClock {
    async fn until(&mut self, at: Time) {
        tokio::time::sleep_until(self.started + at.since(self.start)).await;
    }
}
