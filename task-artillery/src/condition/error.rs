//! What can be wrong with a condition that was read.

use crate::jsonpath::TooMuch;

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
