//! Tasks whose units are done one by one: all that most authors write.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::context::{Context, RunContext, Unit};
use crate::document::{Diagnostics, Document, File};
use crate::draw::Draws;
use crate::failure::Failure;
use crate::hash::Hash;
use crate::histogram::Histogram;
use crate::outcome::Facts;
use crate::report::{Report, Verdict};
use crate::reports::{Figures, Sample};
use crate::shape::Ranges;
use crate::slice::Slice;
use crate::split::{Extent, Rate, Splittable};
use crate::task::{Executable, Task};
use crate::time::Time;

/// A task whose units are done one by one, each by itself: a name, a [shape](crate::shape), and how one unit is done. It is a [`Task`] by that.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use star_core::reports::Moments;
/// use star_core::shape::Keys;
/// use star_core::{Failure, OneUnit, Splittable, UnitTask};
///
/// /// The squares of numbers.
/// #[derive(Clone, Debug, Serialize, Deserialize)]
/// struct Squares {
///     numbers: Keys<f64>,
/// }
///
/// impl UnitTask for Squares {
///     const KIND: &'static str = "squares";
///     const EFFECTS: bool = false;
///     type Report = Moments;
///
///     fn shape(&self) -> &impl Splittable {
///         &self.numbers
///     }
///
///     async fn unit(&self, unit: &OneUnit<Moments>) -> Result<(), Failure> {
///         let number = self.numbers[unit.index()];
///         unit.record(|squares| squares.add(number * number));
///         Ok(())
///     }
/// }
///
/// star_core::register_task!(Squares);
/// # fn main() {}
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a task",
    label = "this is no task",
    note = "derive `Clone, Serialize, Deserialize` and implement `UnitTask`, for units that are done one by one",
    note = "or implement `Splittable` (what there is), `Executable` (how a slice is done) and `Task` (what it is called)"
)]
pub trait UnitTask: Clone + Serialize + DeserializeOwned + 'static {
    /// The name of the kind, as in `task: NAME`.
    const KIND: &'static str;

    /// Whether doing a unit twice does no harm: a chunk that failed, or whose worker is gone, may then be tried again.
    const IDEMPOTENT: bool = !Self::EFFECTS;

    /// Whether doing a unit has an effect on the world. Where it has none, units are done in rehearsals too, and so the conformance kit tries
    /// all laws.
    const EFFECTS: bool = true;

    /// How many units of a batch a worker has open at once; more than 1 is of use where units wait. Timed units are begun when they are due,
    /// however many are open.
    const AT_ONCE: u32 = 1;

    /// What is measured.
    type Report: Report;

    /// What units there are: a field of the task.
    fn shape(&self) -> &impl Splittable;

    /// Does a unit. What it recorded stands, also when it fails.
    ///
    /// # Errors
    /// Why it could not be done: counted, and some are shown; the other units go on.
    fn unit(&self, unit: &OneUnit<Self::Report>) -> impl Future<Output = Result<(), Failure>>;

    /// What is to be checked or taken along when the task has been read from a job file.
    ///
    /// # Errors
    /// All that is wrong with it.
    fn check(&mut self, document: &mut Document) -> Result<(), Diagnostics> {
        let _ = document;
        Ok(())
    }

    /// How long a unit is expected to be open, for the number of units open at once.
    fn expected_life(&self) -> Duration {
        Duration::ZERO
    }

    /// How many connections a unit has at most, for the number of timed units that a worker may have open at once; zero where it has none.
    fn connections(&self) -> u64 {
        1
    }

    /// The same work with its units due at this rate for so long, for `slsart find-max`; none where that can't be had.
    fn at_rate(&self, rate: Rate, duration: Duration) -> Option<Self> {
        let _ = (rate, duration);
        None
    }

    /// Once per run, when all is settled: puts together what the units made.
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

