//! Whether a run can be done as it was simulated, and what to change, in words.

use std::time::Duration;

use serde::Serialize;
use star_core::job::split::{MAX_CHUNK_DURATION, MAX_CHUNK_RATE};
use star_core::ledger::WindowPlan;
use star_core::wire::Order;
use star_core::{AnyTask, Limits, Plan, Rate};
use task_simulate::{Simulation, WorkerLife, World};

use super::Quota;
use super::remedy::{self, Late, Trial};
use crate::output::{counted, grouped, seconds};

/// Something that stands in the way, and what helps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Advice {
    /// What is wrong.
    pub(crate) problem: String,
    /// What to change.
    pub(crate) change: String,
}

/// What there is to go by.
struct Case<'a> {
    simulation: &'a Simulation,
    world: &'a World,
    quota: Quota,
    task: &'a AnyTask,
}

impl Advice {
    /// All that is to be said of a simulated run.
    pub(crate) fn on(
        simulation: &Simulation,
        world: &World,
        quota: Quota,
        task: &AnyTask,
    ) -> Vec<Self> {
        let case = Case {
            simulation,
            world,
            quota,
            task,
        };
        let all = [
            case.too_few_functions(),
            case.late_workers(),
            case.crowded(),
            case.cut_chains().or_else(|| case.dropped_baton()),
            case.dropped_events(),
            case.busy_ledger(),
        ];
        let all = all.into_iter().flatten();
        let mut all: Vec<Self> = all.chain(case.trial().hindrances()).collect();
        if all.is_empty() && simulation.causes.is_empty() {
            all.extend(case.trial().unlike_aws());
        }
        all
    }
}

impl std::fmt::Display for Advice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.problem, self.change)
    }
}

