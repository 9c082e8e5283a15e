//! Whole runs of toy tasks, by workers in threads and on a driven clock.

mod world;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use star_core::laws::toys::{Items, Ticks};
use star_core::ledger::{Book, Memory};
use star_core::{AnyTask, Limits, Loss, Rate, Why};
use world::{Fleet, Run, millis, run};

/// Limits that cut into windows of so many milliseconds, and into so many units a second and lane.
fn cut(chunk: u64, rate: u64) -> Limits {
    Limits {
        chunk: millis(chunk),
        chunk_rate: Some(Rate::per_second(rate)),
        workers: None,
        lead: millis(50),
        tail: millis(500),
        late: Duration::from_secs(10),
        ..Limits::here(1)
    }
}

#[test]
fn a_run_cut_any_way_does_the_same_and_reports_the_same() {
    let task = || AnyTask::new(Ticks { units: 400, gap: 2 });
    // On a busy machine units start late; how late is not what this is about.
    let here = |workers| Limits {
        late: Duration::from_secs(10),
        ..Limits::here(workers)
    };
    let whole = run(task(), Run::new(here(1)));
    assert_eq!(whole.outcome.facts.tally.started, 400);
    assert!(whole.outcome.facts.adds_up() && !whole.outcome.facts.is_partial());
    for limits in [here(2), here(7), cut(100, 12), cut(37, 5)] {
        let parts = run(task(), Run::new(limits));
        assert_eq!(parts.trace, whole.trace);
        assert_eq!(parts.outcome.counts(), whole.outcome.counts());
        assert_eq!(parts.outcome.facts.tally, whole.outcome.facts.tally);
        assert!(
            !parts.outcome.facts.is_partial(),
            "{:?}",
            parts.outcome.facts
        );
    }
}

#[test]
fn a_window_has_as_many_chunks_as_its_peak_needs() {
    let outcome = run(
        AnyTask::new(Ticks { units: 400, gap: 2 }),
        Run::new(cut(100, 12)),
    )
    .outcome;
    assert_eq!(
        outcome.facts.chunks,
        8 * 5,
        "50 units in each 100 ms, 12 a chunk"
    );
}

#[test]
fn a_batch_is_shared_and_every_item_is_done_once() {
    let outcome = run(
        AnyTask::new(Items { items: 1000 }),
        Run::new(Limits::here(4)),
    )
    .outcome;
    assert_eq!(outcome.counts()["ended"], 1000);
    assert_eq!(outcome.facts.tally.started, 1000);
    assert!(!outcome.facts.is_partial(), "{:?}", outcome.facts);
    let alone = run(
        AnyTask::new(Items { items: 1000 }),
        Run::new(Limits::here(1)),
    )
    .outcome;
    assert_eq!(alone.counts(), outcome.counts());
}

#[test]
fn a_batch_that_is_over_long_before_its_workers_are_looked_after_is_closed_by_one_of_them() {
    // The first look would be after half a minute, and the launcher closes what nobody else has before.
    let limits = Limits {
        lead: millis(60_000),
        closing: millis(15_000),
        ..Limits::here(2)
    };
    let done = run(AnyTask::new(Items { items: 1000 }), Run::new(limits));
    assert_eq!(done.outcome.counts()["ended"], 1000);
    assert!(done.outcome.closed);
    assert!(done.one_is_told());
}

#[test]
fn a_task_without_units_is_over_at_once() {
    let empty = AnyTask::new(Ticks { units: 0, gap: 1 });
    let outcome = run(empty, Run::new(Limits::here(2))).outcome;
    assert_eq!((outcome.facts.planned, outcome.facts.chunks), (0, 0));
    assert!(outcome.facts.settled && !outcome.facts.is_partial());
    let empty = AnyTask::new(Items { items: 0 });
    assert_eq!(
        run(empty, Run::new(Limits::here(2))).outcome.facts.planned,
        0
    );
}

