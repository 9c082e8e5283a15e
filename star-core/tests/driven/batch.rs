//! Batches: every item once, whatever items cost and however short workers live; and what becomes of those that fail.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::laws::toys::Items;
use star_core::ledger::Book;
use star_core::reports::Counter;
use star_core::shape::Batch;
use star_core::wire::{Envelope, Order, Reply, VERSION};
use star_core::worker::work;
use star_core::{AnyOutcome, Failure, Lanes, Limits, OneUnit, Splittable, Time, UnitTask, Why};

use crate::fleet::{Fleet, ZERO, driven};
use crate::seconds;

/// Four functions that live for fifteen minutes.
fn four() -> Limits {
    Limits {
        life: Some(Duration::from_mins(15)),
        batch_end: Duration::from_hours(3),
        ..Limits::here(4)
    }
}

/// Items of which one in a thousand costs a hundred thousand times what most do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Costly {
    items: Batch,
}

/// The items that were done, in order.
static DONE: Mutex<Vec<u64>> = Mutex::new(Vec::new());

/// What they cost in all, in milliseconds.
static COST: AtomicU64 = AtomicU64::new(0);

impl UnitTask for Costly {
    const KIND: &'static str = "costly";
    type Report = Counter;

    fn shape(&self) -> &impl Splittable {
        &self.items
    }

    async fn unit(&self, unit: &OneUnit<Counter>) -> Result<(), Failure> {
        let cost = match unit.draws(0).below(1000) {
            0 => 100_000,
            1..=10 => 2000,
            _ => 1,
        };
        unit.sleep(Duration::from_millis(cost)).await;
        COST.fetch_add(cost, Ordering::SeqCst);
        DONE.lock().unwrap().push(unit.index());
        unit.record(|done| done.add(1));
        Ok(())
    }
}

#[test]
fn of_items_of_unequal_cost_each_is_done_once_by_four_workers_in_several_short_lives() {
    const ITEMS: u64 = 100_000;
    driven(async {
        let fleet = Fleet::new();
        let task = Costly {
            items: Batch::of(ITEMS),
        };
        let outcome = fleet.run(task, four(), async {}).await;
        let facts = &outcome.facts;
        assert!(facts.adds_up() && !facts.is_partial(), "{facts:?}");
        assert_eq!(facts.tally.ended, ITEMS);
        let done = std::mem::take(&mut *DONE.lock().unwrap());
        assert_eq!(done.len() as u64, ITEMS, "none is done twice");
        let distinct: BTreeSet<_> = done.into_iter().collect();
        assert_eq!(distinct.len() as u64, ITEMS, "each is done");
        let lives = fleet.orders().into_iter().filter_map(|order| match order {
            Order::Serve { life, .. } => Some(life),
            _ => None,
        });
        let last = lives.max().unwrap_or_default();
        assert!(
            last >= 2,
            "three lives at least, and these were {}",
            last + 1
        );
        let took = fleet.host().world.clock.now().since(ZERO).as_secs();
        let share = COST.load(Ordering::SeqCst) / 4 / 1000;
        assert!(
            took < share * 5 / 4,
            "it took {took} s, and a fourth of all is {share} s: who is done helps the others"
        );
    });
}

/// Items that fail, or are held up, as they are told.
macro_rules! items {
    ($name:ident, $kind:literal, idempotent: $idempotent:literal) => {
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub(crate) struct $name {
            items: Batch,
        }

        impl UnitTask for $name {
            const KIND: &'static str = $kind;
            const IDEMPOTENT: bool = $idempotent;
            type Report = Counter;

            fn shape(&self) -> &impl Splittable {
                &self.items
            }

            async fn unit(&self, unit: &OneUnit<Counter>) -> Result<(), Failure> {
                let name = format!("items/{:03}.txt", unit.index());
                unit.artifact(&name, unit.index().to_string()).await?;
                unit.sleep(Duration::from_secs(1)).await;
                unit.record(|done| done.add(1));
                if unit.index() % 10 == 3 {
                    return Err(Failure::new(format!("item {} is rotten", unit.index())));
                }
                Ok(())
            }
        }
    };
}

