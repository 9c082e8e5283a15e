//! Reads what a run's book says of its chunks.

use futures_util::future::try_join_all;

use crate::ledger::{Book, ClaimKey, LedgerError, Manifest, StartRecord};
use crate::outcome::Outcome;
use crate::report::Report;
use crate::settle::{Evidence, Record, settle};
use crate::slice::Slice;
use crate::split::Splittable;
use crate::time::Time;

/// How many chunks are read at once.
const AT_ONCE: usize = 64;

/// How often a chunk is attempted at most, by tasks that allow it.
pub(crate) const ATTEMPTS: u32 = 2;

/// What is known of a run's chunks so far; a chunk that has had its last word is not read again.
#[derive(Debug)]
pub(crate) struct Gathered<R: Report> {
    evidence: Vec<Evidence<R>>,
    attempts: u32,
}

impl<R: Report> Gathered<R> {
    pub(crate) fn new(timetable: &dyn Splittable, start: &StartRecord, attempts: u32) -> Self {
        let unknown = |chunk: Slice| Evidence {
            chunk,
            units: timetable.units_of(&chunk),
            claim: None,
            last: None,
            failed: None,
            live: None,
        };
        Self {
            evidence: start.chunks().map(unknown).collect(),
            attempts,
        }
    }

    /// Reads what is new, and settles.
    pub(crate) async fn settle(
        &mut self,
        book: &Book,
        manifest: &Manifest,
        start: &StartRecord,
        now: Time,
    ) -> Result<Outcome<R>, LedgerError> {
        let stop = book.stop().await?;
        let attempts = self.attempts;
        // What is yet to come has nothing to tell, unless a stop makes a difference by who has claimed it.
        let begun =
            |chunk: &Evidence<R>| stop.is_some() || now >= start.zero + chunk.chunk.window.from();
        let open: Vec<&mut Evidence<R>> = self
            .evidence
            .iter_mut()
            .filter(|chunk| chunk.last.is_none() && begun(chunk))
            .collect();
        let mut open = open.into_iter();
        loop {
            let some: Vec<_> = open.by_ref().take(AT_ONCE).collect();
            if some.is_empty() {
                break;
            }
            try_join_all(some.into_iter().map(|chunk| read(book, chunk, attempts))).await?;
        }
        let record = Record {
            manifest,
            start,
            stop,
            evidence: &self.evidence,
        };
        Ok(settle(&record, now))
    }
}

/// Reads a chunk: the last word of the lowest attempt that has one without a failure; that of the last attempt there can be; otherwise
/// the newest snapshot.
async fn read<R: Report>(
    book: &Book,
    chunk: &mut Evidence<R>,
    attempts: u32,
) -> Result<(), LedgerError> {
    for attempt in 1..=attempts {
        // A claim stays what it is, so the first attempt's is read once.
        if attempt > 1 || chunk.claim.is_none() {
            let key = ClaimKey::Slice(chunk.chunk, attempt);
            let Some(claim) = book.claimed(key).await? else {
                break;
            };
            chunk.claim = Some(claim);
        }
        match book.last_word(chunk.chunk, attempt).await? {
            Some(last) if last.failure.is_none() || attempt == attempts => {
                chunk.last = Some(last);
                return Ok(());
            }
            // Another attempt is to come.
            Some(last) => chunk.failed = Some(last),
            None => chunk.live = book.live(chunk.chunk, attempt).await?,
        }
    }
    Ok(())
}
