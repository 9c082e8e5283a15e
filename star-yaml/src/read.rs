//! Texts, bytes and files into trees.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use star_core::document::{Diagnostic, Node, Sources, Span};

use crate::compose::compose;
use crate::limits::MAX_BYTES;

/// UTF-8's byte order mark. It is no part of the text: positions count without it.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Reads a YAML or JSON text into a placed tree, and adds the text to `sources` under `name`.
///
/// # Errors
/// The first thing that cannot be read, with its place.
pub fn read(sources: &mut Sources, name: &str, text: &str) -> Result<Node, Diagnostic> {
    check_size(name, text.len() as u64)?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let file = sources.add(name, text);
    compose(file, text)
}

/// Reads YAML or JSON in UTF-8, with or without a byte order mark.
///
/// # Errors
/// As [`read`], and what is not UTF-8.
pub fn read_bytes(sources: &mut Sources, name: &str, bytes: &[u8]) -> Result<Node, Diagnostic> {
    check_size(name, bytes.len() as u64)?;
    match std::str::from_utf8(bytes) {
        Ok(text) => read(sources, name, text),
        Err(error) => Err(not_utf8(sources, name, bytes, error.valid_up_to())),
    }
}

/// Reads a YAML or JSON file. Its size is asked for before it is read, and only regular files are opened, so that no file can fill
/// the memory or keep the reader waiting.
///
/// # Errors
/// As [`read_bytes`], and a file that is missing, too large, no regular file, or [may not be read](Sources::may_read).
pub fn read_file(sources: &mut Sources, path: &Path) -> Result<Node, Diagnostic> {
    sources.may_read(path)?;
    let name = path.display().to_string();
    let refuse = |error: &io::Error| unreadable(&name, error);
    let metadata = std::fs::metadata(path).map_err(|error| refuse(&error))?;
    if metadata.is_dir() {
        return Err(Diagnostic::error(format!(
            "`{name}` is a directory, not a file"
        )));
    }
    if !metadata.is_file() {
        return Err(Diagnostic::error(format!("`{name}` is not a regular file"))
            .help("write what comes out of a pipe or a device to a file first"));
    }
    check_size(&name, metadata.len())?;
    let bytes = read_bounded(File::open(path).map_err(|error| refuse(&error))?)
        .map_err(|error| refuse(&error))?;
    read_bytes(sources, &name, &bytes)
}

/// Reads YAML or JSON to the end of a stream, but never more than a document may have.
///
/// # Errors
/// As [`read_bytes`], and a stream that fails.
pub(crate) fn read_stream(
    sources: &mut Sources,
    name: &str,
    stream: impl Read,
) -> Result<Node, Diagnostic> {
    let bytes = read_bounded(stream).map_err(|error| unreadable(name, &error))?;
    read_bytes(sources, name, &bytes)
}

/// One byte more than a document may have is enough to see that it has too many.
fn read_bounded(stream: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn check_size(name: &str, bytes: u64) -> Result<(), Diagnostic> {
    if bytes <= MAX_BYTES as u64 {
        return Ok(());
    }
    Err(Diagnostic::error(format!(
        "`{name}` is larger than the {} MiB that a document may have",
        MAX_BYTES >> 20
    ))
    .help("move bulk data into a file of its own, such as a CSV payload"))
}

fn unreadable(name: &str, error: &io::Error) -> Diagnostic {
    match error.kind() {
        io::ErrorKind::NotFound => Diagnostic::error(format!("there is no file `{name}`")),
        io::ErrorKind::PermissionDenied => {
            Diagnostic::error(format!("no permission to read `{name}`"))
        }
        _ => Diagnostic::error(format!("cannot read `{name}`: {error}")),
    }
}

/// Shows the text up to the first wrong byte.
fn not_utf8(sources: &mut Sources, name: &str, bytes: &[u8], valid: usize) -> Diagnostic {
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] = bytes {
        return Diagnostic::error(format!("`{name}` is written in UTF-16"))
            .help("save it as UTF-8");
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text);
    let start = if bytes.starts_with(BYTE_ORDER_MARK.as_bytes()) {
        valid - BYTE_ORDER_MARK.len()
    } else {
        valid
    };
    let file = sources.add(name, text);
    let wrong = bytes.get(valid).copied().unwrap_or_default();
    Diagnostic::error(format!("byte {wrong:#04x} at offset {valid} is not UTF-8"))
        .at(
            Span::new(file, start, start + char::REPLACEMENT_CHARACTER.len_utf8()),
            "",
        )
        .help("save the file as UTF-8")
}
