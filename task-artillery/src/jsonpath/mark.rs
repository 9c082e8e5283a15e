//! The characters of a path, while its steps are separated.

/// The types that are separated.
const TYPES: [&str; 12] = [
    "null",
    "boolean",
    "number",
    "string",
    "integer",
    "undefined",
    "nonFinite",
    "scalar",
    "array",
    "object",
    "function",
    "other",
];

/// A character of the path, or what a rule put in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) sign: Sign,
    /// The byte of the path.
    pub(super) offset: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// A character that the rules look at.
    Char(char),
    /// A character that they leave alone.
    Literal(char),
    /// A script: the byte behind it.
    Script(usize),
    /// A separation. A semicolon in the text is one as well.
    Cut,
}

impl Mark {
    /// Whether it is a character that the rules look at.
    pub(super) fn is(self, c: char) -> bool {
        self.sign == Sign::Char(c)
    }

    /// Whether it is a quote.
    pub(super) fn is_quote(self) -> bool {
        self.is('\'') || self.is('"')
    }

    /// A separation in its place.
    pub(super) fn cut(self) -> Self {
        Self {
            sign: Sign::Cut,
            ..self
        }
    }

    /// A separation behind it, where it is one byte long.
    pub(super) fn cut_behind(self) -> Self {
        Self {
            sign: Sign::Cut,
            offset: self.offset + 1,
        }
    }

    /// A character that the rules leave alone, in its place.
    pub(super) fn literal(self, c: char) -> Self {
        Self {
            sign: Sign::Literal(c),
            ..self
        }
    }
}

/// The marks of a text that stands alone.
pub(super) fn of_text(text: &str) -> Vec<Mark> {
    text.char_indices()
        .map(|(offset, c)| Mark {
            sign: Sign::Char(c),
            offset,
        })
        .collect()
}

/// The marks of a path; types are separated from both sides.
pub(super) fn separate_types(text: &str) -> Vec<Mark> {
    let mut marks = Vec::with_capacity(text.len() + 8);
    let mut type_ends = None;
    for mark in of_text(text) {
        if let Some(length) = type_length(&text[mark.offset..]) {
            marks.push(mark.cut());
            type_ends = Some(mark.offset + length - 1);
        }
        marks.push(if mark.is(';') { mark.cut() } else { mark });
        if type_ends == Some(mark.offset) {
            marks.push(mark.cut_behind());
        }
    }
    marks
}

/// How long the type is that a text begins with, like `@string()`; none if it begins with none.
pub(super) fn type_length(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('@')?;
    let is_next = |name: &&&str| {
        let behind = rest.strip_prefix(**name);
        behind.is_some_and(|behind| behind.starts_with("()"))
    };
    let name = TYPES.iter().find(is_next)?;
    Some(name.len() + "@()".len())
}
