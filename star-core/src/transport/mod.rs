//! Carries an envelope to a new worker.

mod processes;
mod threads;

use std::fmt;

use async_trait::async_trait;

pub use processes::Processes;
pub use threads::{Threads, run_here};

/// Carries bytes to a new worker. Accepted is not started: whoever sends looks whether somebody claimed it.
#[async_trait(?Send)]
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends an envelope off.
    ///
    /// # Errors
    /// Where it was certainly not accepted.
    async fn send(&self, envelope: Vec<u8>) -> Result<(), TransportError>;
}

/// Why an envelope was not accepted.
#[derive(Clone, Debug, thiserror::Error)]
#[error("cannot start a worker: {why}")]
pub struct TransportError {
    /// The place's own words.
    pub why: String,
    /// Whether asking again is no use, until somebody does something about it: a permission that is missing.
    pub lasting: bool,
}

impl TransportError {
    /// One that may be over when it is tried again.
    pub fn passing(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            lasting: false,
        }
    }
}
