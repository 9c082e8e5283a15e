//! Two small tasks that hold every law: one timed, one a batch. They show the kit, and what a task looks like.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::failure::Failure;
use crate::outcome::Facts;
use crate::report::Report;
use crate::slice::Slice;
use crate::split::{Extent, Splittable};
use crate::task::{Executable, Task};

/// Counts and sums: how many units ended, and the sum of what each drew.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sums {
    /// How many units ended.
    pub ended: u64,
    /// The sum of what they drew.
    pub drawn: u64,
}

impl Report for Sums {
    type Summary = String;

    fn merge(&mut self, other: Self) {
        self.ended += other.ended;
        self.drawn += other.drawn;
    }

    fn summarize(&self, facts: &Facts) -> String {
        format!(
            "{} of {} ended, sum {}",
            self.ended, facts.planned, self.drawn
        )
    }
}

/// A timed task: a unit every `gap` milliseconds, which lives for the next gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ticks {
    /// How many units.
    pub units: u64,
    /// Milliseconds between them.
    pub gap: u64,
}

impl Splittable for Ticks {
    fn extent(&self) -> Extent {
        Extent::Timed(Duration::from_millis(self.units * self.gap))
    }

    fn units(&self) -> u64 {
        self.units
    }

    fn due(&self, unit: u64) -> Duration {
        Duration::from_millis(unit * self.gap)
    }
}

impl Executable for Ticks {
    type Report = Sums;

    async fn execute(&self, slice: Slice, cx: &Context<Sums>) -> Result<(), Failure> {
        let life = Duration::from_millis(self.gap);
        let mut units = cx.units(&slice);
        while let Some(unit) = units.next().await {
            let user = cx.clone();
            cx.spawn(async move {
                let drawn = unit.draws(0, 0).below(100);
                unit.note("drawn", || drawn);
                user.sleep(life).await;
                user.record(|sums| {
                    sums.ended += 1;
                    sums.drawn += drawn;
                });
            });
        }
        Ok(())
    }
}

impl Task for Ticks {
    const KIND: &'static str = "ticks";
}

/// A batch: items that are done one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Items {
    /// How many items.
    pub items: u64,
}

impl Splittable for Items {
    fn extent(&self) -> Extent {
        Extent::Batch
    }

    fn units(&self) -> u64 {
        self.items
    }

    fn due(&self, _unit: u64) -> Duration {
        Duration::ZERO
    }
}

impl Executable for Items {
    type Report = Sums;

    async fn execute(&self, slice: Slice, cx: &Context<Sums>) -> Result<(), Failure> {
        let mut units = cx.units(&slice);
        while let Some(unit) = units.next().await {
            let drawn = unit.draws(0, 0).below(100);
            cx.record(|sums| {
                sums.ended += 1;
                sums.drawn += drawn;
            });
        }
        Ok(())
    }
}

impl Task for Items {
    const KIND: &'static str = "items";
    const IDEMPOTENT: bool = true;
}
