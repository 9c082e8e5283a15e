//! Where the parser stopped, and what stands around there.

use granit_parser::ScanError;
use star_core::document::{FileId, Span};

/// Where the parser stopped.
#[derive(Clone, Copy)]
pub(crate) struct Stop<'t> {
    file: FileId,
    text: &'t str,
    at: usize,
}

impl<'t> Stop<'t> {
    /// The place of an error.
    pub(crate) fn new(error: &ScanError, file: FileId, text: &'t str) -> Self {
        let mut at = error.marker().byte_offset().unwrap_or(0).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        Self { file, text, at }
    }

    /// The byte.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The text from here on.
    pub(crate) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The character here; none at the end of the text.
    pub(crate) fn character(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// A place in the same text.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    /// The same at another byte.
    pub(crate) fn moved(&self, at: usize) -> Self {
        Self { at, ..*self }
    }

    /// The character here as a place.
    pub(crate) fn here(&self) -> Span {
        let width = self
            .character()
            .filter(|c| *c != '\n')
            .map_or(0, char::len_utf8);
        self.span(self.at, self.at + width)
    }

    /// The word here as a place: up to a blank or a bracket.
    pub(crate) fn word(&self) -> Span {
        let width = self
            .rest()
            .find(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}'))
            .unwrap_or(self.rest().len());
        if width == 0 {
            self.here()
        } else {
            self.span(self.at, self.at + width)
        }
    }

    /// The word here without the `*` of an alias.
    pub(crate) fn name(&self) -> &'t str {
        let word = self.word();
        self.text[word.start as usize..word.end as usize].trim_start_matches('*')
    }

    /// The rest of the line here as a place.
    pub(crate) fn line(&self) -> Span {
        let line = self.rest().lines().next().unwrap_or("");
        self.span(self.at, self.at + line.trim_end().len())
    }

    /// What stands before this on its line.
    pub(crate) fn before(&self) -> &'t str {
        let before = &self.text[..self.at];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        &before[start..]
    }

    /// The first character on this line that is no blank, or this if there is none before it.
    pub(crate) fn line_begin(&self) -> Self {
        self.moved(self.at - self.before().trim_start().len())
    }

    /// Whether there is a line above this one.
    pub(crate) fn follows_line(&self) -> bool {
        self.text[..self.at].contains('\n')
    }

    /// The tabs that a line from here on starts with, if there are any.
    pub(crate) fn tabs(&self) -> Option<Span> {
        let mut start = self.at - self.before().len();
        for line in self.text[start..].split_inclusive('\n') {
            let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
            if let Some(tab) = line[..blank].find('\t') {
                return Some(self.span(start + tab, start + blank));
            }
            start += line.len();
        }
        None
    }
}