/// A unit that is being done.
#[derive(Debug)]
pub struct OneUnit<R: Report> {
    unit: Unit<Done<R>>,
    cx: Context<Done<R>>,
    files: Rc<LastFile>,
}

/// The file that was read last: units that are one after the other mostly want the same.
type LastFile = RefCell<Option<(Hash, Bytes)>>;

/// How many failures are shown.
const SHOWN: usize = 10;

/// What came of a [`UnitTask`]: what its units measured, and which of them failed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Done<R: Report> {
    /// What the units measured.
    pub report: R,
    /// The units that failed.
    pub failed: Sample<SHOWN>,
}

impl<R: Report> OneUnit<R> {
    /// Its number among all units of the task, from 0.
    pub fn index(&self) -> u64 {
        self.unit.index()
    }

    /// When it was due, from the run's zero.
    pub fn due(&self) -> Duration {
        self.unit.due()
    }

    /// Changes the report.
    pub fn record<T>(&self, change: impl FnOnce(&mut R) -> T) -> T {
        self.cx.record(|done| change(&mut done.report))
    }

    /// Its chance: what it draws at a step is the same in every run of the same seed, however it is cut.
    pub fn draws(&self, step: u64) -> Draws {
        self.unit.draws(step, 0)
    }

    /// Notes what it does, where that is asked for; it must not depend on anybody's answer.
    pub fn note<V: Into<Value>>(&self, key: &str, value: impl FnOnce() -> V) {
        self.unit.note(key, value);
    }

    /// The bytes of a file that the task names.
    ///
    /// # Errors
    /// Where they can't be read.
    pub async fn file(&self, file: &File) -> Result<Bytes, Failure> {
        let blob = file.blob();
        if let Some((hash, bytes)) = &*self.files.borrow()
            && *hash == blob.hash
        {
            return Ok(bytes.clone());
        }
        let bytes = self.cx.blob(blob).await?;
        self.files.replace(Some((blob.hash, bytes.clone())));
        Ok(bytes)
    }

    /// The lines that begin in the unit's stretch of the files that are the task's shape: see [`Range::lines`](crate::shape::Range::lines).
    ///
    /// # Errors
    /// Where there is no such stretch, or its file can't be read.
    pub async fn lines(&self, ranges: &Ranges) -> Result<Vec<Bytes>, Failure> {
        let index = self.index();
        let range = ranges
            .get(index)
            .ok_or_else(|| Failure::new(format!("the files have no stretch {index}")))?;
        let file = self.file(range.file).await?;
        Ok(range
            .lines(&file)
            .map(|line| file.slice_ref(line))
            .collect())
    }

    /// Keeps what the unit made, as a whole, under a name that must be the same whoever does it: see [`Context::artifact`].
    ///
    /// # Errors
    /// Where the name is none, or it can't be written.
    pub async fn artifact(&self, name: &str, bytes: impl Into<Bytes>) -> Result<(), Failure> {
        self.cx.artifact(name, bytes).await
    }

    /// Waits for a length of time.
    pub async fn sleep(&self, span: Duration) {
        self.cx.sleep(span).await;
    }

    /// The run's own time: how long it is since the run's zero.
    pub fn now(&self) -> Duration {
        self.cx.now()
    }

    /// The world's time.
    pub fn time(&self) -> Time {
        self.cx.time()
    }

    /// The worker's world.
    pub fn context(&self) -> &Context<Done<R>> {
        &self.cx
    }
}

impl<T: UnitTask> Splittable for T {
    fn extent(&self) -> Extent {
        self.shape().extent()
    }

    fn units(&self) -> u64 {
        self.shape().units()
    }

    fn due(&self, unit: u64) -> Duration {
        self.shape().due(unit)
    }

    fn most_lanes(&self, window: crate::slice::Window) -> Option<u32> {
        self.shape().most_lanes(window)
    }

    fn at_once(&self) -> u32 {
        T::AT_ONCE
    }

