//! What files say where there is no report for them, so that nobody takes an old one for it.

use std::path::Path;

use serde_json::json;
use star_core::document::{Diagnostic, Diagnostics, Severity, Sources};

use super::apart::Written;
use super::file::write_whole;
use super::junit::of_none;
use crate::error::CommandError;

/// Has a report and a test report, those of them that are files, say why there is none. What cannot be written stays as it is: why is said
/// to people too.
pub(crate) fn tell_undone(
    report: Option<&Path>,
    junit: Option<&Path>,
    script: Option<&Path>,
    why: &[String],
) {
    let json = json!({
        "errorMessage": why.first(),
        "slsart": { "verdict": "noReport", "why": why, "partial": true },
    });
    let texts = [
        (report, format!("{json:#}\n")),
        (junit, of_none(script, why)),
    ];
    for (path, text) in texts {
        if let Some(path) = path.filter(|path| *path != Path::new("-")) {
            let _it_may_be_what_failed = write_whole(path, text.as_bytes());
        }
    }
}

/// All that is wrong with a script, a line each: errors first, since what is only odd does not keep it from running.
pub(crate) fn faults(diagnostics: &Diagnostics, sources: &Sources) -> Vec<String> {
    let is_error = |one: &&Diagnostic| one.severity == Severity::Error;
    let (errors, others): (Vec<_>, Vec<_>) = diagnostics.iter().partition(is_error);
    let all = errors.into_iter().chain(others);
    all.map(|one| one.one_line(sources)).collect()
}

/// Whether a report and a test report can both be written: not to one file, nor both to the standard output, where the report also goes
/// when only its format is named.
///
/// # Errors
/// Where they would meet.
pub(crate) fn keep_apart(
    report: Option<&Path>,
    junit: Option<&Path>,
    format: bool,
) -> Result<(), CommandError> {
    let stdout = Path::new("-");
    let printed = report.map_or(format, |report| report == stdout);
    if printed && junit == Some(stdout) {
        return Err(CommandError::Usage(
            "the report and `--junit` would both be written to the standard output: name a file for one of them".to_owned(),
        ));
    }
    Written::by([("-o", report), ("--junit", junit)]).keep_apart([])
}
