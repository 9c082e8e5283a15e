//! Reads a script or job file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use star_core::document::{Diagnostics, Document, Options, Sources};
use star_core::registry::Kinds;
use star_core::{Job, Limits, Plan};
use star_yaml::ReadError;

use crate::args::{JobArgs, ModeArgs};
use crate::diagnostics;
use crate::error::CommandError;
use crate::output::{self, Written};

/// How a function is given a variable.
pub(crate) const BY_DEPLOYMENT: &str = "the function has it where `environment` in `serverless.yml` says so, and the next deployment brings it there";

/// How a command that takes no files of variables is given one.
const BY_SHELL: &str = "set it where this is called";

/// What a script is called that comes by the standard input.
pub(crate) const STDIN: &str = "<stdin>";

/// A job file as it was read: all that was found, and the job where it is sound.
#[derive(Debug)]
pub(crate) struct Examined {
    pub(crate) job: Option<Job>,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) sources: Sources,
    /// Where the files are that it was read from.
    files: Vec<PathBuf>,
    /// The text that came by the standard input, if one did.
    input: Option<String>,
}

/// Reads a job, with what the command line changes in it, for a command that writes these files: none over one that the job is read
/// from. Warnings are printed.
pub(crate) fn read(args: &JobArgs, written: &Written) -> Result<Job, CommandError> {
    Ok(read_with_input(args, written)?.0)
}

/// The same, with the text of the script where that came by the standard input.
pub(crate) fn read_with_input(
    args: &JobArgs,
    written: &Written,
) -> Result<(Job, Option<String>), CommandError> {
    // Also those that cannot be read, so that a slip in a job is no way to lose one.
    let texts = args
        .config
        .iter()
        .chain(&args.env_file)
        .chain(&args.payload);
    let typed = args.script.iter().chain(&args.input).map(PathBuf::as_path);
    written.keep_apart(typed.chain(texts.map(Path::new)))?;
    let mut examined = examine(args)?;
    let input = examined.input.take();
    Ok((sound(examined, written)?, input))
}

/// Reads the job that a file has, for this mode, likewise; `-` is the standard input.
pub(crate) fn read_file(
    path: &Path,
    mode: ModeArgs,
    strict: bool,
    written: &Written,
) -> Result<Job, CommandError> {
    written.keep_apart([path])?;
    let examined = examined(by_shell(document(path)), strict, |options| {
        mode.give(options);
    })?;
    sound(examined, written)
}

/// Reads the job that a text is, likewise. Files that it names are looked for in the current folder.
pub(crate) fn read_text(
    name: &str,
    text: &str,
    mode: ModeArgs,
    strict: bool,
    written: &Written,
) -> Result<Job, CommandError> {
    let document = star_yaml::document_from(name, text.as_bytes(), ".");
    let examined = examined(by_shell(document), strict, |options| mode.give(options))?;
    sound(examined, written)
}

/// Cuts a job.
///
/// # Errors
/// Where that can't be, with the place in the job file.
pub(crate) fn cut(job: &Job, limits: &Limits) -> Result<Plan, CommandError> {
    let plan = job.task.plan(limits);
    plan.map_err(|why| CommandError::uncut(job.task.uncut(&why)))
}

/// Where all the files are that a job file is made of, itself the first; it is to be carried out where this is the environment.
pub(crate) fn files(
    path: &Path,
    environment: BTreeMap<String, String>,
) -> Result<Vec<PathBuf>, CommandError> {
    let wrong = |diagnostics, sources| CommandError::Job {
        diagnostics,
        sources,
    };
    let read = document(path).map_err(|error| wrong(error.diagnostic.into(), error.sources));
    let mut document = read?;
    document.set_environment(environment);
    document.set_environment_by(BY_DEPLOYMENT);
    if let Err(errors) = Kinds::linked()?.read(&mut document) {
        return Err(wrong(errors, document.sources));
    }
    Ok(read_from(&document))
}

/// The texts that a document is made of, and the files that it names.
fn read_from(document: &Document) -> Vec<PathBuf> {
    let texts = document.sources.names().map(PathBuf::from);
    texts.chain(document.paths().iter().cloned()).collect()
}

/// The job that was read, where none of its files is to be written over. Warnings are printed.
fn sound(examined: Examined, written: &Written) -> Result<Job, CommandError> {
    let Examined {
        job,
        diagnostics,
        sources,
        files,
        input: _,
    } = examined;
    written.keep_apart(files.iter().map(PathBuf::as_path))?;
    let Some(job) = job else {
        return Err(CommandError::Job {
            diagnostics,
            sources,
        });
    };
    if !diagnostics.is_empty() {
        output::note(&diagnostics::render(
            &diagnostics,
            &sources,
            output::colour(),
        ));
    }
    Ok(job)
}

/// Reads a job and tells all that there is to say of it. Where warnings are taken for errors, a job with any is not sound.
pub(crate) fn examine(args: &JobArgs) -> Result<Examined, CommandError> {
    let mut files = args.script.iter().chain(&args.input);
    // One of them is there: the command line was checked for it.
    let script = files.next().map_or(Path::new("-"), PathBuf::as_path);
    examined(document(script), args.strict, |options| {
        for file in files {
            options.give("input", file.to_string_lossy().into_owned());
        }
        give(args, options);
    })
}

fn examined(
    document: Result<Document, Box<ReadError>>,
    strict: bool,
    give: impl FnOnce(&mut Options),
) -> Result<Examined, CommandError> {
    let kinds = Kinds::linked()?;
    let mut document = match document {
        Ok(document) => document,
        Err(error) => {
            return Ok(Examined {
                job: None,
                diagnostics: error.diagnostic.into(),
                sources: error.sources,
                files: Vec::new(),
                input: None,
            });
        }
    };
    give(&mut document.options);
    let script = document.root.span.file;
    let is_input = document.sources.name(script) == STDIN;
    let input = is_input.then(|| document.sources.text(script).to_owned());
    let read = kinds.read(&mut document);
    let mut diagnostics: Diagnostics = document.warnings().clone();
    let job = match read {
        Ok(job) => (diagnostics.is_empty() || !strict).then_some(job),
        Err(errors) => {
            diagnostics.extend(errors);
            None
        }
    };
    Ok(Examined {
        job,
        diagnostics,
        files: read_from(&document),
        input,
        sources: document.sources,
    })
}

/// Hands on what was typed about the task. A kind takes what it knows; the rest is refused.
fn give(args: &JobArgs, options: &mut Options) {
    let one = [
        ("target", &args.target),
        ("environment", &args.environment),
        ("scenario-name", &args.scenario_name),
        ("payload", &args.payload),
    ];
    let many = [
        ("config", &args.config),
        ("overrides", &args.overrides),
        ("variables", &args.variables),
        ("env-file", &args.env_file),
    ];
    for (name, value) in one {
        if let Some(value) = value {
            options.give(name, value);
        }
    }
    for (name, values) in many {
        for value in values {
            options.give(name, value);
        }
    }
    args.mode.give(options);
    for (name, given) in [("solo", args.solo), ("insecure", args.insecure)] {
        if given {
            options.give(name, "");
        }
    }
}

/// The same for a command that is given no variables but its own.
fn by_shell(document: Result<Document, Box<ReadError>>) -> Result<Document, Box<ReadError>> {
    document.map(|mut document| {
        document.set_environment_by(BY_SHELL);
        document
    })
}

fn document(script: &Path) -> Result<Document, Box<ReadError>> {
    if script == Path::new("-") {
        return star_yaml::document_from(STDIN, std::io::stdin().lock(), ".");
    }
    star_yaml::document(script)
}
