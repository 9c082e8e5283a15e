//! Tasks whose type is known no more: where the command line and the registry meet them.
//!
//! What is behind it is generic over the task, so two unlike reports can't meet, and nothing is ever cast back.

mod observer;
mod outcome;
mod typed;

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

pub use self::observer::{Glance, Observer};
pub(crate) use self::outcome::Stakes;
pub use self::outcome::{AnyOutcome, AnySummary};
use self::typed::{ErasedTask, Typed};
use crate::document::Blob;
use crate::job::{Asked, Manner, Origin, Unfit, cannot_be_cut};
use crate::ledger::{Heard, Ledger, Manifest};
use crate::limits::Limits;
use crate::plan::{Plan, PlanError, expected_open, plan};
use crate::split::{Rate, Splittable};
use crate::task::Task;
use crate::worker::Host;

/// A task and the files that travel beside it.
#[derive(Debug)]
pub struct Job {
    /// The task.
    pub task: AnyTask,
    /// The files.
    pub blobs: Vec<Blob>,
}

/// A task of any kind.
pub struct AnyTask {
    task: Box<dyn ErasedTask>,
    /// What its job file asks of the framework; none where the kind sees to that itself.
    asked: Option<Asked>,
    /// In what manner its job file wants to be carried out.
    manner: Manner,
    /// Where it was read, if it was.
    origin: Option<Origin>,
}

impl fmt::Debug for AnyTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnyTask({})", self.kind())
    }
}

impl Clone for AnyTask {
    fn clone(&self) -> Self {
        Self {
            task: self.task.copy(),
            asked: self.asked.clone(),
            manner: self.manner,
            origin: self.origin.clone(),
        }
    }
}

impl AnyTask {
    /// Forgets a task's type.
    pub fn new<T: Task>(task: T) -> Self {
        Self {
            task: Box::new(Typed(task)),
            asked: None,
            manner: Manner::default(),
            origin: None,
        }
    }

    /// The same, read there.
    #[must_use]
    pub(crate) fn read_from(self, origin: Origin) -> Self {
        Self {
            origin: Some(origin),
            ..self
        }
    }

    /// The same, with what its job file asks of the framework.
    #[must_use]
    pub(crate) fn asking(self, asked: Option<Asked>) -> Self {
        Self { asked, ..self }
    }

    /// The same, carried out in this manner.
    #[must_use]
    pub fn in_manner(self, manner: Manner) -> Self {
        Self { manner, ..self }
    }

    /// In what manner it is to be carried out.
    pub fn manner(&self) -> Manner {
        self.manner
    }

    /// The name of its kind.
    pub fn kind(&self) -> &'static str {
        self.task.kind()
    }

    /// What there is of it.
    pub fn timetable(&self) -> &dyn Splittable {
        self.task.timetable()
    }

    /// The limits under which it is cut in a place that has these.
    pub fn limits(&self, place: Limits) -> Limits {
        let limits = self.task.limits(place);
        match &self.asked {
            Some(asked) => asked.over(limits, self.timetable().extent()),
            None => limits,
        }
    }

    /// Whether functions would take it.
    ///
    /// # Errors
    /// What is too much, and where.
    pub fn fits_functions(&self) -> Result<(), Box<Unfit>> {
        let asked = self.asked.as_ref();
        let fits = self
            .task
            .fits_functions()
            .and_then(|()| asked.map_or(Ok(()), |asked| asked.fits_functions(self.timetable())));
        fits.map_err(|why| {
            Box::new(match &self.origin {
                Some(origin) => origin.unfit(why),
                None => Unfit::nowhere(why),
            })
        })
    }

    /// Tells it the run's seed, before it is cut.
    pub fn seed(&mut self, seed: u64) {
        self.task.seed(seed);
    }

    /// The formats in which a run's summary can be written, that which is meant by default first.
    pub fn formats(&self) -> &'static [&'static str] {
        self.task.formats()
    }

    /// How long a unit is expected to be open.
    pub fn expected_life(&self) -> Duration {
        self.task.expected_life()
    }

    /// How many of a batch's units a worker has open at once.
    pub fn at_once(&self) -> u32 {
        self.task.at_once().max(1)
    }

    /// Whether a chunk of it may be tried twice.
    pub fn is_idempotent(&self) -> bool {
        self.task.is_idempotent()
    }

    /// Whether a run of it is worth something only as a whole ([`Task::must_be_whole`]).
    pub fn must_be_whole(&self) -> bool {
        self.task.must_be_whole()
    }

    /// Cuts it.
    ///
    /// # Errors
    /// Where the limits leave no way to.
    pub fn plan(&self, limits: &Limits) -> Result<Plan, PlanError> {
        plan(self.timetable(), self.task.expected_life(), limits)
    }

    /// Why it can't be cut, with the place in its job file that is to be looked at.
    pub fn uncut(&self, why: &PlanError) -> Unfit {
        match &self.origin {
            Some(origin) => origin.uncut(why),
            None => Unfit::nowhere(cannot_be_cut(why)),
        }
    }

    /// The same work at another rate ([`Task::at_rate`]).
    pub fn at_rate(&self, rate: Rate, duration: Duration) -> Option<Self> {
        let task = self.task.at_rate(rate, duration)?;
        // How far it is cut is what is to be found out.
        Some(task.in_manner(self.manner))
    }

    /// How many of its units are expected to be open at once in one worker, cut like this.
    pub fn expected_open(&self, plan: &Plan) -> u64 {
        expected_open(self.timetable(), self.task.expected_life(), plan)
    }

    /// How many of its units a worker may have open at once that has room for so many connections.
    pub fn open_units(&self, connections: Option<u64>) -> Option<u64> {
        let most = connections?.checked_div(self.task.connections())?;
        Some(most.max(1))
    }

    /// Its wire form.
    ///
    /// # Errors
    /// Where the task can't be written, which is a fault of its kind.
    pub fn encode(&self) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let mut json = serde_json::Serializer::new(&mut bytes);
        erased_serde::serialize(self.task.as_serialize(), &mut json)
            .map_err(|error| error.to_string())?;
        Ok(bytes)
    }

    /// Watches a run of it.
    pub fn observe(&self, host: &Host, manifest: Rc<Manifest>) -> Observer {
        let ledger = Arc::new(Heard::new(Arc::clone(&host.world.ledger)));
        let mut host = host.clone();
        host.world.ledger = Arc::clone(&ledger) as Arc<dyn Ledger>;
        Observer {
            observer: self.task.observe(host, manifest),
            ledger,
        }
    }

    /// Watches a run of it that was launched here: the task is told how it goes where it wants to
    /// know ([`Task::observed`]).
    pub fn attend(&self, host: &Host, manifest: Rc<Manifest>) -> Observer {
        let mut observer = self.observe(host, manifest);
        observer.observer.tell();
        observer
    }
}
