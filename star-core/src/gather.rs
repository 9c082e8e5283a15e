//! Reads what a run's book says of its chunks.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::clock::Clock;
use crate::ledger::{Book, ClaimKey, LedgerError, Live, Manifest, PartId, StartRecord};
use crate::outcome::Outcome;
use crate::report::Report;
use crate::settle::{Evidence, Record, settle, silence};
use crate::slice::Slice;
use crate::split::Splittable;
use crate::time::Time;
use crate::worker::spread;

/// How many chunks are read at once.
const AT_ONCE: usize = 64;

/// How many parts of a chunk's report are read at once.
const PARTS_AT_ONCE: usize = 8;

/// How often a chunk is attempted at most, by tasks that allow it.
pub(crate) const ATTEMPTS: u32 = 2;

/// What is to be known of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// What was measured, too.
    Report,
    /// What the core counted: parts of reports are not read.
    Counts,
}

/// What is known of a run's chunks so far; a chunk that has had its last word is not read again.
#[derive(Debug)]
pub(crate) struct Gathered<R: Report> {
    evidence: Vec<Evidence<R>>,
    attempts: u32,
    wanted: Wanted,
    /// When it last looked.
    looked: Option<Time>,
    /// The begin of the last window of which something was read before it had begun by the reader's clock, which is behind then.
    begun: Option<Duration>,
    /// When it was last looked whether there is such a window.
    peeked: Option<Time>,
}

impl<R: Report> Gathered<R> {
    pub(crate) fn new(
        timetable: &dyn Splittable,
        start: &StartRecord,
        attempts: u32,
        wanted: Wanted,
    ) -> Self {
        let unknown = |chunk: Slice| Evidence {
            chunk,
            units: timetable.units_of(&chunk),
            claim: None,
            last: None,
            failed: None,
            live: None,
            parts: BTreeMap::new(),
            sign: None,
            again: false,
        };
        Self {
            evidence: start.chunks().map(unknown).collect(),
            attempts,
            wanted,
            looked: None,
            begun: None,
            peeked: None,
        }
    }

    /// Knows from now on what whoever looked at the same run for something else found out of this computer's clock, and when that was.
    pub(crate) fn informed_by<O: Report>(&mut self, other: &Gathered<O>) {
        self.looked = self.looked.max(other.looked);
        self.begun = self.begun.max(other.begun);
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
        let reading = Reading {
            book,
            attempts: self.attempts,
            wanted: self.wanted,
            now,
            interval: manifest.intervals.snapshot,
            signs: start.batch && manifest.limits.life.is_none(),
        };
        // More often than there are snapshots there is nothing new to be seen.
        let snapshot = manifest.intervals.snapshot;
        let peeks = self.peeked.is_none_or(|at| now.since(at) >= snapshot);
        let mut read = Duration::ZERO;
        loop {
            // What is yet to come has nothing to tell, unless a stop makes a difference by who has claimed it.
            let known = self.begun;
            let begun = |chunk: &Evidence<R>| {
                let from = chunk.chunk.window.from();
                stop.is_some() || now >= start.zero + from || known >= Some(from)
            };
            let open = self.evidence.iter_mut();
            let open = open.filter(|chunk| chunk.last.is_none() && begun(chunk));
            let open = open.filter(|chunk| chunk.chunk.window.from() >= read);
            reading.all(open.collect(), clock).await?;
            // The clock may be behind those of the workers.
            let mut to_come = self.evidence.iter_mut();
            let next = to_come.find(|chunk| !begun(chunk));
            let Some(next) = next.filter(|_| peeks) else {
                break;
            };
            self.peeked = Some(now);
            reading.all(vec![&mut *next], clock).await?;
            if next.last.is_none() && next.live.is_none() {
                break;
            }
            read = next.chunk.window.from();
            self.begun = Some(read);
        }
        let looked = self.looked.replace(now);
        let record = Record {
            manifest,
            start,
            stop,
            evidence: &self.evidence,
            awake: looked.is_none_or(|at| now.since(at) < silence(&manifest.intervals)),
        };
        Ok(settle(&record, now))
    }
}

/// How long what is read of a chunk will stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Until the next one.
    Snapshot,
    /// For ever.
    LastWord,
}

/// After so many rounds in a row that read nothing the ledger is held for away.
const IN_VAIN: u32 = 3;

