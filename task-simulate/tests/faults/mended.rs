//! What simulated fleets have shown to be wrong, and was mended.

use std::time::Duration;

use star_core::shape::Batch;
use star_core::{AnyTask, Intervals, Job};
use task_simulate::{Delay, Fate, Options, Outage, SimulateError, Simulation, World, simulate};

use crate::kit::{Harmless, load, seconds, stretch};
use crate::search::Trial;

fn run(task: AnyTask, world: &World, options: &Options) -> Simulation {
    let job = Job {
        task,
        blobs: Vec::new(),
    };
    let simulation = simulate(&job, world, 1, options).expect("it can be simulated");
    assert_eq!(simulation.broken, Vec::<String>::new());
    simulation
}

fn steady(rate: f64, length: u64) -> AnyTask {
    load(vec![stretch(length, Some(rate), None)])
}

fn away(from: Duration, length: Duration) -> World {
    let mut world = World::default();
    world.ledger.outages.push(Outage { from, length });
    world
}

#[test]
fn a_ledger_that_is_away_while_a_run_starts_costs_it_nothing() {
    for tenth in 2..15 {
        let world = away(Duration::from_millis(100 * tenth), seconds(4));
        let simulation = run(steady(100.0, 30), &world, &Options::default());
        let facts = &simulation.outcome.facts;
        assert_eq!(
            facts.tally.started, facts.planned,
            "away after {tenth} tenths: {facts:?}"
        );
    }
}

#[test]
fn some_looks_that_were_not_answered_are_no_reason_for_doubt() {
    let options = Options {
        intervals: Some(Intervals {
            stop: seconds(5),
            ..World::intervals(1)
        }),
        ..Options::default()
    };
    let mut world = World::default();
    world.ledger.unavailable = 0.3;
    let simulation = run(steady(100.0, 120), &world, &options);
    let facts = &simulation.outcome.facts;
    assert_eq!(facts.tally.started, facts.planned, "{facts:?}");
}

#[test]
fn a_wide_run_is_followed_to_its_end_though_some_reads_are_turned_away() {
    for unavailable in [0.01, 0.02, 0.2] {
        let mut world = World::default();
        world.ledger.unavailable = unavailable;
        let simulation = run(steady(2_500.0, 300), &world, &Options::default());
        let facts = &simulation.outcome.facts;
        assert_eq!(facts.tally.started, facts.planned, "{facts:?}");
    }
}

#[test]
fn a_ledger_that_is_away_when_a_run_is_launched_is_waited_for() {
    let world = away(Duration::ZERO, seconds(30));
    let simulation = run(steady(10.0, 30), &world, &Options::default());
    let facts = &simulation.outcome.facts;
    assert_eq!(facts.tally.started, facts.planned, "{facts:?}");
}

#[test]
fn a_launch_whose_acknowledgements_are_lost_is_no_other_run() {
    for seed in 0..20 {
        let mut world = World::default();
        world.ledger.lost_answers = 0.6;
        world.ledger.unavailable = 0.3;
        let job = Job {
            task: steady(10.0, 30),
            blobs: Vec::new(),
        };
        let simulated = simulate(&job, &world, seed, &Options::default());
        let simulation = simulated.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_eq!(simulation.broken, Vec::<String>::new());
    }
}

#[test]
fn a_ledger_that_never_answers_is_told_to_whoever_launches_after_a_minute() {
    let job = Job {
        task: steady(10.0, 30),
        blobs: Vec::new(),
    };
    let world = away(Duration::ZERO, seconds(120));
    let refused = simulate(&job, &world, 1, &Options::default());
    assert!(
        matches!(refused, Err(SimulateError::Launch(_))),
        "{refused:?}"
    );
}

#[test]
fn a_run_whose_end_nobody_can_read_is_told_with_all_that_was_recorded() {
    let world = away(seconds(40), seconds(300));
    let simulation = run(steady(10.0, 60), &world, &Options::default());
    let why = simulation.unread.as_deref().unwrap_or_default();
    assert!(why.starts_with("the ledger cannot read `"), "{why}");
    let told = simulation.log.iter().any(|line| line.contains("gives up"));
    let facts = &simulation.outcome.facts;
    assert!(told && facts.settled && facts.adds_up(), "{facts:?}");
    assert!(facts.tally.started > 0, "{facts:?}");
}

