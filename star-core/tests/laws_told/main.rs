//! What an author reads whose task breaks a law: which law, on which cutting, and what a user would have seen.

use std::cell::Cell;
use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::laws::Kit;
use star_core::reports::Counter;
use star_core::shape::Batch;
use star_core::{
    Context, Executable, Extent, Facts, Failure, OneUnit, Report, Slice, Splittable, Task,
    UnitTask, Window,
};

/// All that is said of a broken task.
fn told<T: Task + std::fmt::Debug>(task: &T) -> String {
    let checked = Kit::default().seed(7).check_one(task);
    checked.expect_err("the fault must be found").to_string()
}

/// A task of units that are done one by one: its shape, its report, and how a unit is done.
macro_rules! broken {
    ($name:ident { $($(#[$of:meta])* $field:ident: $type:ty),+ }, $shape:ident, $report:ty, |$task:ident, $unit:ident| $do:expr) => {
        #[derive(Clone, Debug, Serialize, Deserialize)]
        struct $name {
            $($(#[$of])* $field: $type),+
        }

        impl UnitTask for $name {
            const KIND: &'static str = stringify!($name);
            const EFFECTS: bool = false;
            type Report = $report;

            fn shape(&self) -> &impl Splittable {
                &self.$shape
            }

            async fn unit(&self, $unit: &OneUnit<$report>) -> Result<(), Failure> {
                let $task = self;
                $do;
                Ok(())
            }
        }
    };
}

mod kept;
mod split;

/// Keeps the name that came last.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Last(Option<u64>);

impl Report for Last {
    type Summary = String;

    fn merge(&mut self, other: Self) {
        self.0 = other.0.or(self.0);
    }

    fn summarize(&self, _: &Facts) -> String {
        format!("{:?}", self.0)
    }
}

broken!(Latest { items: Batch }, items, Last, |_task, unit| {
    unit.record(|last| last.0 = Some(unit.index()));
});

#[test]
fn a_report_that_depends_on_the_order_is_told() {
    assert_eq!(
        told(&Latest {
            items: Batch::of(3)
        }),
        r#"a law of tasks is broken: merging is associative and commutative, nothing is its identity, and reports cross the wire unchanged
  seen:        all reports merged forward and backward:
    {"report":1,"failed":{"count":0,"kept":{}}}
    {"report":2,"failed":{"count":0,"kept":{}}}
  cutting:     lane 0 of 2 | lane 1 of 2
  a user sees: the report depends on which worker happened to be first
  task:        Latest { items: Batch(3) }
  again:       `Kit::default().seed(7)`"#
    );
}

/// Adds up shares of one, which are rounded.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Shares(f64);

impl Report for Shares {
    type Summary = String;

    fn merge(&mut self, other: Self) {
        self.0 += other.0;
    }

    fn summarize(&self, _: &Facts) -> String {
        self.0.to_string()
    }
}

broken!(Rounding { items: Batch }, items, Shares, |_task, unit| {
    unit.record(|shares| shares.0 += 0.1 * (unit.index() + 1) as f64);
});

#[test]
fn a_report_that_adds_up_what_is_rounded_is_told() {
    assert_eq!(
        told(&Rounding {
            items: Batch::of(3)
        }),
        r#"a law of tasks is broken: merging is associative and commutative, nothing is its identity, and reports cross the wire unchanged
  seen:        (a + b) + c and a + (b + c):
    {"report":0.6000000000000001,"failed":{"count":0,"kept":{}}}
    {"report":0.6,"failed":{"count":0,"kept":{}}}
  cutting:     lane 0 of 3 | lane 1 of 3 | lane 2 of 3
  a user sees: the report depends on which worker happened to be first
  task:        Rounding { items: Batch(3) }
  again:       `Kit::default().seed(7)`"#
    );
}

thread_local! {
    static DONE: Cell<u64> = const { Cell::new(0) };
}

broken!(Numbering { items: Batch }, items, Counter, |_task, unit| {
    // The author's own number, instead of the unit's.
    let number = DONE.get();
    DONE.set((number + 1) % 3);
    unit.record(|sum| sum.add(number * unit.index()));
});

#[test]
fn a_unit_that_depends_on_what_its_worker_did_before_is_told() {
    assert_eq!(
        told(&Numbering {
            items: Batch::of(2)
        }),
        r#"a law of tasks is broken: the same task gives the same results each time
  seen:        what is counted in the report differs:
    once:  {"report":1,"failed":0}
    again: {"report":2,"failed":0}
  a user sees: a run with the same seed is not the same run, and units done on another worker are other units
  task:        Numbering { items: Batch(2) }
  again:       `Kit::default().seed(7)`"#
    );
}

broken!(
    Forgetting {
        items: Batch,
        #[serde(skip)]
        weight: u64
    },
    items,
    Counter,
    |task, unit| unit.record(|sum| sum.add(task.weight))
);

#[test]
fn a_field_that_does_not_travel_is_told() {
    let task = Forgetting {
        items: Batch::of(1),
        weight: 5,
    };
    assert_eq!(
        told(&task),
        r#"a law of tasks is broken: the wire gives back the same task
  seen:        what is counted in the report differs:
    here:            {"report":5,"failed":0}
    after a journey: {"report":0,"failed":0}
  a user sees: workers do another task than the one that was launched
  task:        Forgetting { items: Batch(1), weight: 5 }
  again:       `Kit::default().seed(7)`"#
    );
}

/// Counts the end of a window in.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Inclusive {
    seconds: u64,
}

impl Splittable for Inclusive {
    fn extent(&self) -> Extent {
        Extent::Timed(Duration::from_secs(self.seconds))
    }

    fn units(&self) -> u64 {
        self.seconds
    }

    fn due(&self, unit: u64) -> Duration {
        Duration::from_secs(unit)
    }

    fn units_in(&self, window: Window) -> Range<u64> {
        window.from().as_secs()..self.seconds.min(window.to().as_secs() + 1)
    }
}

impl Executable for Inclusive {
    type Report = Counter;

    async fn execute(&self, slice: Slice, cx: &Context<Counter>) -> Result<(), Failure> {
        let mut units = cx.units(&slice);
        while units.next().await.is_some() {
            cx.record(|sum| sum.add(1));
        }
        Ok(())
    }
}

impl Task for Inclusive {
    const KIND: &'static str = "inclusive";
}

#[test]
fn windows_that_overlap_are_told() {
    assert_eq!(
        told(&Inclusive { seconds: 4 }),
        r"a law of tasks is broken: the leaves of any cutting have every unit exactly once
  seen:        unit 0 is in 2 leaves
  cutting:     0ns..61.035µs lane 0 of 1 | 61.035µs..4s lane 0 of 1
  a user sees: work is lost or done twice when it is cut
  task:        Inclusive { seconds: 4 }
  again:       `Kit::default().seed(7)`"
    );
}

/// Sends its worker's name along.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Naming {
    items: u64,
}

impl Splittable for Naming {
    fn extent(&self) -> Extent {
        Extent::Timed(Duration::from_secs(self.items))
    }

    fn units(&self) -> u64 {
        self.items
    }

    fn due(&self, unit: u64) -> Duration {
        Duration::from_secs(unit)
    }
}

impl Executable for Naming {
    type Report = Counter;

    async fn execute(&self, slice: Slice, cx: &Context<Counter>) -> Result<(), Failure> {
        let worker = slice.lanes.first();
        let mut units = cx.units(&slice);
        while let Some(unit) = units.next().await {
            unit.note("worker", || worker);
            cx.record(|sum| sum.add(1));
        }
        Ok(())
    }
}

impl Task for Naming {
    const KIND: &'static str = "naming";
}

#[test]
fn units_that_send_their_workers_name_are_told() {
    assert_eq!(
        told(&Naming { items: 4 }),
        r#"a law of tasks is broken: units do the same, and are counted the same, in the parts as in the whole
  seen:        what a unit did differs:
    in the whole: {"unit":1,"due":1000000000,"fate":"started","draws":0,"digest":0,"notes":{"worker":0}}
    in the parts: {"unit":1,"due":1000000000,"fate":"started","draws":0,"digest":0,"notes":{"worker":1}}
  cutting:     0ns..4s lane 0 of 2 | 0ns..4s lane 1 of 2
  a user sees: a run on many workers is another test than the run on one
  task:        Naming { items: 4 }
  again:       `Kit::default().seed(7)`"#
    );
}

/// Its first unit is due last.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Descending(u64);

impl Splittable for Descending {
    fn extent(&self) -> Extent {
        Extent::Timed(Duration::from_secs(self.0))
    }

    fn units(&self) -> u64 {
        self.0
    }

    fn due(&self, unit: u64) -> Duration {
        Duration::from_secs(self.0 - 1 - unit)
    }
}

broken!(
    Backward {
        seconds: Descending
    },
    seconds,
    Counter,
    |_task, unit| {
        unit.record(|sum| sum.add(1));
    }
);

#[test]
fn instants_that_decrease_are_told() {
    assert_eq!(
        told(&Backward {
            seconds: Descending(4)
        }),
        r"a law of tasks is broken: `due` never decreases, is within the extent, and is zero in a batch
  seen:        unit 0 is due at 3s, unit 1 at 2s
  a user sees: units are lost or done twice where a window is cut
  task:        Backward { seconds: Descending(4) }
  again:       `Kit::default().seed(7)`"
    );
}

#[test]
#[should_panic(expected = "a law of tasks is broken: `due` never decreases")]
fn a_test_of_one_line_fails_with_what_is_told() {
    star_core::laws::check_task(&Backward {
        seconds: Descending(4),
    });
}
