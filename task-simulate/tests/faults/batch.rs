//! Batches on a simulated fleet: when they are closed, and which workers were there.

use star_core::shape::Batch;
use star_core::{AnyTask, Job};
use task_simulate::{Delay, Fate, Options, Simulation, WorkerLife, World, simulate};

use crate::kit::{Effects, Harmless, Probes, seconds};

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

#[test]
fn a_worker_does_as_many_items_at_once_as_the_task_has_open() {
    let items = Batch::of(400);
    let took = |task| {
        let simulation = run(task, 1, Delay::always(seconds(1)));
        let facts = &simulation.outcome.facts;
        assert_eq!((facts.tally.ended, facts.lost), (400, 0));
        let chunks = simulation.workers.iter().flat_map(|life| &life.chunks);
        let took =
            chunks.filter_map(|chunk| Some(chunk.ended?.saturating_sub(chunk.ready).as_secs()));
        took.sum::<u64>()
    };
    assert_eq!(took(AnyTask::new(Effects { items })), 400);
    // Thirteen chunks, each of four rounds of eight at most.
    assert_eq!(took(AnyTask::new(Probes { items })), 52);
}

#[test]
fn items_that_take_longer_than_a_worker_lives_are_cut_off_and_told_of() {
    let items = Batch::of(4);
    for task in [
        AnyTask::new(Effects { items }),
        AnyTask::new(Harmless { items }),
        AnyTask::new(Probes { items }),
    ] {
        let simulation = run(task, 64, Delay::always(seconds(1_200)));
        assert_eq!(simulation.cut_off, 4);
        assert_eq!(simulation.outcome.facts.tally.started, 4);
        let lives = simulation.workers.iter();
        // One that was sent for twice, since it was slow to come, finds that it is there already.
        let fine = |life: &WorkerLife| matches!(life.fate, Fate::Executed | Fate::Duplicate);
        for life in lives.clone() {
            assert!(fine(life), "{:?}", life.fate);
        }
        let chunks = lives.flat_map(|life| &life.chunks);
        assert_eq!(chunks.map(|chunk| chunk.cut_off).sum::<u64>(), 4);
    }
}

#[test]
fn a_batch_that_takes_longer_than_it_may_is_given_up_and_no_promise_is_broken() {
    let items = Batch::of(100);
    let slow = Delay::always(seconds(600));
    let simulation = run(AnyTask::new(Effects { items }), 4, slow);
    let facts = &simulation.outcome.facts;
    assert!(simulation.given_up && facts.lost > 50, "{facts:?}");
    let items = Batch::of(300);
    let alone = |item| run(AnyTask::new(Effects { items }), 1, Delay::always(item));
    let simulation = alone(seconds(20));
    assert!(simulation.given_up && simulation.outcome.facts.lost > 50);
    let simulation = alone(seconds(1));
    assert!(!simulation.given_up && simulation.outcome.facts.lost == 0);
}

/// A batch whose workers live some five times one after the other, and of which one in four dies.
fn mortal(task: AnyTask, seed: u64) -> Simulation {
    let mut world = World {
        item: Delay::always(seconds(4)),
        timeout: seconds(120),
        deaths: 0.25,
        ..World::default()
    };
    world.split.workers = 4;
    let job = Job {
        task,
        blobs: Vec::new(),
    };
    simulate(&job, &world, seed, &Options::default()).expect("it can be simulated")
}

#[test]
fn a_death_costs_no_more_than_the_chunk_that_was_begun_as_long_as_somebody_is_left() {
    let items = Batch::of(400);
    let tasks = [
        AnyTask::new(Effects { items }),
        AnyTask::new(Harmless { items }),
    ];
    for task in tasks {
        let (mut died, mut wiped_out, mut untouched) = (0, 0, 0);
        for seed in 0..30 {
            let simulation = mortal(task.clone(), seed);
            assert_eq!(simulation.broken, Vec::<String>::new(), "with seed {seed}");
            let deaths = simulation.workers.iter();
            let deaths = deaths.filter(|life| life.fate == Fate::Died).count() as u64;
            let lost = simulation.outcome.facts.lost;
            // Two items are a chunk. Where all four places are dead at once nobody is left to look after anybody.
            wiped_out += u32::from(lost > 2 * deaths);
            untouched += u32::from(lost == 0);
            died += deaths;
        }
        assert!(died > 60, "{died} died");
        assert!(wiped_out <= 2, "in {wiped_out} of 30 more was lost");
        let again = task.is_idempotent();
        assert!(!again || untouched >= 25, "{untouched} of 30 lost nothing");
    }
}
