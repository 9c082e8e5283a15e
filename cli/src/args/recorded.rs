//! Of runs that are recorded.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueHint};
use star_core::RunId;

use super::{PlaceArgs, RunsArgs};
use crate::error::CommandError;
use crate::output::{JunitFile, ReportFile, keep_apart, tell_undone};

/// What is written of a run, and where.
#[derive(Debug, Default, Args)]
pub(crate) struct OutArgs {
    /// Write the report as JSON to this file; `-` writes it to the standard output
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,

    /// Which of the formats that the kind of task has, such as `v1` and `v2` (Artillery 1's and 2's) [default: its first]; without `-o`
    /// that report is printed instead of the text
    #[arg(long, value_name = "FORMAT")]
    pub(crate) report_format: Option<String>,

    /// Write what was tried out and what should hold as a test report, in XML as `JUnit` has it, to this file; `-` writes it to the
    /// standard output
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) junit: Option<PathBuf>,
}

impl OutArgs {
    /// The report that is to be written, if it is, in one of these formats.
    pub(crate) fn report(&self, formats: &[&str]) -> Result<Option<ReportFile>, CommandError> {
        let format = self.report_format.as_deref();
        ReportFile::prepare(self.output.as_deref(), format, formats)
    }

    /// The test report that is to be written, if it is.
    pub(crate) fn junit(&self) -> Result<Option<JunitFile>, CommandError> {
        JunitFile::prepare(self.junit.as_deref())
    }

    /// Whether both can be written as they are to be.
    ///
    /// # Errors
    /// Where they go to one file, or both to the standard output.
    pub(crate) fn keep_apart(&self) -> Result<(), CommandError> {
        keep_apart(
            self.output.as_deref(),
            self.junit.as_deref(),
            self.report_format.is_some(),
        )
    }

    /// Does something of which a report is to come; where it fails, the files say so.
    pub(crate) fn or_tell<T>(
        &self,
        done: impl FnOnce() -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        done().inspect_err(|error| self.tell_undone(&error.one_line()))
    }

    /// Has the files say why there is no report.
    pub(crate) fn tell_undone(&self, why: &str) {
        tell_undone(
            self.output.as_deref(),
            self.junit.as_deref(),
            None,
            &[why.to_owned()],
        );
    }
}

/// `slsart report` and `slsart watch`.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The run
    pub(crate) run: RunId,

    /// What is written of it.
    #[command(flatten)]
    pub(crate) out: OutArgs,

    /// Where runs are.
    #[command(flatten)]
    pub(crate) runs: RunsArgs,

    /// Where runs on AWS are.
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// `slsart runs`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// The most that are listed
    #[arg(long, value_name = "N", default_value = "20")]
    pub(crate) last: NonZeroUsize,

    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// Where runs are.
    #[command(flatten)]
    pub(crate) runs: RunsArgs,

    /// Where runs on AWS are.
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// `slsart stop`.
#[derive(Debug, Args)]
pub(crate) struct StopArgs {
    /// The run
    pub(crate) run: RunId,

    /// Where runs are.
    #[command(flatten)]
    pub(crate) runs: RunsArgs,

    /// Where runs on AWS are.
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}
