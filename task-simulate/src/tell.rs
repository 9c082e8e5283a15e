//! What is told of a simulated run once it is over.

use std::rc::Rc;
use std::time::Duration;

use star_core::context::Sweep;
use star_core::ledger::{StartRecord, WindowPlan};
use star_core::wire::Order;
use star_core::{AnyOutcome, Extent, Facts, Fill, Intervals, Limits, Splittable, Window};

use crate::check;
use crate::kernel::LAUNCH;
use crate::lead::causes;
use crate::run::Ran;
use crate::simulation::{Fate, Ready, SecondRate, Simulation, WorkerLife};
use crate::stand_in::{Show, Stage};

/// How many pages of diaries are in a report.
fn pages(outcome: &AnyOutcome) -> u64 {
    outcome.counts().as_u64().unwrap_or_default()
}

/// Puts together what is told.
pub(crate) fn told(
    seed: u64,
    stage: &Rc<Stage>,
    ran: Ran,
    limits: Limits,
    intervals: Intervals,
) -> Simulation {
    let site = &stage.site;
    let length = site.elapsed();
    let mut state = std::mem::take(&mut *site.state());
    stage.chunks(|worker, chunk| state.workers[worker].life.chunks.push(chunk));
    let mut outcome = ran.outcome;
    let more = check::broken(&check::Evidence {
        stage,
        state: &state,
        start: ran.start.as_ref(),
        facts: &outcome.facts,
        pages: pages(&outcome),
        intervals,
        limits: &limits,
        again: ran.again.as_ref().map(|again| (&again.facts, pages(again))),
    });
    state.broken.extend(more);
    measured_nothing(&mut outcome.facts);
    let causes = ran.start.as_ref().map_or_else(Vec::new, |start| {
        causes(start, &outcome.facts, (&limits, &intervals), &site.world)
    });
    let stopped = state.stopped.is_some();
    let lives = state.workers.drain(..).map(|worker| worker.life);
    let workers: Vec<WorkerLife> = lives.collect();
    stage.task.kind().clone_into(&mut outcome.facts.kind);
    let lived = workers.iter().map(|life| {
        let ended = life.ended.unwrap_or(length);
        ended.saturating_sub(life.born).as_secs_f64()
    });
    let chunks = workers.iter().flat_map(|life| &life.chunks);
    let cut_off = chunks.map(|chunk| chunk.cut_off).sum();
    let given_up = ran.start.as_ref().is_some_and(|start| {
        let shows = stage.shows.borrow();
        let over = start.batch && outcome.facts.lost > 0;
        over && check::out_of_time(start, &shows, &limits, &site.world)
    });
    let gigabytes = f64::from(site.world.memory) / 1024.0;
    Simulation {
        seed,
        limits,
        unit_life: stage.life,
        expected_open: ran.start.as_ref().map_or(0, |start| open(stage, start)),
        intervals,
        zero: ran.start.as_ref().map(|start| start.zero.since(LAUNCH)),
        ready: ran
            .start
            .as_ref()
            .map_or_else(Vec::new, |start| ready(start, &workers)),
        rates: ran
            .start
            .as_ref()
            .map_or_else(Vec::new, |start| rates(stage, start)),
        // The sum of none is less than nothing by its sign.
        gb_seconds: lived.fold(0.0, std::ops::Add::add) * gigabytes,
        outcome,
        unread: ran.unread,
        start: ran.start,
        log: state.log,
        workers,
        ledger: state.used,
        peak: state.peak,
        concurrency: state.concurrency,
        invocations: state.invocations,
        refusals: state.refusals,
        requeued: state.requeued,
        dropped: state.dropped,
        never_run: state.never_run,
        cut_off: if stopped { 0 } else { cut_off },
        given_up,
        broken: state.broken,
        causes,
        length,
    }
}

/// Timed units are counted by their numbers: how many of them a worker had open is not known.
fn measured_nothing(facts: &mut Facts) {
    if facts.length.is_zero() {
        return;
    }
    facts.health.open = Fill::default();
    for chunk in &mut facts.worst {
        chunk.health.open = Fill::default();
    }
}

/// How many units are to be expected at once in the fullest worker: the rate of the fullest lane, times how long a unit is open.
fn open(stage: &Stage, start: &StartRecord) -> u64 {
    if start.batch {
        return 0;
    }
    let each = start.windows.iter().map(|plan| {
        let peak = stage.task.timetable().peak_rate(plan.window).get();
        let due = u128::from(peak) * stage.life.as_millis() / 1_000;
        // There are no more than the window has.
        let open = due
            .min(u128::from(plan.units))
            .div_ceil(u128::from(plan.lanes.max(1)));
        u64::try_from(open).unwrap_or(u64::MAX)
    });
    each.max().unwrap_or(0)
}

