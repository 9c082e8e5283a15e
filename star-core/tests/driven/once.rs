//! What is done once per run, however long it takes and whoever dies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::laws::toys::Sums;
use star_core::ledger::{Begun, Book, ClaimKey, Ledger as _};
use star_core::wire::Order;
use star_core::{
    AnyOutcome, Context, Executable, Extent, Facts, Failure, Intervals, Limits, RunContext, Slice,
    Splittable, Task,
};

use crate::fleet::{Fleet, ZERO, driven};
use crate::{function, seconds};

/// Twenty units in two seconds; how often it was opened and closed is noted, and either takes its time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Doors {
    /// Seconds.
    opens_in: u64,
    closes_in: u64,
    /// Which counters are its own: tests share the process.
    test: usize,
    /// What `open` leaves to the units.
    opened: u64,
}

#[derive(Debug, Default)]
struct Counters {
    opened: AtomicU64,
    closed: AtomicU64,
}

static COUNTERS: [Counters; 17] = [const {
    Counters {
        opened: AtomicU64::new(0),
        closed: AtomicU64::new(0),
    }
}; 17];

impl Doors {
    pub(crate) fn new(test: usize, opens_in: u64, closes_in: u64) -> Self {
        Self {
            opens_in,
            closes_in,
            test,
            opened: 0,
        }
    }

    /// How often it was opened and closed.
    fn counted(test: usize) -> (u64, u64) {
        let Counters { opened, closed } = &COUNTERS[test];
        let count = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        (count(opened), count(closed))
    }
}

impl Splittable for Doors {
    fn extent(&self) -> Extent {
        Extent::Timed(Duration::from_secs(2))
    }

    fn units(&self) -> u64 {
        20
    }

    fn due(&self, unit: u64) -> Duration {
        Duration::from_millis(100 * unit)
    }
}

impl Executable for Doors {
    type Report = Sums;

    async fn execute(&self, slice: Slice, cx: &Context<Sums>) -> Result<(), Failure> {
        let mut units = cx.units(&slice);
        while units.next().await.is_some() {
            cx.record(|sums| sums.ended += self.opened);
        }
        Ok(())
    }
}

impl Task for Doors {
    const KIND: &'static str = "doors";

    async fn open(&mut self, _: &RunContext) -> Result<(), Failure> {
        COUNTERS[self.test].opened.fetch_add(1, Ordering::SeqCst);
        seconds(self.opens_in).await;
        self.opened += 1;
        Ok(())
    }

    async fn close(&self, report: &mut Sums, _: &RunContext) -> Result<(), Failure> {
        COUNTERS[self.test].closed.fetch_add(1, Ordering::SeqCst);
        seconds(self.closes_in).await;
        report.drawn += 1;
        Ok(())
    }
}

/// How often the units found the door open, and how often it was closed when the report was written.
fn report(outcome: &AnyOutcome) -> (u64, u64) {
    let count = |name| outcome.counts()[name].as_u64().unwrap();
    (count("ended"), count("drawn"))
}

fn faults(facts: &Facts) -> Vec<String> {
    let faults = facts.faults.iter();
    faults.map(|fault| fault.failure.to_string()).collect()
}

#[test]
fn a_slow_close_is_waited_for_and_never_begun_twice() {
    driven(async {
        let fleet = Fleet::new();
        let outcome = fleet
            .run(Doors::new(0, 0, 600), Limits::here(4), async {})
            .await;
        assert_eq!(Doors::counted(0), (1, 1));
        assert!(outcome.closed && !outcome.facts.is_partial());
        assert_eq!(report(&outcome), (20, 1), "what it did is in the report");
    });
}

#[test]
fn a_slow_open_is_waited_for_and_never_begun_twice() {
    driven(async {
        let fleet = Fleet::new();
        let outcome = fleet
            .run(Doors::new(1, 600, 0), Limits::here(4), async {})
            .await;
        assert_eq!(Doors::counted(1), (1, 1));
        assert!(
            outcome.facts.adds_up() && !outcome.facts.is_partial(),
            "{:?}",
            outcome.facts
        );
        assert_eq!(report(&outcome), (20, 1));
        let begun = outcome.facts.zero.unwrap().since(ZERO);
        assert!(begun > Duration::from_mins(10), "{begun:?}");
    });
}

