//! What the framework promises of every run, whatever goes wrong in its world.

mod batch;

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use star_core::context::Sweep;
use star_core::ledger::{StartRecord, WindowPlan};
use star_core::wire::Order;
use star_core::{Facts, Intervals, Limits, Loss, Slice, Time, Why};

use crate::kernel::LAUNCH;
use crate::lead::{Hurried, SOON, closes_early};
use crate::simulation::{Fate, WorkerLife};
use crate::site::State;
use crate::stand_in::{Show, Stage};
use crate::world::World;

/// What is looked at.
pub(crate) struct Evidence<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) state: &'a State,
    pub(crate) start: Option<&'a StartRecord>,
    pub(crate) facts: &'a Facts,
    /// How many pages of diaries were reported.
    pub(crate) pages: u64,
    pub(crate) intervals: Intervals,
    /// Under which limits it was cut.
    pub(crate) limits: &'a Limits,
    /// What settling the run once more came to, and how many pages that has, where nothing was written after it was closed.
    pub(crate) again: Option<(&'a Facts, u64)>,
}

/// The promises that were broken, a sentence each.
pub(crate) fn broken(evidence: &Evidence<'_>) -> Vec<String> {
    let mut broken = Vec::new();
    evidence.counts(&mut broken);
    evidence.twice(&mut broken);
    evidence.pages(&mut broken);
    evidence.settled_again(&mut broken);
    evidence.lives(&mut broken);
    if let Some(start) = evidence.start {
        evidence.stop(start, &mut broken);
        evidence.losses(start, &mut broken);
        evidence.quiet(start, &mut broken);
    }
    broken
}

/// What was started of a chunk: ranges of numbers.
fn started(show: &Show) -> impl Iterator<Item = Range<u64>> + '_ {
    let acts = show.acts.iter();
    let started = acts.filter(|(_, what, _)| matches!(what, Sweep::Started(_)));
    started.map(|(units, ..)| units.clone())
}

