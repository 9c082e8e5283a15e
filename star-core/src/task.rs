//! What an author implements.

use std::future::Future;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::context::{Context, RunContext};
use crate::document::{Diagnostics, Document, Node, Options, Span};
use crate::failure::Failure;
use crate::limits::Limits;
use crate::report::Report;
use crate::slice::Slice;
use crate::split::{Rate, Splittable};

/// Work that can be carried out, one slice at a time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how its units are done",
    label = "nothing carries this out",
    note = "implement `UnitTask`, whose `unit` does one of them, or `Executable`, whose `execute` does a slice of them"
)]
pub trait Executable {
    /// What is measured.
    type Report: Report;

    /// Does the units of one slice: takes them from [`Context::units`], which hands each out when it is due, and records what it
    /// measures by [`Context::record`]. What was recorded stands, also when this fails, is stopped or panics.
    ///
    /// What the units do must not depend on the slice: the same unit does the same in any.
    ///
    /// # Errors
    /// Why the rest of the slice could not be done.
    fn execute(
        &self,
        slice: Slice,
        cx: &Context<Self::Report>,
    ) -> impl Future<Output = Result<(), Failure>>;
}

/// A kind of work: all that an author implements, besides [`Splittable`] and [`Executable`].
///
/// The serde form is the task's wire format: what it writes, it must read back the same.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a task",
    label = "this is no task",
    note = "derive `Clone, Serialize, Deserialize` and implement `UnitTask`, for units that are done one by one",
    note = "or implement `Splittable` (what there is), `Executable` (how a slice is done) and `Task` (what it is called)"
)]
pub trait Task: Splittable + Executable + Clone + Serialize + DeserializeOwned + 'static {
    /// The name of the kind, as in `task: NAME`.
    const KIND: &'static str;

    /// Whether doing a unit twice does no harm: a chunk that failed, or whose worker is gone, may then be tried again.
    const IDEMPOTENT: bool = false;

    /// Whether a document without a `task:` key is of this kind.
    fn claims(root: &Node) -> bool {
        let _ = root;
        false
    }

    /// Reads the task from a document: by default by serde, from all keys but the [framework's own](crate::job::KEYS).
    ///
    /// # Errors
    /// All that is wrong with it.
    fn read(document: &mut Document) -> Result<Self, Diagnostics> {
        document.task()
    }

    /// A document to begin with, for whoever has none, made of what the command line says of it. None where the kind has no such thing.
    ///
    /// # Errors
    /// What is wrong with what was said.
    fn template(options: &mut Options) -> Option<Result<String, Diagnostics>> {
        let _ = options;
        None
    }

    /// The JSON Schema of documents that [`read`](Self::read) reads, so that editors complete them; none where the kind has none.
    fn schema() -> Option<serde_json::Value> {
        None
    }

    /// Whether the task can be carried out, apart from how it was written: asked once more of every task that came over the wire.
    ///
    /// # Errors
    /// One sentence.
    fn validate(&self) -> Result<(), String> {
        Ok(())
    }

    /// Where a document says when its units are due, to point at where that is too much for a place; none where the framework finds it
    /// itself (a [`Schedule`](crate::shape::Schedule) among the task's keys).
    fn due_at(root: &Node) -> Option<Span> {
        let _ = root;
        None
    }

    /// Whether functions would take it: what a task allows itself is less there, where it does not say so itself.
    ///
    /// # Errors
    /// One sentence.
    fn fits_functions(&self) -> Result<(), String> {
        Ok(())
    }

    /// The limits under which it is cut: those of the place, and what the task asks for instead.
    fn limits(&self, place: Limits) -> Limits {
        place
    }

    /// Whether a run is worth something only as a whole: then it has failed, and is not just partial, where anything of it is lost, missed or
    /// not done.
    fn must_be_whole(&self) -> bool {
        false
    }

    /// Whether somebody is to be told where a run of it fails, though nobody may wait for it.
    fn alerts(&self) -> bool {
        false
    }

    /// The report of a run that never began: what is known of it beforehand.
    fn blank(&self) -> Self::Report {
        Self::Report::default()
    }

    /// How long a unit is expected to be open, for the number of units open at once.
    fn expected_life(&self) -> Duration {
        Duration::ZERO
    }

    /// The same work with its units due at this rate for so long, to find out how much a machine holds. None where it can't be had so: of a
    /// batch, or where the task itself forbids such a rate.
    fn at_rate(&self, rate: Rate, duration: Duration) -> Option<Self> {
        let _ = (rate, duration);
        None
    }

    /// How many connections a unit has at most, for the number of units that a worker may have open at once; zero where that number does
    /// not depend on connections.
    fn connections(&self) -> u64 {
        1
    }

    /// Tells the run's seed, before it is planned and before anything else asks what units there are: for a task whose units depend on
    /// chance. What it makes of the seed it keeps in its wire form.
    fn seed(&mut self, seed: u64) {
        let _ = seed;
    }

    /// Once per run, before it is planned, by whichever worker starts it.
    ///
    /// # Errors
    /// Why the run can't begin.
    fn open(&mut self, cx: &RunContext) -> impl Future<Output = Result<(), Failure>> {
        let _ = cx;
        std::future::ready(Ok(()))
    }

    /// Whether it wants to know how a run of it goes ([`observed`](Self::observed)). Then whoever follows the run reads its reports again and
    /// again, which nobody does otherwise before the end.
    fn observes(&self) -> bool {
        false
    }

    /// Again and again while a run goes on, by whoever launched it and follows it, for a task that lets others see how it goes and says so
    /// ([`observes`](Self::observes)). Whoever follows waits for it, so it should be quick. What happened until `known` of the run's own
    /// time is in the report, unless a worker is slow to tell. A run that nobody follows comes to its end without.
    fn observed(
        &self,
        report: &Self::Report,
        known: Duration,
        cx: &RunContext,
    ) -> impl Future<Output = ()> {
        let _ = (report, known, cx);
        std::future::ready(())
    }

    /// Once per run, when all is settled.
    ///
    /// # Errors
    /// What could not be done; the report stands.
    fn close(
        &self,
        report: &mut Self::Report,
        cx: &RunContext,
    ) -> impl Future<Output = Result<(), Failure>> {
        let _ = (report, cx);
        std::future::ready(Ok(()))
    }
}
