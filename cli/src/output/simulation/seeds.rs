//! Many simulated runs, a line each, and the worst of them.

use std::fmt::Write as _;

use serde::Serialize;
use task_simulate::Simulation;

use crate::exit::Exit;
use crate::output::{counted, grouped};
use crate::simulate::Forecast;

/// How many seeds of broken promises are named.
const NAMED: usize = 20;

/// Many simulated runs.
#[derive(Debug, Default, Serialize)]
pub(crate) struct SeedsView {
    seeds: Vec<SeedView>,
    /// Those with which the run could not even be launched.
    #[serde(rename = "notLaunched")]
    unlaunched: Vec<Unlaunched>,
}

/// A seed with which nothing came of a run.
#[derive(Debug, Serialize)]
struct Unlaunched {
    seed: u64,
    why: String,
}

/// One of them.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SeedView {
    seed: u64,
    /// What the program would end with.
    exit: u8,
    planned: u64,
    started: u64,
    skipped: u64,
    missed: u64,
    cancelled: u64,
    lost: u64,
    unfinished: u64,
    /// How many workers were sent for, and how many there were at once.
    workers: u64,
    peak: u32,
    /// After how many seconds the workers of the slowest window were ready; none where some never were.
    ready: Option<f64>,
    /// How many seconds it took from the launch.
    length: f64,
    cost: f64,
    currency: String,
    broken: Vec<String>,
}

impl SeedView {
    /// How many units came to nothing.
    fn undone(&self) -> u64 {
        self.planned - self.started - self.skipped
    }
}

impl SeedsView {
    /// Takes in one more, and says a line of it.
    pub(crate) fn add(
        &mut self,
        simulation: &Simulation,
        forecast: &Forecast,
        exit: Exit,
    ) -> String {
        let facts = &simulation.outcome.facts;
        let tally = facts.tally;
        let ready = simulation.ready.iter().copied();
        let slowest = ready.collect::<Option<Vec<_>>>();
        let slowest = slowest.and_then(|ready| ready.iter().map(|ready| ready.after).max());
        let seed = SeedView {
            seed: simulation.seed,
            exit: exit.code(),
            planned: facts.planned,
            started: tally.started,
            skipped: tally.skipped,
            missed: tally.missed,
            cancelled: tally.cancelled,
            lost: facts.lost,
            unfinished: facts.unfinished,
            workers: simulation.workers.len() as u64,
            peak: simulation.peak,
            ready: slowest.map(|after| after.as_secs_f64()),
            length: simulation.length.as_secs_f64(),
            cost: forecast.cost.total,
            currency: forecast.prices.currency.clone(),
            broken: simulation.broken.clone(),
        };
        let line = line(&seed);
        self.seeds.push(seed);
        line
    }

    /// Takes in one with which the run could not be launched, and says a line of it.
    pub(crate) fn add_unlaunched(&mut self, seed: u64, why: String) -> String {
        let line = format!("seed {seed:<6} not launched: {why}\n");
        self.unlaunched.push(Unlaunched { seed, why });
        line
    }

    /// What the program ends with: a broken promise before all else, then whatever is not done.
    pub(crate) fn exit(&self) -> Exit {
        let any = |exit: Exit| {
            let unlaunched = exit == Exit::Partial && !self.unlaunched.is_empty();
            unlaunched || self.seeds.iter().any(|seed| seed.exit == exit.code())
        };
        let worst = [Exit::Bug, Exit::Failed, Exit::Partial];
        worst
            .into_iter()
            .find(|exit| any(*exit))
            .unwrap_or(Exit::Passed)
    }

    /// The worst of all, and how to see it again: the command, but for the seed.
    pub(crate) fn summary(&self, command: &str) -> String {
        let mut text = String::from("\n");
        let whole = self
            .seeds
            .iter()
            .filter(|seed| seed.exit == Exit::Passed.code());
        let _infallible = writeln!(
            text,
            "{}: {} with every unit started in its time",
            counted((self.seeds.len() + self.unlaunched.len()) as u64, "seed"),
            whole.count()
        );
        let undone = worst(&self.seeds, |seed| seed.undone() as f64);
        let peak = worst(&self.seeds, |seed| f64::from(seed.peak));
        let ready = worst(&self.seeds, |seed| seed.ready.unwrap_or(f64::INFINITY));
        let cost = worst(&self.seeds, |seed| seed.cost);
        let mut say = |what: String, seed: &SeedView| {
            let _infallible = writeln!(text, "{what:<52} {command} {}", seed.seed);
        };
        if let Some(seed) = undone.filter(|seed| seed.undone() > 0) {
            say(
                format!(
                    "at worst {} of {} not started",
                    grouped(seed.undone()),
                    counted(seed.planned, "unit")
                ),
                seed,
            );
        }
        if let Some(seed) = ready {
            let when = seed
                .ready
                .map_or_else(|| "never".to_owned(), |at| format!("after {at:.2} s"));
            say(format!("ready at the latest {when}"), seed);
        }
        if let Some(seed) = peak {
            say(
                format!("at most {} at once", counted(seed.peak.into(), "function")),
                seed,
            );
        }
        if let Some(seed) = cost {
            let cost = format!("it costs at most {:.4} {}", seed.cost, seed.currency);
            say(cost, seed);
        }
        let broken: Vec<_> = self
            .seeds
            .iter()
            .filter(|seed| !seed.broken.is_empty())
            .collect();
        for seed in broken.iter().take(NAMED) {
            let _infallible = writeln!(
                text,
                "BROKEN with seed {}: {}",
                seed.seed,
                seed.broken.join("; ")
            );
            let _infallible = writeln!(text, "  {command} {}", seed.seed);
        }
        if broken.len() > NAMED {
            let _infallible = writeln!(
                text,
                "… and with {} more",
                counted((broken.len() - NAMED) as u64, "seed")
            );
        }
        text
    }
}

/// The first of which that is the most.
fn worst(seeds: &[SeedView], of: impl Fn(&SeedView) -> f64) -> Option<&SeedView> {
    let worse = |one: &&SeedView, other: &&SeedView| {
        let order = of(one).total_cmp(&of(other));
        order.then(other.seed.cmp(&one.seed))
    };
    seeds.iter().max_by(worse)
}

fn line(seed: &SeedView) -> String {
    let what = match seed.exit {
        0 => "whole",
        1 => "BROKEN",
        _ => "partial",
    };
    let undone: Vec<_> = [
        (seed.skipped, "skipped"),
        (seed.missed, "missed"),
        (seed.cancelled, "cancelled"),
        (seed.lost, "lost"),
        (seed.unfinished, "unfinished"),
    ]
    .iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!(", {} {what}", grouped(*count)))
    .collect();
    let ready = seed.ready.map_or_else(
        || "never ready".to_owned(),
        |at| format!("ready in {at:.2} s"),
    );
    format!(
        "seed {:<6} {what:<8} {} of {} started{}; {}, {} at once, {ready}, over after {:.1} s\n",
        seed.seed,
        grouped(seed.started),
        grouped(seed.planned),
        undone.concat(),
        counted(seed.workers, "worker"),
        grouped(seed.peak.into()),
        seed.length,
    )
}
