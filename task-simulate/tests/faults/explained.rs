//! What a world explains is no fault of the framework's, and is named with its cause.

use std::time::Duration;

use star_core::Job;
use task_simulate::{Options, Simulation, World, simulate};

use crate::kit::{load, seconds, stretch};

/// Five windows of twelve lanes.
fn run(world: World, seed: u64) -> Simulation {
    let mut world = world;
    world.split.chunk = seconds(50);
    let job = Job {
        task: load(vec![stretch(250, Some(300.0), None)]),
        blobs: Vec::new(),
    };
    simulate(&job, &world, seed, &Options::default()).expect("it can be simulated")
}

#[test]
fn units_that_a_short_lead_makes_late_are_missed_and_not_a_broken_promise() {
    let mut world = World::default();
    world.split.lead = Duration::from_millis(100);
    let simulation = run(world, 1);
    assert!(simulation.outcome.facts.tally.missed > 0);
    assert_eq!(simulation.broken, Vec::<String>::new());
    let [cause] = &simulation.causes[..] else {
        panic!("{:?}", simulation.causes)
    };
    let said = "in 5 of 5 windows workers are sent for 120ms before it begins, and 6.002s may pass until the last is there: 2 one after the other, each within 3s";
    assert_eq!(cause, said);
}

#[test]
fn clocks_that_differ_by_more_than_is_waited_for_are_named() {
    for seed in 0..10 {
        let world = World {
            clock_skew: seconds(20),
            ..World::default()
        };
        let simulation = run(world, seed);
        let facts = &simulation.outcome.facts;
        assert_eq!(simulation.broken, Vec::<String>::new(), "seed {seed}");
        assert!(facts.tally.missed + facts.lost > 0, "seed {seed}");
        assert!(simulation.causes[0].contains("by clocks that may differ by 40s"));
    }
}

#[test]
fn what_goes_well_needs_no_cause() {
    assert_eq!(run(World::default(), 1).causes, Vec::<String>::new());
}
