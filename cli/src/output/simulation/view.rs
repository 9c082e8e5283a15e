//! What is to be seen of a simulated run.

use std::time::Duration;

use serde::Serialize;
use star_core::ledger::WindowPlan;
use star_core::wire::Order;
use star_core::{AnyTask, Facts};
use task_simulate::{Fate, Simulation, WorkerLife, World};

use crate::simulate::{Advice, Forecast, crowd};

/// A simulated run with what is made of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct View<'a> {
    pub(crate) kind: &'static str,
    /// Whether all that was asked for is done, in this world.
    pub(crate) feasible: bool,
    pub(crate) advice: Vec<Advice>,
    pub(crate) forecast: Forecast,
    pub(crate) facts: &'a Facts,
    pub(crate) windows: Vec<WindowView>,
    pub(crate) world: &'a World,
    /// What goes wrong in it, by name.
    pub(crate) faults: Vec<&'static str>,
    pub(crate) simulation: &'a Simulation,
    /// For every second from the launch, the most workers that there were at once in it.
    pub(crate) at_once: Vec<u32>,
    #[serde(skip)]
    pub(crate) task: &'a AnyTask,
}

/// A window's workers; in seconds from the launch, where nothing else is said.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WindowView {
    /// The window, in the run's own time; none of a batch.
    pub(crate) from: Option<f64>,
    pub(crate) to: Option<f64>,
    /// In how many lanes it is opened; of a batch, how many chunks there are.
    pub(crate) lanes: u32,
    pub(crate) units: u64,
    /// How many workers were sent for in all, also in vain.
    pub(crate) workers: u64,
    /// Of those: began in an environment that had to start.
    pub(crate) cold: u64,
    /// Of those: had nothing to do, as somebody else did it.
    pub(crate) in_vain: u64,
    /// Of those: died, or were ended.
    pub(crate) died: u64,
    /// When the first of them was sent for.
    pub(crate) sent: Option<f64>,
    /// How long half of the cold starts took, at most.
    pub(crate) cold_start: Option<f64>,
    /// After how long, from then, its lanes were ready: the first, half, nine tenths, and the last.
    pub(crate) ready: Option<[f64; 4]>,
    /// How much time the last that was ready had left to the window's begin; less than nothing where it was late.
    pub(crate) to_spare: Option<f64>,
    /// Through how many workers the orders came, at most.
    pub(crate) depth: u32,
    /// When the last of them left.
    pub(crate) ended: Option<f64>,
}

impl<'a> View<'a> {
    /// All of it.
    pub(crate) fn new(
        task: &'a AnyTask,
        (world, faults): (&'a World, Vec<&'static str>),
        simulation: &'a Simulation,
        forecast: Forecast,
        advice: Vec<Advice>,
    ) -> Self {
        let facts = &simulation.outcome.facts;
        let seen = facts.settled && simulation.unread.is_none() && crowd(simulation).is_none();
        let sound = simulation.broken.is_empty() && simulation.cut_off == 0 && seen;
        Self {
            kind: task.kind(),
            feasible: sound && !facts.is_partial(),
            advice,
            forecast,
            facts,
            windows: windows(simulation),
            world,
            faults,
            simulation,
            at_once: at_once(simulation),
            task,
        }
    }
}

impl View<'_> {
    /// Whether its units have no instants.
    pub(super) fn is_batch(&self) -> bool {
        self.task.timetable().extent().is_batch()
    }
}

/// How many workers there were, second by second.
fn at_once(simulation: &Simulation) -> Vec<u32> {
    let lives = simulation.workers.iter();
    let mut turns: Vec<(Duration, bool)> = lives
        .flat_map(|life| {
            let ended = life.ended.unwrap_or(simulation.length);
            [(life.born, true), (ended, false)]
        })
        .collect();
    // Whoever begins as another ends may be in its place.
    turns.sort_unstable();
    let (mut now, mut turns) = (0_u32, turns.into_iter().peekable());
    let seconds = 0..=simulation.length.as_secs();
    seconds
        .map(|second| {
            let end = Duration::from_secs(second + 1);
            let mut most = now;
            while let Some((_, begins)) = turns.next_if(|(at, _)| *at < end) {
                now = if begins {
                    now + 1
                } else {
                    now.saturating_sub(1)
                };
                most = most.max(now);
            }
            most
        })
        .collect()
}

/// The windows in order.
fn windows(simulation: &Simulation) -> Vec<WindowView> {
    let Some(start) = &simulation.start else {
        return Vec::new();
    };
    let zero = simulation.zero.unwrap_or_default();
    let each = start.windows.iter().enumerate();
    each.map(|(position, plan)| {
        let first = position == 0;
        let own = simulation
            .workers
            .iter()
            .filter(|life| start.batch || is_of(life.order, plan, first))
            .collect::<Vec<_>>();
        let begin = (!start.batch).then(|| zero + plan.window.from());
        window(plan, begin, &own)
    })
    .collect()
}

/// Whether an order is about a window; that to start the run is about the first.
pub(super) fn is_of(order: Order, plan: &WindowPlan, first: bool) -> bool {
    match order {
        Order::Carry(slice) => slice.window == plan.window,
        Order::Start => first,
        Order::Serve { .. } => true,
    }
}

fn window(plan: &WindowPlan, begin: Option<Duration>, own: &[&WorkerLife]) -> WindowView {
    let sent = own.iter().map(|life| life.sent).min();
    let mut cold: Vec<_> = own.iter().filter_map(|life| life.cold_start).collect();
    cold.sort_unstable();
    let chunks = own.iter().filter_map(|life| life.chunks.first());
    let mut ready: Vec<Duration> = chunks.map(|chunk| chunk.ready).collect();
    ready.sort_unstable();
    let count = |which: fn(&Fate) -> bool| own.iter().filter(|life| which(&life.fate)).count();
    let since = |at: Duration| at.saturating_sub(sent.unwrap_or_default()).as_secs_f64();
    let from = begin.map(|_| plan.window.from().as_secs_f64());
    WindowView {
        from,
        to: begin.map(|_| plan.window.to().as_secs_f64()),
        lanes: plan.lanes,
        units: plan.units,
        workers: own.len() as u64,
        cold: cold.len() as u64,
        in_vain: count(|fate| matches!(fate, Fate::Duplicate | Fate::Expired)) as u64,
        died: count(|fate| matches!(fate, Fate::Died | Fate::TimedOut)) as u64,
        sent: sent.map(|sent| sent.as_secs_f64()),
        cold_start: quantile(&cold, 0.5).map(|span| span.as_secs_f64()),
        ready: quantile(&ready, 0.0).map(|first| {
            let at = |share| since(quantile(&ready, share).unwrap_or(first));
            [at(0.0), at(0.5), at(0.9), at(1.0)]
        }),
        to_spare: begin.and_then(|begin| {
            let last = ready.last()?;
            Some(begin.as_secs_f64() - last.as_secs_f64())
        }),
        depth: own.iter().map(|life| life.hop).max().unwrap_or(0),
        ended: own
            .iter()
            .filter_map(|life| life.ended)
            .max()
            .map(|at| at.as_secs_f64()),
    }
}

/// What this share of sorted spans does not exceed.
fn quantile(sorted: &[Duration], share: f64) -> Option<Duration> {
    let last = sorted.len().checked_sub(1)?;
    let at = (last as f64 * share).ceil() as usize;
    sorted.get(at).copied()
}