impl Evidence<'_> {
    fn world(&self) -> &World {
        &self.stage.site.world
    }

    fn life(&self, worker: usize) -> &WorkerLife {
        &self.state.workers[worker].life
    }

    /// planned = started + skipped + missed + cancelled + lost; and nothing is reported that did not happen.
    fn counts(&self, broken: &mut Vec<String>) {
        let facts = self.facts;
        if !facts.adds_up() {
            let tally = facts.tally;
            broken.push(format!(
                "of {} planned units {tally:?} are counted, and {} lost",
                facts.planned, facts.lost
            ));
        }
        let shows = self.stage.shows.borrow();
        let really: u64 = shows
            .iter()
            .flat_map(|show| {
                started(show).map(|units| show.slice.lanes.units_among(units.start, units.end))
            })
            .sum();
        if facts.tally.started > really {
            broken.push(format!(
                "{} units are reported as started, and {really} were",
                facts.tally.started
            ));
        }
    }

    /// No unit starts twice.
    fn twice(&self, broken: &mut Vec<String>) {
        if self.stage.task.is_idempotent() {
            return;
        }
        let shows = self.stage.shows.borrow();
        let mut by_chunk = BTreeMap::<_, Vec<(Range<u64>, usize)>>::new();
        for (number, show) in shows.iter().enumerate() {
            let key = (show.slice.window.from(), show.slice.lanes.first());
            let all = by_chunk.entry(key).or_default();
            for units in started(show) {
                let again = all.iter().find(|(other, by)| {
                    *by != number && other.start < units.end && units.start < other.end
                });
                if let Some((_, by)) = again {
                    let (slice, worker, other) = (show.slice, show.worker, shows[*by].worker);
                    broken.push(format!(
                        "units of {slice} were started by w{other} and by w{worker}"
                    ));
                }
                all.push((units, number));
            }
        }
    }

    /// What was measured is reported once; all of it where nothing was lost, and nothing tried again.
    fn pages(&self, broken: &mut Vec<String>) {
        let (facts, reported) = (self.facts, self.pages);
        let shows = self.stage.shows.borrow();
        let written: u64 = shows.iter().map(|show| show.pages).sum();
        let told = facts.lost == 0 && facts.unfinished == 0 && facts.faults.is_empty();
        let all = told && !self.stage.task.is_idempotent();
        if reported > written || all && reported < written {
            broken.push(format!(
                "{written} pages were written, and {reported} are reported"
            ));
        }
    }

    /// Settling again, of what the ledger has in the end, comes to the same.
    fn settled_again(&self, broken: &mut Vec<String>) {
        let Some((again, pages)) = self.again else {
            return;
        };
        if pages != self.pages {
            broken.push(format!(
                "the run was closed with {} pages, settled again it has {pages}",
                self.pages
            ));
        }
        let facts = self.facts;
        let same = (facts.tally, facts.lost, facts.planned, facts.unfinished)
            == (again.tally, again.lost, again.planned, again.unfinished);
        if !same {
            broken.push(format!(
                "the run was closed with {:?} and {} lost; settled again it comes to {:?} and {} lost",
                facts.tally, facts.lost, again.tally, again.lost
            ));
        }
    }

    /// Nobody is sent for what is not; nobody lives beyond the lease, as long as the ledger lets it say its last word.
    fn lives(&self, broken: &mut Vec<String>) {
        for (number, worker) in self.state.workers.iter().enumerate() {
            let life = &worker.life;
            if let Fate::Refused(why) = &life.fate {
                broken.push(format!("w{number} was sent for what it refused: {why}"));
            }
            // Whoever has to ask something at the end, and hears nothing for that long, can't end in time.
            let slow = self.slowest_request() * 3 > self.limits.closing;
            let in_time = life.fate != Fate::TimedOut || !self.ledger_answers() || slow;
            if !in_time || life.fate == Fate::Alive {
                broken.push(format!("w{number} did not end before its lease"));
            }
        }
    }

    /// A stop reaches everybody at the next look.
    fn stop(&self, start: &StartRecord, broken: &mut Vec<String>) {
        let Some(stopped) = self.state.stopped else {
            return;
        };
        let intervals = &self.intervals;
        let slowest = self.slowest_request();
        let mut by = stopped + intervals.stop + slowest * 2;
        if self.state.used.errors > 0 {
            by = by + intervals.doubt + intervals.stop + slowest;
        }
        for show in &*self.stage.shows.borrow() {
            let Some(last) = self.last_start(start, show) else {
                continue;
            };
            if last > by {
                let (worker, slice) = (show.worker, show.slice);
                let late = last.since(stopped);
                broken.push(format!(
                    "w{worker} started units of {slice} {late:?} after the stop mark was set"
                ));
            }
        }
    }

    /// When the last unit of a chunk was started, in the world's time.
    fn last_start(&self, start: &StartRecord, show: &Show) -> Option<Time> {
        let skew = self.life(show.worker).skew;
        let starts = show.acts.iter().filter_map(|(units, what, at)| match what {
            Sweep::Started(_) if start.batch => Some(*at),
            Sweep::Started(floor) => {
                let due = start.zero + self.last_due(show.slice, units)?;
                let shown = due.max(*floor).as_nanos();
                Some(Time::from_nanos(shown.saturating_add_signed(-skew)))
            }
            Sweep::Missed | Sweep::Cancelled | Sweep::CutOff => None,
        });
        starts.max()
    }

    /// When the last of these units that is in the slice's lanes is due.
    fn last_due(&self, slice: Slice, units: &Range<u64>) -> Option<Duration> {
        let of = u64::from(slice.lanes.of());
        let from = units.end.saturating_sub(of).max(units.start);
        let unit = slice.lanes.next(from).filter(|unit| *unit < units.end)?;
        Some(self.stage.task.timetable().due(unit))
    }

    /// What is lost has a cause: a death costs the rest of its chunk, and a window is never lost by one.
    fn losses(&self, start: &StartRecord, broken: &mut Vec<String>) {
        if !self.ledger_answers() || !self.delivers() {
            return;
        }
        if start.batch {
            return self.lost_of_batch(start, broken);
        }
        for loss in &self.facts.losses {
            match loss.why {
                Why::Failed(_) => {}
                Why::Unreported => self.unreported(start, loss, broken),
                Why::Undelivered => self.undelivered(start, loss, broken),
            }
        }
    }

    fn unreported(&self, start: &StartRecord, loss: &Loss, broken: &mut Vec<String>) {
        let workers = self.state.workers.iter();
        let claimed = workers.filter(|worker| covers(worker.life.order, loss.chunk, start));
        let mut died = claimed.filter(|worker| worker.life.fate == Fate::Died);
        let last = died.clone().filter_map(|worker| worker.life.ended).max();
        let Some(last) = last else {
            if closes_early(self.world(), &self.intervals) {
                // Its last word came when whoever closed the run held all for over.
                return;
            }
            broken.push(format!(
                "{} units of {} are lost although nobody died who had them",
                loss.units, loss.chunk
            ));
            return;
        };
        if died.any(|worker| worker.life.chunks.len() > 1) {
            return;
        }
        // What the last snapshot did not yet have is lost with the rest.
        let unseen = self.intervals.snapshot + self.slowest_request() * 2;
        let from = (LAUNCH + last).since(start.zero + unseen);
        let from = from.saturating_sub(self.world().clock_skew);
        let timetable = self.stage.task.timetable();
        let window =
            star_core::Window::new(from.max(loss.chunk.window.from()), loss.chunk.window.to());
        let rest = timetable.units_of(&Slice {
            window,
            ..loss.chunk
        });
        if loss.units > rest {
            broken.push(format!(
                "a death cost {} units of {}, and only {rest} were left",
                loss.units, loss.chunk
            ));
        }
    }

    fn undelivered(&self, start: &StartRecord, loss: &Loss, broken: &mut Vec<String>) {
        let Some(position) = start.position(loss.chunk.window) else {
            return;
        };
        if self.hurries(&start.windows[..=position]) {
            // That they came too late is no fault of those who sent for them.
            return;
        }
        // Where nobody came to the window before either, it is its predecessor's workers who should have been there for this; and whoever
        // was sent for in between, and died in the same start-up.
        let before = start.windows[..position].iter();
        let from = before.rev().position(|plan| self.was_begun(plan));
        let from = from.map_or(0, |back| position - 1 - back);
        let before = &start.windows[from..position];
        let by = start.zero + loss.chunk.window.from() + Duration::from_secs(2);
        let workers = self.state.workers.iter().map(|worker| &worker.life);
        let deaths = workers.filter(|life| {
            let early = life.ended.is_some_and(|ended| LAUNCH + ended <= by);
            life.fate == Fate::Died && early && had_to_do(life, start, loss.chunk, before)
        });
        // Who sends a bundle looks after it; so it takes two.
        if deaths.count() < 2 {
            broken.push(format!(
                "nobody was sent for {} although at most one died who had to",
                loss.chunk
            ));
        }
    }

    /// Whether workers of one of these windows may come too late in such a world, whatever the framework does.
    fn hurries(&self, windows: &[WindowPlan]) -> bool {
        let mut windows = windows.iter();
        windows.any(|plan| Hurried::of(plan, self.limits, self.world()).is_some())
    }

    fn was_begun(&self, plan: &WindowPlan) -> bool {
        let shows = self.stage.shows.borrow();
        shows.iter().any(|show| show.slice.window == plan.window)
    }

    /// Where nothing goes wrong, everything is done; a ledger that is away for half a minute loses nothing.
    fn quiet(&self, start: &StartRecord, broken: &mut Vec<String>) {
        let facts = self.facts;
        let died = self
            .state
            .workers
            .iter()
            .any(|worker| worker.life.fate == Fate::Died);
        let failing = self.world().failing_chunks > 0.0;
        if died || failing || !self.delivers() || facts.stopped.is_some() {
            return;
        }
        let early = closes_early(self.world(), &self.intervals);
        let explained = if start.batch {
            self.was_out_of_time(start)
        } else {
            early || self.hurries(&start.windows)
        };
        if explained {
            return;
        }
        let outages = &self.world().ledger.outages;
        let short = outages.len() <= 1
            && outages
                .iter()
                .all(|outage| outage.length <= Duration::from_secs(30))
            && self.world().ledger.unavailable == 0.0
            && self.state.used.beyond_rate == 0;
        // A batch's chunk may be longer than what is left of its worker's life: what is not begun then is cancelled.
        let batch = self.stage.task.timetable().extent().is_batch();
        let cancelled = if batch { 0 } else { facts.tally.cancelled };
        let missed = facts.tally.missed;
        if self.ledger_answers() && missed + cancelled + facts.lost > 0 {
            broken.push(format!(
                "nothing went wrong, and {missed} units were missed, {cancelled} cancelled, {} lost",
                facts.lost
            ));
        } else if short && self.lost_silently() > 0 {
            let lost = self.lost_silently();
            broken.push(format!(
                "the ledger was away for a while, and {lost} units are lost"
            ));
        }
    }

    /// Whether a batch was still at work when it was given up.
    fn was_out_of_time(&self, start: &StartRecord) -> bool {
        let shows = self.stage.shows.borrow();
        out_of_time(start, &shows, self.limits, self.world())
    }

    /// How many units are lost for no other reason than a ledger that was away. Whoever's life was over before it was back could not tell what
    /// it had done.
    fn lost_silently(&self) -> u64 {
        let mut workers = self.state.workers.iter();
        let untold = workers.any(|worker| worker.life.fate == Fate::TimedOut);
        let losses = self.facts.losses.iter();
        let silent = losses.filter(|loss| !(untold && loss.why == Why::Unreported));
        silent.map(|loss| loss.units).sum()
    }

    fn ledger_answers(&self) -> bool {
        let ledger = &self.world().ledger;
        let sound = ledger.unavailable == 0.0 && ledger.lost_answers == 0.0;
        sound && ledger.outages.is_empty() && self.state.used.errors == 0
    }

    /// Whether everybody who is sent for comes soon.
    fn delivers(&self) -> bool {
        let (world, state) = (self.world(), self.state);
        let accepted = world.never_run == 0.0 && world.hop_guard.is_none();
        // Whoever makes such a call waits for its end before the next.
        let slow_call = world.dispatch.most > SOON;
        let lives = state.workers.iter().map(|worker| &worker.life);
        let mut slow = lives.map(|life| {
            let ready = life.born + life.cold_start.unwrap_or_default();
            ready.saturating_sub(life.sent)
        });
        let quick = state.refusals == 0 && state.requeued == 0 && state.dropped == 0;
        let slow_host = world.slow > 0.0 || self.slowest_request() > Duration::from_secs(1);
        accepted && quick && !slow_call && !slow_host && !slow.any(|took| took > SOON)
    }

    fn slowest_request(&self) -> Duration {
        slowest_request(self.world())
    }
}

