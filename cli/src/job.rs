//! Reads a script or job file.

use std::path::{Path, PathBuf};

use star_core::Job;
use star_core::document::{Diagnostics, Document, Options, Sources};
use star_core::registry::Kinds;
use star_yaml::ReadError;

use crate::args::{JobArgs, ModeArgs};
use crate::diagnostics;
use crate::error::CommandError;
use crate::output;

/// A job file as it was read: all that was found, and the job where it is sound.
#[derive(Debug)]
pub(crate) struct Examined {
    pub(crate) job: Option<Job>,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) sources: Sources,
}

/// Reads a job, with what the command line changes in it. Warnings are printed.
pub(crate) fn read(args: &JobArgs) -> Result<Job, CommandError> {
    sound(examine(args)?)
}

/// Reads the job that a file has, for this; `-` is the standard input.
pub(crate) fn read_file(path: &Path, mode: ModeArgs, strict: bool) -> Result<Job, CommandError> {
    sound(examined(document(path), strict, |options| {
        mode.give(options);
    })?)
}

/// Reads the job that a text is, for this. Files that it names are looked for in the current folder.
pub(crate) fn read_text(
    name: &str,
    text: &str,
    mode: ModeArgs,
    strict: bool,
) -> Result<Job, CommandError> {
    let document = star_yaml::document_from(name, text.as_bytes(), ".");
    sound(examined(document, strict, |options| mode.give(options))?)
}

/// Where all the files are that a job file is made of, itself the first.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>, CommandError> {
    let wrong = |diagnostics, sources| CommandError::Job {
        diagnostics,
        sources,
    };
    let read = document(path).map_err(|error| wrong(error.diagnostic.into(), error.sources));
    let mut document = read?;
    if let Err(errors) = Kinds::linked()?.read(&mut document) {
        return Err(wrong(errors, document.sources));
    }
    let texts = document.sources.names().map(PathBuf::from);
    Ok(texts.chain(document.paths().iter().cloned()).collect())
}

/// The job that was read. Warnings are printed.
fn sound(examined: Examined) -> Result<Job, CommandError> {
    let Examined {
        job,
        diagnostics,
        sources,
    } = examined;
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
            });
        }
    };
    give(&mut document.options);
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

fn document(script: &Path) -> Result<Document, Box<ReadError>> {
    if script == Path::new("-") {
        return star_yaml::document_from("<stdin>", std::io::stdin().lock(), ".");
    }
    star_yaml::document(script)
}
