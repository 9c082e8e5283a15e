//! Reads what a run's book says of its chunks.

use std::pin::pin;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};

use crate::clock::Clock;
use crate::ledger::{Book, ClaimKey, LedgerError, Manifest, StartRecord};
use crate::outcome::Outcome;
use crate::report::Report;
use crate::settle::{Evidence, Record, settle};
use crate::slice::Slice;
use crate::split::Splittable;
use crate::worker::spread;

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

    /// Reads what is new, and settles. What the ledger turns away is asked for again, as long as it answers at all; what was read stays read
    /// where the rest is not.
    pub(crate) async fn settle(
        &mut self,
        book: &Book,
        manifest: &Manifest,
        start: &StartRecord,
        clock: &dyn Clock,
    ) -> Result<Outcome<R>, LedgerError> {
        let now = clock.now();
        let stop = book.stop().await?;
        // What is yet to come has nothing to tell, unless a stop makes a difference by who has claimed it.
        let begun =
            |chunk: &Evidence<R>| stop.is_some() || now >= start.zero + chunk.chunk.window.from();
        let open = self.evidence.iter_mut();
        let open = open.filter(|chunk| chunk.last.is_none() && begun(chunk));
        read_all(book, open.collect(), self.attempts, clock).await?;
        let record = Record {
            manifest,
            start,
            stop,
            evidence: &self.evidence,
        };
        Ok(settle(&record, now))
    }
}

/// After so many rounds in a row that read nothing the ledger is held for away.
const IN_VAIN: u32 = 3;

/// Reads these chunks, those that the ledger turns away again and again.
async fn read_all<R: Report>(
    book: &Book,
    mut open: Vec<&mut Evidence<R>>,
    attempts: u32,
    clock: &dyn Clock,
) -> Result<(), LedgerError> {
    const LONGEST: Duration = Duration::from_secs(1);
    let mut pause = Duration::from_millis(50);
    let mut in_vain = 0;
    loop {
        let before = open.len();
        let Some(error) = round(book, &mut open, attempts).await else {
            return Ok(());
        };
        in_vain = if open.len() < before { 0 } else { in_vain + 1 };
        if in_vain == IN_VAIN {
            return Err(error);
        }
        let now = clock.now();
        clock.sleep_until(now + spread(pause, now)).await;
        pause = (pause * 2).min(LONGEST);
    }
}

/// Reads these chunks once, and leaves those that could not be read, with the reason of one of them. A ledger that turns so many away in a
/// row as are read at once is asked for no more.
async fn round<R: Report>(
    book: &Book,
    open: &mut Vec<&mut Evidence<R>>,
    attempts: u32,
) -> Option<LedgerError> {
    let mut unread = vec![true; open.len()];
    let mut why = None;
    let mut in_a_row = 0;
    {
        let reads = stream::iter(open.iter_mut().enumerate()).map(|(at, chunk)| async move {
            let read = read(book, chunk, attempts).await;
            (at, read.err())
        });
        let mut reads = pin!(reads.buffer_unordered(AT_ONCE));
        while in_a_row < AT_ONCE
            && let Some((at, error)) = reads.next().await
        {
            unread[at] = error.is_some();
            in_a_row = if unread[at] { in_a_row + 1 } else { 0 };
            why = why.or(error);
        }
    }
    let mut unread = unread.into_iter();
    open.retain(|_| unread.next().unwrap_or_default());
    why
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
