//! A file as a field of a task.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize};

use super::files::{Blob, BlobRef, load};

/// A file that a task names. In a job file it is written as a path, relative to the job file; where the job file is read the file is
/// read too, and it travels beside the task. Its bytes come from [`OneUnit::file`](crate::OneUnit::file) or
/// [`Context::blob`](crate::Context::blob).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct File(BlobRef);

impl File {
    /// The path as it was written.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// How many bytes it has.
    pub fn bytes(&self) -> u64 {
        self.0.bytes
    }

    /// Where its bytes are.
    pub fn blob(&self) -> &BlobRef {
        &self.0
    }
}

impl From<BlobRef> for File {
    fn from(blob: BlobRef) -> Self {
        Self(blob)
    }
}

impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a path")]
        enum Written {
            Path(String),
            There(BlobRef),
        }
        match Written::deserialize(from)? {
            Written::There(blob) => Ok(Self(blob)),
            Written::Path(path) => take(&path).map(Self).map_err(serde::de::Error::custom),
        }
    }
}

/// Files that a task names: in a job file a path or a list of them, in which `*`, `?` and `[…]` stand for names as in a shell; then all
/// that fit are meant, in alphabetical order, and it is an error if none does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Files(Vec<File>);

impl std::ops::Deref for Files {
    type Target = [File];

    fn deref(&self) -> &[File] {
        &self.0
    }
}

impl From<Vec<File>> for Files {
    fn from(files: Vec<File>) -> Self {
        Self(files)
    }
}

impl<'de> Deserialize<'de> for Files {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a path or a list of paths")]
        enum Written {
            One(String),
            Paths(Vec<String>),
            There(Vec<BlobRef>),
        }
        let paths = match Written::deserialize(from)? {
            Written::There(blobs) => return Ok(Self(blobs.into_iter().map(File).collect())),
            Written::One(path) => vec![path],
            Written::Paths(paths) => paths,
        };
        let taken: Result<Vec<_>, _> = paths.iter().map(|path| take_all(path)).collect();
        let taken = taken.map_err(serde::de::Error::custom)?;
        Ok(Self(taken.into_iter().flatten().collect()))
    }
}

/// What files are read into while a document is.
struct Reading {
    folder: PathBuf,
    taken: Vec<Blob>,
}

thread_local! {
    /// The document that is being read, if one is. Serde hands no context to the types that it reads.
    static READING: RefCell<Option<Reading>> = const { RefCell::new(None) };
}

/// Reads something of which [`File`]s may be a part: paths in it are relative to `folder`. The files that were read come with it.
pub(super) fn reading<T>(folder: PathBuf, read: impl FnOnce() -> T) -> (T, Vec<Blob>) {
    let reading = Reading {
        folder,
        taken: Vec::new(),
    };
    let before = READING.replace(Some(reading));
    let read = read();
    let taken = READING.replace(before);
    (read, taken.map(|taken| taken.taken).unwrap_or_default())
}

/// The files that a path with `*` and so on means.
fn take_all(path: &str) -> Result<Vec<File>, String> {
    if !path.contains(['*', '?', '[']) {
        return Ok(vec![File(take(path)?)]);
    }
    let folder = folder()?;
    let whole = Path::new(&glob::Pattern::escape(&folder.to_string_lossy())).join(path);
    let found = glob::glob(&whole.to_string_lossy())
        .map_err(|error| format!("`{path}` is no pattern of paths: {error}"))?;
    let files: Result<Vec<_>, String> = found
        .filter(|found| !found.as_ref().is_ok_and(|found| found.is_dir()))
        .map(|found| {
            let found = found.map_err(|error| error.to_string())?;
            let name = found.strip_prefix(&folder).unwrap_or(&found);
            take(&name.to_string_lossy()).map(File)
        })
        .collect();
    match files {
        Ok(files) if files.is_empty() => Err(format!("no file fits `{path}`")),
        files => files,
    }
}

fn folder() -> Result<PathBuf, String> {
    READING.with_borrow(|reading| {
        let reading = reading.as_ref().ok_or(NOWHERE)?;
        Ok(reading.folder.clone())
    })
}

const NOWHERE: &str = "a file can be named in a job file only";

fn take(path: &str) -> Result<BlobRef, String> {
    READING.with_borrow_mut(|reading| {
        let reading = reading.as_mut().ok_or(NOWHERE)?;
        let blob = load(&reading.folder, path)?;
        let reference = blob.reference.clone();
        reading.taken.push(blob);
        Ok(reference)
    })
}