#[test]
fn where_the_one_who_closes_dies_the_report_says_so_and_nobody_closes_again() {
    driven(async {
        let fleet = Fleet::new();
        let outcome = fleet
            .run(Doors::new(2, 0, 600), Limits::here(4), async {
                seconds(30).await;
                assert_eq!(Doors::counted(2), (1, 1));
                assert!(fleet.kill(|order| order == Order::Start) > 0);
            })
            .await;
        assert_eq!(Doors::counted(2), (1, 1));
        let facts = &outcome.facts;
        assert!(outcome.closed && facts.is_partial() && facts.lost == 0);
        assert_eq!(
            faults(facts),
            ["closing the run was begun and not ended: its worker is gone; it is not begun again"]
        );
        assert_eq!(report(&outcome), (20, 0), "what was measured stands");
    });
}

#[test]
fn where_the_first_who_was_to_close_dies_before_it_the_second_closes() {
    driven(async {
        let fleet = Fleet::new();
        let outcome = fleet
            .run(Doors::new(3, 0, 5), Limits::here(4), async {
                seconds(1).await;
                assert!(fleet.kill(|order| order == Order::Start) > 0);
            })
            .await;
        assert_eq!(Doors::counted(3), (1, 1));
        let facts = &outcome.facts;
        assert_eq!(
            (facts.losses.len(), faults(facts).len()),
            (1, 0),
            "{facts:?}"
        );
        assert_eq!(report(&outcome).1, 1);
    });
}

#[test]
fn where_the_one_who_opens_dies_the_run_never_starts_and_says_why() {
    driven(async {
        let fleet = Fleet::new();
        let outcome = fleet
            .run(Doors::new(4, 600, 0), Limits::here(4), async {
                seconds(60).await;
                assert!(fleet.kill(|order| order == Order::Start) > 0);
            })
            .await;
        assert_eq!(Doors::counted(4), (1, 0), "neither is done again");
        let facts = &outcome.facts;
        assert_eq!((facts.zero, facts.lost), (None, 20));
        assert!(facts.never_began().is_some());
        assert_eq!(
            faults(facts),
            ["starting the run was begun and not ended: its worker is gone; it is not begun again"]
        );
        let book = Book::new(fleet.ledger.clone(), "run".parse().unwrap());
        let begun = book.begun().await.unwrap();
        assert!(matches!(begun, Some(Begun::Failed(_))), "{begun:?}");
        assert!(outcome.closed);
    });
}

#[test]
fn a_worker_that_was_held_for_gone_while_it_opened_starts_nothing() {
    driven(async {
        let fleet = Fleet::new();
        let book = Book::new(fleet.ledger.clone(), "run".parse().unwrap());
        let outcome = fleet
            .run(Doors::new(5, 20, 0), Limits::here(4), async {
                seconds(10).await;
                let failed = Begun::Failed(Failure::new("it is held for gone"));
                assert!(book.write_begun(&failed).await.unwrap());
                seconds(60).await;
            })
            .await;
        assert_eq!(faults(&outcome.facts), ["it is held for gone"]);
        seconds(60).await;
        assert_eq!(Doors::counted(5), (1, 0));
        assert!(book.start().await.unwrap().is_none());
        let claimed = fleet
            .ledger
            .get("runs/run/claims/slice.0-2000000000.0-4.4.1");
        assert!(claimed.await.unwrap().is_none());
    });
}

#[test]
fn a_stop_ends_what_is_done_before_the_run_and_the_run_never_starts() {
    driven(async {
        let fleet = Fleet::new();
        let host = fleet.host();
        let outcome = fleet
            .run(Doors::new(6, 600, 0), Limits::here(4), async {
                seconds(60).await;
                let run = "run".parse().unwrap();
                star_core::stop(&host, &run).await.unwrap();
            })
            .await;
        let over = host.world.clock.now().since(ZERO);
        assert!(over < Duration::from_secs(63), "{over:?}");
        assert_eq!(Doors::counted(6), (1, 0));
        let facts = &outcome.facts;
        assert!(outcome.closed && facts.stopped.is_some() && facts.lost == 0);
        assert_eq!(faults(facts), ["it was stopped before it had begun"]);
    });
}

#[test]
fn after_a_stop_a_run_is_closed_once() {
    driven(async {
        let fleet = Fleet::new();
        let host = fleet.host();
        let outcome = fleet
            .run(Doors::new(7, 0, 8), Limits::here(4), async {
                seconds(1).await;
                let run = "run".parse().unwrap();
                star_core::stop(&host, &run).await.unwrap();
            })
            .await;
        assert_eq!(Doors::counted(7), (1, 1));
        assert!(outcome.facts.stopped.is_some() && outcome.facts.tally.cancelled > 0);
        assert_eq!(report(&outcome).1, 1);
    });
}

