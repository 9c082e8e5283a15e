//! Executes slices of a task in rehearsal, on a clock of their own.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::LocalSet;

use super::splitting::{Splits, Splitting};
use crate::clock::VirtualClock;
use crate::context::{Context, Made, Signals, Terms, Traced};
use crate::document::Blob;
use crate::failure::Failure;
use crate::ledger::{Book, Memory};
use crate::report::{Measured, Report};
use crate::slice::Slice;
use crate::split::Splittable;
use crate::task::{Executable, Task};
use crate::time::Time;
use crate::worker::guarded;

/// What slices of a task came to.
pub(super) struct Execution<R: Report> {
    pub(super) parts: Vec<Measured<R>>,
    units: Vec<u64>,
    failures: Vec<Failure>,
    trace: Vec<Traced>,
    slices: Vec<Slice>,
    /// Where what was split off and what was left were not the same report.
    unlike: Option<String>,
    /// What was made, in the order in which it was.
    pub(super) made: Vec<Made>,
}

/// Executes slices one after the other, each as a worker of its own would.
pub(super) fn execute<T: Task>(
    task: &T,
    slices: &[Slice],
    blobs: &[Blob],
    splits: Splits,
) -> Execution<<T as Executable>::Report> {
    let mut execution = Execution {
        parts: Vec::new(),
        units: Vec::new(),
        failures: Vec::new(),
        trace: Vec::new(),
        slices: slices.to_vec(),
        unlike: None,
        made: Vec::new(),
    };
    for slice in slices {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime can be had in a test");
        let local = LocalSet::new();
        local.block_on(&runtime, async {
            let cx = context(task, blobs).await;
            cx.note_made();
            let work = async {
                let done = guarded(task.execute(*slice, &cx)).await;
                done.and(cx.idle().await)
            };
            let mut splitting = Splitting::of(&cx);
            let done = match splits {
                Splits::Never => work.await,
                Splits::Often => splitting.during(work, task.extent(), slice).await,
            };
            execution.failures.extend(done.err());
            let (measured, unlike) = splitting.end();
            execution.parts.push(measured);
            execution.unlike = execution.unlike.take().or(unlike);
            execution.units.push(task.units_of(slice));
            execution.trace.extend(cx.trace());
            execution.made.extend(cx.made());
        });
    }
    execution.trace.sort_by_key(|line| line.unit);
    execution
}

async fn context<T: Task>(task: &T, blobs: &[Blob]) -> Context<<T as Executable>::Report> {
    let run = "laws".parse().expect("this is a run's name");
    let book = Book::new(Arc::new(Memory::default()), run);
    for blob in blobs {
        book.write_blob(blob).await.expect("memory can be written");
    }
    let terms = Terms {
        zero: Time::from_nanos(1_000_000_000),
        seed: 1,
        late: Duration::from_nanos(u64::MAX),
        open: None,
        rehearsal: true,
        traced: true,
    };
    let clock = VirtualClock::starting_at(Time::default());
    let timetable: Rc<dyn Splittable> = Rc::new(task.clone());
    Context::new(
        timetable,
        Arc::new(clock),
        book,
        crate::Voice::default(),
        terms,
        Signals::default(),
    )
}

impl<R: Report> Execution<R> {
    /// Whether what was split off and what was left were always the same report.
    pub(super) fn splitting(&self) -> Result<(), String> {
        self.unlike.clone().map_or(Ok(()), Err)
    }

    /// Whether every unit was taken and ended, and nothing failed.
    pub(super) fn counted<T: Splittable>(&self, _task: &T) -> Result<(), String> {
        if let Some(failure) = self.failures.first() {
            return Err(format!("it failed: {failure}"));
        }
        for ((part, units), slice) in self.parts.iter().zip(&self.units).zip(&self.slices) {
            let tally = part.tally;
            if tally.counted() != *units || tally.ended != tally.started {
                return Err(format!(
                    "slice {slice} has {units} units, and this was counted: {tally:?}"
                ));
            }
        }
        Ok(())
    }
}

/// Where two executions differ: what the first did, and what the second.
pub(super) struct Difference {
    what: String,
    first: String,
    second: String,
    /// Whether it is in what was kept.
    pub(super) kept: bool,
}

impl Difference {
    /// One in what was kept.
    pub(super) fn of_artifacts(what: String, first: String, second: String) -> Self {
        Self {
            what,
            first,
            second,
            kept: true,
        }
    }

    fn show(&self, first: &str, second: &str) -> String {
        let Self { what, .. } = self;
        let wide = first.chars().count().max(second.chars().count()) + 1;
        let line = |name: &str, value: &str| format!("\n    {name:<wide$} {value}");
        let first = line(&format!("{first}:"), &self.first);
        let second = line(&format!("{second}:"), &self.second);
        format!("{what} differs:{first}{second}")
    }

    /// Of twice the same.
    pub(super) fn again(&self) -> String {
        self.show("once", "again")
    }

    /// Of a whole from which nothing was split off, and one from which something was.
    pub(super) fn split(&self) -> String {
        self.show("in one piece", "split")
    }

    /// Of a task and the same after a journey.
    pub(super) fn travelled(&self) -> String {
        self.show("here", "after a journey")
    }
}

/// Of a whole and its parts.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.show("in the whole", "in the parts"))
    }
}

/// Whether two executions did the same.
pub(super) fn same<R: Report>(one: &Execution<R>, other: &Execution<R>) -> Result<(), Difference> {
    let differ = |what: &str, first: String, second: String| {
        Err(Difference {
            what: what.to_owned(),
            first,
            second,
            kept: false,
        })
    };
    if let Some((a, b)) = one.trace.iter().zip(&other.trace).find(|(a, b)| a != b) {
        return differ("what a unit did", line(a), line(b));
    }
    if one.trace.len() != other.trace.len() {
        let (a, b) = (one.trace.len(), other.trace.len());
        let units = |count| format!("{count} units");
        return differ("how many units did something", units(a), units(b));
    }
    let sum = |execution: &Execution<R>| {
        let mut all = Measured::<R>::default();
        for part in &execution.parts {
            all.merge(part.clone());
        }
        (all.report.counts().to_string(), all.tally)
    };
    let (a, b) = (sum(one), sum(other));
    if a.0 != b.0 {
        return differ("what is counted in the report", a.0, b.0);
    }
    if a.1 != b.1 {
        let tally = |tally| serde_json::json!(tally).to_string();
        return differ("what became of units", tally(a.1), tally(b.1));
    }
    super::artifacts::same(one, other)
}

fn line(traced: &Traced) -> String {
    serde_json::to_string(traced).unwrap_or_default()
}
