//! A script that comes as an event to the function, or is named by one.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use serde_json::Value as Json;
use star_aws::event::{Reader, Scripted};
use star_aws::function::LIMITS_VARIABLE;
use star_core::document::{Diagnostic, Document, FileId, Lists, Node, Sources, Value};
use star_core::job::Split;
use star_core::registry::Kinds;
use star_core::worker::{Ids as _, SystemIds};
use star_core::{Intervals, Job, Launch, RunId};

use crate::command::{fits_functions, in_functions};
use crate::error::CommandError;
use crate::job;

/// The key that names a file of the package, over which everything else is laid.
const NAMED: &str = ">>";

/// So many files may name each other.
const DEEPEST: usize = 8;

/// The variable that says where the package is.
const PACKAGE: &str = "LAMBDA_TASK_ROOT";

/// Reads events, with the files of the package that the function was deployed with.
pub(crate) fn reader() -> Reader {
    let package = std::env::var_os(PACKAGE).map(PathBuf::from);
    let package = package.filter(|folder| folder.is_dir());
    let package = package.unwrap_or_else(|| PathBuf::from("."));
    Reader::new(move |event, run, life| read(event, run, life, &package))
}

fn read(event: &Json, run: RunId, life: Duration, package: &Path) -> Result<Scripted, String> {
    let mut document = document(event, package)?;
    let kinds = Kinds::linked().map_err(|error| error.to_string())?;
    let mut job = kinds.read(&mut document).map_err(|errors| {
        let lines = errors.iter().map(|error| error.one_line(&document.sources));
        lines.collect::<Vec<_>>().join("; ")
    })?;
    let mut files = document.paths().iter();
    if let Some(file) = files.find(|file| !is_inside(file, package)) {
        return Err(outside(&file.to_string_lossy()));
    }
    let warnings = document.warnings().iter();
    let warnings = warnings.map(|warning| warning.one_line(&document.sources));
    Ok(Scripted {
        warnings: warnings.collect(),
        launch: how(&mut job, run, life).map_err(|error| error.one_line())?,
        job,
    })
}

/// Cut as `slsart invoke` cuts.
fn how(job: &mut Job, run: RunId, life: Duration) -> Result<Launch, CommandError> {
    let seed = SystemIds.next() >> 11;
    job.task.seed(seed);
    fits_functions(job)?;
    let mut limits = in_functions(job, life, &deployment()?);
    if let Some(late) = late() {
        limits.late = late;
    }
    let workers = job::cut(job, &limits)?.most_workers();
    Ok(Launch {
        run,
        seed,
        limits,
        intervals: Intervals::of_fleet(workers),
        rehearsal: false,
        traced: false,
    })
}

/// How the deployment says that runs are cut.
fn deployment() -> Result<Split, CommandError> {
    limits_of(std::env::var(LIMITS_VARIABLE).ok().as_deref())
}

fn limits_of(said: Option<&str>) -> Result<Split, CommandError> {
    let limits = said.map_or(Ok(Split::default()), serde_json::from_str);
    limits
        .map_err(|error| CommandError::Bug(format!("`{LIMITS_VARIABLE}` cannot be read: {error}")))
}

/// How late a user may be started, where the function's environment says.
fn late() -> Option<Duration> {
    let millis = std::env::var("SLSART_LATE_LIMIT").ok()?.parse().ok()?;
    Some(Duration::from_millis(millis))
}

/// What an event says, laid over the files that it names. Paths in a file are relative to it.
fn document(event: &Json, package: &Path) -> Result<Document, String> {
    let mut sources = Sources::default();
    let laid = layers(&mut sources, event, package);
    let (root, folders) = laid.map_err(|error| error.one_line(&sources))?;
    let folder = folders.last().map_or(package, |(_, folder)| folder);
    let mut document = Document::new(sources, root, folder);
    for (file, folder) in folders {
        document.settle(file, folder);
    }
    Ok(document)
}

/// What an event says, laid over the files that it names, and the folders of these.
fn layers(
    sources: &mut Sources,
    event: &Json,
    package: &Path,
) -> Result<(Node, Vec<(FileId, PathBuf)>), Diagnostic> {
    let mut root = star_yaml::read(sources, "event", &event.to_string())?;
    let (mut layers, mut folders) = (Vec::new(), Vec::new());
    while let Some(named) = take(&mut root) {
        if layers.len() == DEEPEST {
            let fault = format!("files name each other more than {DEEPEST} levels deep");
            return Err(Diagnostic::error(fault).at(named.span, ""));
        }
        let path =
            path(&named, package).map_err(|why| Diagnostic::error(why).at(named.span, ""))?;
        let file = star_yaml::read_file(sources, &path);
        let file = file.map_err(|fault| match fault.primary {
            Some(_) => fault,
            None => fault.at(named.span, ""),
        })?;
        let folder = path.parent().unwrap_or(package);
        folders.push((file.span.file, folder.to_owned()));
        layers.push(std::mem::replace(&mut root, file));
    }
    for layer in layers.iter().rev() {
        root.merge(layer, Lists::Replaced);
    }
    Ok((root, folders))
}

/// Takes out what names a file.
fn take(root: &mut Node) -> Option<Node> {
    match &mut root.value {
        Value::Map(map) => map.remove(NAMED).map(|entry| entry.node),
        _ => None,
    }
}

/// Where in the package a file is that was named.
fn path(named: &Node, package: &Path) -> Result<PathBuf, String> {
    let Some(name) = named.as_str() else {
        let found = named.describe();
        return Err(format!(
            "`{NAMED}` names a file of the package, not {found}"
        ));
    };
    let mut parts = Path::new(name).components();
    let path = package.join(name);
    let leads_out = !parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if leads_out || (path.exists() && !is_inside(&path, package)) {
        return Err(outside(name));
    }
    if !path.exists() {
        return Err(format!(
            "`{name}` is not in the package: `slsart deploy -p {name}` packs it"
        ));
    }
    Ok(path)
}

fn outside(path: &str) -> String {
    format!("`{path}` is outside of the package: events name its own files only")
}

/// Whether a file is in the package, also behind links.
fn is_inside(path: &Path, package: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let (Some(path), Some(package)) = (real(path), real(package)) else {
        return false;
    };
    path.starts_with(package)
}

#[cfg(test)]
mod tests;
