//! What is wrong with a text of any of the small languages in scripts: conditions, expressions, patterns, selectors.

use std::borrow::Cow;

/// A text that is not of its language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}; {help}")]
pub struct SyntaxError {
    /// The byte of the text, or of the one around it, where it is wrong.
    pub offset: usize,
    /// What is wrong: a lower-case clause, values in backticks.
    pub message: Cow<'static, str>,
    /// What would be right.
    pub help: Cow<'static, str>,
}

impl SyntaxError {
    pub(crate) fn new(
        offset: usize,
        message: impl Into<Cow<'static, str>>,
        help: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            offset,
            message: message.into(),
            help: help.into(),
        }
    }

    /// The same where the text it was found in begins at a byte of a surrounding one.
    pub(crate) fn within(self, offset: usize) -> Self {
        Self {
            offset: offset + self.offset,
            ..self
        }
    }
}
