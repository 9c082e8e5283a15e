//! What `slsart invoke` writes, and where.

use std::path::Path;

use serde_json::Value;

use crate::args::InvokeArgs;
use crate::error::CommandError;
use crate::output::{self, JunitFile, ReportFile};

/// What is written of a run, and where.
#[derive(Debug)]
pub(super) struct Out {
    /// With `--jsonOnly`: the one document that is printed.
    pub(super) only: Option<ReportFile>,
    pub(super) report: Option<ReportFile>,
    pub(super) junit: Option<JunitFile>,
}

impl Out {
    pub(super) fn prepare(args: &InvokeArgs, formats: &[&str]) -> Result<Self, CommandError> {
        let format = args.report_format.as_deref();
        let only = args.json_only.then_some(Path::new("-"));
        let output = only.or(args.output.as_deref());
        output::keep_apart(output, args.junit.as_deref(), format.is_some())?;
        let report = ReportFile::prepare(args.output.as_deref(), format, formats)?;
        let only = only.map(|only| ReportFile::prepare(Some(only), format, formats));
        Ok(Self {
            only: only.transpose()?.flatten(),
            report: report.filter(|report| !(args.json_only && report.to_stdout())),
            junit: JunitFile::prepare(args.junit.as_deref())?,
        })
    }

    /// Whether the standard output has a document, and so nothing else.
    pub(super) fn is_document(&self) -> bool {
        self.only.is_some()
            || self.report.as_ref().is_some_and(ReportFile::to_stdout)
            || self.junit.as_ref().is_some_and(JunitFile::to_stdout)
    }

    /// Says what the reference says, where a pipeline may look for it.
    pub(super) fn say(&self, text: &str) -> Result<(), CommandError> {
        if self.is_document() {
            if self.only.is_none() {
                output::note(text);
            }
            return Ok(());
        }
        output::print(text)
    }

    /// Prints what there is of a run that has no report here: with `--jsonOnly` a document is what is waited for.
    pub(super) fn no_report(&self, run: &Value) -> Result<(), CommandError> {
        match self.only {
            Some(_) => output::print(&format!("{run}\n")),
            None => Ok(()),
        }
    }
}
