//! A ledger that is known to be there: it counts what it was asked and answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;

use super::{Ledger, LedgerError};

/// A ledger, and how often it could be read.
#[derive(Debug)]
pub(crate) struct Heard {
    ledger: Arc<dyn Ledger>,
    answers: AtomicU64,
}

impl Heard {
    pub(crate) fn new(ledger: Arc<dyn Ledger>) -> Self {
        Self {
            ledger,
            answers: AtomicU64::new(0),
        }
    }

    /// How often it could be read so far.
    pub(crate) fn answers(&self) -> u64 {
        self.answers.load(Ordering::Relaxed)
    }
}

#[async_trait(?Send)]
impl Ledger for Heard {
    async fn create(&self, key: &str, value: Bytes) -> Result<bool, LedgerError> {
        self.ledger.create(key, value).await
    }

    async fn put(&self, key: &str, value: Bytes) -> Result<(), LedgerError> {
        self.ledger.put(key, value).await
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, LedgerError> {
        let value = self.ledger.get(key).await?;
        self.answers.fetch_add(1, Ordering::Relaxed);
        Ok(value)
    }
}
