//! Tests of when a run is looked at.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use bytes::Bytes;

use super::*;
use crate::clock::VirtualClock;
use crate::ending::Ending;
use crate::erased::AnyTask;
use crate::laws::toys::{Sums, Ticks};
use crate::ledger::sample::{self, ZERO};
use crate::ledger::{Closed, Ledger, Memory};
use crate::registry::Kinds;
use crate::settle::undelivered;
use crate::transport::Threads;
use crate::voice::Voice;
use crate::worker::{SystemIds, World};

fn at(millis: u64) -> Time {
    Time::from_nanos(millis * 1_000_000)
}

/// Of a run that is followed since the first second, and of which something was read.
fn pace(end: Option<u64>) -> Pace {
    Pace {
        end: end.map(at),
        read: true,
        ..Pace::new(at(1_000), &sample::manifest())
    }
}

#[test]
fn a_run_is_looked_after_often_when_it_is_short_or_at_its_end() {
    let pause = |end: Option<u64>, now| pace(end).pause(at(now), false).as_millis();
    assert_eq!(pause(None, 1_000), 5);
    assert_eq!(pause(Some(2_000), 1_480), 20);
    assert_eq!(pause(Some(61_000), 31_000), 500);
    assert_eq!(pause(Some(61_000), 60_900), 105);
    assert_eq!(pause(Some(61_000), 61_010), 5);
    assert_eq!(pause(Some(61_000), 61_800), 100);
    assert_eq!(pause(Some(61_000), 90_000), 500);
}

#[test]
fn more_is_looked_for_twice_in_a_snapshots_time_until_the_end() {
    let until_more = |end: Option<u64>, now, took| {
        let took = Duration::from_millis(took);
        pace(end).until_more(at(now), took, false).as_millis()
    };
    assert_eq!(until_more(None, 1_160, 0), 6, "it may begin at any time");
    assert_eq!(until_more(Some(61_000), 1_160, 0), 500);
    assert_eq!(until_more(Some(1_400), 1_160, 0), 245);
    assert_eq!(until_more(Some(61_000), 61_800, 0), 100);
    // A wide run.
    assert_eq!(until_more(Some(61_000), 31_000, 4_000), 2_000);
    assert_eq!(until_more(Some(61_000), 60_000, 4_000), 1_000);
    assert_eq!(until_more(Some(61_000), 61_800, 4_000), 100);
}

#[test]
fn what_could_not_be_read_is_asked_for_again_soon() {
    let pace = Pace {
        read: false,
        ..pace(Some(61_000))
    };
    for hears in [false, true] {
        let soon = pace.until_more(at(1_160), Duration::ZERO, hears);
        assert_eq!(soon.as_millis(), 6);
        assert_eq!(pace.pause(at(1_160), hears).as_millis(), 6);
    }
}

#[test]
fn who_hears_of_a_runs_end_looks_only_when_there_can_be_more_to_see() {
    let millis = |end: Option<u64>, now, took| {
        let took = Duration::from_millis(took);
        let (pace, now) = (pace(end), at(now));
        let (pause, more) = (pace.pause(now, true), pace.until_more(now, took, true));
        (pause.as_millis(), more.as_millis())
    };
    assert_eq!(millis(None, 1_000, 0), (500, 500));
    assert_eq!(millis(Some(2_000), 1_480, 0), (500, 500));
    assert_eq!(millis(Some(61_000), 61_010, 0), (500, 500));
    assert_eq!(millis(Some(61_000), 90_000, 0), (500, 500));
    // A wide run.
    assert_eq!(millis(Some(61_000), 31_000, 4_000), (500, 2_000));
}

/// A ledger in which a run ends the moment after it was looked so often whether it is over.
#[derive(Debug)]
struct Ends {
    after: u32,
    looks: AtomicU32,
    memory: Memory,
    closed: Bytes,
    bell: Bell,
}

#[async_trait(?Send)]
impl Ledger for Ends {
    async fn create(&self, key: &str, value: Bytes) -> Result<bool, LedgerError> {
        self.memory.create(key, value).await
    }

    async fn put(&self, key: &str, value: Bytes) -> Result<(), LedgerError> {
        self.memory.put(key, value).await
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, LedgerError> {
        let value = self.memory.get(key).await?;
        if key.ends_with("/closed") && self.looks.fetch_add(1, Ordering::SeqCst) + 1 == self.after {
            self.memory.put(key, self.closed.clone()).await?;
            self.bell.ring_end();
        }
        Ok(value)
    }
}

/// How long one whose bell says that a worker is here, or not, follows a run that ends after so many looks, and how often it looked.
async fn followed(after: u32, worker_here: bool) -> (Duration, u32) {
    let manifest = Rc::new(Manifest {
        launched: ZERO,
        ..sample::manifest()
    });
    let bell = Bell::default();
    let outcome = undelivered(&manifest, 1, Sums::default(), None);
    let closed = Closed {
        facts: outcome.facts,
        report: outcome.report,
    };
    let ledger = Arc::new(Ends {
        after,
        looks: AtomicU32::new(0),
        memory: Memory::default(),
        closed: serde_json::to_vec(&closed).unwrap().into(),
        bell: bell.clone(),
    });
    let clock = VirtualClock::starting_at(ZERO);
    let world = World {
        ledger: Arc::<Ends>::clone(&ledger),
        clock: Arc::new(clock),
        kinds: Kinds::default(),
        ids: Arc::new(SystemIds),
        deployment: "here".to_owned(),
        voice: Voice::default(),
        ending: Ending::default(),
        bell,
    };
    let host = Threads::new(world).host();
    let _worker = worker_here.then(|| host.world.bell.enter(&manifest.run));
    let task = AnyTask::new(Ticks { units: 1, gap: 1 });
    let mut observer = task.observe(&host, Rc::clone(&manifest));
    let outcome = follow(&host, &manifest, &mut observer, |_| {}).await;
    assert!(outcome.unwrap().closed);
    (clock.now().since(ZERO), ledger.looks.load(Ordering::SeqCst))
}

#[tokio::test(start_paused = true)]
async fn an_end_that_comes_between_a_look_and_the_wait_for_the_next_is_heard_at_once() {
    for before in 0..3 {
        let (took, looks) = followed(before + 1, true).await;
        assert_eq!(took, Duration::from_millis(500) * before);
        assert_eq!(looks, before + 3, "once to see it, and once to read it");
    }
}
