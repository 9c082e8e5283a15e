//! What a world explains is no fault of the framework's, and is named with its cause.

use std::time::Duration;

use star_core::Job;
use task_simulate::{Delay, Disaster, Options, Simulation, World, simulate};

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

/// A run of two lanes whose worker takes a while to be sent for, and one of a single unit.
fn steady(rate: f64, length: u64, world: &World, seed: u64) -> Simulation {
    let job = Job {
        task: load(vec![stretch(length, Some(rate), None)]),
        blobs: Vec::new(),
    };
    simulate(&job, world, seed, &Options::default()).expect("it can be simulated")
}

#[test]
fn a_short_run_is_the_same_run_to_whoever_has_a_clock_that_is_behind() {
    let mut world = World {
        clock_skew: seconds(20),
        ..World::default()
    };
    // So that nobody is late.
    world.split.lead = seconds(60);
    for seed in 0..20 {
        let simulation = steady(1.0, 1, &world, seed);
        assert_eq!(simulation.broken, Vec::<String>::new(), "seed {seed}");
    }
}

#[test]
fn all_who_were_sent_for_may_die_in_the_same_start_up() {
    for tenth in (4..25).step_by(3) {
        let world = World {
            disasters: vec![Disaster {
                at: Duration::from_millis(100 * tenth),
                share: 1.0,
            }],
            ..World::default()
        };
        for seed in 5..10 {
            let simulation = steady(30.0, 2_000, &world, seed);
            assert_eq!(simulation.broken, Vec::<String>::new(), "seed {seed}");
        }
    }
}

#[test]
fn calls_that_take_long_make_workers_late() {
    let mut world = World {
        dispatch: Delay::always(seconds(20)),
        ..World::default()
    };
    world.split.chunk = seconds(15);
    for seed in 50..54 {
        let simulation = steady(30.0, 500, &world, seed);
        assert_eq!(simulation.broken, Vec::<String>::new(), "seed {seed}");
        assert!(simulation.causes[0].ends_with("each within 20s"));
    }
}

#[test]
fn units_that_live_longer_than_their_worker_has_time_for_are_cut_off() {
    let mut world = World {
        unit_life: Some(seconds(1_200)),
        ..World::default()
    };
    let simulation = steady(1.0, 60, &world, 1);
    assert_eq!(simulation.cut_off, 60);
    world.unit_life = Some(seconds(20));
    assert_eq!(steady(1.0, 60, &world, 1).cut_off, 0);
    // Those that are due in the last 20 s before the 30 s that are left to them.
    world.unit_life = Some(seconds(50));
    assert_eq!(steady(1.0, 60, &world, 1).cut_off, 20);
}