/// Whether a batch was still at work when it was given up: so shortly before that nobody would have begun another chunk, or his successor
/// was not yet there.
pub(crate) fn out_of_time(
    start: &StartRecord,
    shows: &[Show],
    limits: &Limits,
    world: &World,
) -> bool {
    let took = shows
        .iter()
        .filter_map(|show| Some(show.over?.since(show.ready)));
    let longest = took.max().unwrap_or_default();
    let last = shows.iter().map(|show| show.over.unwrap_or(show.ready));
    let slack = longest * 2 + limits.lead + SOON + world.clock_skew * 2;
    let end = start.zero + start.end;
    last.max().is_some_and(|last| last + slack >= end)
}

/// How long a request to the ledger takes at most.
pub(crate) fn slowest_request(world: &World) -> Duration {
    let slowness = if world.slow > 0.0 {
        world.slowness
    } else {
        1.0
    };
    world.ledger.latency.most.mul_f64(slowness)
}

/// Whether an order's own chunk is this one.
fn covers(order: Order, chunk: Slice, start: &StartRecord) -> bool {
    let first = start.windows.first().map(|plan| plan.window);
    match order {
        Order::Carry(slice) => {
            slice.window == chunk.window && slice.lanes.first() == chunk.lanes.first()
        }
        Order::Start => first == Some(chunk.window) && chunk.lanes.first() == 0,
        Order::Serve { .. } => false,
    }
}

/// Whether a worker had a part in sending for a chunk: as one of its window's, or as a carrier of one of the windows before.
fn had_to_do(life: &WorkerLife, start: &StartRecord, chunk: Slice, before: &[WindowPlan]) -> bool {
    let first = start.windows.first().map(|plan| plan.window);
    let (window, lane) = match life.order {
        Order::Start => (first, 0),
        Order::Carry(slice) => (Some(slice.window), slice.lanes.first()),
        Order::Serve { .. } => return false,
    };
    let mut before = before.iter();
    let carries = before.any(|plan| window == Some(plan.window)) && lane < 2;
    window == Some(chunk.window) || carries
}
