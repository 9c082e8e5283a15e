//! What can be wrong with a condition.

use std::borrow::Cow;

use crate::jsonpath::TooMuch;

/// A text that is no condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}; {help}")]
pub struct ConditionError {
    /// The byte of the text where it is wrong.
    pub offset: usize,
    /// What is wrong.
    pub message: Cow<'static, str>,
    /// What would be right.
    pub help: Cow<'static, str>,
}

impl ConditionError {
    pub(super) fn new(
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
}

/// A condition that neither holds nor does not, for the values that its names have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unevaluated {
    /// It takes too long.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
    /// What stands behind `~=` came to no regular expression.
    ///
    /// It is not shown: it may be data, and data may be secret.
    #[error("what stands behind `~=` is no regular expression")]
    Pattern,
}
