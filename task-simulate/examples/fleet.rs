//! Figures of a fleet under a constant load: `cargo run --release -p task-simulate --example fleet -- workers=10000 seconds=600`.
//!
//! Without an argument it is 1,000 workers for ten minutes in a world whose quota suffices. `world={json}` lays a world's parameters over that.

#![expect(clippy::print_stdout, reason = "this is a program")]

use std::error::Error;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use star_core::reports::Counter;
use star_core::shape::Schedule;
use star_core::{AnyTask, Failure, Job, OneUnit, Splittable, UnitTask};
use task_simulate::{Options, Simulation, World, simulate};

/// Units at a rate.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Load {
    load: Schedule,
}

impl UnitTask for Load {
    const KIND: &'static str = "load";
    type Report = Counter;

    fn shape(&self) -> &impl Splittable {
        &self.load
    }

    async fn unit(&self, _: &OneUnit<Counter>) -> Result<(), Failure> {
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let (mut workers, mut seconds, mut seed) = (1_000_u32, 600_u64, 1_u64);
    let mut world = World {
        concurrency: 100_000,
        ..World::default()
    };
    let mut log = false;
    let mut followed = true;
    for argument in std::env::args().skip(1) {
        let (name, value) = argument.split_once('=').ok_or("`NAME=VALUE`")?;
        match name {
            "workers" => workers = value.parse()?,
            "seconds" => seconds = value.parse()?,
            "seed" => seed = value.parse()?,
            "functions" => world.functions = value.parse()?,
            "fan-out" => world.split.fan_out = value.parse()?,
            "chunk" => world.split.chunk = Duration::from_secs(value.parse()?),
            "log" => log = value.parse()?,
            "followed" => followed = value.parse()?,
            "world" => {
                let mut all = serde_json::to_value(&world)?;
                lay_over(&mut all, serde_json::from_str(value)?);
                world = serde_json::from_value(all)?;
            }
            _ => return Err(format!("no argument is called `{name}`").into()),
        }
    }
    let rate = f64::from(workers) * world.split.chunk_rate as f64;
    let task = Load {
        load: Schedule::steady(rate, Duration::from_secs(seconds))?,
    };
    let job = Job {
        task: AnyTask::new(task),
        blobs: Vec::new(),
    };
    let options = Options {
        logged: log,
        followed,
        ..Options::default()
    };
    let began = Instant::now();
    let simulation = simulate(&job, &world, seed, &options)?;
    let took = began.elapsed();
    for line in &simulation.log {
        println!("{line}");
    }
    print(&simulation);
    println!("simulated in {took:.2?}");
    Ok(())
}

fn lay_over(under: &mut serde_json::Value, over: serde_json::Value) {
    match (under, over) {
        (serde_json::Value::Object(under), serde_json::Value::Object(over)) => {
            for (name, value) in over {
                lay_over(&mut under[&name], value);
            }
        }
        (under, over) => *under = over,
    }
}

fn print(simulation: &Simulation) {
    println!("{}", simulation.outcome.summary());
    let facts = &simulation.outcome.facts;
    println!(
        "chunks {}, losses {}, faults {}",
        facts.chunks,
        facts.losses.len(),
        facts.faults.len()
    );
    for loss in facts.losses.iter().take(3) {
        println!("  lost {} of {}: {}", loss.units, loss.chunk, loss.why);
    }
    println!(
        "workers {}, peak {}",
        simulation.workers.len(),
        simulation.peak
    );
    for (number, ready) in simulation.ready.iter().enumerate() {
        match ready {
            Some(ready) => println!(
                "window {number}: {} workers ready {:.2} s after they were sent for (99 % after {:.2} s), depth {}",
                ready.workers,
                ready.after.as_secs_f64(),
                ready.most.as_secs_f64(),
                ready.depth
            ),
            None => println!("window {number}: never all ready"),
        }
    }
    let zero = simulation.zero.unwrap_or_default();
    println!(
        "zero {:.2} s after the launch, all over {:.2} s after it",
        zero.as_secs_f64(),
        simulation.length.as_secs_f64()
    );
    println!(
        "invocations {}, refused {}, requeued {}, dropped {}",
        simulation.invocations, simulation.refusals, simulation.requeued, simulation.dropped
    );
    let used = &simulation.ledger;
    println!(
        "ledger: {} reads (at most {}/s), {} writes (at most {}/s), {} errors, {} beyond the rate: {:?}",
        used.gets,
        used.reads_a_second.iter().max().unwrap_or(&0),
        used.writes(),
        used.writes_a_second.iter().max().unwrap_or(&0),
        used.errors,
        used.beyond_rate,
        used.kinds
    );
    for (what, seconds) in [
        ("reads", &used.reads_a_second),
        ("writes", &used.writes_a_second),
    ] {
        let mut busiest: Vec<_> = seconds.iter().enumerate().collect();
        busiest.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        busiest.truncate(8);
        println!("the seconds with the most {what}: {busiest:?}");
    }
    println!("{:.0} GB-seconds", simulation.gb_seconds);
    for broken in &simulation.broken {
        println!("BROKEN: {broken}");
    }
}
