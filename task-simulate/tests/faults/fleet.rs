//! A simulated fleet does what its world says.

use star_core::shape::Batch;
use star_core::{AnyTask, Job};
use task_simulate::{Delay, Fate, Fault, Options, SimulateError, Simulation, World, simulate};

use crate::kit::{Harmless, load, seconds, stretch};

fn run(task: AnyTask, world: &World, seed: u64) -> Simulation {
    let job = Job {
        task,
        blobs: Vec::new(),
    };
    let simulation = simulate(&job, world, seed, &Options::default()).expect("it can be simulated");
    assert_eq!(simulation.broken, Vec::<String>::new());
    simulation
}

fn steady(rate: f64, length: u64) -> AnyTask {
    load(vec![stretch(length, Some(rate), None)])
}

#[test]
fn the_same_seed_gives_the_same_log_to_the_byte() {
    let mut world = World::default();
    for fault in [Fault::Duplicates, Fault::Deaths, Fault::LostAnswers] {
        fault.apply(&mut world, 3);
    }
    let log = |seed| run(steady(500.0, 60), &world, seed).log;
    assert_eq!(log(1), log(1));
    assert_ne!(log(1), log(2));
}

#[test]
fn everything_is_started_in_the_second_in_which_it_is_due() {
    let ramp = load(vec![stretch(60, Some(1.0), Some(400.0))]);
    let simulation = run(ramp, &World::default(), 1);
    let facts = &simulation.outcome.facts;
    assert_eq!(facts.tally.started, facts.planned);
    assert_eq!(simulation.rates.len(), 60);
    assert!(
        simulation
            .rates
            .iter()
            .all(|second| second.achieved == second.planned)
    );
    let workers = facts.chunks as usize;
    assert_eq!(
        (simulation.workers.len(), simulation.peak as usize),
        (workers, workers)
    );
    assert_eq!(simulation.invocations, facts.chunks);
}

#[test]
fn an_account_with_a_small_quota_has_no_room_for_a_wide_run() {
    let world = World {
        concurrency: 10,
        ..World::default()
    };
    let simulation = run(steady(1_000.0, 120), &world, 1);
    let facts = &simulation.outcome.facts;
    assert_eq!(simulation.peak, 10);
    assert!(simulation.requeued > 0);
    assert!(
        facts.lost + facts.tally.missed > facts.planned / 2,
        "{facts:?}"
    );
    assert_eq!(simulation.ready, [None]);
}

#[test]
fn a_worker_whose_death_is_certain_dies_and_is_told_of() {
    let world = World {
        deaths: 1.0,
        ..World::default()
    };
    let simulation = run(steady(500.0, 60), &world, 1);
    let died = simulation
        .workers
        .iter()
        .filter(|life| life.fate == Fate::Died);
    assert!(died.count() > 5);
    assert!(simulation.outcome.facts.lost > 0);
}

#[test]
fn a_batch_takes_what_its_items_take() {
    let mut world = World {
        item: Delay::always(seconds(1)),
        ..World::default()
    };
    world.split.workers = 4;
    let items = Batch::of(400);
    let simulation = run(AnyTask::new(Harmless { items }), &world, 1);
    assert_eq!(simulation.outcome.facts.tally.ended, 400);
    let length = simulation.length.as_secs();
    assert!((100..150).contains(&length), "{length}");
}

#[test]
fn a_task_that_cannot_be_cut_is_refused() {
    let world = World {
        timeout: seconds(10),
        ..World::default()
    };
    let job = Job {
        task: steady(1.0, 60),
        blobs: Vec::new(),
    };
    let refused = simulate(&job, &world, 1, &Options::default());
    assert!(
        matches!(refused, Err(SimulateError::Plan(_))),
        "{refused:?}"
    );
}