impl Case<'_> {
    fn is_short(&self) -> bool {
        self.quota.needed > self.quota.account
    }

    /// Whether all was done all the same.
    fn is_whole(&self) -> bool {
        let simulation = self.simulation;
        simulation.cut_off == 0 && !simulation.outcome.facts.is_partial()
    }

    fn too_few_functions(&self) -> Option<Advice> {
        let Quota {
            needed,
            account,
            default,
            reserved,
        } = self.quota;
        let (most, whose) = if reserved {
            (account, "the function's reserved concurrency is")
        } else if needed > account && account != default {
            (account, "this account has")
        } else {
            (default, "the default quota is")
        };
        if needed <= most || needed > account && self.is_whole() {
            return None;
        }
        let needs = grouped(needed.into());
        let ask = if reserved {
            format!("set that to {needs}, or remove it")
        } else {
            format!("ask AWS for {needs}")
        };
        let instead = match self.narrower(most) {
            Some(instead) => format!(", or {instead}"),
            None => String::new(),
        };
        let has = match account {
            _ if needed > account => String::new(),
            _ => format!(
                " (the account that was simulated has {})",
                grouped(account.into())
            ),
        };
        let most = grouped(most.into());
        Some(Advice {
            problem: format!(
                "it needs {} at once, and {whose} {most}{has}",
                counted(needed.into(), "function")
            ),
            change: format!("{ask}{instead}"),
        })
    }

    /// What would make so many workers enough, if a limit of the job does.
    fn narrower(&self, most: u32) -> Option<String> {
        let limits = &self.simulation.limits;
        if self.task.timetable().extent().is_batch() {
            return self.trial().fewer_workers(most);
        }
        let now = limits.chunk_rate?.get();
        let widest = |limits: &Limits| self.task.plan(limits).ok().map(|plan| widest(&plan));
        let lanes = u64::from(widest(limits)?);
        // While one window hands over to the next there are more workers than lanes, in the same measure.
        let fits = |rate: u64| {
            let limits = Limits {
                chunk_rate: Some(Rate::per_second(rate)),
                ..limits.clone()
            };
            let fewer = widest(&limits).map_or(u64::MAX, u64::from);
            fewer.saturating_mul(self.quota.needed.into()) <= lanes * u64::from(most)
        };
        let highest = u64::from(*MAX_CHUNK_RATE.range.end());
        let mut rate = (now * u64::from(self.quota.needed)).div_ceil(most.into());
        while rate <= highest {
            if fits(rate) {
                return Some(format!("raise `_split.{}` to {rate}", MAX_CHUNK_RATE.key));
            }
            rate = rate * 5 / 4 + 1;
        }
        None
    }

    /// How late the workers of windows were, each with how long it had and how long it took.
    fn late_windows(&self) -> Vec<(Duration, Duration)> {
        let (Some(start), Some(zero)) = (&self.simulation.start, self.simulation.zero) else {
            return Vec::new();
        };
        if start.batch {
            return Vec::new();
        }
        let windows = start.windows.iter().zip(&self.simulation.ready);
        let had = windows.filter_map(|(plan, ready)| {
            let ready = (*ready)?;
            let begin = zero + plan.window.from();
            Some((begin.saturating_sub(ready.sent), ready.after))
        });
        let late = self.simulation.limits.late;
        had.filter(|(had, took)| *took > *had + late).collect()
    }

    fn late_workers(&self) -> Option<Advice> {
        if self.is_short() {
            // That is the cause, and was told.
            return None;
        }
        let late = self.late_windows();
        let worst = late
            .iter()
            .max_by_key(|(had, took)| took.saturating_sub(*had));
        let (problem, took) = match worst {
            Some(&(had, took)) => (self.late_in(late.len(), had, took), took),
            None => (self.expired()?, Duration::ZERO),
        };
        let late = Late {
            trial: self.trial(),
            took,
        };
        let change = late.changes();
        Some(Advice { problem, change })
    }

    fn late_in(&self, late: usize, had: Duration, took: Duration) -> String {
        let windows = self.simulation.ready.len() as u64;
        format!(
            "in {late} of {} the last workers were ready after it had begun, up to {} after they were sent for, and {} were left",
            counted(windows, "window"),
            seconds(took),
            seconds(had),
        )
    }

    /// What is to be said where workers came after what they were sent for was over.
    fn expired(&self) -> Option<String> {
        let expired = remedy::expired(self.simulation);
        let timed = !self.task.timetable().extent().is_batch();
        let undone = remedy::undone(self.simulation) > 0;
        let lead = seconds(self.simulation.limits.lead);
        (expired > 0 && timed && undone).then(|| {
            format!(
                "{} came when it was too late, sent for {lead} before the begin",
                counted(expired, "worker")
            )
        })
    }

    /// More units at once than a worker may have, by how long they live in this world.
    fn crowded(&self) -> Option<Advice> {
        let (open, most) = crowd(self.simulation)?;
        let life = self.simulation.unit_life.as_secs_f64();
        let rate = (most as f64 / life.max(0.001)) as u32;
        let change = if MAX_CHUNK_RATE.range.contains(&rate) {
            format!(
                "set `_split.{}` to {rate}, or have units that live shorter",
                MAX_CHUNK_RATE.key
            )
        } else {
            "have units that live shorter, or workers that may have more of them".to_owned()
        };
        Some(Advice {
            problem: format!(
                "some {} will be open at once in a worker, living {} each, and it may have {}: what is due then is missed, which is not simulated",
                counted(open, "unit"),
                seconds(self.simulation.unit_life),
                grouped(most)
            ),
            change,
        })
    }

    /// Windows that nobody was sent for, since both who were to do it were gone.
    fn dropped_baton(&self) -> Option<Advice> {
        let start = self
            .simulation
            .start
            .as_ref()
            .filter(|start| !start.batch)?;
        let begun = |plan: &WindowPlan| {
            let of_it = |life: &WorkerLife| match life.order {
                Order::Carry(slice) => slice.window == plan.window,
                Order::Start => plan.window.from().is_zero(),
                Order::Serve { .. } => false,
            };
            self.simulation.workers.iter().any(of_it)
        };
        let last = start.windows.iter().take_while(|plan| begun(plan)).count();
        let from = start.windows.get(last).filter(|_| last > 0)?;
        Some(Advice {
            problem: format!(
                "nobody was sent for from {} on, as both who were to hand the run on were gone",
                seconds(from.window.from())
            ),
            change: format!(
                "longer chunks (`_split.{}`) are handed on less often",
                MAX_CHUNK_DURATION.key
            ),
        })
    }

    fn dropped_events(&self) -> Option<Advice> {
        let dropped = self.simulation.dropped;
        (dropped > 0 && !self.is_short()).then(|| Advice {
            problem: format!(
                "{} found no room for {} and {} dropped",
                counted(dropped, "event"),
                seconds(self.world.event_age),
                if dropped == 1 { "was" } else { "were" }
            ),
            change: format!(
                "what they ask for was sent again where there was time; {}",
                self.trial().room()
            ),
        })
    }

    fn trial(&self) -> Trial<'_> {
        Trial {
            simulation: self.simulation,
            world: self.world,
            task: self.task,
        }
    }

    fn cut_chains(&self) -> Option<Advice> {
        let guard = self.world.hop_guard?;
        let facts = &self.simulation.outcome.facts;
        // Whoever it is the turn of after so many is refused, and never there.
        let deepest = self.simulation.workers.iter().map(|life| life.hop).max()?;
        (facts.is_partial() && deepest + 1 >= guard).then(|| Advice {
            problem: format!("chains of workers are cut after {}", counted(guard.into(), "hop")),
            change: "let the function call itself (`PutFunctionRecursionConfig` with `RecursiveLoop=Allow`)".to_owned(),
        })
    }

    fn busy_ledger(&self) -> Option<Advice> {
        let beyond = self.simulation.ledger.beyond_rate;
        let ledger = &self.world.ledger;
        (beyond > 0).then(|| Advice {
            problem: format!(
                "the object store turned away {} beyond {} writes and {} reads a second for each prefix; they were made again",
                counted(beyond, "request"),
                grouped(ledger.writes.into()),
                grouped(ledger.reads.into()),
            ),
            change: format!("fewer workers, each with more to do (`_split.{}`), ask less", MAX_CHUNK_RATE.key),
        })
    }
}

/// How many units are to be expected at once in a worker, and how many it may have, where that is fewer.
pub(crate) fn crowd(simulation: &Simulation) -> Option<(u64, u64)> {
    let most = simulation.limits.open_units?;
    let open = simulation.expected_open;
    (open > most).then_some((open, most))
}

/// The most workers that a plan has at once, but for those of two windows while one hands over to the other.
pub(super) fn widest(plan: &Plan) -> u32 {
    let lanes = plan.windows.iter().map(|window| window.lanes).max();
    if plan.workers > 0 {
        plan.workers
    } else {
        lanes.unwrap_or(0)
    }
}
