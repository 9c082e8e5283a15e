//! The script that is deployed with the program, for events that name it, and its files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use star_aws::assets::{Assets, Input, Placed};
use star_aws::function::LAST_WORDS;
use star_aws::stack as settings;
use star_core::document::{Diagnostic, Diagnostics};

use super::assets::File;
use super::script::script_in;
use crate::error::CommandError;
use crate::{diagnostics, event, hint, job, output};

/// Files by their names in the package, so that one that is named twice is packed once.
type Files = BTreeMap<String, Vec<u8>>;

/// Variables of the environment by their names.
type Variables = BTreeMap<String, String>;

/// The files to pack: the script that was named, or `script.yml` in this folder where there is one that can be packed. It is judged as in
/// a function that has these variables; `packed` is what the file has packed.
pub(super) fn files(
    script: Option<&Path>,
    folder: &Path,
    environment: &Variables,
    packed: &Said,
) -> Result<Files, CommandError> {
    let gather = |script: &Path| gather(script, folder_of(script), environment.clone());
    let files = match (script, script_in(folder)) {
        (Some(script), _) => gather(script)?,
        (None, None) => Files::new(),
        (None, Some(there)) => match gather(&there) {
            Ok(files) => files,
            // What a schedule says besides makes it whole.
            Err(_) if packed.has(&there, folder) => Files::new(),
            // Nobody asked for it: it may be a script that needs more than itself.
            Err(error) => {
                let there = there.display().to_string();
                let check = hint::command(&["check", &there]);
                output::note(&format!(
                    "`{there}` is not packed on its own, so that no event can name it: {error} (`{check}` tells more)\n"
                ));
                Files::new()
            }
        },
    };
    if !files.is_empty() {
        let names: Vec<_> = files.keys().map(String::as_str).collect();
        output::note(&format!("packing {}\n", names.join(", ")));
    }
    Ok(files)
}

fn folder_of(script: &Path) -> &Path {
    script.parent().unwrap_or(Path::new(""))
}

/// A script and its files, called by where they are in a folder.
fn gather(script: &Path, folder: &Path, environment: Variables) -> Result<Files, CommandError> {
    let mut files = Files::new();
    for path in job::files(script, environment)? {
        let name = name_in(&path, folder).ok_or_else(|| {
            CommandError::Usage(format!(
                "`{}` cannot be packed: it is outside of the folder of `{}`",
                path.display(),
                script.display()
            ))
        })?;
        files.insert(name, read(&path)?);
    }
    Ok(files)
}

/// What `serverless.yml` has packed.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) files: Files,
    /// Those that what is sent was checked with.
    checked: BTreeSet<String>,
}

impl Said {
    /// Whether this file of the folder is among them.
    fn has(&self, path: &Path, folder: &Path) -> bool {
        name_in(path, folder).is_some_and(|name| self.files.contains_key(&name))
    }

    /// Takes in what was typed, which wins over what is only named here: a schedule is to find what it was checked with.
    pub(super) fn take_in(&mut self, script: &Path, typed: Files) -> Result<(), CommandError> {
        let other = |name: &&String| self.files.get(*name) != typed.get(*name);
        let checked = self.checked.iter().filter(|name| typed.contains_key(*name));
        if let Some(name) = checked.clone().find(other) {
            return Err(CommandError::Usage(format!(
                "`{name}` of `{}` would take the place of another file, which an enabled schedule reads: rename one of them, or leave `-p` out",
                script.display()
            )));
        }
        self.files.extend(typed);
        Ok(())
    }
}

