//! What a run came to, from what its ledger says. The same for the command line, a worker and a simulation.

use std::time::Duration;

use crate::failure::Failure;
use crate::health::{ChunkHealth, Health, worst_first};
use crate::ledger::{Claim, Final, Live, Manifest, StartRecord, StopMark};
use crate::limits::Intervals;
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
    let &Record {
        manifest,
        start,
        stop,
        evidence,
        awake: _,
    } = record;
    let heard = evidence.iter().filter_map(Evidence::heard).max();
    let mut all = Measured::<R>::default();
    let mut settled = true;
    let mut lost = 0;
    let (mut losses, mut faults, mut healths) = (Vec::new(), Vec::new(), Vec::new());
    for chunk in evidence {
        let mut measured = Measured::default();
        let mut failure = None;
        if let Some(last) = chunk.last.as_ref().or(chunk.failed.as_ref()) {
            measured = last.measured.clone();
            failure.clone_from(&last.failure);
        } else if let Some(live) = &chunk.live {
            measured = live.measured.clone();
        }
        let over = chunk.last.is_some() || now >= deadline(record, chunk, heard);
        settled &= over;
        let missing = chunk.units.saturating_sub(measured.tally.counted());
        let mut gone = 0;
        if missing > 0 && over {
            if is_cancelled(start, stop, chunk) {
                measured.tally.cancelled += missing;
            } else {
                gone = missing;
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
        lost += gone;
        let tally = &measured.tally;
        let health = ChunkHealth::new(
            chunk.chunk,
            tally.missed,
            &measured.lateness,
            measured.health,
        );
        let open = tally.started.saturating_sub(tally.ended);
        healths.push(health.and_lost(gone, if over { open } else { 0 }));
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
        health: all.health,
        worst: if healths.len() > 1 {
            worst_first(healths)
        } else {
            Vec::new()
        },
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
        health: Health::default(),
        worst: Vec::new(),
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

/// After so many snapshots that did not come, a worker is held for gone.
pub(crate) const SIGNS_MISSED: u32 = 5;

/// For how long a worker may be silent until it is held for gone.
pub(crate) fn silence(intervals: &Intervals) -> Duration {
    intervals.snapshot * SIGNS_MISSED
}

/// When nothing of a chunk is to be waited for any more; `heard` is when there was last a sign of anybody.
fn deadline<R: Report>(record: &Record<'_, R>, chunk: &Evidence<R>, heard: Option<Time>) -> Time {
    /// A worker that has claimed nothing may be slow to begin; it is waited for so many times as long.
    const UNSEEN: u32 = 4;
    let &Record {
        manifest,
        start,
        stop,
        awake,
        ..
    } = record;
    let (limits, intervals) = (&manifest.limits, &manifest.intervals);
    let end = start.zero + start.end.min(chunk.chunk.window.to()) + limits.tail;
    let end = match chunk.claim {
        // Units that may live as long as they want keep a chunk open for as long as its worker gives signs of life.
        Some(_) if limits.life.is_none() && !start.batch => {
            let last_sign = chunk.live.as_ref().map_or(end, |live| live.at);
            end.max(last_sign + silence(intervals))
        }
        // A batch has no time at which its chunks are over. Here every worker gives signs of life, whatever it is at.
        Some(claim) if limits.life.is_none() && awake => {
            let silence = silence(intervals) * if chunk.again { 2 } else { 1 };
            let last_sign = chunk.heard().unwrap_or(claim.at);
            end.min(claim.lease).min(last_sign + silence)
        }
        Some(claim) if start.batch && limits.give_up_silent && awake => {
            let last_sign = chunk.heard().unwrap_or(claim.at).max(start.zero);
            end.min(claim.lease).min(last_sign + silence(intervals))
        }
        Some(claim) => end.min(claim.lease),
        None if limits.life.is_none() && start.batch && awake => {
            let last_sign = heard.map_or(start.zero, |heard| heard.max(start.zero));
            end.min(last_sign + silence(intervals) * UNSEEN)
        }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hash::Hash;
    use crate::health::Reason;
    use crate::job::Manner;
    use crate::laws::toys::Sums;
    use crate::ledger::WindowPlan;
    use crate::limits::{Intervals, Limits};
    use crate::report::Tally;
    use crate::slice::Window;

    const ZERO: Time = Time::from_nanos(1_000_000_000_000);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn manifest() -> Manifest {
        Manifest {
            version: 1,
            run: "r".parse().unwrap(),
            kind: "toy".to_owned(),
            job: Hash::of(b""),
            blobs: Vec::new(),
            seed: 1,
            deployment: "here".to_owned(),
            limits: Limits {
                tail: seconds(5),
                ..Limits::here(2)
            },
            intervals: Intervals::HERE,
            rehearsal: false,
            manner: Manner::default(),
            traced: false,
            launched: Time::default(),
        }
    }

    /// Two windows of ten seconds, two lanes each, ten units a lane.
    fn start() -> StartRecord {
        let window = |from| WindowPlan {
            window: Window::new(seconds(from), seconds(from + 10)),
            lanes: 2,
            units: 20,
        };
        StartRecord {
            task: Hash::of(b""),
            zero: ZERO,
            units: 40,
            batch: false,
            windows: vec![window(0), window(10)],
            workers: 0,
            end: seconds(20),
        }
    }

    fn measured(started: u64, ended: u64) -> Measured<Sums> {
        Measured {
            tally: Tally {
                started,
                ended,
                ..Tally::default()
            },
            report: Sums { ended, drawn: 0 },
            ..Measured::default()
        }
    }

    fn evidence() -> Vec<Evidence<Sums>> {
        evidence_of(&start())
    }

    fn evidence_of(start: &StartRecord) -> Vec<Evidence<Sums>> {
        let unknown = |chunk| Evidence {
            chunk,
            units: 10,
            claim: None,
            last: None,
            failed: None,
            live: None,
            sign: None,
            again: false,
        };
        start.chunks().map(unknown).collect()
    }

    fn claim() -> Claim {
        Claim {
            nonce: 1,
            at: ZERO,
            lease: Time::from_nanos(u64::MAX),
        }
    }

    fn last(started: u64, ended: u64) -> Final<Sums> {
        Final {
            measured: measured(started, ended),
            failure: None,
        }
    }

    fn settled(evidence: &[Evidence<Sums>], stop: Option<u64>, after: u64) -> Outcome<Sums> {
        settled_in(&manifest(), evidence, stop, after)
    }

    fn settled_in(
        manifest: &Manifest,
        evidence: &[Evidence<Sums>],
        stop: Option<u64>,
        after: u64,
    ) -> Outcome<Sums> {
        let start = start();
        let record = Record {
            manifest,
            start: &start,
            stop: stop.map(|at| StopMark {
                at: ZERO + seconds(at),
            }),
            evidence,
            awake: true,
        };
        settle(&record, ZERO + seconds(after))
    }

    #[test]
    fn a_worker_of_a_batch_that_gives_no_sign_for_too_long_is_gone_unless_the_reader_was_away_itself()
     {
        let here = Manifest {
            limits: Limits::here(2),
            intervals: Intervals::HERE,
            ..manifest()
        };
        let start = StartRecord {
            batch: true,
            end: Duration::from_hours(1),
            windows: vec![WindowPlan {
                window: Window::ALL,
                lanes: 4,
                units: 40,
            }],
            ..start()
        };
        let mut evidence = evidence_of(&start);
        for chunk in &mut evidence {
            chunk.claim = Some(claim());
            chunk.last = Some(last(10, 10));
        }
        evidence[3].last = None;
        let looked = |evidence: &[Evidence<Sums>], after, awake| {
            let record = Record {
                manifest: &here,
                start: &start,
                stop: None,
                evidence,
                awake,
            };
            let facts = settle(&record, ZERO + seconds(after)).facts;
            (facts.settled, facts.lost)
        };
        // Five signs that did not come, and the margin.
        assert_eq!(looked(&evidence, 6, true), (false, 0));
        assert_eq!(looked(&evidence, 8, true), (true, 10));
        assert_eq!(looked(&evidence, 8, false), (false, 0));
        evidence[3].sign = Some(ZERO + seconds(20));
        assert_eq!(looked(&evidence, 26, true), (false, 0));
        assert_eq!(looked(&evidence, 28, true), (true, 10));
        // Another attempt may be about to begin.
        evidence[3].again = true;
        assert_eq!(looked(&evidence, 28, true), (false, 0));
        assert_eq!(looked(&evidence, 33, true), (true, 10));
        // What nobody has claimed is lost when nothing is heard of anybody.
        evidence[3].claim = None;
        assert_eq!(looked(&evidence, 41, true), (false, 0));
        assert_eq!(looked(&evidence, 43, true), (true, 10));
    }

    #[test]
    fn a_last_word_settles_a_chunk_at_once_and_a_snapshot_stands_until_then() {
        let mut evidence = evidence();
        for chunk in &mut evidence {
            chunk.claim = Some(claim());
            chunk.last = Some(last(10, 10));
        }
        assert!(settled(&evidence, None, 1).facts.settled);
        evidence[0].live = Some(Live {
            sequence: 3,
            at: ZERO,
            measured: measured(99, 99),
        });
        assert_eq!(
            settled(&evidence, None, 1).facts.tally.started,
            40,
            "a snapshot beside a last word is old"
        );
        evidence[0].last = None;
        evidence[0].live = Some(Live {
            sequence: 3,
            at: ZERO,
            measured: measured(6, 5),
        });
        let running = settled(&evidence, None, 9).facts;
        assert_eq!(
            (running.settled, running.tally.started, running.lost),
            (false, 36, 0)
        );
        let over = settled(&evidence, None, 17).facts;
        assert_eq!(
            (over.settled, over.tally.started, over.lost, over.unfinished),
            (true, 36, 4, 1)
        );
        assert_eq!(over.losses[0].why, Why::Unreported);
        let worst = &over.worst[0];
        assert_eq!(worst.chunk, over.losses[0].chunk);
        assert_eq!(
            worst.trust().reasons(),
            [Reason::Lost(4), Reason::Unfinished(1)]
        );
        assert!(over.worst[1..].iter().all(|one| one.trust().is_given()));
        assert!(over.adds_up() && over.is_partial());
    }

    #[test]
    fn a_chunk_of_a_batch_is_given_up_when_its_worker_is_silent_where_that_is_asked_for() {
        let batch = StartRecord {
            batch: true,
            windows: vec![WindowPlan {
                window: Window::ALL,
                lanes: 1,
                units: 10,
            }],
            workers: 1,
            units: 10,
            end: seconds(3600),
            ..start()
        };
        let settled = |give_up_silent: bool, sign: Option<u64>, after: u64| {
            let mut manifest = manifest();
            manifest.limits.life = Some(seconds(900));
            manifest.limits.give_up_silent = give_up_silent;
            let live = sign.map(|at| Live {
                sequence: 1,
                at: ZERO + seconds(at),
                measured: measured(4, 3),
            });
            let chunk = batch.chunks().next().unwrap();
            let evidence = [Evidence {
                chunk,
                units: 10,
                claim: Some(claim()),
                last: None,
                failed: None,
                live,
                sign: None,
                again: false,
            }];
            let record = Record {
                manifest: &manifest,
                start: &batch,
                stop: None,
                evidence: &evidence,
                awake: true,
            };
            settle(&record, ZERO + seconds(after)).facts
        };
        // Five snapshots of a second that did not come, and the margin.
        assert!(!settled(true, None, 6).settled);
        assert!(settled(true, None, 7).settled);
        assert!(!settled(true, Some(60), 66).settled);
        let given_up = settled(true, Some(60), 67);
        assert_eq!(
            (given_up.settled, given_up.lost, given_up.unfinished),
            (true, 6, 1)
        );
        assert!(!settled(false, Some(60), 3000).settled);
    }

    #[test]
    fn a_chunk_whose_units_all_ended_and_that_never_said_so_is_a_fault() {
        let mut evidence = evidence();
        for chunk in &mut evidence {
            chunk.claim = Some(claim());
            chunk.last = Some(last(10, 10));
        }
        evidence[1].last = None;
        evidence[1].live = Some(Live {
            sequence: 1,
            at: ZERO,
            measured: measured(10, 10),
        });
        let facts = settled(&evidence, None, 60).facts;
        assert_eq!(
            (facts.lost, facts.unfinished, facts.faults.len()),
            (0, 0, 1)
        );
        assert!(facts.is_partial());
    }

    #[test]
    fn after_a_stop_what_nobody_began_is_cancelled_and_what_was_to_have_begun_is_lost() {
        let facts = settled(&evidence(), Some(5), 60).facts;
        assert_eq!((facts.tally.cancelled, facts.lost), (20, 20));
        assert_eq!(
            facts
                .losses
                .iter()
                .map(|loss| &loss.why)
                .collect::<Vec<_>>(),
            [&Why::Undelivered; 2]
        );
        assert!(
            settled(&evidence(), Some(5), 9).facts.settled,
            "a stopped run is not waited for to its end"
        );
    }

    #[test]
    fn units_without_a_bound_keep_a_chunk_open_while_its_worker_gives_signs() {
        let mut evidence = evidence();
        for chunk in &mut evidence {
            chunk.claim = Some(claim());
            chunk.live = Some(Live {
                sequence: 1,
                at: ZERO + seconds(50),
                measured: measured(10, 9),
            });
        }
        assert!(!settled(&evidence, None, 56).facts.settled);
        assert!(settled(&evidence, None, 58).facts.settled);
        assert_eq!(settled(&evidence, None, 58).facts.unfinished, 4);
    }

    #[test]
    fn a_claim_holds_no_longer_than_its_lease() {
        let mut evidence = evidence();
        for chunk in &mut evidence {
            chunk.claim = Some(Claim {
                lease: ZERO + seconds(3),
                ..claim()
            });
        }
        let mut manifest = manifest();
        manifest.limits.life = Some(seconds(60));
        assert!(!settled_in(&manifest, &evidence, None, 4).facts.settled);
        assert!(settled_in(&manifest, &evidence, None, 6).facts.settled);
    }

    proptest! {
        #[test]
        fn the_counts_always_add_up(
            chunks in prop::collection::vec((any::<bool>(), 0..4_u8, 0..11_u64, 0..11_u64, any::<bool>()), 4),
            stop in prop::option::of(0..40_u64),
            after in 0..60_u64,
        ) {
            let mut evidence = evidence();
            for (chunk, (claimed, which, started, cancelled, failed)) in evidence.iter_mut().zip(chunks) {
                chunk.claim = claimed.then(claim);
                let mut some = measured(started, started / 2);
                some.tally.cancelled = cancelled.min(10 - started);
                let word = Final {
                    measured: some.clone(),
                    failure: failed.then(|| Failure::new("it broke")),
                };
                match which {
                    0 => chunk.last = Some(word),
                    1 => chunk.failed = Some(word),
                    2 => chunk.live = Some(Live { sequence: 1, at: ZERO, measured: some }),
                    _ => {}
                }
            }
            let facts = settled(&evidence, stop, after).facts;
            prop_assert!(!facts.settled || facts.adds_up(), "{facts:?}");
            prop_assert_eq!(facts.lost, facts.losses.iter().map(|loss| loss.units).sum::<u64>());
            // Nothing that was settled becomes unsettled.
            let later = settled(&evidence, stop, after + 10).facts;
            prop_assert!(!facts.settled || later.settled);
            prop_assert!(settled(&evidence, stop, 3_600).facts.settled);
        }
    }
}
