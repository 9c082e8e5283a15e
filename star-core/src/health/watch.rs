//! Watches a worker while it executes a chunk.

use std::sync::Arc;
use std::time::Duration;

use super::{Health, Reading};
use crate::clock::Clock;
use crate::time::{Time, nanos};

/// A share of less time than this says nothing.
const SHORTEST: Duration = Duration::from_millis(200);

/// How often a worker is to be woken for nothing else than to see whether it is.
pub(crate) const BEAT: Duration = Duration::from_millis(100);

/// A worker under watch: begun when its first unit may be due, and asked at every snapshot and at the end. On the thread that works.
#[derive(Debug)]
pub(crate) struct Watch {
    clock: Arc<dyn Clock>,
    timed: bool,
    first: Reading,
    /// What was seen last, and when.
    last: (Time, Reading),
    /// From when and what on the share of a core is to be taken.
    since: (Time, Reading),
    /// When it is to be woken next.
    beat: Time,
}

impl Watch {
    /// Begins; none where the clock is not a machine's.
    pub(crate) fn begin(clock: &Arc<dyn Clock>, timed: bool) -> Option<Self> {
        let now = (clock.now(), clock.reading()?);
        Some(Self {
            clock: Arc::clone(clock),
            timed,
            first: now.1,
            last: now,
            since: now,
            beat: now.0 + BEAT,
        })
    }

    /// Whether what it does is due at instants.
    pub(crate) fn is_timed(&self) -> bool {
        self.timed
    }

    /// Notes that the worker is awake. Whoever calls it at every beat sees how long it was not: where nobody is due meanwhile, nothing else
    /// tells of that, and what waited is charged to the target.
    pub(crate) fn beat(&mut self, health: &mut Health) {
        self.note_beat(self.clock.now(), health);
    }

    fn note_beat(&mut self, now: Time, health: &mut Health) {
        if self.timed {
            let late = u64::try_from(now.since(self.beat).as_micros()).unwrap_or(u64::MAX);
            health.stood_still = health.stood_still.max(late);
        }
        self.beat = now + BEAT;
    }

    /// Adds what there is to be seen now.
    pub(crate) fn look(&mut self, health: &mut Health) {
        self.beat(health);
        if let Some(reading) = self.clock.reading() {
            self.note(self.clock.now(), reading, health);
        }
    }

    fn note(&mut self, now: Time, reading: Reading, health: &mut Health) {
        let (at, last) = self.last;
        health.watched += nanos(now.since(at));
        health.cpu += nanos(reading.cpu.saturating_sub(last.cpu));
        health.descriptors = health.descriptors.fuller(reading.descriptors);
        health.ports = health.ports.fuller(reading.ports);
        health.waiting = health.waiting.max(reading.waiting);
        let step = (reading.wall_ahead - self.first.wall_ahead).unsigned_abs();
        let step = u64::try_from(step).unwrap_or(u64::MAX);
        health.clock_step = health.clock_step.max(step);
        self.last = (now, reading);
        let (since, then) = self.since;
        let long = now.since(since);
        if self.timed && long >= SHORTEST {
            let took = nanos(reading.cpu.saturating_sub(then.cpu));
            let share = u128::from(took) * 1000 / u128::from(nanos(long));
            let share = u64::try_from(share).unwrap_or(u64::MAX);
            health.busiest = health.busiest.max(share);
            self.since = self.last;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::health::Fill;

    fn watch(timed: bool) -> Watch {
        let begun = (Time::from_nanos(0), Reading::default());
        Watch {
            clock: Arc::new(SystemClock::new()),
            timed,
            first: begun.1,
            last: begun,
            since: begun,
            beat: begun.0 + BEAT,
        }
    }

    fn seen(cpu: u64, wall_ahead: i128, used: u64) -> Reading {
        Reading {
            cpu: Duration::from_millis(cpu),
            wall_ahead,
            descriptors: Fill::new(used, 100),
            ..Reading::default()
        }
    }

    fn at(millis: u64) -> Time {
        Time::from_nanos(millis * 1_000_000)
    }

    #[test]
    fn what_was_worst_is_kept_and_time_is_summed() {
        let (mut watch, mut health) = (watch(true), Health::default());
        watch.note(at(1000), seen(100, 0, 5), &mut health);
        watch.note(at(2000), seen(950, -20_000_000, 80), &mut health);
        watch.note(at(3000), seen(1000, 3, 7), &mut health);
        assert_eq!((health.watched, health.cpu), (3_000_000_000, 1_000_000_000));
        assert_eq!((health.busiest, health.clock_step), (850, 20_000_000));
        assert_eq!(health.descriptors, Fill::new(80, 100));
    }

    #[test]
    fn a_moment_says_nothing_of_a_share_and_counts_with_the_next() {
        let (mut watch, mut health) = (watch(true), Health::default());
        watch.note(at(100), seen(100, 0, 5), &mut health);
        assert_eq!((health.busiest, health.cpu), (0, 100_000_000));
        watch.note(at(400), seen(100, 0, 5), &mut health);
        assert_eq!((health.busiest, health.cpu), (250, 100_000_000));
    }

    #[test]
    fn a_worker_that_is_not_woken_when_it_is_to_be_stood_still() {
        let (mut watch, mut health) = (watch(true), Health::default());
        for millis in [100, 150, 251, 2500, 2590] {
            watch.note_beat(at(millis), &mut health);
        }
        assert_eq!(health.stood_still, 2_149_000);
    }

    #[test]
    fn of_a_batch_only_the_cost_is_known() {
        let (mut watch, mut health) = (watch(false), Health::default());
        watch.note(at(1000), seen(1000, 0, 5), &mut health);
        watch.note_beat(at(1000), &mut health);
        assert_eq!((health.busiest, health.cpu), (0, 1_000_000_000));
        assert_eq!(health.stood_still, 0);
    }
}
