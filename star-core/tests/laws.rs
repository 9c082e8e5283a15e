//! The conformance kit holds for sound tasks and finds the fault of each broken one.

use std::time::Duration;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use star_core::laws::toys::{Items, Sums, Ticks};
use star_core::laws::{Broken, Kit};
use star_core::{Context, Executable, Extent, Facts, Failure, Report, Slice, Splittable, Task};

#[test]
fn sound_tasks_hold_every_law_on_thousands_of_cuttings() {
    let ticks = (0..60_u64, 0..40_u64).prop_map(|(units, gap)| Ticks {
        units,
        gap: gap + 1,
    });
    Kit::default().cases(1500).check(ticks).unwrap();
    let items = (0..60_u64).prop_map(|items| Items { items });
    Kit::default().cases(1500).check(items).unwrap();
}

/// A toy with one thing wrong: what it does differently from a sound timed task is said by its parameters.
macro_rules! toy {
    ($(#[$doc:meta])* $name:ident, $report:ty, due: $due:expr, run: $run:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize, Deserialize)]
        struct $name {
            units: u64,
        }

        impl Splittable for $name {
            fn extent(&self) -> Extent {
                Extent::Timed(Duration::from_millis(10 * self.units + 10))
            }

            fn units(&self) -> u64 {
                self.units
            }

            fn due(&self, unit: u64) -> Duration {
                let due: fn(u64, u64) -> u64 = $due;
                Duration::from_millis(due(unit, self.units))
            }
        }

        impl Executable for $name {
            type Report = $report;

            async fn execute(&self, slice: Slice, cx: &Context<$report>) -> Result<(), Failure> {
                let run: fn(&Self, Slice, u64, &mut $report) = $run;
                let mut units = cx.units(&slice);
                while let Some(unit) = units.next().await {
                    cx.record(|report| run(self, slice, unit.index(), report));
                }
                Ok(())
            }
        }

        impl Task for $name {
            const KIND: &'static str = stringify!($name);
        }
    };
}

fn broken<T: Task + std::fmt::Debug>(make: fn(u64) -> T) -> Broken {
    let tasks = (0..40_u64).prop_map(make);
    let checked = Kit::default().seed(7).check(tasks);
    checked.expect_err("the fault must be found")
}

toy! {
    /// Its last unit is due before the one before it.
    Backward, Sums,
    due: |unit, units| if unit > 1 && unit + 1 == units { 10 * unit - 15 } else { 10 * unit },
    run: |_, _, _, sums| sums.ended += 1
}

#[test]
fn a_due_that_decreases_is_found() {
    let broken = broken(|units| Backward { units });
    assert!(broken.law.contains("`due` never decreases"), "{broken}");
    assert_eq!(
        broken.seen, "unit 1 is due at 10ms, unit 2 at 5ms",
        "{broken}"
    );
}

/// Keeps the mean of means.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Mean {
    mean: u64,
    some: bool,
}

impl Report for Mean {
    type Summary = String;

    fn merge(&mut self, other: Self) {
        if self.some && other.some {
            self.mean = u64::midpoint(self.mean, other.mean);
        } else if other.some {
            *self = other;
        }
    }

    fn summarize(&self, _: &Facts) -> String {
        self.mean.to_string()
    }
}

toy! {
    /// Its report can't be merged.
    Averaging, Mean,
    due: |unit, _| 10 * unit,
    run: |_, _, unit, mean| *mean = Mean { mean: unit * 100, some: true }
}

#[test]
fn a_merge_that_is_not_associative_is_found() {
    let broken = broken(|units| Averaging { units });
    assert!(broken.law.starts_with("merging is associative"), "{broken}");
    assert!(broken.cutting.is_some(), "{broken}");
}

/// Forgets on the wire how far apart its units are.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Forgetful {
    units: u64,
    #[serde(skip)]
    gap: u64,
}

impl Splittable for Forgetful {
    fn extent(&self) -> Extent {
        Extent::Timed(Duration::from_secs(10))
    }

    fn units(&self) -> u64 {
        self.units
    }

    fn due(&self, unit: u64) -> Duration {
        Duration::from_millis(unit * self.gap)
    }
}

impl Executable for Forgetful {
    type Report = Sums;

    async fn execute(&self, slice: Slice, cx: &Context<Sums>) -> Result<(), Failure> {
        let mut units = cx.units(&slice);
        while units.next().await.is_some() {}
        Ok(())
    }
}

impl Task for Forgetful {
    const KIND: &'static str = "forgetful";
}

#[test]
fn a_field_dropped_on_the_wire_is_found() {
    let broken = broken(|units| Forgetful { units, gap: 5 });
    assert_eq!(broken.law, "the wire gives back the same task", "{broken}");
    assert_eq!(
        broken.seen, "unit 1 is due at 5ms here, and at 0ns after a journey",
        "{broken}"
    );
}

toy! {
    /// What its units do depends on how many workers there are.
    Partial, Sums,
    due: |unit, _| 10 * unit,
    run: |_, slice, unit, sums| {
        sums.ended += 1;
        sums.drawn += unit / u64::from(slice.lanes.of());
    }
}

#[test]
fn data_that_depend_on_the_worker_are_found() {
    let broken = broken(|units| Partial { units });
    assert!(broken.law.starts_with("units do the same"), "{broken}");
    let cutting = broken.cutting.clone().unwrap_or_default();
    assert!(
        cutting.contains("lane 0 of 2 | ") || cutting.contains("lane 0 of"),
        "{broken}"
    );
}

/// Counts its units itself, from a loop of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Counting {
    units: u64,
}

impl Splittable for Counting {
    fn extent(&self) -> Extent {
        Extent::Timed(Duration::from_secs(1))
    }

    fn units(&self) -> u64 {
        self.units
    }

    fn due(&self, _: u64) -> Duration {
        Duration::ZERO
    }
}

impl Executable for Counting {
    type Report = Sums;

    async fn execute(&self, slice: Slice, cx: &Context<Sums>) -> Result<(), Failure> {
        for unit in self.units_in(slice.window) {
            if slice.lanes.contains(unit) {
                cx.record(|sums| sums.ended += 1);
            }
        }
        Ok(())
    }
}

impl Task for Counting {
    const KIND: &'static str = "counting";
}

#[test]
fn a_task_that_counts_its_units_itself_is_found() {
    let broken = broken(|units| Counting { units });
    assert!(
        broken.law.starts_with("every unit of a slice is taken"),
        "{broken}"
    );
    assert!(
        broken.seen.contains("has 1 units"),
        "the smallest is found: {broken}"
    );
}

toy! {
    /// It can't say when its third unit is due.
    Overflowing, Sums,
    due: |unit, _| [0, 10, 20][unit as usize],
    run: |_, _, _, sums| sums.ended += 1
}

#[test]
fn a_panic_in_the_timetable_is_found() {
    let broken = broken(|units| Overflowing { units });
    assert_eq!(broken.law, "a task answers without panicking", "{broken}");
    assert!(
        broken.task.contains("units: 4"),
        "the smallest is found: {broken}"
    );
}

toy! {
    /// It says how it went, and panics.
    Panicking, Sums,
    due: |unit, _| 10 * unit,
    run: |_, _, unit, sums| {
        assert!(unit < 5, "unit {unit} is too much");
        sums.ended += 1;
    }
}

#[test]
fn a_panic_is_a_failure_that_is_told() {
    let broken = broken(|units| Panicking { units });
    assert!(
        broken
            .to_string()
            .contains("it failed: panicked: unit 5 is too much"),
        "{broken}"
    );
}
