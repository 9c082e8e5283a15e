//! Follows a run to its end.

use std::time::Duration;

use super::silence::Silence;
use crate::clock::Clock;
use crate::erased::{AnyOutcome, Glance, Observer};
use crate::ledger::{LedgerError, Manifest};
use crate::outcome::Facts;
use crate::time::Time;
use crate::worker::Host;

/// Between two looks at least.
const SHORTEST: Duration = Duration::from_millis(5);

/// How often it is tried to close a run that nobody else does.
const CLOSINGS: u32 = 2;

/// Watches a run until it is closed, telling again and again what is known of it. Closes it where nobody else does.
///
/// While the run goes on nothing is made of its reports, unless its task wants to know them: see [`Observer::glance`].
///
/// # Errors
/// Where nothing at all could be read of the ledger for two minutes, or one and the same record could not; sooner where asking again is no use.
pub async fn follow(
    host: &Host,
    manifest: &Manifest,
    observer: &mut Observer,
    mut told: impl FnMut(&Facts),
) -> Result<AnyOutcome, LedgerError> {
    let clock = &*host.world.clock;
    let mut pace = Pace::new(clock.now(), manifest);
    let mut settled_at = None;
    let mut silence = Silence::new(clock.now(), observer);
    let mut closings = 0;
    loop {
        let began = clock.now();
        // Where it can't be recorded that the run is over, what is settled stands.
        let whole = closings == CLOSINGS;
        let seen = see(observer, whole).await;
        let seen_at = clock.now();
        let seen = silence.after(seen, observer, seen_at)?;
        pace.seen(seen.as_ref().map(Seen::facts));
        if let Some(seen) = seen {
            told(seen.facts());
            let mut late = false;
            if seen.facts().settled {
                let since = *settled_at.get_or_insert(seen_at);
                // Whoever closes first is about to; only when no record appears is it the launcher's to do.
                late = seen_at.since(since) > manifest.limits.closing + manifest.intervals.margin;
            }
            match seen {
                Seen::Outcome(outcome) if outcome.closed || late && whole => return Ok(*outcome),
                _ if late && !whole => {
                    observer.close().await;
                    closings += 1;
                }
                Seen::Outcome(_) | Seen::Facts(_) => {}
            }
        }
        let took = seen_at.since(began);
        rest(clock, observer, &pace, took).await;
    }
}

/// What is seen of a run.
enum Seen {
    /// What is known of one that goes on.
    Facts(Box<Facts>),
    /// All of it.
    Outcome(Box<AnyOutcome>),
}

impl Seen {
    fn facts(&self) -> &Facts {
        match self {
            Self::Facts(facts) => facts,
            Self::Outcome(outcome) => &outcome.facts,
        }
    }
}

/// Sees what is to be known of a run; the `whole` of it also where that is not needed.
async fn see(observer: &mut Observer, whole: bool) -> Result<Seen, LedgerError> {
    if !whole && !observer.tells() {
        let Glance { facts, closed } = observer.glance().await?;
        if !closed {
            return Ok(Seen::Facts(Box::new(facts)));
        }
    }
    let outcome = observer.look().await?;
    Ok(Seen::Outcome(Box::new(outcome)))
}

/// Waits until there can be more to see, or the run is closed; the last time that it was looked at took so long.
async fn rest(clock: &dyn Clock, observer: &Observer, pace: &Pace, took: Duration) {
    let now = clock.now();
    let next = now + pace.until_more(now, took);
    loop {
        let now = clock.now();
        clock.sleep_until(next.min(now + pace.pause(now))).await;
        // What can't be read now is found out next time.
        if clock.now() >= next || matches!(observer.is_closed().await, Ok(true)) {
            return;
        }
    }
}

/// How often a run is looked at.
struct Pace {
    /// Since when it is followed.
    begun: Time,
    /// Until when its last units are due, where that is known.
    end: Option<Time>,
    /// Whether something could be read of it the last time.
    read: bool,
    /// More often than so there is nothing new to see while units are due.
    rarest: Duration,
    longest: Duration,
}

impl Pace {
    fn new(begun: Time, manifest: &Manifest) -> Self {
        const LONGEST: Duration = Duration::from_millis(500);
        let rarest = manifest.intervals.snapshot / 2;
        Self {
            begun,
            end: None,
            read: false,
            rarest,
            longest: rarest.max(LONGEST),
        }
    }

    /// Notes what was seen, if anything could be read.
    fn seen(&mut self, facts: Option<&Facts>) {
        self.read = facts.is_some();
        if let Some(facts) = facts {
            self.end = facts.zero.map(|zero| zero + facts.length);
        }
    }

    /// How long until there can be more to see than that the run is over. A look at a wide run takes long, and costs as much: until the end
    /// there is no hurry for another.
    fn until_more(&self, now: Time, took: Duration) -> Duration {
        let left = self.end.map_or(Duration::ZERO, |end| end.since(now));
        let apart = if self.read {
            self.rarest.min(left + SHORTEST)
        } else {
            SHORTEST
        };
        self.pause(now).max(apart).max((took / 2).min(left))
    }

    /// How long until it is looked again whether it is over: so long that nobody waits much longer for a run than it took, and is never far
    /// from its end for long.
    fn pause(&self, now: Time) -> Duration {
        let pause = now.since(self.begun) / 24;
        let pause = match self.end {
            Some(end) if end <= now => pause.min(now.since(end) / 8),
            Some(end) => pause.min(end.since(now) + SHORTEST),
            None => pause,
        };
        pause.clamp(SHORTEST, self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::sample;

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
        let pause = |end: Option<u64>, now| pace(end).pause(at(now)).as_millis();
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
            pace(end).until_more(at(now), took).as_millis()
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
        let soon = pace.until_more(at(1_160), Duration::ZERO);
        assert_eq!(soon.as_millis(), 6);
    }
}
