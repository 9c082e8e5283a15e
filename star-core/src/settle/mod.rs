//! What a run came to, from what its ledger says. The same for the command line, a worker and a simulation.

mod deadline;

use std::collections::BTreeMap;
use std::time::Duration;

use self::deadline::deadline;
pub(crate) use self::deadline::{SIGNS_MISSED, silence};
use crate::failure::Failure;
use crate::health::{ChunkHealth, Health, worst_first};
use crate::ledger::{Claim, Final, Live, Manifest, PartId, StartRecord, StopMark};
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
    /// What these say belongs to their reports besides, as far as it was asked for.
    pub parts: BTreeMap<PartId, R>,
    /// Of a batch, without a last word: the last sign of life of whoever claimed it.
    pub sign: Option<Time>,
    /// Whether another attempt may follow where nothing more is heard of this one.
    pub again: bool,
}

impl<R: Report> Evidence<R> {
    /// When there was last a sign of whoever claimed it.
    fn heard(&self) -> Option<Time> {
        let live = self.live.as_ref().map(|live| live.at);
        let claimed = self.claim.map(|claim| claim.at);
        [claimed, live, self.sign].into_iter().flatten().max()
    }

    /// The last that it said: what it counted, and how it failed.
    fn told(&self) -> (Measured<R>, Option<&Failure>) {
        match (self.last.as_ref().or(self.failed.as_ref()), &self.live) {
            (Some(last), _) => (
                self.whole(&last.measured, &last.parts),
                last.failure.as_ref(),
            ),
            (None, Some(live)) => (self.whole(&live.measured, &live.parts), None),
            (None, None) => (Measured::default(), None),
        }
    }

    /// What was measured, with the parts that belong to it.
    fn whole(&self, measured: &Measured<R>, parts: &[PartId]) -> Measured<R> {
        let mut whole = measured.clone();
        let parts = parts.iter().filter_map(|part| self.parts.get(part));
        for part in parts {
            whole.report.merge(part.clone());
        }
        whole
    }
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
    /// Whether whoever looks has looked lately. One that was held up itself, as by a computer that slept, can't tell who is gone.
    pub awake: bool,
}

/// What a run came to, as far as `now` can tell: of every chunk its last word, otherwise its newest snapshot. What a chunk has not
/// counted although it should be over by now is lost; units of a chunk that nobody claimed, and that begins after the stop mark, are
/// cancelled. `facts.settled` says whether nothing is to be waited for any more.
pub fn settle<R: Report>(record: &Record<'_, R>, now: Time) -> Outcome<R> {
    let heard = record.evidence.iter().filter_map(Evidence::heard).max();
    let mut sum = Sum::default();
    for chunk in record.evidence {
        let over = chunk.last.is_some() || now >= deadline(record, chunk, heard);
        sum.add(record, chunk, over);
    }
    sum.outcome(record)
}

/// What the chunks that were looked at came to.
struct Sum<R: Report> {
    all: Measured<R>,
    /// Whether all of them are over.
    settled: bool,
    lost: u64,
    losses: Vec<Loss>,
    faults: Vec<Fault>,
    healths: Vec<ChunkHealth>,
}

impl<R: Report> Default for Sum<R> {
    fn default() -> Self {
        Self {
            all: Measured::default(),
            settled: true,
            lost: 0,
            losses: Vec::new(),
            faults: Vec::new(),
            healths: Vec::new(),
        }
    }
}

impl<R: Report> Sum<R> {
    /// Adds a chunk; nothing more comes of it where it is `over`.
    fn add(&mut self, record: &Record<'_, R>, chunk: &Evidence<R>, over: bool) {
        self.settled &= over;
        let (mut measured, failure) = chunk.told();
        let missing = chunk.units.saturating_sub(measured.tally.counted());
        let mut gone = 0;
        if missing > 0 && over {
            if is_cancelled(record.start, record.stop, chunk) {
                measured.tally.cancelled += missing;
            } else {
                gone = missing;
                self.losses.push(Loss {
                    chunk: chunk.chunk,
                    units: missing,
                    why: why(chunk, failure),
                });
            }
        } else if let Some(failure) = failure {
            self.blame(chunk, failure.clone());
        } else if over && chunk.last.is_none() && chunk.claim.is_some() {
            let silent = "nothing more was heard of its worker, and its last report never came; an earlier one stands for it";
            self.blame(chunk, Failure::new(silent));
        }
        self.lost += gone;
        self.healths.push(health(chunk, &measured, gone, over));
        self.all.merge(measured);
    }

    fn blame(&mut self, chunk: &Evidence<R>, failure: Failure) {
        self.faults.push(Fault {
            chunk: Some(chunk.chunk),
            failure,
        });
    }

    fn outcome(self, record: &Record<'_, R>) -> Outcome<R> {
        let &Record {
            manifest,
            start,
            stop,
            evidence,
            awake: _,
        } = record;
        let (tally, settled) = (self.all.tally, self.settled);
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
            tally,
            lost: self.lost,
            unfinished: if settled {
                tally.started.saturating_sub(tally.ended)
            } else {
                0
            },
            lateness: self.all.lateness,
            health: self.all.health,
            worst: if self.healths.len() > 1 {
                worst_first(self.healths)
            } else {
                Vec::new()
            },
            chunks: evidence.len() as u64,
            losses: self.losses,
            faults: self.faults,
            stopped: stop.map(|mark| mark.at),
            settled,
        };
        Outcome {
            report: self.all.report,
            facts,
        }
    }
}

/// How the worker of a chunk fared, with `gone` units of it lost.
fn health<R: Report>(
    chunk: &Evidence<R>,
    measured: &Measured<R>,
    gone: u64,
    over: bool,
) -> ChunkHealth {
    let tally = &measured.tally;
    let open = tally.started.saturating_sub(tally.ended);
    let health = ChunkHealth::new(
        chunk.chunk,
        tally.missed,
        &measured.lateness,
        measured.health,
    );
    health.and_lost(gone, if over { open } else { 0 })
}

/// What a run came to that never started, with the report that it has then.
pub(crate) fn undelivered<R: Report>(
    manifest: &Manifest,
    units: u64,
    blank: R,
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
        health: Health::default(),
        worst: Vec::new(),
        chunks: 0,
        losses: vec![loss],
        faults: fault.into_iter().collect(),
        stopped: None,
        settled: true,
    };
    Outcome {
        report: blank,
        facts,
    }
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

#[cfg(test)]
mod tests;
