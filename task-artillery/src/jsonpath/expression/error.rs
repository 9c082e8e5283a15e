//! What can be wrong with an expression.

use std::borrow::Cow;

use thiserror::Error;

use super::budget::TooMuch;

/// The text is no expression of the subset.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}; {help}")]
pub(crate) struct SyntaxError {
    /// The byte of the surrounding text that it begins at.
    pub(crate) offset: usize,
    /// What is wrong.
    pub(crate) message: Cow<'static, str>,
    /// What would be right.
    pub(crate) help: Cow<'static, str>,
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
    pub(super) fn within(self, offset: usize) -> Self {
        Self {
            offset: offset + self.offset,
            ..self
        }
    }
}

/// An expression has no value for an element; JavaScript throws there.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the expression has no value here")]
pub struct EvaluationError {
    /// The byte of the surrounding text where the part begins that has none.
    pub offset: usize,
    /// Why it has none.
    #[source]
    pub kind: EvaluationErrorKind,
}

/// Why an expression has no value.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum EvaluationErrorKind {
    /// Null and undefined have no properties.
    #[error("cannot read `{property}` of {of}; test that it is there first, with `&&`")]
    NoProperties {
        /// The property that was to be read.
        property: String,
        /// `null` or `undefined`.
        of: &'static str,
    },
    /// The value has no such method.
    #[error("a value of type {of} has no method `{method}`; test its type first, with `typeof`")]
    NoMethod {
        /// The method that was to be called.
        method: &'static str,
        /// What `typeof` says of the value.
        of: &'static str,
    },
    /// `constructor` and the like are read only where the value itself has them.
    #[error("`{property}` cannot be read where the value has none of its own")]
    Forbidden {
        /// The property that was to be read.
        property: String,
    },
    /// It takes too long.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
}
