//! What a run on AWS would take, before anything is sent: as `slsart simulate` tells.

use star_aws::elf::Architecture;
use star_aws::{Configured, Lambda};
use star_core::{Job, Launch};
use task_simulate::{Options, SimulateError, Simulation, World, simulate};

use crate::args::InvokeArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{self, counted, grouped, seconds};
use crate::simulate::{Advice, Architecture as Priced, Forecast, Quota, Setting};

/// So many in a hundred units may come to nothing in a simulation before the run is one that can't be done.
const UNDONE: u64 = 1;

/// An account whose quota is never in the way.
const PLENTY: u32 = 1_000_000;

/// A simulation that takes no more than a moment, in seconds of functions.
const MOMENT: u64 = 300_000;

/// Tells what a run would take. Refuses what can't be done, or costs more than was said.
pub(super) async fn foresee(
    (lambda, configured): (&Lambda, Configured),
    job: &Job,
    how: &Launch,
    args: &InvokeArgs,
) -> Result<(), CommandError> {
    if args.force && args.max_cost.is_none() {
        return Ok(());
    }
    if configured.reserved == Some(0) && !args.force {
        return Err(CommandError::NoFunctions(undone(job)));
    }
    let account = match lambda.account().await {
        Ok(account) => account,
        Err(error) => {
            output::note(&format!(
                "how many functions the account may have at once is not known, and the default is taken: {error}\n"
            ));
            None
        }
    };
    let ground = Ground::new(configured, account);
    // A simulation is one long step of this runtime, which must not be held to a step's share.
    let foreseen = async { ground.foresee(job, how) };
    let foreseen = tokio::task::unconstrained(foreseen).await?;
    if !args.json_only {
        output::note(&format!("{}\n", foreseen.text));
    }
    let cost = foreseen.cost;
    if let Some(most) = args.max_cost.filter(|most| cost > *most) {
        return Err(CommandError::TooDear { cost, most });
    }
    match foreseen.refused {
        Some(why) if !args.force => Err(CommandError::Foreseen(why)),
        _ => Ok(()),
    }
}

/// What it comes to where no function takes a run up.
pub(super) fn undone(job: &Job) -> Exit {
    if job.task.must_be_whole() {
        Exit::Failed
    } else {
        Exit::Partial
    }
}

/// Where a run would take place.
#[derive(Clone, Debug)]
struct Ground {
    configured: Configured,
    /// How many may run at once.
    concurrency: u32,
}

/// What a run would take.
#[derive(Debug)]
struct Foreseen {
    text: String,
    /// In dollars.
    cost: f64,
    /// Why it can't be done, and what would help.
    refused: Option<String>,
}

impl Ground {
    fn new(configured: Configured, account: Option<u32>) -> Self {
        let account = account.unwrap_or(World::default().concurrency);
        Self {
            concurrency: configured.reserved.unwrap_or(account),
            configured,
        }
    }

    fn world(&self) -> World {
        World {
            concurrency: self.concurrency,
            timeout: self.configured.life,
            memory: self.configured.memory,
            ..World::default()
        }
    }

    fn foresee(&self, job: &Job, how: &Launch) -> Result<Foreseen, CommandError> {
        let plan = crate::job::cut(job, &how.limits)?;
        let lives = plan.windows.iter().map(|window| {
            let length = window.window.to().saturating_sub(window.window.from());
            u64::from(window.lanes) * length.as_secs().min(MOMENT)
        });
        let is_batch = job.task.timetable().extent().is_batch();
        if !is_batch && lives.sum::<u64>() > MOMENT {
            output::note("forecasting a large run, which takes a while (`--force` goes without)\n");
        }
        let world = self.world();
        let options = Options {
            limits: Some(how.limits.clone()),
            intervals: Some(how.intervals),
            logged: false,
            ..Options::default()
        };
        let in_world = |world: &World| simulate(job, world, how.seed, &options).map_err(unforeseen);
        let simulation = in_world(&world)?;
        let mut needed = simulation.peak;
        if Quota::was_short(&simulation, &world) {
            let concurrency = PLENTY;
            let free = World {
                concurrency,
                ..world.clone()
            };
            needed = needed.max(in_world(&free)?.peak);
        }
        let quota = Quota {
            reserved: self.configured.reserved.is_some(),
            ..Quota::new(needed, &world)
        };
        let mut prices = Setting::read(None)?.prices;
        prices.architecture = match self.configured.architecture {
            Architecture::Arm => Priced::Arm64,
            Architecture::X86 => Priced::X86,
        };
        let forecast = Forecast::new(&simulation, &prices, quota);
        Ok(Foreseen {
            text: text(&simulation, &forecast, is_batch.then_some(&world)),
            cost: forecast.cost.total,
            refused: refused(&simulation, &world, quota, job),
        })
    }
}

/// A sentence on what it takes. Of a batch nobody knows how long an item does.
fn text(simulation: &Simulation, forecast: &Forecast, batch: Option<&World>) -> String {
    let Forecast {
        invocations,
        quota,
        cost,
        prices,
        ..
    } = forecast;
    let begins = match simulation.zero {
        Some(zero) => format!("the load begins after {}", seconds(zero)),
        None => "the load never begins".to_owned(),
    };
    let price = if cost.total < 0.0001 {
        "less than $0.0001".to_owned()
    } else {
        format!("some ${:.4}", cost.total)
    };
    let assumed = batch.map_or_else(String::new, |world| {
        let item = world.item.median.as_secs_f64();
        format!(", if an item takes {item} s")
    });
    format!(
        "forecast: {}, at most {} at once, where {} may be; {begins}, and the run costs {price}{assumed} (prices of {}, {})",
        counted(*invocations, "function"),
        grouped(quota.needed.into()),
        grouped(quota.account.into()),
        prices.region,
        prices.as_of
    )
}

/// Why it can't be done, and what would help.
fn refused(simulation: &Simulation, world: &World, quota: Quota, job: &Job) -> Option<String> {
    let facts = &simulation.outcome.facts;
    let undone = facts.lost + facts.tally.missed;
    let too_many = quota.needed > quota.account;
    // How long a batch takes is assumed, so that it may well be done where the simulated one is not.
    let is_batch = job.task.timetable().extent().is_batch();
    let undone = if is_batch { 0 } else { undone };
    if !too_many && undone * 100 <= facts.planned * UNDONE && simulation.zero.is_some() {
        return None;
    }
    let advice = Advice::on(simulation, world, quota, &job.task);
    let advice: Vec<_> = advice.iter().map(ToString::to_string).collect();
    // With fewer functions than it could have all may be done all the same, only later.
    if advice.is_empty() && undone == 0 && simulation.zero.is_some() {
        return None;
    }
    Some(if advice.is_empty() {
        format!(
            "{} of {} would come to nothing",
            grouped(undone),
            counted(facts.planned, "unit")
        )
    } else {
        advice.join("; ")
    })
}

fn unforeseen(error: SimulateError) -> CommandError {
    match error {
        SimulateError::Plan(error) => CommandError::Plan(error),
        error => CommandError::Bug(format!("the run cannot be forecast: {error}")),
    }
}

#[cfg(test)]
mod tests;
