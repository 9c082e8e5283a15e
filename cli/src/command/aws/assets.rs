//! `serverless.yml` in the current folder, or the file that `--config` names: which deployment is meant, and what is chosen of it.

use std::path::{Path, PathBuf};

use star_aws::assets::{self, Assets, FILE, Given, Place};
use star_core::document::{Diagnostics, Node, Sources};
use star_core::job::Split;

use crate::args::AwsArgs;
use crate::error::CommandError;

/// A file as it was read.
#[derive(Debug)]
pub(super) struct File {
    tree: Node,
    sources: Sources,
    folder: PathBuf,
}

/// The file that is named, or that is here; none where there is none.
fn file(named: Option<&Path>) -> Result<Option<File>, CommandError> {
    let here = Path::new(FILE);
    let Some(path) = named.or_else(|| here.symlink_metadata().is_ok().then_some(here)) else {
        return Ok(None);
    };
    let mut sources = Sources::default();
    match star_yaml::read_file(&mut sources, path) {
        Ok(tree) => {
            // Whatever is said of the file, lines of it are shown.
            for secret in assets::secrets(&tree) {
                let text = sources.snippet(secret).trim_matches(['"', '\'']).to_owned();
                // What is that short may stand anywhere without being one.
                if text.len() >= 6 {
                    sources.conceal_text(&text);
                }
                sources.conceal(secret);
            }
            let folder = path.parent().unwrap_or(Path::new("")).to_owned();
            Ok(Some(File {
                tree,
                sources,
                folder,
            }))
        }
        Err(fault) => Err(CommandError::Job {
            diagnostics: fault.into(),
            sources,
        }),
    }
}

impl File {
    /// What is wrong with it.
    pub(super) fn wrong(self, diagnostics: Diagnostics) -> CommandError {
        CommandError::Job {
            diagnostics,
            sources: self.sources,
        }
    }

    /// The texts of it.
    pub(super) fn sources(&self) -> &Sources {
        &self.sources
    }

    /// What it is called.
    pub(super) fn name(&self) -> &str {
        self.sources.name(self.tree.span.file)
    }

    /// The folder that paths in it mean.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

fn given(args: &AwsArgs) -> Given {
    Given {
        service: args.service.clone(),
        stage: args.stage.clone(),
        region: args.region.clone(),
    }
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Which deployment is meant.
pub(super) fn place(args: &AwsArgs) -> Result<Place, CommandError> {
    let file = file(args.config.as_deref())?;
    let tree = file.as_ref().map(|file| &file.tree);
    assets::place(tree, &given(args), &environment).map_err(|faults| match file {
        Some(file) => file.wrong(faults),
        // Only what was typed can be wrong then.
        None => typed_wrongly(&faults),
    })
}

fn typed_wrongly(faults: &Diagnostics) -> CommandError {
    let faults: Vec<_> = faults.iter().map(|fault| fault.message.as_str()).collect();
    CommandError::Usage(faults.join("\nerror: "))
}

/// Which deployment is meant, what is chosen of it, and the file that says so.
pub(super) fn chosen(args: &AwsArgs) -> Result<(Place, Assets, Option<File>), CommandError> {
    let Some(file) = file(args.config.as_deref())? else {
        return Ok((place(args)?, Assets::default(), None));
    };
    match assets::read(&file.tree, &given(args), &environment) {
        Ok((place, assets)) => Ok((place, assets, Some(file))),
        Err(faults) => Err(file.wrong(faults)),
    }
}

/// How runs of the deployment are cut where their scripts do not say.
pub(in crate::command) fn limits(config: Option<&Path>) -> Result<Split, CommandError> {
    let Some(file) = file(config)? else {
        return Ok(Split::default());
    };
    assets::limits(&file.tree).map_err(|faults| file.wrong(faults))
}
