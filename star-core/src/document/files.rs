//! A document, and the files that it names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::confines::Confines;
use super::decode::{decode, unread};
use super::diagnostic::{Diagnostic, Diagnostics};
use super::file::reading;
use super::source::{FileId, Sources, Span};
use super::tree::Node;
use crate::hash::Hash;
use crate::job::{Asked, KEYS, Manner};

/// A parsed file and what it takes to read more of what it means.
#[derive(Debug)]
pub struct Document {
    /// The texts.
    pub sources: Sources,
    /// The tree.
    pub root: Node,
    /// What was said on the command line about this task.
    pub options: Options,
    /// What relative paths are relative to.
    folder: PathBuf,
    /// What they are relative to in files that have a folder of their own.
    folders: BTreeMap<FileId, PathBuf>,
    blobs: Vec<Blob>,
    /// Where the files were read that it names.
    read: Vec<PathBuf>,
    warnings: Diagnostics,
    asked: Option<Asked>,
    manner: Manner,
    environment: Option<BTreeMap<String, String>>,
    environment_by: Option<&'static str>,
}

/// A file that travels beside its task: named by the hash of its bytes, so that it is stored once and cannot change on the way.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlobRef {
    /// The name as it was written.
    pub name: String,
    /// SHA-256 of the bytes.
    pub hash: Hash,
    /// How many bytes.
    pub bytes: u64,
}

/// A file's bytes with their name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// How a task refers to it.
    pub reference: BlobRef,
    /// The bytes.
    pub bytes: Bytes,
}

impl Blob {
    /// These bytes, under a name.
    pub fn new(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self {
            reference: BlobRef {
                name: name.into(),
                hash: Hash::of(&bytes),
                bytes: bytes.len() as u64,
            },
            bytes,
        }
    }
}

impl Document {
    /// A document whose relative paths start at `folder`.
    pub fn new(sources: Sources, root: Node, folder: impl Into<PathBuf>) -> Self {
        Self {
            sources,
            root,
            options: Options::default(),
            folder: folder.into(),
            folders: BTreeMap::new(),
            blobs: Vec::new(),
            read: Vec::new(),
            warnings: Diagnostics::default(),
            asked: None,
            manner: Manner::default(),
            environment: None,
            environment_by: None,
        }
    }

    /// The folder that relative paths in this document mean.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Notes that relative paths in one of the files start at a folder of its own.
    pub fn settle(&mut self, file: FileId, folder: impl Into<PathBuf>) {
        self.folders.insert(file, folder.into());
    }

    /// The folder that relative paths in a file mean: the document's, unless the file has one of its own.
    pub fn folder_of(&self, file: FileId) -> &Path {
        self.folders.get(&file).unwrap_or(&self.folder)
    }

    /// Reads a file that the document names at `span`, and notes it, so that it travels with the task.
    ///
    /// # Errors
    /// A diagnostic at `span` when the file can't be read.
    pub fn file(&mut self, path: &str, span: Span) -> Result<Blob, Diagnostic> {
        let (folder, confines) = (self.folder_of(span.file), self.sources.confines());
        let blob = load(folder, path, confines).map_err(|reason| {
            let fault = Diagnostic::error(reason).at(span, "this file");
            match self.start_of(path, span.file) {
                // What is there, and is no file, was not looked for in the wrong place.
                Some(start) if !self.folder_of(span.file).join(path).exists() => {
                    fault.help(format!("a path is relative to {start}"))
                }
                _ => fault,
            }
        })?;
        self.read.push(self.folder_of(span.file).join(path));
        self.keep(blob.clone());
        Ok(blob)
    }

    /// Reads a value of which [`File`](super::File)s may be a part, and notes these files.
    ///
    /// # Errors
    /// What does not fit, and files that can't be read.
    pub fn decode<T: DeserializeOwned>(&mut self, node: &Node) -> Result<T, Diagnostic> {
        self.decode_root(node, &[])
    }

    /// The same of a task's own keys, each of which must say something to it.
    pub(crate) fn decode_task<T: DeserializeOwned + Serialize>(
        &mut self,
        node: &Node,
    ) -> Result<T, Diagnostic> {
        let task = self.decode_root(node, &KEYS)?;
        match unread(node, &task, &KEYS) {
            Some(fault) => Err(fault),
            None => Ok(task),
        }
    }

