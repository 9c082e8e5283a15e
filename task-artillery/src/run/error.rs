//! What ends a user before its flow does.

use std::borrow::Cow;

use super::http::{DecodeError, RequestError, UrlError};
use crate::condition::Unevaluated;
use crate::report::ErrorName;
use crate::script::model::{LoopError, ThinkError};

/// What ends a user before its flow does. Its [name](Self::name) is Artillery's, where Artillery has one.
#[derive(Debug, thiserror::Error)]
pub(super) enum UserError {
    /// A request has no answer, or not all of one.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// A strict capture found nothing.
    #[error("Failed capture or match")]
    Capture,
    /// An answer is not as it should be, and that is to end the user.
    #[error("Failed expectations for request {0}")]
    Expectations(String),
    /// A body was too long to capture from.
    #[error("the body is too long to capture from")]
    BodyTooLong,
    /// The worker had kept as much of bodies as it may.
    #[error("all bodies that the worker keeps are too long together")]
    NoRoom,
    /// A body that something should be captured from is not of its encoding.
    #[error("the body cannot be decoded")]
    BodyBroken,
    /// A body that something should be captured from is of an encoding that was not asked for.
    #[error("the body is of an encoding that was not asked for")]
    BodyForeign,
    /// A pause is none.
    #[error(transparent)]
    Think(#[from] ThinkError),
    /// A loop's count is none.
    #[error(transparent)]
    Loop(#[from] LoopError),
    /// A condition neither holds nor does not.
    #[error("Invalid condition: {0}")]
    Condition(String, #[source] Unevaluated),
    /// The worker's time was over.
    #[error("the worker's time was over")]
    CutOff,
}

impl UserError {
    /// What reports call it.
    pub(super) fn name(&self) -> ErrorName {
        Cow::Borrowed(match self {
            Self::Request(error) => return error.name(),
            Self::Think(error) => return Cow::Owned(error.to_string()),
            Self::Loop(error) => return Cow::Owned(error.to_string()),
            Self::Condition(..) | Self::Expectations(_) => return Cow::Owned(self.to_string()),
            Self::Capture => "Failed capture or match",
            Self::BodyTooLong => "ERR_BODY_TOO_LONG",
            Self::NoRoom => "ERR_BODIES_TOO_LONG",
            Self::BodyForeign => "ERR_BODY_ENCODING",
            Self::BodyBroken => "Z_DATA_ERROR",
            Self::CutOff => "cut_off",
        })
    }
}

impl From<UrlError> for UserError {
    fn from(error: UrlError) -> Self {
        Self::Request(error.into())
    }
}

impl From<DecodeError> for UserError {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::Broken => Self::BodyBroken,
            DecodeError::Foreign => Self::BodyForeign,
            DecodeError::TooLong => Self::BodyTooLong,
        }
    }
}
