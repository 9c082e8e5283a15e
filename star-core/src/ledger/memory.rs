//! A ledger in this process's memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use super::{Ledger, LedgerError};

/// A ledger in memory: as long as the process lives.
#[derive(Debug, Default)]
pub struct Memory {
    values: Mutex<HashMap<String, Bytes>>,
}

impl Memory {
    /// All keys that there are, sorted.
    pub fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.values().keys().cloned().collect();
        keys.sort_unstable();
        keys
    }

    fn values(&self) -> MutexGuard<'_, HashMap<String, Bytes>> {
        // Every change is one insertion, so a panic elsewhere leaves nothing half done.
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait(?Send)]
impl Ledger for Memory {
    async fn create(&self, key: &str, value: Bytes) -> Result<bool, LedgerError> {
        let mut values = self.values();
        let free = !values.contains_key(key);
        if free {
            values.insert(key.to_owned(), value);
        }
        Ok(free)
    }

    async fn put(&self, key: &str, value: Bytes) -> Result<(), LedgerError> {
        self.values().insert(key.to_owned(), value);
        Ok(())
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, LedgerError> {
        Ok(self.values().get(key).cloned())
    }
}
