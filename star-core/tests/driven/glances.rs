//! What whoever follows a run reads of it.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};
use star_core::laws::toys::{Sums, Ticks};
use star_core::{
    AnyOutcome, AnyTask, Context, Executable, Extent, Facts, Failure, Job, Limits, Report,
    RunContext, Slice, Splittable, Task, attend, follow, launch,
};

use crate::fleet::{Fleet, driven, launched};
use crate::once::Doors;
use crate::{function, seconds};

thread_local! {
    /// How often a report was made of what is written.
    static READ: Cell<u64> = const { Cell::new(0) };
    /// How often a task was told how it goes.
    static TOLD: Cell<u64> = const { Cell::new(0) };
}

/// Sums that notice when they are read.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Noticed(Sums);

impl<'de> Deserialize<'de> for Noticed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        READ.set(READ.get() + 1);
        Sums::deserialize(deserializer).map(Self)
    }
}

impl Report for Noticed {
    type Summary = String;

    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }

    fn summarize(&self, facts: &Facts) -> String {
        self.0.summarize(facts)
    }
}

/// A unit a second for three minutes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Watched {
    observes: bool,
}

impl Splittable for Watched {
    fn extent(&self) -> Extent {
        Extent::Timed(Duration::from_mins(3))
    }

    fn units(&self) -> u64 {
        180
    }

    fn due(&self, unit: u64) -> Duration {
        Duration::from_secs(unit)
    }
}

impl Executable for Watched {
    type Report = Noticed;

    async fn execute(&self, slice: Slice, cx: &Context<Noticed>) -> Result<(), Failure> {
        let mut units = cx.units(&slice);
        while let Some(unit) = units.next().await {
            cx.record(|sums| sums.0.ended += 1);
            drop(unit);
        }
        Ok(())
    }
}

impl Task for Watched {
    const KIND: &'static str = "watched";

    fn observes(&self) -> bool {
        self.observes
    }

    async fn observed(&self, report: &Noticed, known: Duration, _cx: &RunContext) {
        assert!(report.0.ended >= known.as_secs(), "what is known is there");
        TOLD.set(TOLD.get() + 1);
    }
}

/// Follows a run that was launched here, telling of it meanwhile.
async fn followed(fleet: &Fleet, task: Watched, told: impl FnMut(&Facts)) -> AnyOutcome {
    let host = fleet.host();
    let job = Job {
        task: AnyTask::new(task),
        blobs: Vec::new(),
    };
    let manifest = launch(&host, &job, launched(function())).await.unwrap();
    let mut observer = job.task.attend(&host, Rc::clone(&manifest));
    let ((), outcome) = tokio::join!(
        attend(&host, &manifest),
        follow(&host, &manifest, &mut observer, told)
    );
    outcome.unwrap()
}

#[test]
fn nothing_is_made_of_a_report_while_a_run_goes_on() {
    driven(async {
        READ.set(0);
        let mut seen = Vec::new();
        let fleet = Fleet::new();
        let task = Watched { observes: false };
        let outcome = followed(&fleet, task, |facts| {
            let started = facts.tally.started;
            if started < 170 {
                assert_eq!(READ.get(), 0, "{started} units had started");
            }
            seen.push(started);
        })
        .await;
        assert!(
            READ.get() > 0,
            "who closes a run and who follows it read it"
        );
        seen.dedup();
        assert!(
            seen.len() > 30,
            "all the same one sees how far it is: {seen:?}"
        );
        assert_eq!(outcome.counts()["ended"], 180);
        assert_eq!(TOLD.get(), 0);
    });
}

#[test]
fn a_task_that_wants_to_know_how_it_goes_is_told() {
    driven(async {
        READ.set(0);
        TOLD.set(0);
        let fleet = Fleet::new();
        let outcome = followed(&fleet, Watched { observes: true }, |_| {}).await;
        assert!(TOLD.get() > 60, "{}", TOLD.get());
        assert!(READ.get() > 30, "{}", READ.get());
        assert_eq!(outcome.counts()["ended"], 180);
    });
}

#[test]
fn what_a_lost_chunk_said_last_is_in_the_report_also_where_the_end_cannot_be_recorded() {
    for unwritable in [None, Some("/closed")] {
        driven(async {
            let fleet = Fleet::new();
            *fleet.ledger.unwritable.lock().unwrap() = unwritable;
            let outcome = fleet
                .run(Watched { observes: false }, function(), async {
                    seconds(100).await;
                    assert!(fleet.kill(|_| true) > 0);
                })
                .await;
            let facts = &outcome.facts;
            assert_eq!(outcome.closed, unwritable.is_none());
            assert!(facts.settled && facts.adds_up(), "{facts:?}");
            assert!((80..100).contains(&facts.tally.started), "{facts:?}");
            assert_eq!(outcome.counts()["ended"], facts.tally.started);
            assert_eq!(facts.lost, 180 - facts.tally.started);
        });
    }
}

