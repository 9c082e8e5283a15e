//! What is written in a run's book.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::document::BlobRef;
use crate::failure::Failure;
use crate::hash::Hash;
use crate::job::Manner;
use crate::limits::{Intervals, Limits};
use crate::outcome::Facts;
use crate::report::{Measured, Report};
use crate::slice::{Lanes, Slice, Window};
use crate::time::{Time, as_nanos};

/// A run's name: 1 to 128 letters, digits, `-`, `_` or `.`, the first a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId(String);

/// What is no run's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a run's name is made of letters, digits, `-`, `_` and `.`, and is at most 128 long")]
pub struct NoRunId;

impl RunId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A new name: when the run was launched (seconds, to sort by) and some chance.
    pub fn mint(now: Time, chance: u64) -> Self {
        Self(format!(
            "r{}-{:08x}",
            now.as_nanos() / 1_000_000_000,
            chance >> 32
        ))
    }
}

impl FromStr for RunId {
    type Err = NoRunId;

    fn from_str(text: &str) -> Result<Self, NoRunId> {
        let letters = text
            .bytes()
            .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_' | b'.'));
        let first = text
            .bytes()
            .next()
            .is_some_and(|first| first.is_ascii_alphanumeric());
        if letters && first && text.len() <= 128 {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoRunId)
        }
    }
}

impl TryFrom<String> for RunId {
    type Error = NoRunId;

    fn try_from(text: String) -> Result<Self, NoRunId> {
        text.parse()
    }
}

impl From<RunId> for String {
    fn from(run: RunId) -> Self {
        run.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the launcher writes before anything else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the wire.
    pub version: u32,
    /// The run.
    pub run: RunId,
    /// The kind of the task.
    pub kind: String,
    /// The task as it was read, by hash.
    pub job: Hash,
    /// The files that travel beside it.
    pub blobs: Vec<BlobRef>,
    /// The seed of all chance.
    pub seed: u64,
    /// The deployment whose workers may take part.
    pub deployment: String,
    /// How it is cut.
    pub limits: Limits,
    /// How often the ledger is looked at.
    pub intervals: Intervals,
    /// Whether units are only walked through.
    pub rehearsal: bool,
    /// Whether workers note what every unit did.
    pub traced: bool,
    /// In what manner the job wants to be carried out.
    #[serde(default, skip_serializing_if = "Manner::is_plain")]
    pub manner: Manner,
    /// When it was launched.
    pub launched: Time,
}

/// What the worker that starts the run writes, once: from now on everybody knows when what happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartRecord {
    /// The task as `open` left it, by hash.
    pub task: Hash,
    /// The instant at which the run's time is zero.
    pub zero: Time,
    /// How many units there are.
    pub units: u64,
    /// Whether it is a batch.
    pub batch: bool,
    /// The windows in order; a batch has one, whose lanes are its chunks.
    pub windows: Vec<WindowPlan>,
    /// Of a batch, how many workers.
    pub workers: u32,
    /// When nothing is to start any more, from zero.
    #[serde(with = "as_nanos")]
    pub end: Duration,
}

impl StartRecord {
    /// Every chunk there is.
    pub fn chunks(&self) -> impl Iterator<Item = Slice> + '_ {
        self.windows.iter().flat_map(WindowPlan::chunks)
    }

    /// Where a window is in the row of windows.
    pub fn position(&self, window: Window) -> Option<usize> {
        self.windows
            .binary_search_by_key(&window.from(), |plan| plan.window.from())
            .ok()
            .filter(|at| self.windows[*at].window == window)
    }
}

/// What became of a run's start: written once, by the worker that starts the run, or by whoever holds that worker for gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Begun {
    /// It has started.
    Started(StartRecord),
    /// It never will.
    Failed(Failure),
}

/// One window as it is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowPlan {
    /// The window.
    pub window: Window,
    /// In how many lanes it is opened; zero where nobody is needed.
    pub lanes: u32,
    /// How many units are due in it.
    pub units: u64,
}

impl WindowPlan {
    /// All its lanes as one bundle; none where nobody is needed.
    pub fn bundle(&self) -> Option<Slice> {
        (self.lanes > 0).then(|| Slice {
            window: self.window,
            lanes: Lanes::all(self.lanes),
        })
    }

    /// Its lanes, one by one.
    pub fn chunks(&self) -> impl Iterator<Item = Slice> + use<> {
        self.bundle()
            .into_iter()
            .flat_map(|bundle| bundle.fan(bundle.lanes.of()))
    }
}

/// What is claimed: the start of the run, a bundle or chunk, a batch worker's slot, or the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClaimKey {
    /// To start the run.
    Start,
    /// To carry a bundle, or execute a chunk, in an attempt.
    Slice(Slice, u32),
    /// To be workers of a batch.
    Workers {
        /// Which of them.
        lanes: Lanes,
        /// How many had these places before.
        life: u32,
    },
    /// To do what a task does at a run's end. Nobody takes that over: it is done once, or said not to have been done to the end.
    Close,
}

