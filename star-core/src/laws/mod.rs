//! The conformance kit: what every task must hold, tried on random cuttings.
//!
//! ```
//! # use star_core::laws::toys::Ticks;
//! // In a test of your own:
//! star_core::laws::check_task(&Ticks { units: 40, gap: 25 });
//! ```
//!
//! The laws, and what a user would see where one is broken:
//!
//! | law | otherwise |
//! |---|---|
//! | `due` never decreases, is within the extent, and is zero in a batch | units are lost or done twice where a window is cut |
//! | the wire gives back the same task | workers do another task than the one launched |
//! | the leaves of any cutting have every unit exactly once | requests are lost or sent twice |
//! | every unit of a slice is taken from [`Context::units`](crate::Context::units) | the accounting does not add up |
//! | what units draw and note, and all counts, are the same for the parts as for the whole | a run on many workers is another test than on one |
//! | what is kept has a name it can be kept under | the unit fails, and what it made is nowhere |
//! | what is kept under one name is the same, and the parts keep what the whole keeps | what a run leaves behind depends on who was last, or on the cutting |
//! | merging is associative and commutative, nothing is its identity, by wire bytes | the report depends on which worker was first |
//! | what is split off a report, whenever that is, and what is left are the same report | what was measured is lost or counted twice where a run is long |
//!
//! Tasks are executed in rehearsal, on a clock of their own: an hour takes no time. Keep the tasks that you check small: every unit is
//! executed some thousand times.

mod artifacts;
mod cutting;
mod execution;
mod splitting;
pub mod toys;

use std::fmt;

use proptest::strategy::{Just, Strategy};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

pub use cutting::Cutting;

use crate::document::Blob;
use crate::report::Report;
use crate::slice::Slice;
use crate::split::{Extent, Splittable};
use crate::task::Task;
use execution::{Execution, execute};
use splitting::Splits;

/// A law that does not hold, and the smallest cutting found that shows it.
#[derive(Clone, Debug)]
pub struct Broken {
    /// Which law.
    pub law: &'static str,
    /// What was seen.
    pub seen: String,
    /// What it would do to a user.
    pub consequence: &'static str,
    /// The cutting, where one is needed to see it.
    pub cutting: Option<String>,
    /// The task.
    pub task: String,
    /// The [seed](Kit::seed) with which the same is found again.
    pub seed: u64,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "a law of tasks is broken: {}", self.law)?;
        writeln!(f, "  seen:        {}", self.seen)?;
        if let Some(cutting) = &self.cutting {
            writeln!(f, "  cutting:     {cutting}")?;
        }
        writeln!(f, "  a user sees: {}", self.consequence)?;
        writeln!(f, "  task:        {}", self.task)?;
        write!(f, "  again:       `Kit::default().seed({})`", self.seed)
    }
}

impl std::error::Error for Broken {}

/// Tries all laws on a task.
///
/// # Panics
/// With the law that is broken, for a test to show.
#[track_caller]
pub fn check_task<T: Task + fmt::Debug>(task: &T) {
    if let Err(broken) = Kit::default().check(Just(task.clone())) {
        panic!("{broken}");
    }
}

/// Tries all laws on tasks drawn from a strategy.
///
/// # Panics
/// With the law that is broken, for a test to show.
#[track_caller]
pub fn check_tasks<T: Task + fmt::Debug>(tasks: impl Strategy<Value = T>) {
    if let Err(broken) = Kit::default().check(tasks) {
        panic!("{broken}");
    }
}

/// How the laws are tried.
#[derive(Clone, Debug)]
pub struct Kit {
    cases: u32,
    blobs: Vec<Blob>,
    seed: Option<u64>,
}

impl Default for Kit {
    fn default() -> Self {
        Self {
            cases: 256,
            blobs: Vec::new(),
            seed: None,
        }
    }
}

impl Kit {
    /// How many cuttings (and tasks) are tried; 256 by default.
    #[must_use]
    pub fn cases(self, cases: u32) -> Self {
        Self { cases, ..self }
    }

    /// The files that travel beside the task.
    #[must_use]
    pub fn blobs(self, blobs: impl IntoIterator<Item = Blob>) -> Self {
        Self {
            blobs: blobs.into_iter().collect(),
            ..self
        }
    }

