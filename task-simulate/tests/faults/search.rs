//! Jobs, worlds, and what must hold in all of them.

use std::time::Duration;

use star_core::draw::Draws;
use star_core::shape::Batch;
use star_core::{AnyTask, Job};
use task_simulate::{Delay, Fault, Options, Sabotage, SimulateError, Simulation, World, simulate};

use crate::kit::{Effects, Harmless, load, seconds, stretch};

/// How many seeds the normal test command looks at.
const SEEDS: u64 = 150;

/// The number whose draws say what is tried under a seed.
const TRIED: u64 = u64::MAX - 9;

/// How long a ledger is waited for by whoever launches a run, and by whoever follows one, as `docs/running.md` says.
const LAUNCHING: Duration = Duration::from_mins(1);
const FOLLOWING: Duration = Duration::from_mins(2);

/// What is simulated under a seed.
pub(crate) struct Trial {
    seed: u64,
    shape: &'static str,
    task: AnyTask,
    world: World,
    faults: Vec<Fault>,
    options: Options,
}

/// A job, and a world that cuts it into some ten windows, of workers that live for little more than one.
fn shape(draws: &mut Draws) -> (&'static str, AnyTask, World) {
    let mut world = World {
        timeout: seconds(120),
        unit_life: Some(seconds(draws.below(10))),
        ..World::default()
    };
    let split = &mut world.split;
    split.chunk = seconds(40);
    split.lead = seconds(15);
    split.tail = seconds(10);
    split.closing = seconds(20);
    split.chunk_rate = 5;
    split.fan_out = 2 + draws.below(6) as u32;
    let (name, task) = match draws.below(7) {
        0 => {
            let rate = 5.0 * (1 + draws.below(12)) as f64;
            (
                "a long constant load",
                load(vec![stretch(300, Some(rate), None)]),
            )
        }
        1 => ("a ramp", load(vec![stretch(240, Some(0.0), Some(80.0))])),
        2 => {
            split.chunk = seconds(400);
            world.timeout = seconds(500);
            let busy = || stretch(60, Some(20.0), None);
            let pause = stretch(3600, None, None);
            ("an hour's pause", load(vec![busy(), pause, busy()]))
        }
        3 => (
            "a unit every five seconds",
            load(vec![stretch(400, Some(0.2), None)]),
        ),
        4 => {
            split.workers = 8;
            let items = Batch::of(600);
            ("a batch", AnyTask::new(Effects { items }))
        }
        5 => {
            split.workers = 5;
            let items = Batch::of(300);
            ("a batch without effects", AnyTask::new(Harmless { items }))
        }
        _ => {
            split.workers = 12;
            world.item = Delay::millis(500, 2_000, 20_000, 40_000);
            let items = Batch::of(12);
            ("an acceptance test", AnyTask::new(Effects { items }))
        }
    };
    if task.timetable().extent().is_batch() && split_is_wide(&world) {
        world.item = Delay::millis(50, 1_000, 8_000, 10_000);
    }
    (name, task, world)
}

fn split_is_wide(world: &World) -> bool {
    world.split.workers <= 8
}

impl Trial {
    pub(crate) fn of(seed: u64) -> Self {
        let mut draws = Draws::new(seed, TRIED, 0, 0);
        let (shape, task, mut world) = shape(&mut draws);
        let many = draws.below(5);
        let mut faults = Vec::new();
        for _ in 0..many {
            let fault = Fault::ALL[draws.below(Fault::ALL.len() as u64) as usize];
            if !faults.contains(&fault) {
                fault.apply(&mut world, seed);
                faults.push(fault);
            }
        }
        let stopped = draws.below(3) == 0;
        let stop_at = seconds(draws.below(300));
        let options = Options {
            stop_at: stopped.then_some(stop_at),
            followed: draws.below(3) == 0,
            logged: false,
            wordy: draws.below(4) == 0,
            ..Options::default()
        };
        Self {
            seed,
            shape,
            task,
            world,
            faults,
            options,
        }
    }

    pub(crate) fn sabotaged(mut self, how: Sabotage) -> Self {
        self.options.sabotage = Some(how);
        self
    }

    pub(crate) fn logged(mut self) -> Self {
        self.options.logged = true;
        self
    }

    pub(crate) fn run(&self) -> Result<Simulation, SimulateError> {
        let job = Job {
            task: self.task.clone(),
            blobs: Vec::new(),
        };
        simulate(&job, &self.world, self.seed, &self.options)
    }

    /// What is wrong, if something is.
    pub(crate) fn fails(&self) -> Option<String> {
        let broken = match self.run() {
            Ok(mut simulation) => {
                // A ledger that does not answer for longer than it is waited for is told to whoever launches or follows.
                let unread = simulation.unread.take();
                let unread = unread.filter(|_| !self.is_away(FOLLOWING));
                simulation.broken.extend(unread);
                simulation.broken
            }
            Err(SimulateError::Launch(_)) if self.is_away(LAUNCHING) => return None,
            Err(error) => vec![error.to_string()],
        };
        (!broken.is_empty()).then(|| {
            let faults: Vec<_> = self.faults.iter().map(|fault| fault.name()).collect();
            let some: Vec<_> = broken.iter().take(5).cloned().collect();
            format!(
                "seed {}: {} with [{}]{}: {}\n    to see it: FAULTS_SEED={} cargo test -p task-simulate --test faults promises -- --nocapture",
                self.seed,
                self.shape,
                faults.join(", "),
                self.options.stop_at.map_or_else(String::new, |at| format!(", stopped after {at:?}")),
                some.join("; "),
                self.seed,
            )
        })
    }

    /// Whether the ledger is away for so long at a stretch.
    fn is_away(&self, patience: Duration) -> bool {
        let ledger = &self.world.ledger;
        let mut outages = ledger.outages.iter();
        ledger.unavailable >= 1.0 || outages.any(|outage| outage.length >= patience)
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Which seeds are looked at.
fn seeds() -> std::ops::Range<u64> {
    0..number("FAULTS_SEEDS").unwrap_or(SEEDS)
}

#[test]
fn some_of_what_is_tried_is_told_in_parts() {
    let wordy = (0..SEEDS)
        .map(Trial::of)
        .find(|trial| trial.options.wordy && trial.faults.is_empty());
    let simulation = wordy.expect("there is one").run().unwrap();
    let parts = simulation.ledger.kinds.get("parts");
    assert!(
        parts.is_some_and(|parts| *parts > 10),
        "{:?}",
        simulation.ledger.kinds
    );
}

#[test]
fn the_promises_hold_whatever_goes_wrong() {
    if let Some(seed) = number("FAULTS_SEED") {
        let trial = Trial::of(seed).logged();
        if let Ok(simulation) = trial.run() {
            println!(
                "{}\n{}",
                simulation.log.join("\n"),
                simulation.outcome.summary()
            );
            println!("{:#?}", trial.world);
        }
        assert_eq!(trial.fails(), None);
        return;
    }
    let failures: Vec<String> = seeds().filter_map(|seed| Trial::of(seed).fails()).collect();
    let several = failures.len();
    assert!(
        failures.is_empty(),
        "{several} seeds fail:\n{}",
        failures.join("\n")
    );
}
