//! Reports as files: JSON, written whole or not at all.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use star_core::{AnyOutcome, Verdict};

use crate::error::CommandError;
use crate::exit::Exit;

/// Where a report goes.
#[derive(Debug)]
pub(crate) struct ReportFile {
    path: Option<PathBuf>,
    format: Option<String>,
}

impl ReportFile {
    /// Finds out before the run whether there is such a format, and whether the file can be written. A format that is asked for
    /// without a file goes to the standard output, as `-` does; nothing is written where neither is asked for.
    pub(crate) fn prepare(
        path: Option<&Path>,
        format: Option<&str>,
        known: &[&str],
    ) -> Result<Option<Self>, CommandError> {
        if let Some(format) = format.filter(|format| !known.contains(format)) {
            return Err(CommandError::Usage(unknown_format(format, known)));
        }
        let path = match (path, format) {
            (None, None) => return Ok(None),
            (Some(path), _) if path != Path::new("-") => {
                prepare(path)?;
                Some(path.to_owned())
            }
            _ => None,
        };
        Ok(Some(Self {
            path,
            format: format.map(str::to_owned),
        }))
    }

    /// Whether it takes up the standard output.
    pub(crate) fn to_stdout(&self) -> bool {
        self.path.is_none()
    }

    /// Writes the report.
    pub(crate) fn write(&self, outcome: &AnyOutcome) -> Result<(), CommandError> {
        let mut text = serde_json::to_string_pretty(&report(outcome, self.format.as_deref())?)
            .unwrap_or_default();
        text.push('\n');
        match &self.path {
            Some(path) => write_whole(path, text.as_bytes()),
            None => super::print(&text),
        }
    }
}

fn unknown_format(format: &str, known: &[&str]) -> String {
    if known.is_empty() {
        return format!("there is no report format `{format}`: this kind of task has only one");
    }
    format!(
        "there is no report format `{format}`: there are `{}`",
        known.join("`, `")
    )
}

/// The task's own summary, and what the core knows under a key of its own.
fn report(outcome: &AnyOutcome, format: Option<&str>) -> Result<Value, CommandError> {
    let report = outcome.summary_json(format);
    let mut report = report.map_err(CommandError::Bug)?;
    if !report.is_object() {
        report = json!({ "summary": report });
    }
    let facts = serde_json::to_value(&outcome.facts);
    let facts = facts.map_err(|error| CommandError::Bug(error.to_string()))?;
    let own = report
        .as_object_mut()
        .map(|report| report.entry("slsart").or_insert_with(|| json!({})));
    if let Some(Value::Object(own)) = own {
        let mut facts = facts;
        if let Some(facts) = facts.as_object_mut() {
            // They are told as health, in words and in everybody's units.
            facts.shift_remove("health");
            facts.shift_remove("worst");
        }
        own.insert("health".to_owned(), super::health::json(&outcome.facts));
        own.insert("run".to_owned(), facts);
        own.insert("verdict".to_owned(), verdict(outcome));
        let partial = matches!(Exit::of(outcome), Exit::Interrupted | Exit::Partial)
            || outcome.facts.is_partial()
            || !outcome.facts.settled;
        own.insert("partial".to_owned(), json!(partial));
    }
    Ok(report)
}

/// What the run is worth. What was done of it may be as it should be; it has not passed before all of it was.
fn verdict(outcome: &AnyOutcome) -> Value {
    match (&outcome.verdict(), Exit::of(outcome)) {
        (Verdict::Passed, _) if outcome.facts.never_began().is_some() => json!("neverBegan"),
        (Verdict::Passed, Exit::Interrupted) => json!("stopped"),
        (Verdict::Passed, Exit::Partial) => json!("partial"),
        (Verdict::Passed, _) if !outcome.facts.settled => json!("partial"),
        (verdict, _) => json!(verdict),
    }
}

/// Whether a file can be written there.
pub(crate) fn prepare(path: &Path) -> Result<(), CommandError> {
    let failed = |source| CommandError::Write {
        path: path.to_owned(),
        source,
    };
    if path.is_dir() {
        return Err(failed(io::Error::other(
            "this is a folder; name a file in it",
        )));
    }
    if is_special(path) {
        return Ok(());
    }
    let beside = beside(&place(path));
    std::fs::File::create(&beside).map_err(failed)?;
    std::fs::remove_file(&beside).map_err(failed)
}

/// Whether there is something that can only be written to, not replaced: a device, a pipe.
pub(crate) fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|there| !there.is_file())
}

/// Where the file itself is, behind links.
fn place(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}", std::process::id()))
}

/// Writes a file beside its place and moves it there, so that nobody sees half of it. A file that is there keeps its permissions; a
/// device or a pipe is written to.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    write_new(path, bytes, 0o666)
}

/// The same; where there was no such file, nobody else may read it.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    write_new(path, bytes, 0o600)
}

/// The same; a file that is not there yet has this mode, as far as the process gives it.
fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), CommandError> {
    let failed = |source| CommandError::Write {
        path: path.to_owned(),
        source,
    };
    if is_special(path) {
        let mut special = OpenOptions::new().write(true).open(path).map_err(failed)?;
        return special.write_all(bytes).map_err(failed);
    }
    let place = place(path);
    let beside = beside(&place);
    let write = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(&beside)?;
        if let Ok(there) = std::fs::metadata(&place) {
            file.set_permissions(there.permissions())?;
        }
        file.write_all(bytes)?;
        std::fs::rename(&beside, &place)
    };
    write().map_err(|source| {
        let _there_may_be_none = std::fs::remove_file(&beside);
        failed(source)
    })
}