    /// Always the same cuttings.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self {
            seed: Some(seed),
            ..self
        }
    }

    /// Tries all laws on one task.
    ///
    /// # Errors
    /// The first law that is broken, on the smallest cutting that was found to show it.
    pub fn check_one<T: Task + fmt::Debug>(&self, task: &T) -> Result<(), Broken> {
        self.check(Just(task.clone()))
    }

    /// Tries all laws.
    ///
    /// # Errors
    /// The first law that is broken, on the smallest task and cutting that were found to show it.
    pub fn check<T: Task + fmt::Debug>(
        &self,
        tasks: impl Strategy<Value = T>,
    ) -> Result<(), Broken> {
        let seed = self.seed.unwrap_or_else(any_seed);
        let config = Config {
            cases: self.cases,
            failure_persistence: None,
            rng_seed: RngSeed::Fixed(seed),
            ..Config::default()
        };
        let mut runner = TestRunner::new(config);
        let strategy = (tasks, Cutting::strategy());
        let law = std::cell::Cell::new(None);
        let result = runner.run(&strategy, |(task, cutting)| {
            let Err(found) = self.try_one(&task, &cutting) else {
                return Ok(());
            };
            // The first fault found is shrunk, and not exchanged for another on the way.
            if law.get().is_some_and(|law| law != found.law) {
                return Ok(());
            }
            law.set(Some(found.law));
            Err(TestCaseError::fail(found.law))
        });
        match result {
            Ok(()) => Ok(()),
            Err(TestError::Fail(_, (task, cutting))) => {
                let again = self.try_one(&task, &cutting);
                let broken = again.err().unwrap_or_else(|| unsteady(&task));
                Err(Broken { seed, ..broken })
            }
            Err(TestError::Abort(reason)) => panic!("the laws could not be tried: {reason}"),
        }
    }

    /// A panic in what a task computes is a broken law like any other.
    fn try_one<T: Task + fmt::Debug>(&self, task: &T, cutting: &Cutting) -> Result<(), Broken> {
        let tried = std::panic::AssertUnwindSafe(|| self.try_all(task, cutting));
        std::panic::catch_unwind(tried).unwrap_or_else(|payload| {
            Err(Broken {
                law: "a task answers without panicking",
                seen: crate::failure::Failure::panicked(&*payload).to_string(),
                consequence: "the worker dies, and its chunk is lost",
                cutting: None,
                task: format!("{task:?}"),
                seed: 0,
            })
        })
    }

    fn try_all<T: Task + fmt::Debug>(&self, task: &T, cutting: &Cutting) -> Result<(), Broken> {
        let complain = |law: &Law, seen: String, cutting: Option<String>| Broken {
            law: law.text,
            seen,
            consequence: law.consequence,
            cutting,
            task: format!("{task:?}"),
            seed: 0,
        };
        timetable(task).map_err(|seen| complain(&TIMETABLE, seen, None))?;
        let there = wire(task).map_err(|seen| complain(&WIRE, seen, None))?;
        let leaves = cutting.leaves(task);
        let shown = || Some(cutting::show(task, &leaves));
        partition(task, &leaves).map_err(|seen| complain(&PARTITION, seen, shown()))?;

        let uncut = |task: &T, splits| execute(task, &[Slice::WHOLE], &self.blobs, splits);
        let whole = uncut(task, Splits::Never);
        let parts = execute(&there, &leaves, &self.blobs, Splits::Often);
        for execution in [&whole, &parts] {
            execution
                .counted(task)
                .map_err(|seen| complain(&COUNTED, seen, shown()))?;
        }
        merging(&parts).map_err(|seen| complain(&MERGING, seen, shown()))?;
        parts
            .splitting()
            .map_err(|seen| complain(&SPLITTING, seen, shown()))?;
        artifacts::named(&whole).map_err(|seen| complain(&NAMED, seen, None))?;
        artifacts::named(&parts).map_err(|seen| complain(&NAMED, seen, shown()))?;
        artifacts::apart(&whole).map_err(|seen| complain(&APART, seen, None))?;
        artifacts::apart(&parts).map_err(|seen| complain(&APART, seen, shown()))?;
        execution::same(&whole, &parts).map_err(|seen| {
            // The cutting is to blame only if there is a difference by nothing else.
            if let Err(seen) = execution::same(&whole, &uncut(task, Splits::Never)) {
                return complain(&STEADY, seen.again(), None);
            }
            if let Err(seen) = execution::same(&whole, &uncut(&there, Splits::Never)) {
                return complain(&WIRE, seen.travelled(), None);
            }
            if let Err(seen) = execution::same(&whole, &uncut(task, Splits::Often)) {
                return complain(&SPLITTING, seen.split(), None);
            }
            let law = if seen.kept { &KEPT } else { &SAME };
            complain(law, seen.to_string(), shown())
        })
    }
}

