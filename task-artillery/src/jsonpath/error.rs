//! What can be wrong with a path, and with a selection.

use std::borrow::Cow;

use thiserror::Error;

use super::expression::{EvaluationError, EvaluationErrorKind, TooMuch};
use crate::syntax::SyntaxError;

/// The text is no path that can be evaluated as it is meant.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{} (byte {} of the path); {}", .0.message, .0.offset, .0.help)]
pub struct ParseError(pub SyntaxError);

impl ParseError {
    pub(super) fn new(
        offset: usize,
        message: impl Into<Cow<'static, str>>,
        help: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(SyntaxError::new(offset, message, help))
    }
}

impl From<SyntaxError> for ParseError {
    fn from(error: SyntaxError) -> Self {
        Self(error)
    }
}

/// A selection was given up.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SelectError {
    /// It takes too many steps.
    #[error("the selection is given up")]
    TooMuch(#[source] TooMuch),
    /// The document is nested too deeply.
    #[error("the document has more than {limit} levels")]
    TooDeep {
        /// The most steps and levels together.
        limit: usize,
    },
    /// An expression has no value for one of the elements.
    #[error("an expression of the path (byte {}) fails", .0.offset)]
    Evaluation(#[source] EvaluationError),
    /// An expression gives the name of a property that is not there, and no text: an index of an
    /// empty list, for example.
    #[error("the expression at byte {offset} of the path gives `{name}`, and nothing is there")]
    NothingThere {
        /// The byte of the path where the expression begins.
        offset: usize,
        /// What it gives, or the beginning of that.
        name: String,
    },
    /// An expression gives a text that is itself an expression.
    #[error("the expression at byte {offset} of the path gives an expression")]
    ExpressionFromExpression {
        /// The byte of the path where the expression begins.
        offset: usize,
    },
    /// The name begins with `@` and is no type, and the value has no such name.
    #[error(
        "`{name}` at byte {offset} of the path is no type; write a backtick before a name with `@`"
    )]
    UnknownType {
        /// The byte of the path where it begins.
        offset: usize,
        /// What is there.
        name: String,
    },
}

impl From<TooMuch> for SelectError {
    fn from(error: TooMuch) -> Self {
        Self::TooMuch(error)
    }
}

impl From<EvaluationError> for SelectError {
    fn from(error: EvaluationError) -> Self {
        match error.kind {
            EvaluationErrorKind::TooMuch(error) => Self::TooMuch(error),
            _ => Self::Evaluation(error),
        }
    }
}
