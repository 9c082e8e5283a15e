//! What would help, tried before it is said: by simulating once more, where that does not take long.

use std::time::Duration;

use star_core::job::split::TIME_BUFFER;
use star_core::{AnyTask, Extent, Job, Limits, Plan};
use task_simulate::{Fate, Options, Simulation, World, simulate};

use crate::output::{counted, grouped};

/// A simulated run that something is wrong with.
#[derive(Clone, Copy)]
pub(super) struct Trial<'a> {
    pub(super) simulation: &'a Simulation,
    pub(super) world: &'a World,
    pub(super) task: &'a AnyTask,
}

/// One in which workers came too late.
pub(super) struct Late<'a> {
    pub(super) trial: Trial<'a>,
    /// How long it took until the last worker of the slowest window was there; nothing where none ever was.
    pub(super) took: Duration,
}

/// What is to become less, and how it is told of what is left of it.
#[derive(Clone, Copy)]
pub(super) struct Harm {
    count: fn(&Simulation) -> u64,
    left: fn(u64) -> String,
}

pub(super) const UNDONE: Harm = Harm {
    count: undone,
    left: |left| format!("{} undone", counted(left, "unit")),
};

pub(super) const CUT_OFF: Harm = Harm {
    count: |simulation| simulation.cut_off,
    left: |left| format!("{} cut off", counted(left, "unit")),
};

const DROPPED: Harm = Harm {
    count: |simulation| simulation.dropped,
    left: |left| format!("{} dropped", counted(left, "event")),
};

/// What came of a change.
enum Tried {
    /// So much harm is left.
    Left(u64),
    /// It would take too long to find out.
    Not,
}

/// How many requests to the ledger a simulation may make that only shows whether a change helps: some seconds.
const CHEAP: u64 = 300_000;

impl Late<'_> {
    /// What would have workers there in time.
    pub(super) fn changes(&self) -> String {
        let all = [self.trial.sooner(self.took), self.wider()];
        let all: Vec<String> = all.into_iter().flatten().collect();
        if all.is_empty() {
            return "neither a longer lead nor more functions helps in this world".to_owned();
        }
        all.join(", or ")
    }

    /// More functions, where one adds environments too slowly.
    fn wider(&self) -> Option<String> {
        if self.trial.simulation.requeued == 0 {
            return None;
        }
        let (functions, left) = self.trial.functions(UNDONE)?;
        Some(format!(
            "share them out among more functions, each of which scales out on its own (`functions: {functions}` in the world's file){left}"
        ))
    }
}

