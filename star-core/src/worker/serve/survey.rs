//! What is known of many of a batch's chunks: those who close a run go through them all, and ask for many at once, so that whoever waits for
//! the run's end does not wait for one answer after the other. Others have no such hurry, and do not ask all together for as much as a
//! ledger gives.

use futures_util::{StreamExt as _, future, stream};

use super::{Batch, Fate};
use crate::ledger::{ClaimKey, LedgerError};
use crate::task::Task;

/// How many chunks are asked for at once by those who close the run.
const AT_ONCE: usize = 64;

/// How many chunks they ask for before they look whether they live for much longer.
const MANY: usize = 1024;

impl<T: Task> Batch<'_, T> {
    /// How many chunks it asks for before it looks at what it was told.
    pub(super) fn many(&self) -> usize {
        if self.closes() { MANY } else { 1 }
    }

    /// Those of some chunks that are not known to be claimed.
    pub(super) async fn unclaimed(&self, chunks: &[u32]) -> Vec<u32> {
        let claimed = stream::iter(chunks.iter().enumerate());
        let claimed = claimed.map(|(at, chunk)| async move {
            let slice = self.slice(*chunk)?;
            let key = ClaimKey::Slice(slice, 1);
            let claimed = self.running.book.claimed(key).await;
            (!matches!(claimed, Ok(Some(_)))).then_some((at, *chunk))
        });
        let claimed = claimed.buffer_unordered(AT_ONCE);
        let mut free: Vec<_> = claimed.filter_map(future::ready).collect().await;
        free.sort_unstable();
        free.into_iter().map(|(_, chunk)| chunk).collect()
    }

    /// What is known of an attempt at each of some chunks.
    pub(super) async fn fates(
        &self,
        chunks: &[u32],
        attempt: u32,
    ) -> Vec<(u32, Result<Fate, LedgerError>)> {
        let fates = stream::iter(chunks.iter().enumerate());
        let fates = fates.map(|(at, chunk)| async move {
            let fate = self.fate(*chunk, attempt).await;
            (at, (*chunk, fate))
        });
        let mut fates: Vec<_> = fates.buffer_unordered(AT_ONCE).collect().await;
        fates.sort_unstable_by_key(|(at, _)| *at);
        fates.into_iter().map(|(_, fate)| fate).collect()
    }
}
