//! Which files a document may name, where these are not all.

use std::path::{Component, Path, PathBuf};

/// A folder, the files in which may be read, and no others.
#[derive(Clone, Debug)]
pub(super) struct Confines {
    /// Its one path; none where there is no such folder.
    folder: Option<PathBuf>,
    /// As it was given.
    given: PathBuf,
    /// What it is called.
    name: &'static str,
}

impl Confines {
    /// This folder, under a name.
    pub(super) fn new(folder: &Path, name: &'static str) -> Self {
        Self {
            folder: real(folder),
            given: folder.to_owned(),
            name,
        }
    }

    /// Whether a path leads to a file in it, also behind links; a sentence where it does not.
    pub(super) fn check(&self, path: &Path) -> Result<(), String> {
        if self.has(path) {
            return Ok(());
        }
        // Where the folder is itself is nobody's business.
        let within = path.strip_prefix(&self.given).unwrap_or(path);
        let (path, name) = (within.display(), self.name);
        Err(format!(
            "`{path}` is outside of {name}, and only files in it can be named here"
        ))
    }

    /// Whether the deepest folder of a path that is there is in it, and what is missing does not lead out again.
    fn has(&self, path: &Path) -> bool {
        let Some(folder) = &self.folder else {
            return false;
        };
        let there = path
            .ancestors()
            .find_map(|there| Some((there, real(there)?)));
        there.is_some_and(|(there, real)| {
            let missing = path.strip_prefix(there).unwrap_or(path);
            let mut missing = missing.components();
            real.starts_with(folder) && missing.all(|part| matches!(part, Component::Normal(_)))
        })
    }
}

fn real(path: &Path) -> Option<PathBuf> {
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    std::fs::canonicalize(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, Files, Node, Sources, Span, Value};

    /// Paths in fields of tasks, also those with `*` and so on: what is outside is not even looked for.
    fn fields_are_confined_too(inside: &Path) {
        let mut sources = Sources::default();
        sources.confine(inside, "the package");
        let root = |path: &str| Node {
            value: Value::String(path.to_owned()),
            span: Span::default(),
        };
        let mut document = Document::new(sources, root(""), inside);
        for (good, found) in [("a", 1), ("deep/*", 1), ("[a-b]", 1)] {
            let files: Files = document.decode(&root(good)).unwrap();
            assert_eq!(files.len(), found, "{good}");
        }
        for bad in [
            "../c",
            "../*",
            "up/*",
            "deep/../../*",
            "*/../../*",
            "/etc/host*",
            "out",
            "ou?",
        ] {
            let fault = document.decode::<Files>(&root(bad)).unwrap_err();
            let why = fault.one_line(&document.sources);
            let told = why.contains("is outside of the package") || why.contains("leads up");
            assert!(told, "{bad}: {why}");
        }
    }

    #[test]
    fn a_file_is_inside_by_where_it_really_is() {
        let scratch = tempfile::tempdir().unwrap();
        let (outside, inside) = (scratch.path(), scratch.path().join("in"));
        std::fs::create_dir_all(inside.join("deep")).unwrap();
        for path in ["in/a", "in/deep/b", "c"] {
            std::fs::write(outside.join(path), "").unwrap();
        }
        let link = |to: &Path, from: &str| {
            std::os::unix::fs::symlink(to, inside.join(from)).unwrap();
        };
        link(&outside.join("c"), "out");
        link(outside, "up");
        link(&inside.join("a"), "within");
        let confines = Confines::new(&inside, "the package");
        for good in ["a", "deep/b", "deep/../a", "within", "none", "none/deeper"] {
            assert_eq!(confines.check(&inside.join(good)), Ok(()), "{good}");
        }
        for bad in [
            "../c",
            "deep/../../c",
            "out",
            "up/c",
            "up/none",
            "../none",
            "none/../../c",
            "/etc/passwd",
        ] {
            let why = confines.check(&inside.join(bad)).unwrap_err();
            assert!(why.contains("is outside of the package"), "{bad}: {why}");
        }
        fields_are_confined_too(&inside);
        let nowhere = Confines::new(&inside.join("none"), "the package");
        assert!(nowhere.check(&inside.join("a")).is_err());
    }
}