impl Trial<'_> {
    /// A longer lead, where it took so long until the last worker was there.
    pub(super) fn sooner(&self, took: Duration) -> Option<String> {
        let limits = &self.simulation.limits;
        let longest = limits.life.unwrap_or(Duration::MAX) / 2;
        let leads = [1.1, 1.5, 2.0, 4.0, 8.0].map(|times| {
            let base = took.max(limits.lead).as_secs_f64();
            Duration::from_secs((base * times).ceil() as u64)
        });
        let leads = leads.into_iter().filter(|lead| *lead > limits.lead);
        let leads = leads.take_while(|lead| *lead <= longest);
        let (lead, left) = self.best(UNDONE, leads, |lead| {
            let limits = Limits {
                lead: *lead,
                ..limits.clone()
            };
            (self.world.clone(), Some(limits))
        })?;
        let (millis, seconds) = (lead.as_millis(), lead.as_secs());
        let (key, range) = (TIME_BUFFER.key, TIME_BUFFER.range);
        let fits = u32::try_from(millis).is_ok_and(|millis| range.contains(&millis));
        let how = if fits {
            format!("`_split.{key}: {millis}`")
        } else {
            format!(
                "`split: {{ lead: {seconds}s }}` in the world's file; `_split.{key}` goes up to {}",
                grouped((*range.end()).into())
            )
        };
        Some(format!("send for them sooner ({how}){left}"))
    }

    /// Whether it is a script whose scenarios are tried out: its `_split` has no word for how many workers do that.
    pub(super) fn is_tried_out(&self) -> bool {
        self.task.must_be_whole()
    }

    /// Fewer workers of a batch than there are, where so many functions are allowed: while one has a successor both are there.
    pub(super) fn fewer_workers(&self, most: u32) -> Option<String> {
        if self.is_tried_out() {
            return None;
        }
        let now = self.simulation.start.as_ref()?.workers;
        let counts = [most, most / 2, 1].into_iter();
        let counts = counts.filter(|count| (1..now).contains(count));
        let (count, left) = self.best(UNDONE, counts, |count| {
            let limits = Limits {
                workers: Some(*count),
                ..self.simulation.limits.clone()
            };
            (self.world.clone(), Some(limits))
        })?;
        Some(format!("set `_split.maxWorkers` to {count}{left}"))
    }

    /// What would have room for the events that found none.
    pub(super) fn room(&self) -> String {
        let quota = [2, 4, 8].map(|times| self.world.concurrency.saturating_mul(times));
        let quota = self.best(DROPPED, quota, |quota| {
            let world = World {
                concurrency: *quota,
                ..self.world.clone()
            };
            (world, None)
        });
        let quota = quota.map(|(quota, left)| {
            let quota = grouped(quota.into());
            format!(
                "a quota of {quota} has room for them (`concurrency` in the world's file){left}"
            )
        });
        let functions = self.functions(DROPPED).map(|(functions, left)| {
            format!(
                "{functions} functions have room for them (`functions` in the world's file){left}"
            )
        });
        let all: Vec<String> = quota.into_iter().chain(functions).collect();
        if all.is_empty() {
            return "neither a larger quota nor more functions has room for them in this world"
                .to_owned();
        }
        all.join(", or ")
    }

    /// More functions.
    fn functions(&self, harm: Harm) -> Option<(u32, String)> {
        let functions = [2, 4, 8, 16].map(|times| self.world.functions.saturating_mul(times));
        self.best(harm, functions, |functions| {
            let world = World {
                functions: *functions,
                ..self.world.clone()
            };
            (world, None)
        })
    }

    /// The first of some changes that leaves no harm, otherwise that which leaves the least, if that is at most half of what it is now;
    /// and what is to be said of it. Where it can't be tried, the first.
    pub(super) fn best<C>(
        &self,
        harm: Harm,
        changes: impl IntoIterator<Item = C>,
        changed: impl Fn(&C) -> (World, Option<Limits>),
    ) -> Option<(C, String)> {
        let mut best: Option<(C, u64)> = None;
        for change in changes {
            let (world, limits) = changed(&change);
            match self.tried(harm, &world, limits) {
                Tried::Not => return Some((change, " (which was not tried)".to_owned())),
                Tried::Left(0) => return Some((change, String::new())),
                Tried::Left(left) if best.as_ref().is_none_or(|(_, least)| left < *least) => {
                    best = Some((change, left));
                }
                Tried::Left(_) => {}
            }
        }
        let now = (harm.count)(self.simulation);
        let (change, left) = best.filter(|(_, left)| *left <= now / 2)?;
        Some((change, format!(", which leaves {}", (harm.left)(left))))
    }

    fn tried(&self, harm: Harm, world: &World, limits: Option<Limits>) -> Tried {
        let under = limits.clone().unwrap_or_else(|| world.limits_of(self.task));
        let in_vain = Tried::Left(u64::MAX / 2);
        let Ok(plan) = self.task.plan(&under) else {
            return in_vain;
        };
        if requests(&plan, self.task) > CHEAP {
            return Tried::Not;
        }
        let options = Options {
            limits,
            logged: false,
            ..Options::default()
        };
        let job = Job {
            task: self.task.clone(),
            blobs: Vec::new(),
        };
        match simulate(&job, world, self.simulation.seed, &options) {
            Ok(again) if again.unread.is_none() => Tried::Left((harm.count)(&again)),
            Ok(_) | Err(_) => in_vain,
        }
    }
}

/// How many units came to nothing.
pub(super) fn undone(simulation: &Simulation) -> u64 {
    let facts = &simulation.outcome.facts;
    facts.lost + facts.tally.missed + facts.tally.cancelled
}

/// How many workers came when it was too late for what they were sent for.
pub(super) fn expired(simulation: &Simulation) -> u64 {
    let workers = simulation.workers.iter();
    workers.filter(|life| life.fate == Fate::Expired).count() as u64
}

/// How many requests a run makes to its ledger, roughly: every worker two or three in each two seconds.
fn requests(plan: &Plan, task: &AnyTask) -> u64 {
    let Extent::Timed(length) = task.timetable().extent() else {
        return task.timetable().units();
    };
    let windows = plan.windows.iter();
    let each = windows.map(|plan| {
        let seconds = length
            .min(plan.window.to())
            .saturating_sub(plan.window.from());
        u64::from(plan.lanes) * (seconds.as_secs() * 3 / 2 + 20)
    });
    each.sum()
}
