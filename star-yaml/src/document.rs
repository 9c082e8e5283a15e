//! Documents in one step.

use std::io::Read;
use std::path::{Path, PathBuf};

use star_core::document::{Diagnostic, Document, Node, Sources};

use crate::read::{read_file, read_stream};

/// Why there is no document, with the texts that the diagnostic points into.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.diagnostic.one_line(&self.sources))]
pub struct ReadError {
    /// The texts.
    pub sources: Sources,
    /// What is wrong.
    pub diagnostic: Diagnostic,
}

/// Reads the document in a file. Relative paths in it start at the file's folder.
///
/// # Errors
/// What [`read_file`] refuses.
pub fn document(path: &Path) -> Result<Document, Box<ReadError>> {
    let folder = path.parent().unwrap_or(Path::new(""));
    open(folder.to_owned(), |sources| read_file(sources, path))
}

/// Reads the document in a stream or a slice of bytes, under a name such as `<stdin>`. Relative paths in it start at `folder`.
///
/// # Errors
/// What [`read_bytes`](crate::read_bytes) refuses, and a stream that fails.
pub fn document_from(
    name: &str,
    stream: impl Read,
    folder: impl Into<PathBuf>,
) -> Result<Document, Box<ReadError>> {
    open(folder.into(), |sources| read_stream(sources, name, stream))
}

fn open(
    folder: PathBuf,
    read: impl FnOnce(&mut Sources) -> Result<Node, Diagnostic>,
) -> Result<Document, Box<ReadError>> {
    let mut sources = Sources::default();
    match read(&mut sources) {
        Ok(root) => Ok(Document::new(sources, root, folder)),
        Err(diagnostic) => Err(Box::new(ReadError {
            sources,
            diagnostic,
        })),
    }
}
