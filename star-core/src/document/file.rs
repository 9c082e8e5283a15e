//! A file as a field of a task.

use std::cell::RefCell;
use std::fmt;
use std::path::{Component, Path, PathBuf};

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::confines::Confines;
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
        from.deserialize_any(Written)
    }
}

/// A file as it is written: a path, or in a task on its way what it refers to.
struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = File;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a path")
    }

    fn visit_str<E: Error>(self, path: &str) -> Result<File, E> {
        take(path).map(File).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<File, A::Error> {
        BlobRef::deserialize(MapAccessDeserializer::new(map)).map(File)
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
        from.deserialize_any(Listed)
    }
}

/// Files as they are written. Each item of a list is read for itself, so that what is wrong with it is told at its place.
struct Listed;

impl<'de> Visitor<'de> for Listed {
    type Value = Files;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a path or a list of paths")
    }

    fn visit_str<E: Error>(self, path: &str) -> Result<Files, E> {
        take_all(path).map(Files).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Files, A::Error> {
        let mut files = Vec::new();
        while let Some(Fitting(fitting)) = items.next_element()? {
            files.extend(fitting);
        }
        Ok(Files(files))
    }
}

/// The files that an item of a list means.
struct Fitting(Vec<File>);

impl<'de> Deserialize<'de> for Fitting {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Item).map(Self)
    }
}

struct Item;

impl<'de> Visitor<'de> for Item {
    type Value = Vec<File>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Written.expecting(f)
    }

    fn visit_str<E: Error>(self, path: &str) -> Result<Vec<File>, E> {
        take_all(path).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<File>, A::Error> {
        Written.visit_map(map).map(|file| vec![file])
    }
}

/// What files are read into while a document is.
struct Reading {
    folder: PathBuf,
    confines: Option<Confines>,
    taken: Vec<Blob>,
}

thread_local! {
    /// The document that is being read, if one is. Serde hands no context to the types that it reads.
    static READING: RefCell<Option<Reading>> = const { RefCell::new(None) };
}

/// Reads something of which [`File`]s may be a part: paths in it are relative to `folder`. The files that were read come with it.
pub(super) fn reading<T>(
    folder: PathBuf,
    confines: Option<Confines>,
    read: impl FnOnce() -> T,
) -> (T, Vec<Blob>) {
    let reading = Reading {
        folder,
        confines,
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
    may_search(&folder, path)?;
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

/// Whether what a path with `*` and so on means may be looked for: what stands before the first such part must be where files may be
/// read, and no part behind it may lead out.
fn may_search(folder: &Path, path: &str) -> Result<(), String> {
    let Some(confines) = READING.with_borrow(|reading| reading.as_ref()?.confines.clone()) else {
        return Ok(());
    };
    let is_named = |part: &Component<'_>| {
        let part = part.as_os_str().to_string_lossy();
        !part.contains(['*', '?', '['])
    };
    let named: PathBuf = Path::new(path).components().take_while(is_named).collect();
    confines.check(&folder.join(named))?;
    let mut searched = Path::new(path).components().skip_while(is_named);
    if searched.any(|part| part == Component::ParentDir) {
        return Err(format!("`{path}` leads up from what is searched"));
    }
    Ok(())
}

const NOWHERE: &str = "a file can be named in a job file only";

fn take(path: &str) -> Result<BlobRef, String> {
    READING.with_borrow_mut(|reading| {
        let reading = reading.as_mut().ok_or(NOWHERE)?;
        let blob = load(&reading.folder, path, reading.confines.as_ref())?;
        let reference = blob.reference.clone();
        reading.taken.push(blob);
        Ok(reference)
    })
}
