//! A script that comes as an event to the function, or is named by one; what a schedule sends is looked at in the same way when it is deployed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value as Json;
use star_aws::event::{Reader, Scripted};
use star_aws::function::LIMITS_VARIABLE;
use star_core::document::{Diagnostic, Document, FileId, Lists, Node, Sources, Value};
use star_core::job::Split;
use star_core::registry::Kinds;
use star_core::worker::{Ids as _, SystemIds};
use star_core::{Intervals, Job, Launch, Limits, RunId};

use crate::command::{fits_functions, in_functions};
use crate::error::CommandError;
use crate::{hint, job};

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
    let mut sources = Sources::default();
    let event = star_yaml::read(&mut sources, "event", &event.to_string());
    let event = event.map_err(|fault| fault.one_line(&sources))?;
    let here = || {
        Ok(Function {
            package,
            life,
            limits: deployment()?,
            late: late(),
            environment: None,
        })
    };
    let asked = here().and_then(|function: Function<'_>| function.take(sources, event));
    let asked = asked.map_err(|error: CommandError| error.one_line())?;
    let document = &asked.document;
    let warnings = document.warnings().iter();
    let warnings = warnings.map(|warning| warning.one_line(&document.sources));
    Ok(Scripted {
        warnings: warnings.collect(),
        launch: Launch {
            run,
            seed: asked.seed,
            limits: asked.limits,
            intervals: Intervals::of_fleet(asked.workers),
            rehearsal: false,
            traced: false,
        },
        job: asked.job,
    })
}

/// A function that takes events.
#[derive(Debug)]
pub(crate) struct Function<'f> {
    /// Where the files are that it was deployed with.
    pub(crate) package: &'f Path,
    /// How long it lives.
    pub(crate) life: Duration,
    /// How its deployment says that runs are cut.
    pub(crate) limits: Split,
    /// How late a user may be started, where it says.
    pub(crate) late: Option<Duration>,
    /// Its environment, where it is another than that of this process.
    pub(crate) environment: Option<BTreeMap<String, String>>,
}

/// What an event asks for.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) job: Job,
    seed: u64,
    limits: Limits,
    workers: u32,
    pub(crate) document: Document,
}

impl Function<'_> {
    /// What an event of these sources asks for, cut as `slsart invoke` cuts. Nothing outside of the package is read.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub(crate) fn take(&self, sources: Sources, event: Node) -> Result<Asked, CommandError> {
        let kinds = Kinds::linked()?;
        let mut document = self.document(sources, event)?;
        document.set_environment_by(job::BY_DEPLOYMENT);
        if let Some(environment) = &self.environment {
            document.set_environment(environment.clone());
        }
        let mut job = match kinds.read(&mut document) {
            Ok(job) => job,
            Err(diagnostics) => {
                return Err(CommandError::Job {
                    diagnostics,
                    sources: document.sources,
                });
            }
        };
        let seed = SystemIds.next() >> 11;
        job.task.seed(seed);
        fits_functions(&job)?;
        let mut limits = in_functions(&job, self.life, &self.limits);
        limits.late = self.late.unwrap_or(limits.late);
        let workers = job::cut(&job, &limits)?.most_workers();
        Ok(Asked {
            job,
            seed,
            limits,
            workers,
            document,
        })
    }

    /// What an event says, laid over the files that it names. Paths in a file are relative to it.
    fn document(&self, mut sources: Sources, event: Node) -> Result<Document, CommandError> {
        sources.confine(self.package, "the package");
        let (root, folders) = match layers(&mut sources, event, self.package) {
            Ok(laid) => laid,
            Err(fault) => {
                return Err(CommandError::Job {
                    diagnostics: fault.into(),
                    sources,
                });
            }
        };
        let folder = folders.last().map_or(self.package, |(_, folder)| folder);
        let mut document = Document::new(sources, root, folder);
        for (file, folder) in folders {
            document.settle(file, folder);
        }
        Ok(document)
    }
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

/// What an event says, laid over the files that it names, and the folders of these.
fn layers(
    sources: &mut Sources,
    mut root: Node,
    package: &Path,
) -> Result<(Node, Vec<(FileId, PathBuf)>), Diagnostic> {
    let (mut layers, mut folders): (Vec<Node>, Vec<(FileId, PathBuf)>) = Default::default();
    while let Some(named) = take(&mut root) {
        if layers.len() == DEEPEST {
            let fault = format!("files name each other more than {DEEPEST} levels deep");
            return Err(Diagnostic::error(fault).at(named.span, ""));
        }
        // What an event names is in the package, what a file names is looked for beside that file.
        let from = folders.last().map_or(package, |(_, folder)| folder);
        let path = path(&named, from, sources).map_err(|fault| fault.at(named.span, ""))?;
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

/// Where in the package a file is that was named, as it is called from this folder.
fn path(named: &Node, from: &Path, sources: &Sources) -> Result<PathBuf, Diagnostic> {
    let Some(name) = named.as_str() else {
        let found = named.describe();
        let fault = format!("`{NAMED}` names a file of the package, not {found}");
        return Err(Diagnostic::error(fault));
    };
    let path = from.join(name);
    sources.may_read(&path)?;
    if !path.exists() {
        let deploy = hint::command(&["deploy"]);
        let right = format!(
            "`{deploy}` packs the scripts of schedules, from the folder of `serverless.yml`, and the script that `-p` names"
        );
        return Err(Diagnostic::error(format!("`{name}` is not in the package")).help(right));
    }
    Ok(path)
}

#[cfg(test)]
mod tests;