impl fmt::Display for ClaimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("start"),
            Self::Slice(slice, attempt) => write!(f, "slice.{slice}.{attempt}"),
            Self::Workers { lanes, life } => {
                let (first, end, of) = (lanes.first(), lanes.end(), lanes.of());
                write!(f, "workers.{first}-{end}.{of}.{life}")
            }
            Self::Close => f.write_str("close"),
        }
    }
}

/// Who claimed, and until when that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// A number that only the claimer has.
    pub nonce: u64,
    /// When.
    pub at: Time,
    /// When the claimer's life is over.
    pub lease: Time,
}

/// A part of a chunk's report that was split off and is recorded by itself, once. Whatever else is said of the report says to which parts it is to
/// be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "(u32, u32)", into = "(u32, u32)")]
pub struct PartId {
    /// The attempt at the chunk that measured it.
    pub attempt: u32,
    /// Another for each part, and for each that could not be written.
    pub number: u32,
}

impl From<(u32, u32)> for PartId {
    fn from((attempt, number): (u32, u32)) -> Self {
        Self { attempt, number }
    }
}

impl From<PartId> for (u32, u32) {
    fn from(part: PartId) -> Self {
        (part.attempt, part.number)
    }
}

impl fmt::Display for PartId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.attempt, self.number)
    }
}

/// A chunk's newest snapshot: cumulative, so a later one replaces an earlier one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Live<R: Report> {
    /// Rises with every snapshot.
    pub sequence: u64,
    /// When it was written.
    pub at: Time,
    /// What was counted and measured until then, without the parts.
    pub measured: Measured<R>,
    /// What belongs to the report besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartId>,
}

/// A snapshot as it is written: what [`Live`] reads.
#[derive(Debug, Serialize)]
#[serde(bound = "")]
pub struct LiveView<'a, R: Report> {
    /// Rises with every snapshot.
    pub sequence: u64,
    /// When it is written.
    pub at: Time,
    /// What was counted and measured until now, without the parts.
    pub measured: &'a Measured<R>,
    /// What belongs to the report besides.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub parts: &'a [PartId],
}

/// A chunk's last word.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Final<R: Report> {
    /// What was counted and measured, without the parts.
    pub measured: Measured<R>,
    /// What belongs to the report besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartId>,
    /// Why it could not be done to the end.
    pub failure: Option<Failure>,
}

/// That the run is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopMark {
    /// When it was set.
    pub at: Time,
}

/// The run's end: what everybody reads from then on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Closed<R: Report> {
    /// What the core knows.
    pub facts: Facts,
    /// What the task measured, as `close` left it.
    pub report: R,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_named_by_what_can_be_a_file() {
        for good in ["r1-0a", "A.b_c-9", "7"] {
            assert!(good.parse::<RunId>().is_ok(), "{good}");
        }
        for bad in ["", ".", "..", "-a", "a/b", "a b", "ä", &"a".repeat(129)] {
            assert!(bad.parse::<RunId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_told_of_a_chunk_names_the_parts_of_its_report_if_there_are_any() {
        let measured = Measured::<()>::default();
        let live = |parts: &[PartId]| {
            let at = Time::from_nanos(5);
            let sequence = 2;
            let live = LiveView {
                sequence,
                at,
                measured: &measured,
                parts,
            };
            serde_json::to_value(live).unwrap()
        };
        let parts = [(1, 0), (1, 2)].map(PartId::from);
        let (with, without) = (live(&parts), live(&[]));
        assert_eq!(with["parts"], serde_json::json!([[1, 0], [1, 2]]));
        assert!(without.get("parts").is_none(), "{without}");
        let read: Live<()> = serde_json::from_value(with).unwrap();
        assert_eq!(read.parts, parts);
        let read: Live<()> = serde_json::from_value(without).unwrap();
        assert!(read.parts.is_empty());
        let last = |parts: &[PartId]| Final::<()> {
            measured: Measured::default(),
            parts: parts.to_vec(),
            failure: None,
        };
        let with = serde_json::to_value(last(&parts)).unwrap();
        assert_eq!(with["parts"], serde_json::json!([[1, 0], [1, 2]]));
        let read: Final<()> = serde_json::from_value(with).unwrap();
        assert_eq!(read.parts, parts);
        let without = serde_json::to_value(last(&[])).unwrap();
        assert!(without.get("parts").is_none(), "{without}");
    }

    #[test]
    fn a_window_is_found_by_what_it_is() {
        let window = |from, to| Window::new(Duration::from_secs(from), Duration::from_secs(to));
        let plan = |window| WindowPlan {
            window,
            lanes: 2,
            units: 5,
        };
        let start = StartRecord {
            task: Hash::of(b""),
            zero: Time::default(),
            units: 10,
            batch: false,
            windows: vec![plan(window(0, 3)), plan(window(3, 5))],
            workers: 0,
            end: Duration::from_secs(5),
        };
        assert_eq!(start.position(window(3, 5)), Some(1));
        assert_eq!(start.position(window(3, 4)), None);
        assert_eq!(start.chunks().count(), 4);
    }
}
