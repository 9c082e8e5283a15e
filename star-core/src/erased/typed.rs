//! A task without its type.

use std::rc::Rc;
use std::time::Duration;

use super::AnyTask;
use super::observer::{ErasedObserver, TypedObserver};
use crate::ledger::Manifest;
use crate::limits::Limits;
use crate::report::{Report, Summary};
use crate::split::{Rate, Splittable};
use crate::task::Task;
use crate::worker::Host;

/// What a task can do, without its type.
pub(super) trait ErasedTask {
    fn kind(&self) -> &'static str;
    fn timetable(&self) -> &dyn Splittable;
    fn limits(&self, place: Limits) -> Limits;
    fn fits_functions(&self) -> Result<(), String>;
    fn seed(&mut self, seed: u64);
    fn formats(&self) -> &'static [&'static str];
    fn expected_life(&self) -> Duration;
    fn is_idempotent(&self) -> bool;
    fn must_be_whole(&self) -> bool;
    fn copy(&self) -> Box<dyn ErasedTask>;
    fn connections(&self) -> u64;
    fn at_once(&self) -> u32;
    fn at_rate(&self, rate: Rate, duration: Duration) -> Option<AnyTask>;
    fn as_serialize(&self) -> &dyn erased_serde::Serialize;
    fn observe(&self, host: Host, manifest: Rc<Manifest>) -> Box<dyn ErasedObserver>;
}

/// A task as one without a type.
pub(super) struct Typed<T>(pub(super) T);

impl<T: Task> ErasedTask for Typed<T> {
    fn kind(&self) -> &'static str {
        T::KIND
    }

    fn timetable(&self) -> &dyn Splittable {
        &self.0
    }

    fn limits(&self, place: Limits) -> Limits {
        self.0.limits(place)
    }

    fn fits_functions(&self) -> Result<(), String> {
        self.0.fits_functions()
    }

    fn seed(&mut self, seed: u64) {
        self.0.seed(seed);
    }

    fn formats(&self) -> &'static [&'static str] {
        <T::Report as Report>::Summary::FORMATS
    }

    fn expected_life(&self) -> Duration {
        self.0.expected_life()
    }

    fn is_idempotent(&self) -> bool {
        T::IDEMPOTENT
    }

    fn must_be_whole(&self) -> bool {
        self.0.must_be_whole()
    }

    fn copy(&self) -> Box<dyn ErasedTask> {
        Box::new(Self(self.0.clone()))
    }

    fn connections(&self) -> u64 {
        self.0.connections()
    }

    fn at_once(&self) -> u32 {
        self.0.at_once()
    }

    fn at_rate(&self, rate: Rate, duration: Duration) -> Option<AnyTask> {
        self.0.at_rate(rate, duration).map(AnyTask::new)
    }

    fn as_serialize(&self) -> &dyn erased_serde::Serialize {
        &self.0
    }

    fn observe(&self, host: Host, manifest: Rc<Manifest>) -> Box<dyn ErasedObserver> {
        Box::new(TypedObserver::new(&self.0, host, manifest))
    }
}
