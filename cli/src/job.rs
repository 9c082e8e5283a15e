//! Reads a script or job file.

use std::path::Path;

use star_core::Job;
use star_core::document::{Diagnostics, Document};
use star_core::registry::Kinds;
use star_yaml::ReadError;

use crate::args::JobArgs;
use crate::diagnostics;
use crate::error::CommandError;
use crate::output;

/// Reads a job, with what the command line changes in it. Warnings are printed.
pub(crate) fn read(args: &JobArgs) -> Result<Job, CommandError> {
    let mut document = document(&args.script).map_err(|error| CommandError::Job {
        diagnostics: error.diagnostic.into(),
        sources: error.sources,
    })?;
    if let Some(target) = &args.target {
        document.options.give("target", target);
    }
    let kinds = Kinds::linked()?;
    let read = kinds.read(&mut document);
    let mut found: Diagnostics = document.warnings().clone();
    match read {
        Ok(job) => {
            if !found.is_empty() {
                output::note(&diagnostics::render(
                    &found,
                    &document.sources,
                    output::colour(),
                ));
            }
            Ok(job)
        }
        Err(errors) => {
            found.extend(errors);
            Err(CommandError::Job {
                diagnostics: found,
                sources: document.sources,
            })
        }
    }
}

fn document(script: &Path) -> Result<Document, Box<ReadError>> {
    if script == Path::new("-") {
        return star_yaml::document_from("<stdin>", std::io::stdin().lock(), ".");
    }
    star_yaml::document(script)
}