#[test]
fn a_run_is_handed_on_through_a_time_without_units() {
    // A unit every 0.9 s, in windows of 0.25 s: most windows have none.
    let outcome = run(
        AnyTask::new(Ticks { units: 3, gap: 900 }),
        Run::new(cut(250, 10)),
    )
    .outcome;
    assert_eq!(outcome.facts.tally.started, 3);
    assert_eq!(outcome.facts.chunks, 11 * 2, "two carriers in every window");
    assert!(!outcome.facts.is_partial(), "{:?}", outcome.facts);
}

#[test]
fn a_stop_cancels_what_is_not_yet_due() {
    let task = AnyTask::new(Ticks {
        units: 1000,
        gap: 20,
    });
    let run = Run {
        stop_when: Some(10),
        ..Run::new(Limits::here(2))
    };
    let outcome = world::run(task, run).outcome;
    let facts = &outcome.facts;
    assert!(facts.adds_up() && facts.stopped.is_some(), "{facts:?}");
    assert!(
        facts.tally.started >= 5 && facts.tally.started < 60,
        "{facts:?}"
    );
    assert_eq!((facts.lost, facts.unfinished), (0, 0), "{facts:?}");
}

#[test]
fn windows_that_begin_after_a_stop_are_cancelled_not_lost() {
    let task = AnyTask::new(Ticks {
        units: 1000,
        gap: 20,
    });
    let run = Run {
        stop_when: Some(10),
        ..Run::new(cut(200, 100))
    };
    let facts = world::run(task, run).outcome.facts;
    assert!(facts.adds_up() && facts.lost == 0, "{facts:?}");
    assert!(facts.tally.cancelled > 900, "{facts:?}");
}

#[test]
fn what_nobody_delivers_is_lost_and_named() {
    let fleet = Fleet::default();
    // Whoever would carry the second window's lanes never starts.
    fleet.drop_orders(|order| order.window().from() == millis(200));
    let task = AnyTask::new(Ticks { units: 60, gap: 10 });
    let facts = world::run_on(fleet, task, Run::new(cut(200, 10)))
        .outcome
        .facts;
    assert!(facts.adds_up() && facts.settled, "{facts:?}");
    assert_eq!(
        (facts.tally.started, facts.lost),
        (20, 40),
        "the run ends where it is not handed on"
    );
    assert!(
        facts.losses.iter().all(|loss| loss.why == Why::Undelivered),
        "{facts:?}"
    );
}

#[test]
fn an_order_that_is_lost_on_the_way_is_sent_again() {
    let fleet = Fleet::default();
    fleet.drop_first_of_each();
    let task = AnyTask::new(Ticks { units: 400, gap: 2 });
    let limits = Limits {
        lead: millis(400),
        ..cut(250, 12)
    };
    let whole = run(
        AnyTask::new(Ticks { units: 400, gap: 2 }),
        Run::new(Limits::here(1)),
    );
    let again = world::run_on(fleet, task, Run::new(limits));
    assert_eq!(again.trace, whole.trace);
    assert!(
        !again.outcome.facts.is_partial(),
        "{:?}",
        again.outcome.facts
    );
}

#[test]
fn every_order_delivered_three_times_is_done_once() {
    let fleet = Fleet::default();
    fleet.deliver_times(3);
    let task = AnyTask::new(Ticks { units: 400, gap: 2 });
    let outcome = world::run_on(fleet, task, Run::new(cut(100, 12))).outcome;
    assert_eq!(outcome.facts.tally.started, 400);
    assert_eq!(outcome.counts()["ended"], 400);
    let batch = Fleet::default();
    batch.deliver_times(3);
    let outcome = world::run_on(
        batch,
        AnyTask::new(Items { items: 500 }),
        Run::new(Limits::here(4)),
    )
    .outcome;
    assert_eq!(outcome.counts()["ended"], 500);
}

#[test]
fn a_ledger_that_answers_late_that_it_wrote_is_still_ours() {
    let fleet = Fleet::default();
    fleet.forget_first_writes();
    let task = AnyTask::new(Ticks { units: 100, gap: 2 });
    let outcome = world::run_on(fleet, task, Run::new(cut(100, 12))).outcome;
    assert_eq!(outcome.facts.tally.started, 100);
    assert!(!outcome.facts.is_partial(), "{:?}", outcome.facts);
}