/// How many workers did not end before the place ended them.
fn timed_out(simulation: &Simulation) -> usize {
    let lives = simulation.workers.iter();
    lives.filter(|life| life.fate == Fate::TimedOut).count()
}

#[test]
fn a_worker_that_may_send_for_no_successor_ends_within_its_life() {
    let mut world = World {
        timeout: seconds(120),
        item: Delay::millis(50, 1_000, 8_000, 10_000),
        hop_guard: Some(3),
        ..World::default()
    };
    world.split.workers = 4;
    world.split.closing = seconds(20);
    let items = Batch::of(2_000);
    let simulation = run(
        AnyTask::new(Harmless { items }),
        &world,
        &Options::default(),
    );
    assert_eq!(timed_out(&simulation), 0);
    assert!(simulation.refusals > 0);
}

#[test]
fn workers_of_a_batch_that_wait_for_others_or_look_for_what_failed_end_within_their_lives() {
    for latency in [20, 150] {
        let mut world = World {
            timeout: seconds(120),
            item: Delay::millis(50, 1_000, 8_000, 10_000),
            ..World::default()
        };
        world.ledger.latency = Delay::millis(latency / 2, latency, latency * 5, latency * 10);
        world.split.workers = 5;
        world.split.closing = seconds(20);
        let items = Batch::of(300);
        let simulation = run(
            AnyTask::new(Harmless { items }),
            &world,
            &Options::default(),
        );
        assert_eq!(timed_out(&simulation), 0, "with a latency of {latency} ms");
        assert_eq!(simulation.outcome.facts.tally.ended, 300);
    }
}

#[test]
fn the_workers_of_a_window_take_turns_at_writing_snapshots() {
    let options = Options {
        followed: false,
        ..Options::default()
    };
    let simulation = run(steady(2_500.0, 60), &World::default(), &options);
    let zero = simulation.zero.expect("it has started").as_secs() as usize;
    let writes = &simulation.ledger.writes_a_second[zero + 2..zero + 58];
    // A hundred workers write every five seconds.
    let most = writes.iter().max().expect("there are seconds");
    assert!(*most < 40, "{writes:?}");
}

#[test]
fn what_is_yet_to_come_is_not_read_again_and_again() {
    let mut world = World::default();
    world.split.chunk = seconds(60);
    let simulation = run(steady(50.0, 1_200), &world, &Options::default());
    let looks = simulation.length.as_secs() / 2;
    let claims = simulation.ledger.kinds["claims"];
    // Twenty windows of two lanes, of which one or two are open at a time.
    assert!(claims < looks * 4, "{claims} in {looks} looks");
}

#[test]
fn workers_of_a_batch_whose_lives_end_while_the_ledger_is_away_have_successors() {
    let mut world = away(seconds(90), seconds(29));
    world.timeout = seconds(120);
    world.item = Delay::always(seconds(1));
    world.split.workers = 5;
    world.split.closing = seconds(20);
    let items = Batch::of(600);
    let task = AnyTask::new(Harmless { items });
    let simulation = run(task, &world, &Options::default());
    let facts = &simulation.outcome.facts;
    assert_eq!((facts.lost, facts.tally.ended), (0, 600), "{facts:?}");
}

/// Seeds of the search, beyond those that it looks at every time, with which a promise was once broken.
const ONCE_BROKEN: [u64; 9] = [622, 1_765, 3_154, 4_584, 4_591, 4_890, 5_206, 8_540, 11_023];

#[test]
fn the_promises_hold_where_they_were_once_broken() {
    let failures = ONCE_BROKEN.into_iter();
    let failures: Vec<_> = failures
        .filter_map(|seed| Trial::of(seed).fails())
        .collect();
    assert_eq!(failures, Vec::<String>::new());
}
