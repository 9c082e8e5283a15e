//! `multipart/form-data`.

use bytes::Bytes;
use http::HeaderValue;
use serde_json::Value;
use star_core::Failure;
use star_core::draw::Draws;

use super::super::super::engine::Compiler;
use super::super::super::http::{Outgoing, RequestError};
use super::media;
use super::urlencoded::or_word;
use crate::script::Vars;
use crate::script::model::{Part, PartContent};
use crate::script::template::{JsonTemplate, Template};

/// Shorter stretches are cheaper to copy than to send one by one.
const WORTH_SHARING: usize = 4096;

/// The parts of a form, compiled.
#[derive(Debug)]
pub(super) struct Parts {
    boundary: String,
    pieces: Vec<Piece>,
}

/// A stretch of the body.
#[derive(Clone, Debug)]
enum Piece {
    Bytes(Bytes),
    /// The name of a part.
    Name(Template),
    /// The value of a part.
    Value(JsonTemplate),
    /// The line that says a part's content type; where that is undefined, this one's.
    Type(Template, Option<&'static str>),
}

impl Parts {
    pub(super) fn compile(parts: &[Part], compiler: &Compiler<'_>) -> Self {
        let files = parts.iter().map(|part| match &part.content {
            PartContent::File { file, .. } => compiler.file(file),
            PartContent::Value(_) => Bytes::new(),
        });
        let files: Vec<Bytes> = files.collect();
        let boundary = boundary(parts, &files);
        let mut pieces = Pieces::default();
        for (part, file) in parts.iter().zip(files) {
            pieces.part(&boundary, part, file);
        }
        if !parts.is_empty() {
            pieces.text(&format!("--{boundary}--\r\n"));
        }
        Self {
            boundary,
            pieces: pieces.done(),
        }
    }

    /// Its content type.
    pub(super) fn content_type(&self) -> Result<HeaderValue, Failure> {
        HeaderValue::from_str(&format!("multipart/form-data; boundary={}", self.boundary))
            .map_err(|error| Failure::because("a boundary cannot be sent", &error))
    }

    /// The body, if all users send the same.
    pub(super) fn as_fixed(&self) -> Option<Outgoing> {
        let mut body = Outgoing::default();
        for piece in &self.pieces {
            let Piece::Bytes(bytes) = piece else {
                return None;
            };
            body.push(bytes.clone());
        }
        Some(body)
    }

    /// The body of one user.
    ///
    /// # Errors
    /// Where a content type cannot be one.
    pub(super) fn render(&self, vars: &Vars, draws: &mut Draws) -> Result<Outgoing, RequestError> {
        let mut body = Outgoing::default();
        let mut text = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Bytes(bytes) if bytes.len() >= WORTH_SHARING => {
                    body.push(std::mem::take(&mut text));
                    body.push(bytes.clone());
                }
                Piece::Bytes(bytes) => text.extend_from_slice(bytes),
                Piece::Name(name) => text.extend(quoted(&name.text(vars, draws)).bytes()),
                Piece::Value(value) => {
                    let value = value.value(vars, draws);
                    text.extend(or_word(value.as_deref()).bytes());
                }
                Piece::Type(kind, otherwise) => {
                    let kind = kind.optional_text(vars, draws);
                    let kind = kind.filter(|kind| !kind.is_empty());
                    if let Some(kind) = kind.as_deref().or(*otherwise) {
                        let kind = HeaderValue::from_bytes(kind.as_bytes());
                        let kind = kind.map_err(|_| RequestError::Header)?;
                        text.extend_from_slice(b"Content-Type: ");
                        text.extend_from_slice(kind.as_bytes());
                        text.extend_from_slice(b"\r\n");
                    }
                }
            }
        }
        body.push(text);
        Ok(body)
    }
}

/// Pieces being made: what is the same for all users is put together.
#[derive(Debug, Default)]
struct Pieces {
    pieces: Vec<Piece>,
    open: Vec<u8>,
}

impl Pieces {
    fn part(&mut self, boundary: &str, part: &Part, file: Bytes) {
        self.text(&format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\""
        ));
        match part.name.as_fixed() {
            Some(name) => self.text(&quoted(name)),
            None => self.push(Piece::Name(part.name.clone())),
        }
        self.text("\"");
        let mut kind = None;
        if let PartContent::File { name, .. } = &part.content {
            self.text(&format!("; filename=\"{}\"", quoted(name)));
            kind = Some(media::content_type(name));
        }
        self.text("\r\n");
        match (&part.content_type, kind) {
            (Some(template), _) if template.as_fixed().is_none_or(str::is_empty) => {
                self.push(Piece::Type(template.clone(), kind));
            }
            (Some(template), _) => self.text(&format!("Content-Type: {}\r\n", template.source())),
            (None, Some(kind)) => self.text(&format!("Content-Type: {kind}\r\n")),
            (None, None) => {}
        }
        self.text("\r\n");
        match &part.content {
            PartContent::File { .. } if file.len() >= WORTH_SHARING => {
                self.push(Piece::Bytes(file));
            }
            PartContent::File { .. } => self.open.extend_from_slice(&file),
            PartContent::Value(value) => match value.as_fixed() {
                Some(value) => self.text(&or_word(Some(value))),
                None => self.push(Piece::Value(value.clone())),
            },
        }
        self.text("\r\n");
    }

    fn text(&mut self, text: &str) {
        self.open.extend_from_slice(text.as_bytes());
    }

    fn push(&mut self, piece: Piece) {
        if !self.open.is_empty() {
            let open = std::mem::take(&mut self.open);
            self.pieces.push(Piece::Bytes(open.into()));
        }
        self.pieces.push(piece);
    }

    fn done(mut self) -> Vec<Piece> {
        if !self.open.is_empty() {
            self.pieces.push(Piece::Bytes(self.open.into()));
        }
        self.pieces
    }
}

/// What parts are divided by: the same in every worker, so that a user sends the same bytes wherever it is, and nothing that is known
/// to be in a part.
fn boundary(parts: &[Part], files: &[Bytes]) -> String {
    let mut number: u64 = 0;
    loop {
        let boundary = format!("--------------------------736c73617274{number:012x}");
        let is_in = |bytes: &[u8]| {
            let mut windows = bytes.windows(boundary.len());
            windows.any(|window| window == boundary.as_bytes())
        };
        let in_a_value = parts.iter().any(|part| match &part.content {
            PartContent::Value(value) => value
                .as_fixed()
                .and_then(Value::as_str)
                .is_some_and(|text| is_in(text.as_bytes())),
            PartContent::File { .. } => false,
        });
        if !in_a_value && !files.iter().any(|file| is_in(file)) {
            return boundary;
        }
        number += 1;
    }
}

/// A name between quotes, as browsers write it.
fn quoted(name: &str) -> String {
    name.replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace('"', "%22")
}