    /// A value from a mapping in which keys may stand that are none of its own.
    fn decode_root<T: DeserializeOwned>(
        &mut self,
        node: &Node,
        others: &[&'static str],
    ) -> Result<T, Diagnostic> {
        let confines = self.sources.confines().cloned();
        let (read, files) = reading(self.folder.clone(), confines, || decode(node));
        for file in files {
            self.read.push(self.folder.join(&file.reference.name));
            self.keep(file);
        }
        read.map_err(|error| error.among(node, others))
    }

    /// Notes what the document asks of the framework.
    pub(crate) fn ask(&mut self, asked: Asked) {
        self.asked = Some(asked);
    }

    /// What the document asks of the framework; none where its kind sees to that itself.
    pub fn asked(&self) -> Option<&Asked> {
        self.asked.as_ref()
    }

    /// Notes in what manner the document wants to be carried out. [`task`](Self::task) does it; a kind that reads its documents itself
    /// must.
    pub fn set_manner(&mut self, manner: Manner) {
        self.manner = manner;
    }

    /// In what manner the document wants to be carried out.
    pub fn manner(&self) -> Manner {
        self.manner
    }

    /// Says that where the task is to be carried out the environment is this one, and not that of this process.
    pub fn set_environment(&mut self, environment: BTreeMap<String, String>) {
        self.environment = Some(environment);
    }

    /// The environment where the task is to be carried out; none where it is that of this process.
    pub fn environment(&self) -> Option<&BTreeMap<String, String>> {
        self.environment.as_ref()
    }

    /// Says how whoever called for the task gives it a variable of the environment, where that is not as usual.
    pub fn set_environment_by(&mut self, how: &'static str) {
        self.environment_by = Some(how);
    }

    /// How a variable of the environment is given, where somebody said.
    pub fn environment_by(&self) -> Option<&'static str> {
        self.environment_by
    }

    fn keep(&mut self, blob: Blob) {
        let hash = blob.reference.hash;
        if !self.blobs.iter().any(|known| known.reference.hash == hash) {
            self.blobs.push(blob);
        }
    }

    /// What a path in a file is relative to, in words; none where it is absolute.
    fn start_of(&self, path: &str, file: FileId) -> Option<String> {
        let first = self.root.span.file;
        if Path::new(path).is_absolute() {
            None
        } else if file == first || self.folders.contains_key(&file) {
            Some("the file that names it".to_owned())
        } else {
            Some(format!(
                "`{}`, also in files that are laid over it",
                self.sources.name(first)
            ))
        }
    }

    /// The files read so far.
    pub fn blobs(&self) -> &[Blob] {
        &self.blobs
    }

    /// Where they were read, also those that are the same as others.
    pub fn paths(&self) -> &[PathBuf] {
        &self.read
    }

    /// Notes something harmless.
    pub fn warn(&mut self, warning: Diagnostic) {
        self.warnings.push(warning);
    }

    /// What was noted.
    pub fn warnings(&self) -> &Diagnostics {
        &self.warnings
    }
}

/// Reads a file, where it may be read; a sentence where that can't be.
pub(super) fn load(folder: &Path, path: &str, confines: Option<&Confines>) -> Result<Blob, String> {
    let full = folder.join(path);
    if let Some(confines) = confines {
        confines.check(&full)?;
    }
    if std::fs::metadata(&full).is_ok_and(|there| !there.is_file()) {
        return Err(format!("`{}` is not a regular file", full.display()));
    }
    let bytes = std::fs::read(&full)
        .map_err(|error| format!("cannot read `{}`: {}", full.display(), plain(&error)))?;
    Ok(Blob::new(path, bytes))
}

/// The operating system's sentence without its "(os error 2)".
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((sentence, _)) => sentence.to_lowercase(),
        None => text,
    }
}

/// What the command line says about a task (`--target URL`), by option name. The task takes what it knows; what is left over is
/// refused by the command line, so that no option is silently without effect.
#[derive(Clone, Debug, Default)]
pub struct Options {
    given: BTreeMap<&'static str, Vec<String>>,
}

impl Options {
    /// Notes an option as given; several values of one option keep their order.
    pub fn give(&mut self, name: &'static str, value: impl Into<String>) {
        self.given.entry(name).or_default().push(value.into());
    }

    /// Takes the last value given of an option.
    pub fn take(&mut self, name: &str) -> Option<String> {
        self.take_all(name).pop()
    }

    /// Takes all values given of an option, in order.
    pub fn take_all(&mut self, name: &str) -> Vec<String> {
        self.given.remove(name).unwrap_or_default()
    }

    /// The options that nobody took.
    pub fn left(&self) -> impl Iterator<Item = &'static str> {
        self.given.keys().copied()
    }
}
