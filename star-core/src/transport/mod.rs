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
#[error("cannot start a worker: {0}")]
pub struct TransportError(pub String);
