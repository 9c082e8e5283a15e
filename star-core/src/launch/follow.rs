//! Follows a run to its end.

use std::time::Duration;

use super::silence::Silence;
use crate::bell::{Bell, Ear};
use crate::clock::Clock;
use crate::erased::{AnyOutcome, Glance, Observer};
use crate::ledger::{LedgerError, Manifest, RunId};
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
    let mut closed = false;
    let mut near = Near::new(&host.world.bell, &manifest.run);
    loop {
        let began = clock.now();
        // Where it can't be recorded that the run is over, what is settled stands.
        let whole = closings == CLOSINGS;
        let seen = see(observer, whole || closed).await;
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
        closed = rest(clock, observer, (&pace, took), &mut near).await;
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

/// Waits until there can be more to see, or the run may be over; the last time that it was looked at took so long. Whether it is known to be
/// closed.
async fn rest(
    clock: &dyn Clock,
    observer: &Observer,
    (pace, took): (&Pace, Duration),
    near: &mut Near<'_>,
) -> bool {
    let now = clock.now();
    let next = now + pace.until_more(now, took, near.will_tell());
    loop {
        let now = clock.now();
        let look = next.min(now + pace.pause(now, near.will_tell()));
        let heard = near.ends.heard_until(clock, look).await;
        if !heard && clock.now() >= next {
            return false;
        }
        // What can't be read now is found out next time.
        let closed = matches!(observer.is_closed().await, Ok(true));
        if heard || closed {
            return closed;
        }
    }
}

/// What is known of a run in this process.
struct Near<'h> {
    bell: &'h Bell,
    run: &'h RunId,
    ends: Ear,
}

impl<'h> Near<'h> {
    fn new(bell: &'h Bell, run: &'h RunId) -> Self {
        let ends = bell.ends();
        Self { bell, run, ends }
    }

    /// Whether one of its workers is here, so that its end will most likely be heard.
    fn will_tell(&self) -> bool {
        self.bell.has_worker_of(self.run)
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

    /// How long until there can be more to see than that the run is over, of which one hears or does not. A look at a wide run takes long, and
    /// costs as much: until the end there is no hurry for another.
    fn until_more(&self, now: Time, took: Duration, hears: bool) -> Duration {
        let left = self.end.map_or(Duration::ZERO, |end| end.since(now));
        let apart = match (self.read, hears) {
            (false, _) => SHORTEST,
            (true, true) => self.rarest,
            (true, false) => self.rarest.min(left + SHORTEST),
        };
        let pause = self.pause(now, hears);
        pause.max(apart).max((took / 2).min(left))
    }

    /// How long until it is looked again whether it is over. Where one hears of that, so long as until there can be more to see; otherwise so
    /// long that nobody waits much longer for a run than it took, and is never far from its end for long.
    fn pause(&self, now: Time, hears: bool) -> Duration {
        if hears && self.read {
            return self.rarest.max(SHORTEST);
        }
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
mod tests;
