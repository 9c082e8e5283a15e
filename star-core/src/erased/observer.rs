//! Watches a run of a task of any kind.

mod typed;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

pub(super) use self::typed::TypedObserver;
use super::outcome::AnyOutcome;
use crate::ledger::{Heard, LedgerError};
use crate::outcome::Facts;

/// Watches a run.
pub struct Observer {
    pub(super) observer: Box<dyn ErasedObserver>,
    pub(super) ledger: Arc<Heard>,
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

/// What a glance at a run sees: what the core knows of it, and nothing of its report.
#[derive(Debug)]
pub struct Glance {
    /// What the core knows.
    pub facts: Facts,
    /// Whether the run is closed: nothing will change any more.
    pub closed: bool,
}

impl Observer {
    /// What the run has come to by now: reads and merges the reports of all chunks.
    ///
    /// # Errors
    /// Where the ledger can't be read.
    pub async fn look(&mut self) -> Result<AnyOutcome, LedgerError> {
        self.observer.look().await
    }

    /// How far the run is by now: the same facts, for less. What was measured is passed over where it is read.
    ///
    /// # Errors
    /// Where the ledger can't be read.
    pub async fn glance(&mut self) -> Result<Glance, LedgerError> {
        self.observer.glance().await
    }

    /// Whether the run is closed.
    ///
    /// # Errors
    /// Where the ledger can't be read.
    pub async fn is_closed(&self) -> Result<bool, LedgerError> {
        self.observer.is_closed().await
    }

    /// Whether the task is told how the run goes by whoever looks.
    pub(crate) fn tells(&self) -> bool {
        self.observer.tells()
    }

    /// How often the ledger answered so far, whatever came of the looks.
    pub(crate) fn answers(&self) -> u64 {
        self.ledger.answers()
    }

    /// Closes the run, when nobody where it ran has. One whose start was begun by a worker that is gone will not start any more.
    pub async fn close(&mut self) {
        self.observer.close().await;
    }
}

/// What watches, without the type of the task.
#[async_trait(?Send)]
pub(super) trait ErasedObserver {
    async fn look(&mut self) -> Result<AnyOutcome, LedgerError>;
    async fn glance(&mut self) -> Result<Glance, LedgerError>;
    async fn is_closed(&self) -> Result<bool, LedgerError>;
    async fn close(&mut self);
    /// Lets the task know from now on, if it wants to.
    fn tell(&mut self);
    /// Whether it is let know.
    fn tells(&self) -> bool;
}