#[test]
fn a_worker_whose_life_is_short_has_a_successor() {
    // 40 items of 30 ms on one place; a life is 400 ms.
    let limits = Limits {
        life: Some(millis(400)),
        closing: millis(50),
        chunk_units: Some(1),
        ..Limits::here(1)
    };
    let outcome = run(AnyTask::new(world::Slow { items: 40 }), Run::new(limits)).outcome;
    assert_eq!(outcome.facts.tally.started, 40, "{:?}", outcome.facts);
    assert!(!outcome.facts.is_partial(), "{:?}", outcome.facts);
}

#[test]
fn a_chunk_that_failed_is_tried_again_where_that_does_no_harm() {
    let limits = Limits {
        chunk_units: Some(1),
        ..Limits::here(2)
    };
    let outcome = run(AnyTask::new(world::Flaky { items: 20 }), Run::new(limits)).outcome;
    assert_eq!(outcome.facts.tally.started, 20, "{:?}", outcome.facts);
    assert!(outcome.facts.faults.is_empty(), "{:?}", outcome.facts);
}

#[test]
fn a_chunk_that_failed_is_not_tried_again_otherwise_and_the_outcome_says_what_is_missing() {
    let limits = Limits {
        chunk_units: Some(5),
        ..Limits::here(2)
    };
    let done = run(AnyTask::new(world::Brittle { items: 20 }), Run::new(limits));
    let facts = &done.outcome.facts;
    // Of the four lanes 0, 4, 8…; 1, 5, 9…; 2, 6…; and 3, 7… each ends with its first multiple of three.
    assert_eq!(
        (facts.tally.started, facts.lost),
        (1 + 3 + 2 + 1, 13),
        "{facts:?}"
    );
    assert!(facts.adds_up() && facts.is_partial(), "{facts:?}");
    let missing: Vec<_> = facts
        .losses
        .iter()
        .map(|loss| (loss.chunk.lanes.first(), loss.units))
        .collect();
    assert_eq!(missing, [(0, 4), (1, 2), (2, 3), (3, 4)], "{facts:?}");
    let told = |loss: &Loss| matches!(&loss.why, Why::Failed(failure) if failure.to_string() == "the wind blew");
    assert!(facts.losses.iter().all(told), "{facts:?}");
    let units: BTreeSet<_> = done.trace.iter().map(|line| line.unit).collect();
    assert_eq!(
        (units.len(), done.trace.len()),
        (7, 7),
        "none is begun twice"
    );
}

#[test]
fn open_and_close_happen_once_and_their_failures_are_told() {
    let outcome = run(
        AnyTask::new(world::Opened::new(false)),
        Run::new(cut(50, 3)),
    )
    .outcome;
    assert_eq!(
        outcome.counts()["opened"],
        20,
        "every unit saw what `open` left"
    );
    assert_eq!(outcome.counts()["closed"], 1);
    let outcome = run(AnyTask::new(world::Opened::new(true)), Run::new(cut(50, 3))).outcome;
    let facts = outcome.facts;
    assert_eq!(facts.lost, facts.planned);
    assert!(
        facts.faults[0]
            .failure
            .to_string()
            .contains("the door is locked"),
        "{facts:?}"
    );
}

#[test]
fn a_run_exists_once() {
    let ledger = Arc::new(Memory::default());
    world::launched_twice(ledger, &AnyTask::new(Items { items: 1 }));
}

#[test]
fn the_record_of_a_run_is_all_that_is_needed_to_report_it() {
    let done = run(
        AnyTask::new(Ticks { units: 50, gap: 2 }),
        Run::new(cut(50, 12)),
    );
    let again = world::report(&done);
    assert_eq!(again.counts(), done.outcome.counts());
    assert_eq!(again.facts, done.outcome.facts);
    let book = Book::new(done.ledger.clone(), done.outcome.facts.run.clone());
    assert_eq!(book.run(), &done.outcome.facts.run);
}
