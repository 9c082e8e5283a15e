//! Which of a world's figures is to blame, where nothing else is: each is tried once more as it is on a quiet day on AWS.

use std::time::Duration;

use task_simulate::{Delay, World};

use super::Advice;
use super::remedy::{CUT_OFF, Harm, Trial, UNDONE, undone};
use crate::output::{counted, grouped, seconds};

/// A figure of a world, by its name in a world's file.
struct Figure {
    name: &'static str,
    /// How long it makes something take, in words.
    said: fn(&World) -> String,
    /// That of another world.
    take: fn(&mut World, World),
}

const FIGURES: [Figure; 7] = [
    Figure {
        name: "queue",
        said: |world| up_to(&world.queue),
        take: |world, other| world.queue = other.queue,
    },
    Figure {
        name: "coldStart",
        said: |world| up_to(&world.cold_start),
        take: |world, other| world.cold_start = other.cold_start,
    },
    Figure {
        name: "dispatch",
        said: |world| up_to(&world.dispatch),
        take: |world, other| world.dispatch = other.dispatch,
    },
    Figure {
        name: "ledger.latency",
        said: |world| up_to(&world.ledger.latency),
        take: |world, other| world.ledger.latency = other.ledger.latency,
    },
    Figure {
        name: "ledger.unavailable",
        said: |world| format!("{} of all requests", world.ledger.unavailable),
        take: |world, other| world.ledger.unavailable = other.ledger.unavailable,
    },
    Figure {
        name: "ledger.outages",
        said: |world| {
            let all = world.ledger.outages.iter().map(|outage| outage.length);
            format!("{} in all", seconds(all.sum::<Duration>()))
        },
        take: |world, other| world.ledger.outages = other.ledger.outages,
    },
    Figure {
        name: "slow",
        said: |world| format!("{} of all workers, {} times", world.slow, world.slowness),
        take: |world, other| world.slow = other.slow,
    },
];

fn up_to(delay: &Delay) -> String {
    format!("up to {}", seconds(delay.most))
}

impl Trial<'_> {
    /// What is to be said where units come to nothing and nothing else says why.
    pub(super) fn unlike_aws(&self) -> Option<Advice> {
        let simulation = self.simulation;
        let planned = simulation.outcome.facts.planned;
        let (harm, problem) = match (undone(simulation), simulation.cut_off) {
            (0, 0) => return None,
            (0, cut) => (CUT_OFF, told(cut, planned, "are cut off")),
            (undone, _) => (UNDONE, told(undone, planned, "are not done")),
        };
        let sooner = self.sooner(Duration::ZERO);
        let blamed = FIGURES.iter().filter(|figure| self.differs(figure));
        let blamed = blamed.filter_map(|figure| self.blamed(figure, harm));
        let changes: Vec<String> = sooner.into_iter().chain(blamed).collect();
        let change = if changes.is_empty() {
            "no single figure of the world's file is to blame; as AWS is on a quiet day, with the default of all of them, it may go well".to_owned()
        } else {
            changes.join(", or ")
        };
        Some(Advice { problem, change })
    }

    /// Whether a figure is not AWS's own.
    fn differs(&self, figure: &Figure) -> bool {
        let mut other = self.world.clone();
        (figure.take)(&mut other, World::default());
        other != *self.world
    }

    /// What is to be said of a figure, if it would go well, or better, with AWS's own.
    fn blamed(&self, figure: &Figure, harm: Harm) -> Option<String> {
        let ((), left) = self.best(harm, [()], |()| {
            let mut world = self.world.clone();
            (figure.take)(&mut world, World::default());
            (world, None)
        })?;
        let Figure { name, said, .. } = figure;
        let (now, then) = (said(self.world), said(&World::default()));
        Some(format!(
            "that is due to the world's `{name}` ({now}; AWS's: {then}){left}"
        ))
    }
}

fn told(units: u64, planned: u64, what: &str) -> String {
    format!("{} of {} {what}", grouped(units), counted(planned, "unit"))
}
