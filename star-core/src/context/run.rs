//! What `open` and `close` have, once per run.

use std::sync::Arc;

use bytes::Bytes;

use crate::clock::Clock;
use crate::document::BlobRef;
use crate::draw::Draws;
use crate::failure::Failure;
use crate::ledger::{Book, RunId};
use crate::time::Time;

/// The world of what is done once per run.
#[derive(Clone, Debug)]
pub struct RunContext {
    run: RunId,
    seed: u64,
    clock: Arc<dyn Clock>,
    book: Book,
    rehearsal: bool,
}

impl RunContext {
    pub(crate) fn new(seed: u64, clock: Arc<dyn Clock>, book: Book, rehearsal: bool) -> Self {
        Self {
            run: book.run().clone(),
            seed,
            clock,
            book,
            rehearsal,
        }
    }

    /// The run's name.
    pub fn run(&self) -> &RunId {
        &self.run
    }

    /// The run's seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The world's time.
    pub fn time(&self) -> Time {
        self.clock.now()
    }

    /// Whether nothing is to have an effect on the world.
    pub fn rehearsal(&self) -> bool {
        self.rehearsal
    }

    /// Draws that belong to no unit: those of the unit number `u64::MAX`, which no task has.
    pub fn draws(&self, step: u64) -> Draws {
        Draws::new(self.seed, u64::MAX, step, 0)
    }

    /// The bytes of a file that travels beside the task.
    ///
    /// # Errors
    /// Where the ledger does not have it, or can't be read.
    pub async fn blob(&self, blob: &BlobRef) -> Result<Bytes, Failure> {
        self.book.blob(blob).await
    }
}
