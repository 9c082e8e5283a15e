//! What can be wrong with an expression.

use thiserror::Error;

use super::budget::TooMuch;

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