/// How long after its end a run is noticed to be over that is stopped after so many seconds, and how long it took until then.
async fn noticed(fleet: &Fleet, stopped_after: u64) -> (Duration, Duration) {
    let host = fleet.host();
    let clock = &host.world.clock;
    let begun = clock.now();
    let task = Ticks {
        units: 6_000,
        gap: 100,
    };
    // Its second worker is there longer than the one that closes it.
    let one_window = Limits {
        chunk: Duration::from_mins(10),
        workers: Some(2),
        ..function()
    };
    let outcome = fleet
        .run(task, one_window, async {
            seconds(stopped_after).await;
            star_core::stop(&host, &"run".parse().unwrap())
                .await
                .unwrap();
        })
        .await;
    assert!(outcome.closed && outcome.facts.stopped.is_some());
    let closed = fleet.ledger.closed_at.lock().unwrap().unwrap();
    (clock.now().since(closed), closed.since(begun))
}

#[test]
fn an_early_end_is_noticed_as_soon_as_in_a_twenty_fourth_of_the_time_until_then() {
    let late = |stopped_after| {
        driven(async {
            let fleet = Fleet::new();
            fleet.part();
            let (late, took) = noticed(&fleet, stopped_after).await;
            let most = took / 24 + Duration::from_millis(1);
            assert!(late <= most, "{late:?} after {took:?}");
            late
        })
    };
    let latest = (20..30).map(late).max();
    assert!(latest > Some(Duration::from_millis(100)), "{latest:?}");
}

#[test]
fn an_end_in_the_same_process_is_noticed_at_once() {
    for stopped_after in 20..30 {
        driven(async {
            let (late, took) = noticed(&Fleet::new(), stopped_after).await;
            assert!(late.is_zero(), "{late:?} after {took:?}");
        });
    }
}

#[test]
fn a_start_in_the_same_process_that_fails_is_noticed_at_once() {
    driven(async {
        let fleet = Fleet::new();
        let host = fleet.host();
        let clock = &host.world.clock;
        let (begun, stopped) = (clock.now(), Duration::from_secs(17));
        let outcome = fleet
            .run(Doors::new(16, 100, 0), function(), async {
                clock.sleep_until(begun + stopped).await;
                star_core::stop(&host, &"run".parse().unwrap())
                    .await
                    .unwrap();
            })
            .await;
        assert!(outcome.closed && outcome.facts.zero.is_none());
        assert_eq!(clock.now().since(begun), stopped);
    });
}

#[test]
fn whether_a_run_is_over_is_seldom_looked_at_where_it_would_be_heard() {
    let looks = |apart: bool| {
        driven(async {
            let fleet = Fleet::new();
            if apart {
                fleet.part();
            }
            let outcome = fleet
                .run(Watched { observes: false }, function(), async {})
                .await;
            assert_eq!(outcome.counts()["ended"], 180);
            fleet.ledger.looks.load(Ordering::SeqCst)
        })
    };
    let (here, elsewhere) = (looks(false), looks(true));
    // Twice in a snapshot's five seconds, and a few at the end.
    assert!(here <= 180 * 2 / 5 + 20, "{here}");
    assert!(elsewhere > here * 2, "{elsewhere}");
}

#[test]
fn a_stopped_run_is_closed_soon_though_it_was_yet_to_be_handed_on_and_nobody_follows_it() {
    driven(async {
        let fleet = Fleet::new();
        let host = fleet.host();
        let job = Job {
            task: AnyTask::new(Watched { observes: false }),
            blobs: Vec::new(),
        };
        // The second window would be sent for after 105 seconds.
        let manifest = launch(&host, &job, launched(function())).await.unwrap();
        attend(&host, &manifest).await;
        seconds(20).await;
        let stopped = host.world.clock.now();
        star_core::stop(&host, &manifest.run).await.unwrap();
        let closed = || *fleet.ledger.closed_at.lock().unwrap();
        while closed().is_none() {
            assert!(host.world.clock.now().since(stopped) < Duration::from_mins(5));
            seconds(1).await;
        }
        let late = closed().unwrap().since(stopped);
        assert!(late <= Duration::from_secs(10), "{late:?}");
    });
}