fn unsteady<T: fmt::Debug>(task: &T) -> Broken {
    Broken {
        law: STEADY.text,
        seen: "a failure that did not show again".to_owned(),
        consequence: STEADY.consequence,
        cutting: None,
        task: format!("{task:?}"),
        seed: 0,
    }
}

/// Another each time; with it the cuttings can be had again.
fn any_seed() -> u64 {
    let mut bytes = [0; 4];
    // Where the system has no chance to give, the same cuttings each time are no worse than none.
    let _none = getrandom::fill(&mut bytes);
    u32::from_ne_bytes(bytes).into()
}

struct Law {
    text: &'static str,
    consequence: &'static str,
}

const TIMETABLE: Law = Law {
    text: "`due` never decreases, is within the extent, and is zero in a batch",
    consequence: "units are lost or done twice where a window is cut",
};
const WIRE: Law = Law {
    text: "the wire gives back the same task",
    consequence: "workers do another task than the one that was launched",
};
const PARTITION: Law = Law {
    text: "the leaves of any cutting have every unit exactly once",
    consequence: "work is lost or done twice when it is cut",
};
const COUNTED: Law = Law {
    text: "every unit of a slice is taken from `Context::units`, and ends",
    consequence: "the accounting does not add up: units are reported as lost, or as never ended",
};
const STEADY: Law = Law {
    text: "the same task gives the same results each time",
    consequence: "a run with the same seed is not the same run, and units done on another worker are other units",
};
const SAME: Law = Law {
    text: "units do the same, and are counted the same, in the parts as in the whole",
    consequence: "a run on many workers is another test than the run on one",
};
const NAMED: Law = Law {
    text: "what is kept has a name that it can be kept under",
    consequence: "the unit fails, and what it made is nowhere",
};
const APART: Law = Law {
    text: "what is kept under one name is the same, whoever keeps it",
    consequence: "which of them is there in the end depends on which worker was last",
};
const KEPT: Law = Law {
    text: "the parts keep the same, under the same names, as the whole",
    consequence: "what a run leaves behind depends on how it was cut, and who looks for a name does not find it",
};
const MERGING: Law = Law {
    text: "merging is associative and commutative, nothing is its identity, and reports cross the wire unchanged",
    consequence: "the report depends on which worker happened to be first",
};

const SPLITTING: Law = Law {
    text: "what is split off a report, whenever that is, and what is left are the same report",
    consequence: "what was measured is lost or counted twice where a run is long",
};

/// How many units are asked for their instants one by one; of more, these many at the beginning, and as many spread over the rest.
const ASKED: u64 = 20_000;

fn timetable<T: Splittable>(task: &T) -> Result<(), String> {
    let units = task.units();
    let step = (units / ASKED).max(1);
    let asked = (0..units.min(ASKED)).chain((0..units).step_by(step as usize).skip(1));
    let mut before = None;
    for unit in asked {
        let due = task.due(unit);
        match task.extent() {
            Extent::Batch if !due.is_zero() => {
                return Err(format!("unit {unit} of a batch is due at {due:?}"));
            }
            Extent::Timed(length) if due >= length => {
                return Err(format!(
                    "unit {unit} is due at {due:?}, and the task ends at {length:?}"
                ));
            }
            Extent::Batch | Extent::Timed(_) => {}
        }
        if let Some((other, earlier)) = before
            && other < unit
            && due < earlier
        {
            return Err(format!(
                "unit {other} is due at {earlier:?}, unit {unit} at {due:?}"
            ));
        }
        before = Some((unit, due));
    }
    Ok(())
}

