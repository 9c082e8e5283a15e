//! What all connections of a target share.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::clock::Clock;
use super::counters::{Counters, Stats};
use super::record::Record;
use super::sessions::Sessions;
use super::store::Store;

/// One thread serves, so its locks are contended only while another thread reads the record.
#[derive(Debug)]
pub(super) struct State {
    pub(super) clock: Clock,
    pub(super) counters: Counters,
    record: Mutex<Record>,
    store: Mutex<Store>,
    sessions: Mutex<Sessions>,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            clock: Clock::new(),
            counters: Counters::default(),
            record: Mutex::new(Record::new()),
            store: Mutex::new(Store::new()),
            sessions: Mutex::new(Sessions::new()),
        }
    }

    pub(super) fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stats(&self) -> Stats {
        let (recorded, dropped) = {
            let record = self.record();
            (record.count(), record.dropped())
        };
        Stats {
            requests: self.counters.requests.load(Relaxed),
            open: self.counters.open.load(Relaxed),
            connections: self.counters.connections(),
            malformed: self.counters.malformed.load(Relaxed),
            refused: self.counters.refused.load(Relaxed),
            recorded,
            dropped,
        }
    }
}
