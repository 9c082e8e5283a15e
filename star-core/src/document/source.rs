//! Texts, and places in them.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::confines::Confines;
use super::diagnostic::Diagnostic;
use super::secret::around_placeholders;

/// Which of a document's files a place is in: an index into [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(u32);

/// A stretch of a file's text, as half-open byte offsets `start..end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// The stretch `start..end` of `file`. Offsets beyond 4 GiB are clamped; no reader accepts such a file.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self {
            file,
            start: clamp(start),
            end: clamp(end.max(start)),
        }
    }
}

/// A place as people name it: lines and columns count from one, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The file's name as it was given.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// What is not to be shown. Boxed, since most documents have none of it, and errors carry documents.
#[derive(Clone, Debug, Default)]
struct Concealed {
    spans: Vec<Span>,
    texts: Vec<Arc<str>>,
}

/// The texts that a document was read from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<(String, Arc<str>)>,
    concealed: Box<Concealed>,
    confines: Option<Box<Confines>>,
}

impl Sources {
    /// Adds a file under the name that messages will use. Private keys in it are not to be shown, whatever else becomes of it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        let text = text.into();
        let keys = private_keys(&text).map(|range| Span::new(id, range.start, range.end));
        self.concealed.spans.extend(keys);
        self.files.push((name.into(), text));
        id
    }

    /// From now on only files in this folder may be read, also behind links; `name` is what it is called.
    pub fn confine(&mut self, folder: &Path, name: &'static str) {
        self.confines = Some(Box::new(Confines::new(folder, name)));
    }

    /// Whether a file may be read. Whoever reads one for a document asks first.
    ///
    /// # Errors
    /// Where it is outside of the folder that the document is confined to.
    pub fn may_read(&self, path: &Path) -> Result<(), Diagnostic> {
        let checked = self.confines.as_ref().map(|confines| confines.check(path));
        checked.unwrap_or(Ok(())).map_err(Diagnostic::error)
    }

    /// What the document is confined to, if it is.
    pub(super) fn confines(&self) -> Option<&Confines> {
        self.confines.as_deref()
    }

    /// The name of a file; empty where there is no such file.
    pub fn name(&self, file: FileId) -> &str {
        self.files.get(file.0 as usize).map_or("", |file| &file.0)
    }

    /// The text of a file; empty where there is no such file.
    pub fn text(&self, file: FileId) -> &str {
        self.files.get(file.0 as usize).map_or("", |file| &file.1)
    }

    /// The names of all files, in the order in which they were added.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(name, _)| name.as_str())
    }

    /// The text under a span; empty where the span does not fit the text.
    pub fn snippet(&self, span: Span) -> &str {
        self.text(span.file)
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// Notes that a stretch of text is not to be shown, such as a password.
    pub fn conceal(&mut self, span: Span) {
        self.concealed.spans.push(span);
    }

    /// Notes that a text is not to be shown, wherever in any file it stands.
    pub fn conceal_text(&mut self, text: &str) {
        if !text.is_empty() {
            self.concealed.texts.push(text.into());
        }
    }

    /// Notes the same of what is in no placeholder (`{{ name }}`) of a stretch.
    pub fn conceal_around_placeholders(&mut self, span: Span) {
        let from = span.start as usize;
        let parts: Vec<_> = around_placeholders(self.snippet(span)).collect();
        for part in parts {
            self.conceal(Span::new(span.file, from + part.start, from + part.end));
        }
    }

    /// The stretches of a file that are not to be shown.
    pub fn concealed(&self, file: FileId) -> impl Iterator<Item = Range<usize>> {
        let spans = self
            .concealed
            .spans
            .iter()
            .filter(move |span| span.file == file);
        let texts = self.concealed.texts.iter().flat_map(move |text| {
            let found = self.text(file).match_indices(&**text);
            found.map(|(at, found)| at..at + found.len())
        });
        spans
            .map(|span| span.start as usize..span.end as usize)
            .chain(texts)
    }

    /// Where a span begins.
    pub fn position(&self, span: Span) -> Position {
        let text = self.text(span.file);
        let mut start = (span.start as usize).min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            file: self.name(span.file).to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// Where private keys stand in a text, as PEM: what is between their first and last lines.
fn private_keys(text: &str) -> impl Iterator<Item = Range<usize>> {
    const BEGIN: &str = "PRIVATE KEY-----";
    const END: &str = "-----END ";
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text.get(from..)?.find(BEGIN)? + BEGIN.len();
        let end = text[start..].find(END).map_or(text.len(), |at| start + at);
        // The last line ends as the first does.
        let line = text[end..].find(BEGIN).map(|at| end + at + BEGIN.len());
        from = line.unwrap_or(text.len());
        Some(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_keys_are_concealed_wherever_they_stand() {
        let key = "-----BEGIN EC PRIVATE KEY-----\n<A>\n<B>\n-----END EC PRIVATE KEY-----\n";
        let certificate = "-----BEGIN CERTIFICATE-----\nC\n-----END CERTIFICATE-----\n";
        let quoted = key.replace('\n', "\\n");
        let open = "-----BEGIN PRIVATE KEY-----\nD";
        let text = format!("{key}{certificate}x: \"{quoted}\"\n{open}");
        let mut sources = Sources::default();
        sources.add("before", "");
        let file = sources.add("s.yml", text.as_str());
        let concealed: Vec<_> = sources.concealed(file).map(|range| &text[range]).collect();
        assert_eq!(concealed, ["\n<A>\n<B>\n", "\\n<A>\\n<B>\\n", "\nD"]);
    }

    #[test]
    fn positions_count_characters_from_one() {
        let mut sources = Sources::default();
        let file = sources.add("a.yml", "ä: 1\nöü: 2\n");
        let at = "ä: 1\nöü".len();
        let position = sources.position(Span::new(file, at, at + 1));
        assert_eq!(position.to_string(), "a.yml:2:3");
    }

    #[test]
    fn a_span_outside_its_text_is_answered_not_a_panic() {
        let mut sources = Sources::default();
        let file = sources.add("a.yml", "ä");
        assert_eq!(
            sources.position(Span::new(file, 1, 9)).to_string(),
            "a.yml:1:1"
        );
        assert_eq!(sources.snippet(Span::new(file, 1, 9)), "");
        assert_eq!(sources.position(Span::new(FileId(7), 3, 4)).line, 1);
    }
}
