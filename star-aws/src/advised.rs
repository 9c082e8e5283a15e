//! A ledger whose refusals name commands as they are typed where they are read.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use star_core::ledger::{Ledger, LedgerError};

use crate::bucket::Bucket;

/// A bucket of which somebody else knows how its deployment is meant.
#[derive(Clone)]
pub struct Advised {
    bucket: Bucket,
    told: Arc<dyn Fn(&str) -> String + Send + Sync>,
}

impl fmt::Debug for Advised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Advised").field(&self.bucket).finish()
    }
}

impl Advised {
    /// That bucket, of which whatever is said is told so.
    pub fn new(bucket: Bucket, told: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self {
            bucket,
            told: Arc::new(told),
        }
    }

    fn refused(&self, error: LedgerError) -> LedgerError {
        LedgerError {
            why: (self.told)(&error.why),
            ..error
        }
    }
}

#[async_trait(?Send)]
impl Ledger for Advised {
    async fn create(&self, key: &str, value: Bytes) -> Result<bool, LedgerError> {
        let done = self.bucket.create(key, value).await;
        done.map_err(|error| self.refused(error))
    }

    async fn put(&self, key: &str, value: Bytes) -> Result<(), LedgerError> {
        let done = self.bucket.put(key, value).await;
        done.map_err(|error| self.refused(error))
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, LedgerError> {
        let found = self.bucket.get(key).await;
        found.map_err(|error| self.refused(error))
    }
}