#[test]
fn what_is_done_at_the_end_of_a_stopped_run_has_ten_seconds_from_the_stop_on() {
    // Told to stop while units are started, and long after the last has ended.
    for (test, told_at) in [(14, 1), (15, 60)] {
        driven(async {
            let fleet = Fleet::new();
            let host = fleet.host();
            let outcome = fleet
                .run(Doors::new(test, 0, 200), Limits::here(4), async {
                    seconds(told_at).await;
                    let run = "run".parse().unwrap();
                    star_core::stop(&host, &run).await.unwrap();
                })
                .await;
            let over = host.world.clock.now().since(ZERO);
            assert!(over < Duration::from_secs(told_at + 18), "{over:?}");
            assert_eq!(Doors::counted(test), (1, 1));
            let facts = &outcome.facts;
            assert!(outcome.closed && facts.stopped.is_some(), "{facts:?}");
            assert_eq!(
                faults(facts),
                [
                    "closing the run was not ended: the run was stopped, and it may take 10 seconds from then on"
                ]
            );
        });
    }
}

#[test]
fn a_worker_that_opening_cost_too_much_of_its_life_lets_another_carry() {
    driven(async {
        let fleet = Fleet::new();
        let limits = Limits {
            life: Some(Duration::from_mins(1)),
            ..function()
        };
        let outcome = fleet.run(Doors::new(8, 50, 0), limits, async {}).await;
        let facts = &outcome.facts;
        assert!(facts.adds_up() && !facts.is_partial(), "{facts:?}");
        assert_eq!((Doors::counted(8), report(&outcome)), ((1, 1), (20, 1)));
    });
}

#[test]
fn opening_that_outlasts_its_worker_is_a_failure_and_closing_that_does_a_fault() {
    driven(async {
        let limits = Limits {
            life: Some(Duration::from_mins(1)),
            ..function()
        };
        let fleet = Fleet::new();
        let outcome = fleet.run(Doors::new(9, 600, 0), limits.clone(), async {});
        let outcome = outcome.await;
        assert_eq!(
            (faults(&outcome.facts), Doors::counted(9)),
            (
                vec![
                    "it has not begun: what is done before took longer than its worker lives"
                        .to_owned()
                ],
                (1, 0)
            )
        );
        let fleet = Fleet::new();
        let outcome = fleet.run(Doors::new(10, 0, 600), limits, async {}).await;
        assert_eq!(
            (faults(&outcome.facts), Doors::counted(10)),
            (
                vec!["closing the run was not ended: its worker's life was over".to_owned()],
                (1, 1)
            )
        );
        assert_eq!(outcome.facts.tally.started, 20);
    });
}

#[test]
fn a_worker_whose_ledger_is_gone_for_good_leaves() {
    driven(async {
        let fleet = Fleet::new();
        *fleet.ledger.away.lock().unwrap() = Some((1, u64::MAX));
        let host = fleet.host();
        let run = fleet.run(Doors::new(11, 0, 0), Limits::here(4), async {});
        tokio::select! {
            outcome = run => panic!("the launcher cannot know: {outcome:?}"),
            () = seconds(110) => {}
        }
        // What they write last they try for two minutes.
        seconds(200).await;
        assert!(fleet.is_idle(), "{:?}", host.world.clock.now());
        assert_eq!(Doors::counted(11).1, 0);
    });
}

#[test]
fn what_a_worker_keeps_does_not_wait_for_a_transport_that_refuses() {
    driven(async {
        let fleet = Fleet::new();
        fleet.refuse(|order| order != Order::Start);
        let limits = Limits {
            lead: Duration::from_secs(2),
            ..Limits::here(4)
        };
        let outcome = fleet.run(Doors::new(12, 0, 0), limits, async {}).await;
        let facts = &outcome.facts;
        assert_eq!((facts.tally.started, facts.lost), (5, 15), "{facts:?}");
        assert_eq!(facts.tally.missed, 0);
    });
}

#[test]
fn claims_and_signs_are_named_by_what_they_are_for() {
    driven(async {
        let fleet = Fleet::new();
        let _outcome = fleet
            .run(Doors::new(13, 3, 3), Limits::here(1), async {})
            .await;
        for name in ["claims/start", "claims/close", "signs/start", "signs/close"] {
            let value = fleet.ledger.get(&format!("runs/run/{name}")).await;
            assert!(value.unwrap().is_some(), "{name}");
        }
        let book = Book::new(Arc::clone(&fleet.ledger) as _, "run".parse().unwrap());
        let claim = book.claimed(ClaimKey::Close).await.unwrap().unwrap();
        let sign = book.sign(ClaimKey::Close).await.unwrap().unwrap();
        let last = sign.since(claim.at);
        assert!(
            last <= Intervals::HERE.margin + Duration::from_secs(3),
            "{last:?}"
        );
    });
}
