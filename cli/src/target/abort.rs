//! Ways to end a connection that are no answer.

use std::error::Error;

/// Why the target ends a connection before an answer is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Abort {
    /// The peer sees a TCP reset.
    #[error("the connection is reset on request")]
    Reset,
    /// The peer sees the end of the stream, where an answer should have begun.
    #[error("the connection is closed on request")]
    Close,
    /// The peer sees the end of the stream in the middle of a body.
    #[error("the body is cut short on request")]
    CutShort,
    /// The record was cleared while it was being sent, so the rest of it is gone.
    #[error("the record was cleared while it was being sent")]
    Cleared,
}

impl Abort {
    /// The abort that made hyper end the connection with `error`, if that was the cause.
    pub(super) fn cause_of(error: &hyper::Error) -> Option<Self> {
        error.source()?.downcast_ref().copied()
    }
}
