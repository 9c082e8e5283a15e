use proptest::prelude::*;

use super::*;
use crate::health::Reason;
use crate::laws::toys::Sums;
use crate::ledger::WindowPlan;
use crate::ledger::sample::{self, ZERO};
use crate::limits::{Intervals, Limits};
use crate::report::Tally;
use crate::slice::Window;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn manifest() -> Manifest {
    let limits = Limits {
        tail: seconds(5),
        ..Limits::here(2)
    };
    Manifest {
        limits,
        ..sample::manifest()
    }
}

/// Two windows of ten seconds, two lanes each, ten units a lane.
fn start() -> StartRecord {
    sample::start(2, 20)
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
        parts: BTreeMap::new(),
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
        parts: Vec::new(),
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
fn a_worker_of_a_batch_that_gives_no_sign_for_too_long_is_gone_unless_the_reader_was_away_itself() {
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
        parts: Vec::new(),
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
        parts: Vec::new(),
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
            parts: Vec::new(),
        });
        let chunk = batch.chunks().next().unwrap();
        let evidence = [Evidence {
            chunk,
            units: 10,
            claim: Some(claim()),
            last: None,
            failed: None,
            live,
            parts: BTreeMap::new(),
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
        parts: Vec::new(),
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
            parts: Vec::new(),
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
                parts: Vec::new(),
                failure: failed.then(|| Failure::new("it broke")),
            };
            match which {
                0 => chunk.last = Some(word),
                1 => chunk.failed = Some(word),
                2 => chunk.live = Some(Live { sequence: 1, at: ZERO, measured: some, parts: Vec::new() }),
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

#[test]
fn a_unit_that_was_planned_and_is_in_no_chunk_is_missing() {
    let mut evidence = evidence();
    for chunk in &mut evidence {
        chunk.last = Some(last(10, 10));
    }
    let mut facts = settled(&evidence, None, 30).facts;
    assert!(!facts.is_partial() && facts.trust().is_given());
    facts.planned += 1;
    assert!(facts.is_partial());
    assert_eq!(facts.trust().reasons(), [Reason::Lost(1)]);
    let running = Facts {
        settled: false,
        ..facts
    };
    assert!(!running.is_partial());
}
