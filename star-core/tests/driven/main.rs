//! Whole runs on a driven clock: hours in milliseconds, and a world that stands still when it is told to.
#![expect(clippy::unwrap_used, reason = "a world for tests may panic")]

mod batch;
mod crowd;
mod fleet;
mod glances;
mod manner;
mod once;
mod parts;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::laws::toys::{Sums, Ticks};
use star_core::wire::Order;
use star_core::{Context, Executable, Extent, Failure, Limits, Rate, Slice, Splittable, Task, Why};

use fleet::{Fleet, driven};

/// As on a function: a life of fifteen minutes, chunks of two.
fn function() -> Limits {
    Limits {
        chunk: Duration::from_mins(2),
        chunk_rate: Some(Rate::per_second(25)),
        workers: None,
        lead: Duration::from_secs(15),
        life: Some(Duration::from_mins(15)),
        ..Limits::here(1)
    }
}

/// Waits on the fleet's clock, which is paused: it takes no time.
async fn seconds(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

#[test]
fn a_run_of_one_unit_in_five_seconds_is_handed_on_for_hours() {
    driven(async {
        let fleet = Fleet::new();
        let task = Ticks {
            units: 2 * 720,
            gap: 5_000,
        };
        let outcome = fleet.run(task, function(), async {}).await;
        assert!(
            outcome.facts.adds_up() && !outcome.facts.is_partial(),
            "{:?}",
            outcome.facts
        );
        assert_eq!(
            (outcome.facts.tally.started, outcome.facts.chunks),
            (1440, 60 * 2)
        );
        let late = outcome.facts.lateness.max();
        assert!(
            late <= 1_000,
            "instants are absolute, so hand-overs do not drift: {late} µs"
        );
    });
}

#[test]
fn a_pause_longer_than_a_workers_life_is_handed_on() {
    driven(async {
        let fleet = Fleet::new();
        let outcome = fleet.run(Late {}, function(), async {}).await;
        assert_eq!(outcome.facts.tally.ended, 2, "{:?}", outcome.facts);
        assert!(!outcome.facts.is_partial(), "{:?}", outcome.facts);
        assert_eq!(
            outcome.facts.chunks,
            31 * 2,
            "two carriers through all of the pause"
        );
    });
}

#[test]
fn one_dead_carrier_does_not_end_a_run_whichever_it_is() {
    for doomed in [0, 1] {
        driven(async {
            let fleet = Fleet::new();
            let task = Ticks {
                units: 720,
                gap: 1_000,
            };
            let second_window = |order: Order| {
                let Order::Carry(slice) = order else {
                    return false;
                };
                let lane = slice.lanes.first() == doomed;
                lane && slice.window.from() == Duration::from_mins(2)
            };
            let outcome = fleet
                .run(task, function(), async {
                    seconds(160).await;
                    assert_eq!(fleet.kill(second_window), 1);
                })
                .await;
            let facts = &outcome.facts;
            assert!(facts.adds_up() && facts.is_partial(), "{facts:?}");
            assert_eq!(facts.losses.len(), 1, "only its own chunk: {facts:?}");
            assert_eq!(facts.losses[0].why, Why::Unreported);
            assert_eq!(facts.losses[0].chunk.lanes.first(), doomed);
            let (units, times) = fleet.started_units().await;
            assert_eq!(units.len(), times, "no unit starts twice");
            assert!(facts.tally.started >= 660, "{facts:?}");
        });
    }
}

#[test]
fn a_ledger_that_is_away_for_half_a_minute_ends_no_run() {
    driven(async {
        let fleet = Fleet::new();
        *fleet.ledger.away.lock().unwrap() = Some((100, 130));
        let task = Ticks {
            units: 400,
            gap: 1_000,
        };
        let outcome = fleet.run(task, function(), async {}).await;
        let facts = &outcome.facts;
        assert!(facts.adds_up() && facts.lost == 0, "{facts:?}");
        // In doubt from ten seconds of silence on; what is due then is cancelled, not started.
        assert!((15..=25).contains(&facts.tally.cancelled), "{facts:?}");
        assert_eq!(
            facts.tally.started + facts.tally.cancelled,
            400,
            "{facts:?}"
        );
    });
}

/// How many units were due until a run was told to stop, and how many had started in all.
async fn stopped(fleet: &Fleet) -> (u128, u128) {
    let task = Ticks {
        units: 3_000,
        gap: 100,
    };
    let host = fleet.host();
    let outcome = fleet
        .run(task, function(), async {
            // Between two looks of its workers.
            tokio::time::sleep(Duration::from_millis(60_450)).await;
            star_core::stop(&host, &"run".parse().unwrap())
                .await
                .unwrap();
        })
        .await;
    let facts = &outcome.facts;
    assert!(
        facts.adds_up() && facts.lost + facts.unfinished == 0,
        "{facts:?}"
    );
    let until_stop = facts.stopped.unwrap().since(facts.zero.unwrap());
    (until_stop.as_millis() / 100, facts.tally.started.into())
}

#[test]
fn a_stop_is_seen_at_the_next_look_and_nothing_starts_after_it() {
    driven(async {
        let fleet = Fleet::new();
        fleet.part();
        let (until_stop, started) = stopped(&fleet).await;
        assert!(
            (until_stop..=until_stop + 11).contains(&started),
            "{started} for {until_stop}"
        );
    });
}

#[test]
fn a_stop_in_the_same_process_is_seen_at_once() {
    driven(async {
        let (until_stop, started) = stopped(&Fleet::new()).await;
        assert!(
            (until_stop..=until_stop + 1).contains(&started),
            "{started} for {until_stop}"
        );
    });
}

/// A worker that stands still for a while in the middle of its units.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Stuck {
    for_millis: u64,
}