items!(Harmless, "harmless", idempotent: true);
items!(Harmful, "harmful", idempotent: false);

/// The second of two workers dies in the middle of its fourth chunk of ten items.
async fn bereaved<T: star_core::Task>(fleet: &Fleet, task: T) -> AnyOutcome {
    let limits = Limits {
        chunk_units: Some(10),
        life: Some(Duration::from_mins(2)),
        ..Limits::here(2)
    };
    let second =
        |order: Order| matches!(order, Order::Serve { workers, .. } if workers.first() == 1);
    fleet
        .run(task, limits, async {
            seconds(35).await;
            assert_eq!(fleet.kill(second), 1);
        })
        .await
}

#[test]
fn a_worker_that_is_late_for_a_run_that_is_over_and_removed_does_none_of_it_again() {
    driven(async {
        let fleet = Fleet::new();
        let task = Items { items: 100 };
        let outcome = fleet.run(task, Limits::here(2), async {}).await;
        assert_eq!(outcome.facts.tally.ended, 100);
        let workers = Lanes::bundle(1, 2, 2).unwrap();
        let order = Order::Serve { workers, life: 9 };
        *fleet.ledger.removed_at.lock().unwrap() = Some("claims/workers.1-2.2.9");
        let late = Envelope {
            version: VERSION,
            deployment: "driven".to_owned(),
            run: outcome.facts.run.clone(),
            order,
            hop: 1,
            expires: Time::from_nanos(u64::MAX),
        };
        let reply = work(&late.encode(), &fleet.host()).await;
        assert!(matches!(reply, Reply::Expired), "{reply:?}");
        assert_eq!(fleet.ledger.keys(), ["runs/run/claims/workers.1-2.2.9"]);
    });
}

#[test]
fn items_whose_worker_is_gone_are_done_again_where_that_does_no_harm() {
    driven(async {
        let fleet = Fleet::new();
        let items = Batch::of(200);
        let outcome = bereaved(&fleet, Harmless { items }).await;
        let facts = &outcome.facts;
        assert!(facts.adds_up() && !facts.is_partial(), "{facts:?}");
        assert_eq!(facts.tally.ended, 200, "{facts:?}");
        assert_eq!(outcome.counts()["report"], 200);
    });
}

#[test]
fn items_whose_worker_is_gone_are_not_done_again_otherwise_and_the_outcome_says_which_are_missing()
{
    driven(async {
        let fleet = Fleet::new();
        let items = Batch::of(200);
        let outcome = bereaved(&fleet, Harmful { items }).await;
        let facts = &outcome.facts;
        assert!(facts.adds_up() && facts.is_partial(), "{facts:?}");
        assert_eq!(facts.losses.len(), 1, "only the chunk it was in: {facts:?}");
        let loss = &facts.losses[0];
        assert_eq!(loss.why, Why::Unreported);
        assert_eq!(loss.chunk.lanes.of(), 20, "{loss:?}");
        let (units, times) = fleet.started_units().await;
        assert_eq!(units.len(), times, "no item is begun twice");
    });
}

#[test]
fn items_that_fail_are_counted_and_shown_and_what_they_made_has_a_name_of_its_own() {
    for workers in [1, 3] {
        driven(async {
            let fleet = Fleet::new();
            let task = Harmful {
                items: Batch::of(100),
            };
            let outcome = fleet.run(task, Limits::here(workers), async {}).await;
            assert!(!outcome.facts.is_partial(), "{:?}", outcome.facts);
            assert_eq!(outcome.counts()["failed"], 10);
            assert_eq!(outcome.counts()["report"], 100, "what was recorded stands");
            let told = outcome.summary().to_string();
            assert!(told.contains("item 3 is rotten"), "{told}");
            let book = Book::new(fleet.ledger.clone(), "run".parse().unwrap());
            for item in 0..100 {
                let made = book.artifact(&format!("items/{item:03}.txt")).await;
                assert_eq!(made.unwrap().unwrap(), item.to_string());
            }
        });
    }
}