/// The files to pack that `serverless.yml` names: those of `package`, and the scripts of schedules with their files. What a schedule
/// sends is looked at as the function will look at it.
pub(super) fn said(
    assets: &Assets,
    file: File,
    function: &settings::Function,
    environment: &Variables,
) -> Result<Said, CommandError> {
    let mut faults = Diagnostics::default();
    let Said {
        mut files,
        mut checked,
    } = Said::default();
    for named in &assets.files {
        match inside(named, file.folder()) {
            Ok(bytes) => {
                files.insert(named.value.clone(), bytes);
            }
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(file.wrong(&faults));
    }
    let taker = event::Function {
        package: file.folder(),
        life: function.timeout.saturating_sub(LAST_WORDS),
        limits: assets.limits,
        late: None,
        environment: Some(environment.clone()),
    };
    for input in &assets.inputs {
        let named = read_by(input, &file, &taker);
        match named.and_then(|paths| read_all(&paths, file.folder())) {
            Ok(found) => {
                if input.enabled {
                    checked.extend(found.keys().cloned());
                }
                files.extend(found);
            }
            Err(error) if input.enabled => return Err(error),
            // Nobody sends it: its script may have yet to be written.
            Err(error) => output::verbose(&format!(
                "the event of a schedule that is not enabled could not be carried out: {}",
                error.one_line()
            )),
        }
    }
    Ok(Said { files, checked })
}

/// The files that are read where an event is carried out.
fn read_by(
    input: &Input,
    file: &File,
    function: &event::Function<'_>,
) -> Result<Vec<PathBuf>, CommandError> {
    let sources = file.sources().clone();
    let known = sources.names().count();
    let asked = function.take(sources, input.event.clone())?;
    let document = &asked.document;
    let warnings = document.warnings();
    if input.enabled && !warnings.is_empty() {
        output::note(&diagnostics::render(
            warnings,
            &document.sources,
            output::colour(),
        ));
    }
    let texts = document.sources.names().skip(known).map(PathBuf::from);
    // A text of no file is no file of the package.
    let texts = texts.filter(|path| path.exists());
    Ok(texts.chain(document.paths().iter().cloned()).collect())
}

fn read_all(paths: &[PathBuf], folder: &Path) -> Result<Files, CommandError> {
    let mut files = Files::new();
    for path in paths {
        let name = name_in(path, folder).ok_or_else(|| {
            CommandError::Usage(format!(
                "`{}` cannot be packed: scripts name their files by paths that begin in their own folder",
                path.display()
            ))
        })?;
        files.insert(name, read(path)?);
    }
    Ok(files)
}

fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    std::fs::read(path).map_err(|source| {
        CommandError::Usage(format!("cannot read `{}`: {source}", path.display()))
    })
}

/// What is in a file that is named by where it is in a folder, also behind links.
fn inside(named: &Placed<String>, folder: &Path) -> Result<Vec<u8>, Diagnostic> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let name = &named.value;
    let read = || -> std::io::Result<Option<Vec<u8>>> {
        let path = folder.join(name).canonicalize()?;
        if !path.starts_with(folder.canonicalize()?) {
            return Ok(None);
        }
        std::fs::read(path).map(Some)
    };
    let (fault, help) = match read() {
        Ok(Some(bytes)) => return Ok(bytes),
        Ok(None) => (
            format!("`{name}` is a link that leads out of this folder"),
            "copy the file here",
        ),
        Err(error) => (
            format!("`{name}` cannot be packed: {error}"),
            "it is looked for in the folder of `serverless.yml`",
        ),
    };
    Err(Diagnostic::error(fault).at(named.span, "").help(help))
}

/// What a file is called in the package, whose root is that folder; none where it is outside.
fn name_in(path: &Path, folder: &Path) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.strip_prefix(folder).ok()?.components() {
        match part {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_packed_by_where_they_are_from_the_script() {
        let name = |path: &str, folder: &str| name_in(Path::new(path), Path::new(folder));
        let some = |name: &str| Some(name.to_owned());
        assert_eq!(name("script.yml", ""), some("script.yml"));
        assert_eq!(name("perf/script.yml", "perf"), some("script.yml"));
        assert_eq!(name("perf/./data/../rows.csv", "perf"), some("rows.csv"));
        assert_eq!(
            name("/a/perf/data/rows.csv", "/a/perf"),
            some("data/rows.csv")
        );
        assert_eq!(name("perf/../rows.csv", "perf"), None);
        assert_eq!(name("/etc/passwd", ""), None);
        assert_eq!(name("/etc/passwd", "/a"), None);
    }

    #[test]
    fn a_script_is_packed_with_what_it_includes_and_reads() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(
            "s.yml",
            "includes: parts/flow.yml\nconfig: { target: http://t, phases: [{ duration: 1, arrivalRate: 1 }], payload: [{ path: a.csv, fields: [a] }, { path: same.csv, fields: [b] }] }\n",
        );
        write("parts/flow.yml", "scenarios: [{ flow: [{ think: 1 }] }]\n");
        write("a.csv", "1\n");
        write("same.csv", "1\n");
        let gathered = |name: &str| {
            let script = folder.path().join(name);
            gather(&script, folder.path(), Variables::new())
        };
        let files = gathered("s.yml").unwrap();
        let names: Vec<_> = files.keys().map(String::as_str).collect();
        assert_eq!(names, ["a.csv", "parts/flow.yml", "s.yml", "same.csv"]);
        write("t.yml", "{}\n");
        assert!(gathered("t.yml").is_err());
    }
}
