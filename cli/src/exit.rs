//! Exit codes: their table, and which of them a run comes to.

use std::process::ExitCode;

use star_core::{AnyOutcome, Verdict};

/// How a command ended. The numbers are documented in `docs/exit-codes.md` and never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is as it should be.
    Passed,
    /// A fault of this program.
    Bug,
    /// The command line is wrong.
    Usage,
    /// The run does not hold what was asked for.
    Failed,
    /// Units are lost, unfinished or missed, or the machine refused what they needed.
    Partial,
    /// The script or job is wrong.
    Invalid,
    /// The target never answered.
    NoAnswer,
    /// AWS refused something, or nothing is deployed there.
    Aws,
    /// The run was interrupted.
    Interrupted,
}

impl Exit {
    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Bug => 1,
            Self::Usage => 2,
            Self::Failed => 3,
            Self::Partial => 4,
            Self::Invalid => 5,
            Self::NoAnswer => 6,
            Self::Aws => 7,
            Self::Interrupted => 130,
        }
    }

    /// What a run's outcome comes to: the first that holds.
    pub fn of(outcome: &AnyOutcome) -> Self {
        if outcome.facts.stopped.is_some() {
            return Self::Interrupted;
        }
        match Self::by_parts(outcome) {
            // Also while it goes on: it has not passed.
            Self::Partial | Self::NoAnswer if outcome.must_be_whole => Self::Failed,
            exit => exit,
        }
    }

    fn by_parts(outcome: &AnyOutcome) -> Self {
        let facts = &outcome.facts;
        if facts.never_began().is_some() && !outcome.must_be_whole {
            return Self::Bug;
        }
        match &outcome.verdict() {
            Verdict::NoAnswer => Self::NoAnswer,
            Verdict::Failed(_) => Self::Failed,
            Verdict::Passed if facts.is_partial() || facts.trust().is_lost() || !facts.settled => {
                Self::Partial
            }
            Verdict::Passed => Self::Passed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}
