//! That nothing is written over what is read.

use std::path::{Path, PathBuf};

use crate::error::CommandError;

/// The files that a command is to write, each with the option that names it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    files: Vec<(&'static str, PathBuf)>,
}

impl Written {
    /// Those of these options that were given. The standard output is no file.
    pub(crate) fn by<'a>(
        options: impl IntoIterator<Item = (&'static str, Option<&'a Path>)>,
    ) -> Self {
        let given = options
            .into_iter()
            .filter_map(|(option, path)| Some((option, path?.to_owned())));
        Self {
            files: given.filter(|(_, path)| path != Path::new("-")).collect(),
        }
    }

    /// Whether they may be written beside these that are read.
    ///
    /// # Errors
    /// Which are one and the same.
    pub(crate) fn keep_apart<'a>(
        &self,
        read: impl IntoIterator<Item = &'a Path>,
    ) -> Result<(), CommandError> {
        if self.files.is_empty() {
            return Ok(());
        }
        let read: Vec<PathBuf> = read.into_iter().filter_map(place).collect();
        for (at, (option, path)) in self.files.iter().enumerate() {
            let Some(place) = place(path) else { continue };
            let is_same = |(_, other): &&(_, PathBuf)| self::place(other).as_ref() == Some(&place);
            let what = if read.contains(&place) {
                "is read".to_owned()
            } else if let Some((other, _)) = self.files[..at].iter().find(is_same) {
                format!("is what {other} writes")
            } else {
                continue;
            };
            return Err(CommandError::Usage(format!(
                "{option} would be written over `{}`, which {what}: name another file",
                path.display()
            )));
        }
        Ok(())
    }
}

/// Where a file is or would be, behind links; none of a device or a pipe, over which nothing is written.
fn place(path: &Path) -> Option<PathBuf> {
    if let Ok(place) = std::fs::canonicalize(path) {
        return place.is_file().then_some(place);
    }
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = std::fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
    Some(folder.join(path.file_name()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_is_written_that_is_read_or_written_already_whatever_it_is_called() {
        let folder = format!("slsart-apart-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir(&folder).unwrap();
        let at = |name: &str| folder.join(name);
        std::fs::write(at("job.yml"), "task: t").unwrap();
        std::fs::create_dir(at("sub")).unwrap();
        std::os::unix::fs::symlink(at("job.yml"), at("link")).unwrap();
        let kept = |svg: &Path, log: &Path| {
            let job = at("job.yml");
            let written = Written::by([("--svg", Some(svg)), ("--log", Some(log)), ("-o", None)]);
            let kept = written.keep_apart([job.as_path()]);
            kept.map_err(|error| (error.exit(), error.to_string()))
        };
        let null = Path::new("/dev/null");
        assert_eq!(kept(&at("a"), &at("b")), Ok(()));
        assert_eq!(kept(null, null), Ok(()));
        for job in ["job.yml", "link", "sub/../job.yml", "./job.yml"] {
            let (exit, said) = kept(null, &at(job)).unwrap_err();
            assert_eq!(exit, crate::Exit::Usage);
            assert!(said.starts_with("--log would be written over `"), "{said}");
            assert!(
                said.ends_with("`, which is read: name another file"),
                "{said}"
            );
        }
        let (_, said) = kept(&at("a"), &at("sub/../a")).unwrap_err();
        assert!(
            said.ends_with("which is what --svg writes: name another file"),
            "{said}"
        );
        std::fs::remove_dir_all(folder).unwrap();
    }
}
