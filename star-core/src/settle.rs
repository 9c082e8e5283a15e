//! What a run came to, from what its ledger says. The same for the command line, a worker and a simulation.

use std::time::Duration;

use crate::failure::Failure;
use crate::ledger::{Claim, Final, Live, Manifest, StartRecord, StopMark};
use crate::outcome::{Facts, Fault, Loss, Outcome, Why};
use crate::report::{Measured, Report};
use crate::slice::Slice;
use crate::time::Time;

/// What the ledger says of one chunk.
#[derive(Clone, Debug)]
pub struct Evidence<R: Report> {
    /// The chunk.
    pub chunk: Slice,
    /// How many units it has.
    pub units: u64,
    /// The claim of its newest attempt.
    pub claim: Option<Claim>,
    /// The last word of its lowest attempt that did not fail, or of the last attempt there can be.
    pub last: Option<Final<R>>,
    /// Without that: the last word of an attempt that failed, which another is to follow.
    pub failed: Option<Final<R>>,
    /// Without a last word: the newest snapshot.
    pub live: Option<Live<R>>,
}

/// What the ledger says of a run that has started.
#[derive(Clone, Debug)]
pub struct Record<'a, R: Report> {
    /// What was launched.
    pub manifest: &'a Manifest,
    /// When it started, and how it was planned.
    pub start: &'a StartRecord,
    /// When it was told to stop.
    pub stop: Option<StopMark>,
    /// Of every chunk, what is known.
    pub evidence: &'a [Evidence<R>],
}

/// What a run came to, as far as `now` can tell: of every chunk its last word, otherwise its newest snapshot. What a chunk has not
/// counted although it should be over by now is lost; units of a chunk that nobody claimed, and that begins after the stop mark, are
/// cancelled. `facts.settled` says whether nothing is to be waited for any more.
pub fn settle<R: Report>(record: &Record<'_, R>, now: Time) -> Outcome<R> {
    let &Record {
        manifest,
        start,
        stop,
        evidence,
    } = record;
    let mut all = Measured::<R>::default();
    let mut settled = true;
    let mut lost = 0;
    let (mut losses, mut faults) = (Vec::new(), Vec::new());
    for chunk in evidence {
        let mut measured = Measured::default();
        let mut failure = None;
        if let Some(last) = chunk.last.as_ref().or(chunk.failed.as_ref()) {
            measured = last.measured.clone();
            failure.clone_from(&last.failure);
        } else if let Some(live) = &chunk.live {
            measured = live.measured.clone();
        }
        let over = chunk.last.is_some() || now >= deadline(record, chunk);
        settled &= over;
        let missing = chunk.units.saturating_sub(measured.tally.counted());
        if missing > 0 && over {
            if is_cancelled(start, stop, chunk) {
                measured.tally.cancelled += missing;
            } else {
                lost += missing;
                losses.push(Loss {
                    chunk: chunk.chunk,
                    units: missing,
                    why: why(chunk, failure.as_ref()),
                });
            }
        } else if over && failure.is_none() && chunk.last.is_none() && chunk.claim.is_some() {
            faults.push(Fault {
                chunk: Some(chunk.chunk),
                failure: Failure::new("its last report never came; an earlier one stands for it"),
            });
        } else if let Some(failure) = failure {
            faults.push(Fault {
                chunk: Some(chunk.chunk),
                failure,
            });
        }
        all.merge(measured);
    }
    let facts = Facts {
        run: manifest.run.clone(),
        kind: manifest.kind.clone(),
        seed: manifest.seed,
        zero: Some(start.zero),
        length: if start.batch {
            Duration::ZERO
        } else {
            start.end
        },
        planned: start.units,
        tally: all.tally,
        lost,
        unfinished: if settled {
            all.tally.started - all.tally.ended.min(all.tally.started)
        } else {
            0
        },
        lateness: all.lateness,
        chunks: evidence.len() as u64,
        losses,
        faults,
        stopped: stop.map(|mark| mark.at),
        settled,
    };
    Outcome {
        report: all.report,
        facts,
    }
}

/// What a run came to that never started.
pub(crate) fn undelivered<R: Report>(
    manifest: &Manifest,
    units: u64,
    failure: Option<Failure>,
) -> Outcome<R> {
    let why = failure.clone().map_or(Why::Undelivered, Why::Failed);
    let loss = Loss {
        chunk: Slice::WHOLE,
        units,
        why,
    };
    let fault = failure.map(|failure| Fault {
        chunk: None,
        failure,
    });
    let facts = Facts {
        run: manifest.run.clone(),
        kind: manifest.kind.clone(),
        seed: manifest.seed,
        zero: None,
        length: Duration::ZERO,
        planned: units,
        tally: crate::report::Tally::default(),
        lost: units,
        unfinished: 0,
        lateness: crate::histogram::Histogram::default(),
        chunks: 0,
        losses: vec![loss],
        faults: fault.into_iter().collect(),
        stopped: None,
        settled: true,
    };
    Outcome {
        report: R::default(),
        facts,
    }
}

/// When nothing of a chunk is to be waited for any more.
fn deadline<R: Report>(record: &Record<'_, R>, chunk: &Evidence<R>) -> Time {
    let &Record {
        manifest,
        start,
        stop,
        ..
    } = record;
    let (limits, intervals) = (&manifest.limits, &manifest.intervals);
    let end = start.zero + start.end.min(chunk.chunk.window.to()) + limits.tail;
    let end = match chunk.claim {
        Some(claim) => end.min(claim.lease),
        None => end,
    };
    let end = match stop {
        // A worker sees the mark at its next look, and lets units run on for the grace.
        Some(mark) => end.min(mark.at + intervals.stop * 2 + intervals.grace),
        None => end,
    };
    end + intervals.margin
}

/// Whether nobody was to begin a chunk because of a stop: of a batch any chunk without a claim.
fn is_cancelled<R: Report>(
    start: &StartRecord,
    stop: Option<StopMark>,
    chunk: &Evidence<R>,
) -> bool {
    let begins_after =
        |mark: StopMark| start.batch || start.zero + chunk.chunk.window.from() >= mark.at;
    chunk.claim.is_none() && stop.is_some_and(begins_after)
}

fn why<R: Report>(chunk: &Evidence<R>, failure: Option<&Failure>) -> Why {
    match (failure, chunk.claim) {
        (Some(failure), _) => Why::Failed(failure.clone()),
        (None, Some(_)) => Why::Unreported,
        (None, None) => Why::Undelivered,
    }
}