/// When every window's workers were ready.
fn ready(start: &StartRecord, workers: &[WorkerLife]) -> Vec<Option<Ready>> {
    let each = start.windows.iter().enumerate();
    each.map(|(position, plan)| {
        let first = position == 0;
        if start.batch {
            batch_ready(start.workers, workers)
        } else {
            window_ready(plan, first, workers)
        }
    })
    .collect()
}

fn window_ready(plan: &WindowPlan, first: bool, workers: &[WorkerLife]) -> Option<Ready> {
    let belongs = |order: Order| match order {
        Order::Carry(slice) => slice.window == plan.window,
        Order::Start => first,
        Order::Serve { .. } => false,
    };
    let all = || workers.iter().filter(|life| belongs(life.order));
    let sent = all().map(|life| life.sent).min()?;
    let shown = all().flat_map(|life| life.chunks.iter().map(move |chunk| (life, chunk)));
    let mut lanes = std::collections::BTreeMap::new();
    for (life, chunk) in shown {
        lanes
            .entry(chunk.slice.lanes.first())
            .or_insert((chunk.ready, life.hop));
    }
    let all = lanes.into_values();
    let all = all.map(|(ready, hop)| (ready.saturating_sub(sent), hop));
    all_ready(sent, plan.lanes, all.collect())
}

/// When so many were ready; none where there are fewer.
fn all_ready(sent: Duration, workers: u32, mut ready: Vec<(Duration, u32)>) -> Option<Ready> {
    if ready.is_empty() || ready.len() < workers as usize {
        return None;
    }
    ready.sort_unstable();
    let last = ready.len() - 1;
    Some(Ready {
        sent,
        after: ready[last].0,
        most: ready[last * 99 / 100].0,
        workers,
        depth: ready.iter().map(|(_, hop)| *hop).max().unwrap_or_default(),
    })
}

/// A worker of a batch is ready when it claims its first chunk; one to whom others have left none, when it is there.
fn batch_ready(wanted: u32, workers: &[WorkerLife]) -> Option<Ready> {
    let mut places = std::collections::BTreeMap::new();
    for life in workers {
        let place = match life.order {
            Order::Start => 0,
            Order::Serve { workers, life: 0 } => workers.first(),
            Order::Serve { .. } | Order::Carry(_) => continue,
        };
        let there = matches!(life.fate, Fate::Executed | Fate::Stopped);
        let begun = life.born + life.cold_start.unwrap_or_default();
        let ready = life.chunks.first().map(|chunk| chunk.ready);
        if let Some(ready) = ready.or(there.then_some(begun)) {
            places.entry(place).or_insert((ready, life.hop));
        }
    }
    all_ready(Duration::ZERO, wanted, places.into_values().collect())
}

/// What was due and what was started, second by second.
fn rates(stage: &Stage, start: &StartRecord) -> Vec<SecondRate> {
    let timetable = stage.task.timetable();
    let Extent::Timed(length) = timetable.extent() else {
        return Vec::new();
    };
    let seconds = length.as_secs() + u64::from(length.subsec_nanos() > 0);
    let from = first_of_seconds(timetable, seconds);
    let mut rates: Vec<SecondRate> = from
        .windows(2)
        .map(|edges| SecondRate {
            planned: edges[1] - edges[0],
            achieved: 0,
        })
        .collect();
    for show in &*stage.shows.borrow() {
        add_started(&mut rates, &from, show, start.zero);
    }
    rates
}

/// The first unit that is due in each second or after it, and the number of all.
fn first_of_seconds(timetable: &dyn Splittable, seconds: u64) -> Vec<u64> {
    let mut from = 0;
    let mut edges = vec![0];
    for second in 1..=seconds {
        let window = Window::new(Duration::ZERO, Duration::from_secs(second));
        from = timetable.units_in(window).end.max(from);
        edges.push(from);
    }
    edges
}

fn add_started(rates: &mut [SecondRate], edges: &[u64], show: &Show, zero: star_core::Time) {
    let lanes = show.slice.lanes;
    for (units, what, _) in &show.acts {
        let Sweep::Started(at) = what else { continue };
        let late = at.since(zero).as_secs() as usize;
        let mut second = edges.partition_point(|edge| *edge <= units.start).max(1) - 1;
        while second < rates.len() && edges[second] < units.end {
            let (from, to) = (
                edges[second].max(units.start),
                edges[second + 1].min(units.end),
            );
            let last = rates.len() - 1;
            rates[second.max(late).min(last)].achieved += lanes.units_among(from, to);
            second += 1;
        }
    }
}