fn wire<T: Task>(task: &T) -> Result<T, String> {
    let sent =
        serde_json::to_string(task).map_err(|error| format!("it can't be written: {error}"))?;
    let there: T = serde_json::from_str(&sent)
        .map_err(|error| format!("what was written can't be read: {error}\n    {sent}"))?;
    let again =
        serde_json::to_string(&there).map_err(|error| format!("it can't be written: {error}"))?;
    if sent != again {
        return Err(format!(
            "it was written as\n    {sent}\n  and after reading that as\n    {again}"
        ));
    }
    if (task.units(), task.extent()) != (there.units(), there.extent()) {
        let (here, there) = (task.units(), there.units());
        return Err(format!(
            "it has {here} units here, and {there} after a journey\n    {sent}"
        ));
    }
    let units = task.units();
    let step = (units / ASKED).max(1) as usize;
    for unit in (0..units).step_by(step) {
        if task.due(unit) != there.due(unit) {
            let (here, there) = (task.due(unit), there.due(unit));
            return Err(format!(
                "unit {unit} is due at {here:?} here, and at {there:?} after a journey"
            ));
        }
    }
    Ok(there)
}

fn partition<T: Splittable>(task: &T, leaves: &[Slice]) -> Result<(), String> {
    let mut owners: Vec<u32> = vec![0; usize::try_from(task.units()).unwrap_or(usize::MAX)];
    for leaf in leaves {
        let among = task.units_in(leaf.window);
        let mut next = leaf.lanes.next(among.start);
        while let Some(unit) = next.filter(|unit| *unit < among.end) {
            match owners.get_mut(unit as usize) {
                Some(owners) => *owners += 1,
                None => {
                    return Err(format!(
                        "leaf {leaf} has unit {unit}, and there are {}",
                        task.units()
                    ));
                }
            }
            next = leaf.lanes.next(unit + 1);
        }
    }
    match owners.iter().position(|owners| *owners != 1) {
        None => Ok(()),
        Some(unit) => Err(format!("unit {unit} is in {} leaves", owners[unit])),
    }
}

/// All ordered triples of a few, also with one twice.
fn triples<'a, R>(few: &[&'a R]) -> impl Iterator<Item = [&'a R; 3]> {
    let n = few.len();
    (0..n * n * n).map(move |i| [few[i / (n * n)], few[i / n % n], few[i % n]])
}

/// Merges the reports of the parts in several orders and groupings.
fn merging<R: Report>(parts: &Execution<R>) -> Result<(), String> {
    let reports: Vec<&R> = parts.parts.iter().map(|part| &part.report).collect();
    let bytes = |report: &R| serde_json::to_string(report).map_err(|error| error.to_string());
    let merge = |a: &R, b: &R| {
        let mut both = a.clone();
        both.merge(b.clone());
        both
    };
    let differ = |what: &str, left: String, right: String| -> Result<(), String> {
        if left == right {
            return Ok(());
        }
        Err(format!("{what}:\n    {left}\n    {right}"))
    };
    for report in reports.iter().copied().take(8) {
        let sent = bytes(report)?;
        let there: R = serde_json::from_str(&sent)
            .map_err(|error| format!("a report can't be read back: {error}\n    {sent}"))?;
        differ(
            "a report and the same after a journey",
            sent.clone(),
            bytes(&there)?,
        )?;
        differ(
            "a report, and nothing merged with it",
            sent.clone(),
            bytes(&merge(&R::default(), report))?,
        )?;
        differ(
            "a report, and it merged with nothing",
            sent,
            bytes(&merge(report, &R::default()))?,
        )?;
    }
    let few = &reports[..reports.len().min(3)];
    for [a, b, c] in triples(few) {
        differ(
            "(a + b) + c and a + (b + c)",
            bytes(&merge(&merge(a, b), c))?,
            bytes(&merge(a, &merge(b, c)))?,
        )?;
    }
    let sum = |order: &mut dyn Iterator<Item = &R>| {
        let all = order.fold(R::default(), |sum, report| merge(&sum, report));
        bytes(&all)
    };
    let forward = sum(&mut reports.iter().copied())?;
    let backward = sum(&mut reports.iter().copied().rev())?;
    differ("all reports merged forward and backward", forward, backward)
}
