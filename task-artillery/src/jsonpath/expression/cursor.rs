//! Reading a text from its beginning.

use std::borrow::Cow;

use crate::syntax::SyntaxError;

/// A place in a text.
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
    /// Where the text begins in the surrounding one.
    offset: usize,
    /// How many things that are not closed yet surround the place.
    depth: usize,
}

impl<'t> Cursor<'t> {
    /// The beginning of a text, which begins at a byte of a surrounding one.
    pub(super) fn new(text: &'t str, offset: usize) -> Self {
        let (at, depth) = (0, 0);
        Self {
            text,
            at,
            offset,
            depth,
        }
    }

    /// The bytes before the place.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The byte of the surrounding text.
    pub(super) fn offset(&self) -> usize {
        self.offset + self.at
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The next character.
    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Reads over some bytes.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Goes back to a place that was read over.
    pub(super) fn back_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Reads over a text, if it is next.
    pub(super) fn eat(&mut self, expected: &str) -> bool {
        let there = self.rest().starts_with(expected);
        if there {
            self.at += expected.len();
        }
        there
    }

    /// Reads over blanks.
    pub(super) fn eat_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    /// Notes that something is opened. False if `limit` things are open already.
    pub(super) fn open(&mut self, limit: usize) -> bool {
        self.depth += 1;
        self.depth <= limit
    }

    /// Notes that it is closed.
    pub(super) fn close(&mut self) {
        self.depth -= 1;
    }

    /// An error at this place.
    pub(super) fn error(
        &self,
        message: impl Into<Cow<'static, str>>,
        help: impl Into<Cow<'static, str>>,
    ) -> SyntaxError {
        self.error_at(self.at, message, help)
    }

    /// An error at a place that was read over.
    pub(super) fn error_at(
        &self,
        at: usize,
        message: impl Into<Cow<'static, str>>,
        help: impl Into<Cow<'static, str>>,
    ) -> SyntaxError {
        SyntaxError::new(self.offset + at, message, help)
    }
}