impl Splittable for Stuck {
    fn extent(&self) -> Extent {
        Extent::Timed(Duration::from_secs(4))
    }

    fn units(&self) -> u64 {
        400
    }

    fn due(&self, unit: u64) -> Duration {
        Duration::from_millis(10 * unit)
    }
}

impl Executable for Stuck {
    type Report = Sums;

    async fn execute(&self, slice: Slice, cx: &Context<Sums>) -> Result<(), Failure> {
        let mut units = cx.units(&slice);
        while let Some(unit) = units.next().await {
            cx.record(|sums| sums.ended += 1);
            if unit.index() == 100 {
                tokio::time::advance(Duration::from_millis(self.for_millis)).await;
            }
        }
        Ok(())
    }
}

impl Task for Stuck {
    const KIND: &'static str = "stuck";
}

/// A unit at the beginning, and one an hour later.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Late {}

impl Splittable for Late {
    fn extent(&self) -> Extent {
        Extent::Timed(Duration::from_mins(61))
    }

    fn units(&self) -> u64 {
        2
    }

    fn due(&self, unit: u64) -> Duration {
        Duration::from_hours(unit)
    }
}

impl Executable for Late {
    type Report = Sums;

    async fn execute(&self, slice: Slice, cx: &Context<Sums>) -> Result<(), Failure> {
        let mut units = cx.units(&slice);
        while units.next().await.is_some() {}
        Ok(())
    }
}

impl Task for Late {
    const KIND: &'static str = "late";
}

#[test]
fn a_worker_that_stood_still_misses_units_and_does_not_bunch_them() {
    driven(async {
        let fleet = Fleet::new();
        // With the late limit as it is by default: 100 ms.
        let outcome = fleet
            .run(Stuck { for_millis: 2_000 }, Limits::here(1), async {})
            .await;
        let facts = &outcome.facts;
        assert!(facts.adds_up(), "{facts:?}");
        // Of the 200 units due meanwhile, those of the last 100 ms are started late; the others are missed.
        assert!((188..=191).contains(&facts.tally.missed), "{facts:?}");
        assert_eq!(facts.tally.started + facts.tally.missed, 400);
        assert!(facts.lateness.max() <= 101_000, "{facts:?}");
        assert_eq!(
            facts.lost, 0,
            "missed units are counted, not lost: {facts:?}"
        );
        assert!(
            facts.is_partial(),
            "and still the run is not all that was asked for"
        );
    });
}

#[test]
fn a_worker_that_stood_still_for_less_than_the_late_limit_misses_nothing() {
    driven(async {
        let fleet = Fleet::new();
        let outcome = fleet
            .run(Stuck { for_millis: 90 }, Limits::here(1), async {})
            .await;
        assert_eq!(
            (outcome.facts.tally.started, outcome.facts.tally.missed),
            (400, 0)
        );
    });
}

#[test]
fn a_unit_that_outlives_its_worker_is_cut_off_and_named() {
    driven(async {
        let fleet = Fleet::new();
        // Each unit lives for a gap of ten minutes; the tail is ten seconds.
        let outcome = fleet.run(
            Ticks {
                units: 1,
                gap: 600_000,
            },
            Limits::here(1),
            async {
                seconds(1).await;
            },
        );
        let outcome = outcome.await;
        let facts = &outcome.facts;
        assert!(facts.adds_up(), "{facts:?}");
        assert_eq!(
            (facts.tally.started, facts.unfinished),
            (1, 0),
            "the window is as long as its life: {facts:?}"
        );
        let limits = Limits {
            chunk: Duration::from_mins(1),
            life: Some(Duration::from_mins(2)),
            ..Limits::here(2)
        };
        let fleet = Fleet::new();
        let outcome = fleet
            .run(
                Ticks {
                    units: 2,
                    gap: 600_000,
                },
                limits,
                async {},
            )
            .await;
        let facts = &outcome.facts;
        assert_eq!((facts.tally.started, facts.unfinished), (2, 2), "{facts:?}");
        assert!(facts.is_partial());
    });
}
