//! What the target counts, apart from the record.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use serde::{Deserialize, Serialize};

/// What a target has counted since it was started; also the JSON of `/_stats`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Requests whose head arrived, without those about the target itself.
    pub requests: u64,
    /// Connections that are open now.
    pub open: u64,
    /// Connections accepted in all, also those with only requests about the target itself.
    pub connections: u64,
    /// Connections ended because what arrived was no HTTP/1 request, or its head was too large.
    pub malformed: u64,
    /// Times that a connection could not be accepted, for example for want of descriptors.
    pub refused: u64,
    /// Requests in the record.
    pub recorded: u64,
    /// Requests that did not fit in the record, since it was last cleared.
    pub dropped: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) requests: AtomicU64,
    pub(super) malformed: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) open: AtomicU64,
    connections: AtomicU32,
}

impl Counters {
    /// Counts a connection, and gives its number: the first has 0.
    pub(super) fn connect(&self) -> u32 {
        self.connections.fetch_add(1, Relaxed)
    }

    pub(super) fn connections(&self) -> u64 {
        self.connections.load(Relaxed).into()
    }

    /// Counts a connection as open until the guard is dropped.
    pub(super) fn hold_open(&self) -> Open<'_> {
        self.open.fetch_add(1, Relaxed);
        Open(&self.open)
    }
}

/// An open connection.
#[derive(Debug)]
pub(super) struct Open<'a>(&'a AtomicU64);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}