    fn peak_rate_of(&self, slice: &Slice) -> Rate {
        self.shape().peak_rate_of(slice)
    }
}

impl<T: UnitTask> Executable for T {
    type Report = Done<T::Report>;

    async fn execute(&self, slice: Slice, cx: &Context<Self::Report>) -> Result<(), Failure> {
        let task = Rc::new(self.clone());
        let files = Rc::new(LastFile::default());
        // Timed units never wait for each other.
        let places = match self.extent() {
            Extent::Batch => T::AT_ONCE.max(1) as usize,
            Extent::Timed(_) => Semaphore::MAX_PERMITS,
        };
        let places = Arc::new(Semaphore::new(places));
        let mut units = cx.units(&slice);
        loop {
            // The place comes first: a unit that is handed out is begun.
            let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                return Ok(());
            };
            let Some(unit) = units.next().await else {
                return Ok(());
            };
            let (task, cx, files) = (Rc::clone(&task), cx.clone(), Rc::clone(&files));
            let unit = OneUnit {
                unit,
                cx: cx.clone(),
                files,
            };
            cx.spawn(async move {
                carry_out(&*task, unit).await;
                drop(place);
            });
        }
    }
}

async fn carry_out<T: UnitTask>(task: &T, unit: OneUnit<T::Report>) {
    if T::EFFECTS && unit.cx.rehearsal() {
        return;
    }
    let done = tokio::select! {
        biased;
        done = crate::worker::guarded(task.unit(&unit)) => done,
        () = unit.cx.cut_off() => Err(Failure::new("cut off: the worker's time was over")),
    };
    if let Err(failure) = done {
        let index = unit.index();
        unit.cx
            .record(|report| report.failed.add(index, failure.to_string()));
    }
}

impl<T: UnitTask> Task for T {
    const KIND: &'static str = T::KIND;
    const IDEMPOTENT: bool = T::IDEMPOTENT;

    fn read(document: &mut Document) -> Result<Self, Diagnostics> {
        let mut task: Self = document.task()?;
        task.check(document)?;
        Ok(task)
    }

    fn expected_life(&self) -> Duration {
        UnitTask::expected_life(self)
    }

    fn connections(&self) -> u64 {
        UnitTask::connections(self)
    }

    fn at_rate(&self, rate: Rate, duration: Duration) -> Option<Self> {
        UnitTask::at_rate(self, rate, duration)
    }

    async fn close(&self, report: &mut Self::Report, cx: &RunContext) -> Result<(), Failure> {
        UnitTask::close(self, &mut report.report, cx).await
    }
}

impl<R: Report> Report for Done<R> {
    type Summary = Figures;

    fn merge(&mut self, other: Self) {
        self.report.merge(other.report);
        self.failed.merge(other.failed);
    }

    fn catch_up(&mut self) {
        self.report.catch_up();
    }

    fn split_off(&mut self) -> Option<Self> {
        let report = self.report.split_off()?;
        Some(Self {
            report,
            failed: Sample::default(),
        })
    }

    fn summarize(&self, facts: &Facts) -> Figures {
        let own = Figures::of(&self.report.summarize(facts));
        let failed = self.failed.summarize(facts);
        Figures::beside("report", own, [("failed", failed)])
    }

    fn latency(&self) -> Option<&Histogram> {
        self.report.latency()
    }

    /// Units that failed fail the run, besides what the report itself says.
    fn verdict(&self, facts: &Facts) -> Verdict {
        let own = self.report.verdict(facts);
        let Some((unit, text)) = self.failed.iter().next() else {
            return own;
        };
        let failed = self.failed.count();
        let sentence = format!(
            "{failed} of {} units failed, such as unit {unit}: {text}",
            facts.planned
        );
        own.and(Verdict::Failed(vec![sentence]))
    }

    fn counts(&self) -> Value {
        serde_json::json!({ "report": self.report.counts(), "failed": self.failed.count() })
    }
}

#[cfg(test)]
mod tests;
