//! `serverless.yml` (or `.yaml`, or `.json`) in the current folder, or the file that `--config` names: which deployment is meant, and what is chosen of it.

use std::path::{Path, PathBuf};

use star_aws::assets::{self, Assets, FILE, FILES, Given, Place, UNREAD_FILES};
use star_core::document::{Diagnostic, Diagnostics, Node, Sources};
use star_core::job::Split;

use crate::args::AwsArgs;
use crate::error::CommandError;
use crate::{hint, output};

/// The first of these that is here; a link that leads nowhere is there too.
fn here(names: &[&'static str]) -> Option<&'static Path> {
    let mut paths = names.iter().map(|name| Path::new(*name));
    paths.find(|path| path.symlink_metadata().is_ok())
}

/// The file that is named, or that is here.
pub(super) fn path(named: Option<&Path>) -> Option<&Path> {
    named.or_else(|| here(&FILES))
}

/// Whoever uses the framework besides takes its file for one that is read.
fn tell_unread() {
    if let Some(unread) = here(&UNREAD_FILES) {
        output::note(&format!(
            "`{}` is not read, since it is a program: the deployment is the default one, but for what is typed; write what it says into `{FILE}`, or name another file with `--config`\n",
            unread.display()
        ));
    }
}

/// A file as it was read.
#[derive(Debug)]
pub(super) struct File {
    tree: Node,
    sources: Sources,
    folder: PathBuf,
}

/// The file that is named, or that is here; none where there is none.
fn file(named: Option<&Path>) -> Result<Option<File>, CommandError> {
    let Some(path) = path(named) else {
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
    pub(super) fn wrong(self, diagnostics: &Diagnostics) -> CommandError {
        let mut told = Diagnostics::default();
        for fault in diagnostics.iter().cloned() {
            told.push(Diagnostic {
                help: fault.help.as_deref().map(hint::in_own_words),
                ..fault
            });
        }
        CommandError::Job {
            diagnostics: told,
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
    if file.is_none() {
        tell_unread();
    }
    let tree = file.as_ref().map(|file| &file.tree);
    assets::place(tree, &given(args), &environment).map_err(|faults| match file {
        Some(file) => wrong(file, &faults),
        None => typed_wrongly(&faults),
    })
}

/// What is wrong with the file, or with what was typed, which has no place in it.
fn wrong(file: File, faults: &Diagnostics) -> CommandError {
    if faults.iter().any(|fault| fault.primary.is_some()) {
        file.wrong(faults)
    } else {
        typed_wrongly(faults)
    }
}

/// What can be wrong without a file.
pub(super) fn typed_wrongly(faults: &Diagnostics) -> CommandError {
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
        Err(faults) => Err(wrong(file, &faults)),
    }
}

/// How runs of the deployment are cut where their scripts do not say.
pub(in crate::command) fn limits(config: Option<&Path>) -> Result<Split, CommandError> {
    let Some(file) = file(config)? else {
        return Ok(Split::default());
    };
    assets::limits(&file.tree).map_err(|faults| file.wrong(&faults))
}
