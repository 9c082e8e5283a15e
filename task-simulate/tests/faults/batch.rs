//! Batches on a simulated fleet: when they are closed, and which workers were there.

use star_core::shape::Batch;
use star_core::{AnyTask, Job};
use task_simulate::{Delay, Options, Simulation, World, simulate};

use crate::kit::{Effects, Harmless, seconds};

fn run(task: AnyTask, workers: u32, item: Delay) -> Simulation {
    let mut world = World {
        item,
        ..World::default()
    };
    world.split.workers = workers;
    let job = Job {
        task,
        blobs: Vec::new(),
    };
    let simulation = simulate(&job, &world, 1, &Options::default()).expect("it can be simulated");
    assert_eq!(simulation.broken, Vec::<String>::new());
    simulation
}

/// When the last line of the log that has this in it was written.
fn last(simulation: &Simulation, what: &str) -> f64 {
    let mut lines = simulation.log.iter().rev();
    let line = lines.find(|line| line.contains(what) && line.ends_with("is written"));
    let at = line.and_then(|line| line.split(' ').next()?.parse().ok());
    at.unwrap_or_else(|| panic!("`{what}` is never written"))
}

#[test]
fn a_batch_is_closed_soon_after_the_last_of_its_chunks() {
    let items = Batch::of(2_000);
    for workers in [4, 64] {
        for task in [
            AnyTask::new(Effects { items }),
            AnyTask::new(Harmless { items }),
        ] {
            let simulation = run(task, workers, Delay::always(seconds(1)));
            let took = last(&simulation, " closed ") - last(&simulation, " final/");
            assert!(took < 8.0, "{took} s with {workers} workers");
        }
    }
}

#[test]
fn workers_who_find_nothing_left_to_do_were_there_all_the_same() {
    let items = Batch::of(100);
    let task = AnyTask::new(Harmless { items });
    let simulation = run(task, 64, Delay::always(std::time::Duration::from_millis(1)));
    let idle = simulation
        .workers
        .iter()
        .filter(|life| life.chunks.is_empty());
    assert!(idle.count() > 5);
    let [ready] = simulation.ready[..] else {
        panic!("a batch has one window")
    };
    assert_eq!(ready.map(|ready| ready.workers), Some(64));
}
