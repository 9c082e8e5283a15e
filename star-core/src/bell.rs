//! Lets those who share a process hear of a run at once what the ledger would tell them at their next look.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::clock::Clock;
use crate::ledger::RunId;
use crate::time::Time;

/// A bell that workers and launchers of one process share. It is a hint: whoever hears it looks at the ledger, as without it a little later.
#[derive(Clone, Debug, Default)]
pub struct Bell {
    ends: watch::Sender<()>,
    stops: watch::Sender<()>,
    /// How many workers each run has in this process.
    workers: Arc<Mutex<HashMap<RunId, usize>>>,
}

impl Bell {
    /// Tells that something may be over: to be rung once that is in the ledger.
    pub(crate) fn ring_end(&self) {
        self.ends.send_replace(());
    }

    /// Tells that something is to stop: to be rung once that is in the ledger.
    pub(crate) fn ring_stop(&self) {
        self.stops.send_replace(());
    }

    /// Hears from now on what may be over.
    pub(crate) fn ends(&self) -> Ear {
        Ear(self.ends.subscribe())
    }

    /// Hears from now on what is to stop.
    pub(crate) fn stops(&self) -> Ear {
        Ear(self.stops.subscribe())
    }

    /// A worker of this run is in this process, as long as what this returns is kept. It rings when the last of them leaves.
    pub(crate) fn enter(&self, run: &RunId) -> Presence {
        self.with_workers(|workers| *workers.entry(run.clone()).or_default() += 1);
        Presence {
            bell: self.clone(),
            run: run.clone(),
        }
    }

    /// Whether a worker of this run is in this process.
    pub(crate) fn has_worker_of(&self, run: &RunId) -> bool {
        self.with_workers(|workers| workers.contains_key(run))
    }

    fn with_workers<A>(&self, act: impl FnOnce(&mut HashMap<RunId, usize>) -> A) -> A {
        act(&mut self.workers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// That a worker is in this process.
#[derive(Debug)]
pub(crate) struct Presence {
    bell: Bell,
    run: RunId,
}

impl Drop for Presence {
    fn drop(&mut self) {
        let last = self.bell.with_workers(|workers| {
            if let Some(others @ 2..) = workers.get_mut(&self.run) {
                *others -= 1;
                return false;
            }
            workers.remove(&self.run);
            true
        });
        if last {
            self.bell.ring_end();
        }
    }
}

/// Whoever listens. What rang since it last heard is heard at once, so nothing is missed between a look and the wait for the next.
#[derive(Debug)]
pub(crate) struct Ear(watch::Receiver<()>);

impl Ear {
    /// Waits until it rings, or until then. Whether it rang.
    pub(crate) async fn heard_until(&mut self, clock: &dyn Clock, at: Time) -> bool {
        tokio::select! {
            biased;
            // Where nobody is left who could ring, nothing is heard.
            Ok(()) = self.0.changed() => true,
            () = clock.sleep_until(at) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::VirtualClock;
    use crate::ledger::sample::ZERO;

    const LATER: Time = Time::from_nanos(ZERO.as_nanos() + 1_000_000_000);

    #[tokio::test(start_paused = true)]
    async fn what_rings_before_it_is_waited_for_is_heard_once() {
        let clock = VirtualClock::starting_at(ZERO);
        let bell = Bell::default();
        let (mut ends, mut stops) = (bell.ends(), bell.stops());
        bell.ring_end();
        bell.clone().ring_end();
        assert!(ends.heard_until(&clock, LATER).await);
        assert_eq!(clock.now(), ZERO, "at once");
        assert!(!ends.heard_until(&clock, LATER).await);
        assert_eq!(clock.now(), LATER);
        bell.ring_stop();
        let later = LATER + Duration::from_secs(1);
        assert!(!ends.heard_until(&clock, later).await, "that is for others");
        assert!(stops.heard_until(&clock, later).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_bell_that_nobody_can_ring_is_waited_for_as_long_as_any() {
        let clock = VirtualClock::starting_at(ZERO);
        let mut ends = Bell::default().ends();
        assert!(!ends.heard_until(&clock, LATER).await);
        assert_eq!(clock.now(), LATER);
    }

    #[tokio::test(start_paused = true)]
    async fn it_rings_when_a_runs_last_worker_leaves() {
        let clock = VirtualClock::starting_at(ZERO);
        let bell = Bell::default();
        let (run, other): (RunId, RunId) = ("run".parse().unwrap(), "other".parse().unwrap());
        let mut ends = bell.ends();
        let (first, second) = (bell.enter(&run), bell.clone().enter(&run));
        assert!(bell.has_worker_of(&run) && !bell.has_worker_of(&other));
        drop(first);
        assert!(bell.has_worker_of(&run));
        assert!(!ends.heard_until(&clock, clock.now()).await);
        drop(second);
        assert!(!bell.has_worker_of(&run));
        assert!(ends.heard_until(&clock, clock.now()).await);
    }
}
