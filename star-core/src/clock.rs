//! Clocks: the system's, read once and monotonic from then on, and one that tests drive.
//!
//! Nothing else in a run reads the time, so a run can be driven through an hour in a test's millisecond.

use std::fmt;

use async_trait::async_trait;

use crate::health::Reading;
use crate::time::Time;

mod system;
mod virtual_clock;

pub use system::SystemClock;
pub use virtual_clock::VirtualClock;

/// A source of time for one worker.
#[async_trait(?Send)]
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now. Never decreases.
    fn now(&self) -> Time;

    /// A timer of its own for whoever waits for many instants in a row.
    fn timer(&self) -> Box<dyn Timer>;

    /// Waits until `at`, if that is to come.
    async fn sleep_until(&self, at: Time) {
        self.timer().until(at).await;
    }

    /// What the machine says of the thread that asks. None of a clock that is not a machine's: what a worker costs means nothing where
    /// time is made up.
    fn reading(&self) -> Option<Reading> {
        None
    }
}

/// Waits for instants, one after the other, as exactly as its clock can.
#[async_trait(?Send)]
pub trait Timer: fmt::Debug {
    /// Returns at `at` or as soon after it as can be, never before; at once if it is past.
    async fn until(&mut self, at: Time);
}
