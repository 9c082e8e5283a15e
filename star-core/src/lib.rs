//! The core of serverless-star: work that can be declared, cut into pieces and run wide.
//!
//! ```text
//! script.yml ─parse→ Task ─plan→ Slices ─dispatch→ Envelope ─▶ worker ─execute→ Report ─▶ ledger
//!                                                                                           │
//! exit code ◀─verdict── Summary ◀─summarize── Outcome{report, losses} ◀────────settle───────┘
//! ```
//!
//! A run cut into any number of pieces does the same units, with the same data, at the same planned instants, as the run on one
//! machine, and its report is the same report.
//!
//! The core knows no AWS, no HTTP and no YAML.

pub mod arrivals;
mod bell;
pub mod clock;
pub mod context;
pub mod document;
pub mod draw;
mod ending;
mod erased;
mod failure;
mod gather;
pub mod hash;
pub mod health;
mod histogram;
pub mod job;
mod launch;
#[cfg(feature = "laws")]
pub mod laws;
pub mod ledger;
mod limits;
mod outcome;
mod plan;
mod printable;
pub mod registry;
mod report;
pub mod reports;
mod settle;
pub mod shape;
mod slice;
mod split;
mod task;
mod time;
pub mod transport;
mod unit_task;
mod unread;
mod voice;
pub mod wire;
pub mod worker;

pub use bell::Bell;
pub use context::{Context, RunContext, Unit, Units};
pub use ending::{Ending, Told};
pub use erased::{AnyOutcome, AnySummary, AnyTask, Glance, Job, Observer};
pub use failure::Failure;
pub use health::{ChunkHealth, Fill, Health, Trust};
pub use histogram::Histogram;
pub use launch::{Launch, LaunchError, attend, follow, launch, start_envelope, stop, try_attend};
pub use ledger::RunId;
pub use limits::{Intervals, Limits};
pub use outcome::{Facts, Fault, Loss, Outcome, Why};
pub use plan::{Plan, PlanError, plan};
pub use printable::{printable, printable_lines};
pub use report::{Case, Measured, Report, Summary, Tally, Verdict};
pub use settle::{Evidence, Record, settle};
pub use slice::{Lanes, Slice, Window};
pub use split::{Extent, Rate, Splittable};
pub use task::{Executable, Task};
pub use time::{Time, as_nanos, nanos};
pub use unit_task::{Done, OneUnit, UnitTask};
pub use voice::{Heard, LONGEST_LINE, Voice};