/// How a run's chunks are read.
struct Reading<'b> {
    book: &'b Book,
    attempts: u32,
    wanted: Wanted,
    now: Time,
    /// How often there is a new snapshot.
    interval: Duration,
    /// Whether there are signs of life besides.
    signs: bool,
}

impl Reading<'_> {
    /// Reads these chunks, those that the ledger turns away again and again.
    async fn all<R: Report>(
        &self,
        mut open: Vec<&mut Evidence<R>>,
        clock: &dyn Clock,
    ) -> Result<(), LedgerError> {
        const LONGEST: Duration = Duration::from_secs(1);
        let mut pause = Duration::from_millis(50);
        let mut in_vain = 0;
        loop {
            let before = open.len();
            let Some(error) = self.round(&mut open).await else {
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

    /// Reads these chunks once, and leaves those that could not be read, with the reason of one of them. A ledger that turns so many away
    /// in a row as are read at once is asked for no more.
    async fn round<R: Report>(&self, open: &mut Vec<&mut Evidence<R>>) -> Option<LedgerError> {
        let mut unread = vec![true; open.len()];
        let mut why = None;
        let mut in_a_row = 0;
        {
            let reads = stream::iter(open.iter_mut().enumerate()).map(|(at, chunk)| async move {
                let read = self.one(chunk).await;
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
    /// the newest snapshot. What is read is known only once its parts are.
    async fn one<R: Report>(&self, chunk: &mut Evidence<R>) -> Result<(), LedgerError> {
        let book = self.book;
        for attempt in 1..=self.attempts {
            // A claim stays what it is, so the first attempt's is read once.
            if attempt > 1 || chunk.claim.is_none() {
                let key = ClaimKey::Slice(chunk.chunk, attempt);
                let Some(claim) = book.claimed(key).await? else {
                    break;
                };
                chunk.claim = Some(claim);
            }
            chunk.again = attempt < self.attempts;
            match book.last_word(chunk.chunk, attempt).await? {
                Some(last) if last.failure.is_none() || attempt == self.attempts => {
                    self.parts(chunk, &last.parts, Standing::LastWord).await?;
                    chunk.parts.retain(|part, _| last.parts.contains(part));
                    chunk.last = Some(last);
                    return Ok(());
                }
                // Another attempt is to come.
                Some(last) => {
                    self.parts(chunk, &last.parts, Standing::LastWord).await?;
                    chunk.failed = Some(last);
                }
                None if self.is_newest(chunk.live.as_ref()) => {}
                None => {
                    let live: Option<Live<R>> = book.live(chunk.chunk, attempt).await?;
                    let parts = live.as_ref().map_or(&[][..], |live| &live.parts);
                    self.parts(chunk, parts, Standing::Snapshot).await?;
                    chunk.live = live;
                    if self.signs {
                        let key = ClaimKey::Slice(chunk.chunk, attempt);
                        chunk.sign = book.sign(key).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Reads these parts of a chunk's report, unless they are known: they never change. A part is there before anything says so.
    async fn parts<R: Report>(
        &self,
        chunk: &mut Evidence<R>,
        parts: &[PartId],
        said_by: Standing,
    ) -> Result<(), LedgerError> {
        if self.wanted == Wanted::Counts {
            return Ok(());
        }
        let (book, slice) = (self.book, chunk.chunk);
        let unknown = parts.iter().filter(|part| !chunk.parts.contains_key(part));
        let unknown: Vec<PartId> = unknown.copied().collect();
        let reads = stream::iter(unknown).map(|part| async move {
            let read = book.part::<R>(slice, part).await?;
            let read = read.ok_or_else(|| LedgerError {
                what: "read",
                key: book.part_key(slice, part),
                why: "it is not there, and a report needs it".to_owned(),
                lasting: said_by == Standing::LastWord,
                remote: false,
            })?;
            Ok((part, read))
        });
        let mut reads = pin!(reads.buffer_unordered(PARTS_AT_ONCE));
        while let Some((part, read)) = reads.try_next().await? {
            chunk.parts.insert(part, read);
        }
        Ok(())
    }

    /// Whether there can't be a newer snapshot yet. It is large, and a short run is looked at far more often than it writes one.
    fn is_newest<R: Report>(&self, known: Option<&Live<R>>) -> bool {
        known.is_some_and(|live| live.at <= self.now && self.now.since(live.at) < self.interval)
    }
}

#[cfg(test)]
mod tests;
