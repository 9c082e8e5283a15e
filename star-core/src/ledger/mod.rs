//! Where a run's manifest, claims, reports and stop mark are.
//!
//! A [`Ledger`] keeps values under keys and can create one only if there is none: that is all that is needed of memory, a directory
//! or an object store. A [`Book`] is one run's part of it, with types.

mod book;
mod directory;
mod heard;
mod memory;
mod records;
#[cfg(test)]
pub(crate) mod sample;

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

pub(crate) use book::check_artifact;
pub use book::{Book, Claimed};
pub use directory::Directory;
pub(crate) use heard::Heard;
pub use memory::Memory;
pub use records::{
    Begun, Claim, ClaimKey, Closed, Final, Live, LiveView, Manifest, NoRunId, PartId, RunId,
    StartRecord, StopMark, WindowPlan,
};

/// What the keys of all that is recorded of runs begin with, before a run's name and `/`.
pub const RUNS: &str = "runs/";

/// Values under keys. A key is made of letters, digits, `.`, `-`, `_`, and `/` between its parts.
#[async_trait(?Send)]
pub trait Ledger: Send + Sync + fmt::Debug {
    /// Creates a value if there is none under the key, whole and at once for every reader. Whether it did.
    ///
    /// An error leaves open whether it did; asking again is safe.
    async fn create(&self, key: &str, value: Bytes) -> Result<bool, LedgerError>;

    /// Sets a value, whole and at once for every reader.
    async fn put(&self, key: &str, value: Bytes) -> Result<(), LedgerError>;

    /// The value under a key, if there is one.
    async fn get(&self, key: &str) -> Result<Option<Bytes>, LedgerError>;
}

/// Why a ledger did not answer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the ledger cannot {what} `{key}`: {why}")]
pub struct LedgerError {
    /// `read` or `write`.
    pub what: &'static str,
    /// The key.
    pub key: String,
    /// The place's own words.
    pub why: String,
    /// Whether asking again is no use: a folder that nobody may write in, a record that can't be read whatever the ledger says.
    pub lasting: bool,
    /// Whether a service refused, or could not be reached: neither this machine nor what is recorded is why.
    pub remote: bool,
}
