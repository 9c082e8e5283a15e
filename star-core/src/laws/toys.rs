//! Two small tasks that hold every law: one timed, one a batch. They show the kit, and what a task looks like. And a report that grows with the time.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

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

/// How often something happened in each second, and what is to be said of it, at length: what is over is [split off](Report::split_off).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diary(BTreeMap<u64, (u64, String)>);

impl Diary {
    /// How many bytes are said of a second.
    const LENGTH: usize = 4_000;

    /// Notes that it happened once more.
    pub fn note(&mut self, second: u64) {
        let unsaid = || (0, "x".repeat(Self::LENGTH));
        self.0.entry(second).or_insert_with(unsaid).0 += 1;
    }

    /// Has so many bytes more to say of a second.
    pub fn say_more(&mut self, second: u64, length: usize) {
        let (_, text) = self.0.entry(second).or_default();
        text.push_str(&"x".repeat(length));
    }

    /// How many seconds are told of.
    pub fn seconds(&self) -> usize {
        self.0.len()
    }
}

impl Report for Diary {
    type Summary = String;

    fn merge(&mut self, other: Self) {
        for (second, (times, text)) in other.0 {
            let known = self.0.entry(second).or_default();
            known.0 += times;
            if text.len() > known.1.len() {
                known.1 = text;
            }
        }
    }

    fn split_off(&mut self) -> Option<Self> {
        let last = *self.0.last_key_value()?.0;
        let left = self.0.split_off(&last);
        let over = std::mem::replace(&mut self.0, left);
        (!over.is_empty()).then_some(Self(over))
    }

    fn summarize(&self, _facts: &Facts) -> String {
        format!("{} seconds", self.seconds())
    }

    fn counts(&self) -> Value {
        self.0.values().map(|(times, _)| times).sum::<u64>().into()
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
