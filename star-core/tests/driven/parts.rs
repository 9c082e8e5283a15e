//! Reports that grow with the time, of which what is over is told once.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::laws::toys::Diary;
use star_core::ledger::Book;
use star_core::{
    AnyOutcome, AnyTask, Context, Executable, Extent, Failure, Job, Limits, Slice, Splittable, Task,
};

use crate::fleet::{Fate, Fleet, driven};
use crate::{function, seconds};

/// A unit a second, each of which is written down then, and every tenth once more a while later.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Journal {
    seconds: u64,
}

impl Splittable for Journal {
    fn extent(&self) -> Extent {
        Extent::Timed(Duration::from_secs(self.seconds))
    }

    fn units(&self) -> u64 {
        self.seconds
    }

    fn due(&self, unit: u64) -> Duration {
        Duration::from_secs(unit)
    }
}

impl Executable for Journal {
    type Report = Diary;

    async fn execute(&self, slice: Slice, cx: &Context<Diary>) -> Result<(), Failure> {
        let mut units = cx.units(&slice);
        while let Some(unit) = units.next().await {
            // A straggler's second is long over.
            let second = if unit.index() % 10 == 9 {
                unit.index() / 2
            } else {
                unit.index()
            };
            cx.record(|diary| diary.note(second));
            drop(unit);
        }
        Ok(())
    }
}

impl Task for Journal {
    const KIND: &'static str = "journal";
}

thread_local! {
    /// How many units were begun.
    static BEGUN: Cell<u64> = const { Cell::new(0) };
}

/// A batch of items of a second each, which the first to try it does not bring to its end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tries {
    items: u64,
}

impl Splittable for Tries {
    fn extent(&self) -> Extent {
        Extent::Batch
    }

    fn units(&self) -> u64 {
        self.items
    }

    fn due(&self, _: u64) -> Duration {
        Duration::ZERO
    }
}

impl Executable for Tries {
    type Report = Diary;

    async fn execute(&self, slice: Slice, cx: &Context<Diary>) -> Result<(), Failure> {
        let mut units = cx.units(&slice);
        while let Some(unit) = units.next().await {
            cx.sleep(Duration::from_secs(1)).await;
            cx.record(|diary| diary.note(unit.index()));
            if BEGUN.replace(BEGUN.get() + 1) == self.items / 2 {
                return Err(Failure::new("it broke"));
            }
        }
        Ok(())
    }
}

impl Task for Tries {
    const KIND: &'static str = "tries";
    const IDEMPOTENT: bool = true;
}

/// Of one worker on this machine.
fn here() -> Limits {
    Limits {
        chunk_units: Some(1_000),
        ..Limits::here(1)
    }
}

fn count(outcome: &AnyOutcome) -> u64 {
    outcome.counts().as_u64().unwrap()
}

/// How many parts are there.
fn parts(fleet: &Fleet) -> usize {
    let keys = fleet.ledger.keys();
    keys.iter().filter(|key| key.contains("/parts/")).count()
}

#[test]
fn a_run_is_whole_at_any_moment_and_its_snapshots_stay_small() {
    driven(async {
        let fleet = Fleet::new();
        let task = Journal { seconds: 600 };
        let host = fleet.host();
        let outcome = fleet
            .run(task.clone(), here(), async {
                let book = Book::new(host.world.ledger.clone(), "run".parse().unwrap());
                seconds(3).await;
                let manifest = Rc::new(book.manifest().await.unwrap().unwrap());
                let job = Job {
                    task: AnyTask::new(task),
                    blobs: Vec::new(),
                };
                let mut observer = job.task.observe(&host, manifest);
                for _ in 0..80 {
                    let seen = observer.look().await.unwrap();
                    assert_eq!(count(&seen), seen.facts.tally.started);
                    seconds(7).await;
                }
            })
            .await;
        assert!(!outcome.facts.is_partial(), "{:?}", outcome.facts);
        assert_eq!(count(&outcome), 600);
        let longest = fleet.ledger.longest.load(Ordering::SeqCst);
        // What is split off when they have grown by 64 KiB, and five seconds to either side.
        assert!(longest < 64 * 1024 + 50_000, "{longest}");
        assert!((20..40).contains(&parts(&fleet)), "{}", parts(&fleet));
    });
}

#[test]
fn whatever_becomes_of_writes_of_parts_all_is_counted_once() {
    let fates = [
        vec![Fate::Refused],
        vec![Fate::Unanswered],
        vec![Fate::Late(3)],
        vec![Fate::Late(40)],
        vec![Fate::Written, Fate::Refused, Fate::Refused, Fate::Late(7)],
        vec![Fate::Unanswered, Fate::Unanswered, Fate::Written],
        // For ever: the chunk ends meanwhile.
        vec![Fate::Late(100_000)],
        vec![Fate::Written, Fate::Written, Fate::Late(100_000)],
    ];
    for limits in [here(), function()] {
        for fates in &fates {
            driven(async {
                let fleet = Fleet::new();
                fleet.ledger.parting.lock().unwrap().fates = fates.clone();
                let task = Journal { seconds: 300 };
                let outcome = fleet.run(task, limits.clone(), async {}).await;
                let facts = &outcome.facts;
                assert!(facts.adds_up() && facts.tally.ended == 300, "{facts:?}");
                assert_eq!(count(&outcome), 300, "{fates:?}");
                assert!(fleet.ledger.parting.lock().unwrap().writes > 0);
            });
        }
    }
}

#[test]
fn a_worker_that_dies_at_any_instant_takes_nothing_with_it_that_was_told() {
    for second in (60..100).step_by(3) {
        driven(async {
            let fleet = Fleet::new();
            let fates = vec![Fate::Written, Fate::Late(6), Fate::Unanswered];
            fleet.ledger.parting.lock().unwrap().fates = fates;
            let task = Journal { seconds: 200 };
            let outcome = fleet
                .run(task, function(), async {
                    seconds(second).await;
                    assert!(fleet.kill(|_| true) > 0);
                })
                .await;
            let facts = &outcome.facts;
            assert!(facts.settled && facts.adds_up(), "{facts:?}");
            assert_eq!(count(&outcome), facts.tally.started, "{second}");
            assert!(facts.tally.started > second - 35, "{facts:?}");
            assert!(parts(&fleet) > 0);
        });
    }
}

#[test]
fn what_an_attempt_told_that_failed_is_no_part_of_the_next() {
    driven(async {
        BEGUN.set(0);
        let fleet = Fleet::new();
        let outcome = fleet.run(Tries { items: 200 }, here(), async {}).await;
        let facts = &outcome.facts;
        assert!(!facts.is_partial() && facts.tally.ended == 200, "{facts:?}");
        assert_eq!(BEGUN.get(), 301, "it was tried twice");
        assert_eq!(count(&outcome), 200);
        let keys = fleet.ledger.keys();
        for attempt in ["1.0", "2.0"] {
            let mut of = keys.iter().filter(|key| key.contains("/parts/"));
            assert!(of.any(|key| key.ends_with(attempt)), "{keys:?}");
        }
    });
}

#[test]
fn what_is_over_is_read_once_by_who_looks_and_never_by_who_glances() {
    driven(async {
        let fleet = Fleet::new();
        let task = Journal { seconds: 300 };
        let outcome = fleet.run(task, here(), async {}).await;
        assert_eq!(count(&outcome), 300);
        let read = fleet.ledger.parts_read.load(Ordering::SeqCst);
        // The worker that closed the run did; who followed it read what that one recorded.
        assert_eq!(read, parts(&fleet));
    });
}
