//! Units that are counted at their instants without being handed out: for a fleet that is simulated.
//!
//! What becomes of them is what [`Units`](super::Units) would make of them, but reckoned by their numbers: whenever somebody wants to
//! know, or before anything changes what becomes of them, the counts are brought up to now.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use super::Context;
use crate::report::Report;
use crate::slice::{Lanes, Slice};
use crate::split::Splittable;
use crate::time::Time;

/// What became of units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sweep {
    /// They were started when due, or, late, at this instant.
    Started(Time),
    /// They could not be started in time.
    Missed,
    /// They were due in doubt, or after a stop.
    Cancelled,
    /// They were started, and still open when all had to be over.
    CutOff,
}

/// How far a slice's units are counted.
pub(super) struct Sweeping {
    lanes: Lanes,
    next: u64,
    end: u64,
    life: Duration,
    /// Whether anything was counted yet: what is due before that is late.
    begun: bool,
    /// The units that are open: ranges of numbers, and an instant of the run before which none of them was started.
    open: VecDeque<(Range<u64>, Duration)>,
    told: Box<dyn FnMut(Range<u64>, Sweep)>,
}

/// The first of these units that is due after `at`.
fn first_after(timetable: &dyn Splittable, units: Range<u64>, at: Duration) -> u64 {
    let (mut low, mut high) = (units.start, units.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if timetable.due(middle) <= at {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

impl<R: Report> Context<R> {
    /// Counts the units of a timed slice at their instants, each open for `life`, without handing them out; returns when the last has
    /// ended. `told` hears what becomes of which numbers (of those, the units in the slice's lanes are meant).
    pub async fn sweep(
        &self,
        slice: &Slice,
        life: Duration,
        told: impl FnMut(Range<u64>, Sweep) + 'static,
    ) {
        let units = self.shared.timetable.units_in(slice.window);
        let last_due = (!units.is_empty()).then(|| self.shared.timetable.due(units.end - 1));
        *self.shared.sweeping.borrow_mut() = Some(Sweeping {
            lanes: slice.lanes,
            next: units.start,
            end: units.end,
            life,
            begun: false,
            open: VecDeque::new(),
            told: Box::new(told),
        });
        let _swept = Swept(self);
        let Some(last_due) = last_due else { return };
        let mut timer = self.shared.clock.timer();
        self.catch_up();
        let signals = &self.shared.signals;
        tokio::select! {
            biased;
            () = signals.stop.given() => {}
            () = timer.until(self.zero() + last_due) => {}
        }
        self.catch_up();
        self.cancel_swept();
        let Some(last_end) = self.last_end() else {
            return;
        };
        tokio::select! {
            biased;
            () = signals.cut_off.given() => self.end_swept(),
            () = timer.until(self.zero() + last_end) => self.catch_up(),
        }
    }

    /// Brings what is counted by a sweep up to now.
    pub(crate) fn catch_up(&self) {
        let shared = &*self.shared;
        let now = shared.clock.now();
        if shared.aborted.get() {
            return;
        }
        if let Some(sweeping) = &mut *shared.sweeping.borrow_mut() {
            if now >= shared.terms.zero {
                self.start_due(sweeping, now.since(shared.terms.zero));
                self.end_over(sweeping, now.since(shared.terms.zero));
            }
            sweeping.begun = true;
        }
    }

    fn start_due(&self, sweeping: &mut Sweeping, now: Duration) {
        let timetable = &*self.shared.timetable;
        let left = sweeping.next..sweeping.end;
        let upto = first_after(timetable, left.clone(), now);
        let late = !sweeping.begun;
        if upto == left.start || self.shared.signals.stop.is_given() {
            return;
        }
        sweeping.next = upto;
        let mut measured = self.shared.measured.borrow_mut();
        let count = |from, to| sweeping.lanes.units_among(from, to);
        if self.shared.signals.doubt.get() {
            measured.tally.cancelled += count(left.start, upto);
            (sweeping.told)(left.start..upto, Sweep::Cancelled);
            return;
        }
        let mut from = left.start;
        if late {
            let earliest = now.saturating_sub(self.shared.terms.late);
            from = match earliest.checked_sub(Duration::from_nanos(1)) {
                Some(before) => first_after(timetable, from..upto, before),
                None => from,
            };
            if from > left.start {
                measured.tally.missed += count(left.start, from);
                (sweeping.told)(left.start..from, Sweep::Missed);
            }
            let mut unit = sweeping.lanes.next(from).filter(|unit| *unit < upto);
            while let Some(index) = unit {
                let lateness = now.saturating_sub(timetable.due(index));
                measured.lateness.record_duration(lateness);
                unit = sweeping.lanes.next(index + 1).filter(|unit| *unit < upto);
            }
        } else {
            measured.lateness.record_times(0, count(from, upto));
        }
        measured.tally.started += count(from, upto);
        let floor = if late { now } else { Duration::ZERO };
        if from < upto {
            sweeping.open.push_back((from..upto, floor));
            (sweeping.told)(from..upto, Sweep::Started(self.zero() + floor));
        }
    }

    fn end_over(&self, sweeping: &mut Sweeping, now: Duration) {
        let Some(begun_by) = now.checked_sub(sweeping.life) else {
            return;
        };
        while let Some((open, floor)) = sweeping.open.front_mut() {
            let upto = if *floor > begun_by {
                open.start
            } else {
                first_after(&*self.shared.timetable, open.clone(), begun_by)
            };
            let ended = sweeping.lanes.units_among(open.start, upto);
            self.shared.measured.borrow_mut().tally.ended += ended;
            open.start = upto;
            if !open.is_empty() {
                return;
            }
            sweeping.open.pop_front();
        }
    }

    /// After a stop: what was not started will not be.
    fn cancel_swept(&self) {
        if let Some(sweeping) = &mut *self.shared.sweeping.borrow_mut()
            && sweeping.next < sweeping.end
        {
            let rest = sweeping.next..sweeping.end;
            sweeping.next = sweeping.end;
            let count = sweeping.lanes.units_among(rest.start, rest.end);
            self.shared.measured.borrow_mut().tally.cancelled += count;
            (sweeping.told)(rest, Sweep::Cancelled);
        }
    }

    /// Ends all that is open.
    fn end_swept(&self) {
        self.catch_up();
        if let Some(sweeping) = &mut *self.shared.sweeping.borrow_mut() {
            let lanes = sweeping.lanes;
            for (open, _) in sweeping.open.drain(..) {
                let ended = lanes.units_among(open.start, open.end);
                self.shared.measured.borrow_mut().tally.ended += ended;
                (sweeping.told)(open, Sweep::CutOff);
            }
        }
    }

    /// When the last of the open units ends, from zero; none if none is open.
    fn last_end(&self) -> Option<Duration> {
        let sweeping = self.shared.sweeping.borrow();
        let sweeping = sweeping.as_ref()?;
        let (open, floor) = sweeping.open.back()?;
        let last = self.shared.timetable.due(open.end - 1).max(*floor);
        Some(last + sweeping.life)
    }

    /// Whether it is unknown if there is a stop mark, from now on.
    pub(crate) fn doubt(&self, doubt: bool) {
        if self.shared.signals.doubt.get() != doubt {
            self.catch_up();
            self.shared.signals.doubt.set(doubt);
        }
    }

    /// Starts no unit from now on.
    pub(crate) fn stop(&self) {
        self.catch_up();
        self.shared.signals.stop.give();
    }
}

/// A sweep that goes on for as long as somebody waits for it. Units that were due until then were begun, also where nobody counts them
/// any more.
struct Swept<'a, R: Report>(&'a Context<R>);

impl<R: Report> Drop for Swept<'_, R> {
    fn drop(&mut self) {
        self.0.catch_up();
        *self.0.shared.sweeping.borrow_mut() = None;
    }
}

#[cfg(test)]
mod tests;
