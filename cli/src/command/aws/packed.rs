//! The script that is deployed with the program, for events that name it, and its files.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use star_aws::package::PackedFile;

use super::script::SCRIPT;
use crate::error::CommandError;
use crate::{job, output};

/// The files to pack: the script that was named, or `./script.yml` where there is one that can be packed.
pub(super) fn files(script: Option<&Path>) -> Result<Vec<PackedFile>, CommandError> {
    let there = Path::new(SCRIPT);
    let files = match script {
        Some(script) => gather(script)?,
        None if !there.exists() => Vec::new(),
        None => match gather(there) {
            Ok(files) => files,
            // Nobody asked for it: it may be a script that needs more than itself.
            Err(error) => {
                output::note(&format!(
                    "`{SCRIPT}` is not packed, so that no event can name it: {error} (`slsart check {SCRIPT}` tells more)\n"
                ));
                Vec::new()
            }
        },
    };
    if !files.is_empty() {
        let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
        output::note(&format!("packing {}\n", names.join(", ")));
    }
    Ok(files)
}

fn gather(script: &Path) -> Result<Vec<PackedFile>, CommandError> {
    let folder = script.parent().unwrap_or(Path::new(""));
    // By name: a file that is named twice is packed once.
    let mut files = BTreeMap::new();
    for path in job::files(script)? {
        let name = name_in(&path, folder).ok_or_else(|| {
            CommandError::Usage(format!(
                "`{}` cannot be packed: it is outside of the folder of `{}`",
                path.display(),
                script.display()
            ))
        })?;
        let bytes = std::fs::read(&path).map_err(|source| {
            CommandError::Usage(format!("cannot read `{}`: {source}", path.display()))
        })?;
        files.insert(name, bytes);
    }
    let packed = files.into_iter();
    Ok(packed
        .map(|(name, bytes)| PackedFile { name, bytes })
        .collect())
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
        let files = gather(&folder.path().join("s.yml")).unwrap();
        let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["a.csv", "parts/flow.yml", "s.yml", "same.csv"]);
        write("t.yml", "{}\n");
        assert!(gather(&folder.path().join("t.yml")).is_err());
    }
}
