//! Pacing and accounting: each unit when it is due, and counted.

use std::rc::Rc;
use std::time::Duration;

use super::Context;
use super::trace::TraceLine;
use crate::clock::Timer;
use crate::draw::Draws;
use crate::report::{Report, Tally};
use crate::slice::{Lanes, Slice};
use crate::time::Time;

/// After so many units without a wait, others get their turn.
const UNITS_A_TURN: u32 = 32;

/// The number of what is done once per run, which no task's unit has.
pub(super) const OUTSIDE: u64 = u64::MAX;

/// The units of a slice, in order. A timed unit is handed out when it is due; later than the late limit it is missed, so a worker that
/// was held up does not make up for it in one burst. After a stop the rest is cancelled. A batch's units are handed out as asked for.
#[derive(Debug)]
pub struct Units<R: Report> {
    cx: Context<R>,
    lanes: Lanes,
    /// The next number to look at, and the one behind the last.
    next: u64,
    end: u64,
    timer: Option<Box<dyn Timer>>,
    without_wait: u32,
}

impl<R: Report> Units<R> {
    pub(super) fn new(cx: Context<R>, slice: Slice) -> Self {
        let units = cx.shared.timetable.units_in(slice.window);
        let batch = cx.shared.timetable.extent().is_batch();
        let timer = (!batch).then(|| cx.shared.clock.timer());
        Self {
            cx,
            lanes: slice.lanes,
            next: units.start,
            end: units.end,
            timer,
            without_wait: 0,
        }
    }

    /// The next unit, when it is due; none when all are accounted for.
    pub async fn next(&mut self) -> Option<Unit<R>> {
        loop {
            if self.without_wait >= UNITS_A_TURN {
                self.without_wait = 0;
                tokio::task::yield_now().await;
            }
            let Some(index) = self.lanes.next(self.next).filter(|unit| *unit < self.end) else {
                self.next = self.end;
                return None;
            };
            if self.cx.shared.signals.stop.is_given() {
                self.cancel_rest();
                return None;
            }
            self.next = index;
            let due = self.cx.shared.timetable.due(index);
            if self.timer.is_some() && !self.wait_for(due).await {
                continue;
            }
            self.without_wait += 1;
            if self.cx.shared.signals.doubt.get() {
                self.doubt(index).await;
                continue;
            }
            self.next = index + 1;
            let lateness = self.cx.now().saturating_sub(due);
            if self.timer.is_some() && lateness > self.cx.shared.terms.late {
                self.miss_all_before(
                    index,
                    self.cx.now().saturating_sub(self.cx.shared.terms.late),
                );
                continue;
            }
            if self.timer.is_some() && self.is_crowded() {
                self.count(|tally| tally.missed += 1);
                continue;
            }
            return Some(self.start(index, due, lateness));
        }
    }

    /// Waits until a unit is due. Whether it then is: a stop ends the wait too.
    async fn wait_for(&mut self, due: Duration) -> bool {
        let at = self.cx.zero() + due;
        if self.cx.time() >= at {
            return true;
        }
        self.without_wait = 0;
        let Some(timer) = &mut self.timer else {
            return true;
        };
        let stop = &self.cx.shared.signals.stop;
        tokio::select! {
            biased;
            () = stop.given() => false,
            () = timer.until(at) => true,
        }
    }

    /// What becomes of a unit while it is unknown whether there is a stop mark: one that is due is cancelled; one of a batch can wait.
    async fn doubt(&mut self, index: u64) {
        const PAUSE: Duration = Duration::from_millis(250);
        if self.timer.is_some() {
            self.next = index + 1;
            self.count(|tally| tally.cancelled += 1);
        } else {
            self.cx.sleep(PAUSE).await;
        }
    }

    /// Whether as many units are open as may be. Whoever is due then is not begun at all: waiting for a place would make those behind
    /// late, and a burst of them when it is there.
    fn is_crowded(&self) -> bool {
        let Some(most) = self.cx.shared.terms.open else {
            return false;
        };
        let mut measured = self.cx.shared.measured.borrow_mut();
        let crowded = measured.tally.started - measured.tally.ended >= most;
        measured.health.crowded += u64::from(crowded);
        crowded
    }

    fn start(&self, index: u64, due: Duration, lateness: Duration) -> Unit<R> {
        {
            let mut measured = self.cx.shared.measured.borrow_mut();
            measured.tally.started += 1;
            if self.timer.is_some() {
                measured.lateness.record_duration(lateness);
            }
        }
        let trace = self.cx.shared.trace.as_ref().map(|lines| {
            let line = Rc::new(TraceLine::new(index, due));
            lines.borrow_mut().push(Rc::clone(&line));
            line
        });
        Unit {
            index,
            due,
            trace,
            cx: self.cx.clone(),
            open: true,
        }
    }

    /// Counts as missed the unit `index` and all after it that are due before `earliest`.
    fn miss_all_before(&mut self, index: u64, earliest: Duration) {
        let timetable = &self.cx.shared.timetable;
        let (mut low, mut high) = (index + 1, self.end.max(index + 1));
        while low < high {
            let middle = low + (high - low) / 2;
            if timetable.due(middle) < earliest {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let missed = self.lanes.units_among(index, low);
        self.next = low;
        self.count(|tally| tally.missed += missed);
    }

    fn cancel_rest(&mut self) {
        let rest = self.lanes.units_among(self.next, self.end);
        self.next = self.end;
        self.count(|tally| tally.cancelled += rest);
    }

    fn count(&self, change: impl FnOnce(&mut Tally)) {
        change(&mut self.cx.shared.measured.borrow_mut().tally);
    }
}

/// A unit that was started. Dropping it counts its end.
#[derive(Debug)]
#[must_use = "dropping a unit ends it"]
pub struct Unit<R: Report> {
    index: u64,
    due: Duration,
    trace: Option<Rc<TraceLine>>,
    cx: Context<R>,
    open: bool,
}

impl<R: Report> Unit<R> {
    /// A unit that is none of a task's.
    pub(super) fn outside(cx: Context<R>) -> Self {
        cx.shared.measured.borrow_mut().tally.started += 1;
        Self {
            index: OUTSIDE,
            due: Duration::ZERO,
            trace: None,
            cx,
            open: true,
        }
    }

    /// Its number among all units of the task.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// When it was due, from the run's zero.
    pub fn due(&self) -> Duration {
        self.due
    }

    /// The instant at which it was due.
    pub fn due_at(&self) -> Time {
        self.cx.zero() + self.due
    }

    /// What it draws at an iteration of a step.
    pub fn draws(&self, step: u64, iteration: u64) -> Draws {
        self.cx
            .draws(self.index, step, iteration)
            .traced(self.trace.clone())
    }

    /// Notes what it does, where that is asked for; it must not depend on anybody's answer.
    pub fn note<V: Into<serde_json::Value>>(&self, key: &str, value: impl FnOnce() -> V) {
        if let Some(trace) = &self.trace {
            trace.note(key, value().into());
        }
    }

    /// Turns it away: it counts as skipped, not as started.
    pub fn skip(mut self) {
        self.open = false;
        if let Some(trace) = &self.trace {
            trace.skipped();
        }
        let tally = &mut self.cx.shared.measured.borrow_mut().tally;
        tally.started -= 1;
        tally.skipped += 1;
    }
}

impl<R: Report> Drop for Unit<R> {
    fn drop(&mut self) {
        if self.open && !self.cx.shared.aborted.get() {
            // There were never more of them than there are now, or when another ended: so one that is turned away is not among them.
            self.cx.note_open();
            self.cx.shared.measured.borrow_mut().tally.ended += 1;
        }
    }
}
