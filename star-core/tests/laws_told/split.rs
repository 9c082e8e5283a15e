//! What is said of reports that are not the same once something was split off.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::shape::Batch;
use star_core::{Extent, Facts, Failure, OneUnit, Report, Splittable, UnitTask};

use crate::told;

/// How often units were done, by number, and in all.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Rows<const FORGETS: bool> {
    rows: BTreeMap<u64, u64>,
    all: u64,
}

impl<const FORGETS: bool> Report for Rows<FORGETS> {
    type Summary = String;

    fn merge(&mut self, other: Self) {
        for (row, times) in other.rows {
            *self.rows.entry(row).or_default() += times;
        }
        self.all += other.all;
    }

    fn split_off(&mut self) -> Option<Self> {
        let (row, times) = self.rows.pop_first()?;
        let times = if FORGETS { times - 1 } else { times };
        let all = if FORGETS { 0 } else { self.all };
        Some(Self {
            rows: BTreeMap::from([(row, times)]),
            all,
        })
    }

    fn summarize(&self, _: &Facts) -> String {
        format!("{self:?}")
    }
}

broken!(Losing { items: Batch }, items, Rows<true>, |_task, unit| {
    unit.record(|rows| {
        *rows.rows.entry(unit.index()).or_default() += 1;
        rows.all += 1;
    });
});

#[test]
fn what_is_lost_when_a_report_is_split_is_told() {
    assert_eq!(
        told(&Losing {
            items: Batch::of(1)
        }),
        r#"a law of tasks is broken: what is split off a report, whenever that is, and what is left are the same report
  seen:        a report, and what was split off merged with what was left:
    {"report":{"rows":{"0":1},"all":1},"failed":{"count":0,"kept":{}}}
    {"report":{"rows":{"0":0},"all":1},"failed":{"count":0,"kept":{}}}
  cutting:     none: it shows in one piece
  a user sees: what was measured is lost or counted twice where a run is long
  task:        Losing { items: Batch(1) }
  again:       `Kit::default().seed(7)`"#
    );
}

broken!(
    Doubling { items: Batch },
    items,
    Rows<false>,
    |_task, unit| {
        unit.record(|rows| {
            *rows.rows.entry(unit.index()).or_default() += 1;
            rows.all += 1;
        });
    }
);

#[test]
fn what_is_counted_twice_when_a_report_is_split_is_told() {
    let told = told(&Doubling {
        items: Batch::of(1),
    });
    assert!(told.contains(r#"{"rows":{"0":1},"all":2}"#), "{told}");
}

/// A unit a second.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Seconds(u64);

impl Splittable for Seconds {
    fn extent(&self) -> Extent {
        Extent::Timed(Duration::from_secs(self.0))
    }

    fn units(&self) -> u64 {
        self.0
    }

    fn due(&self, unit: u64) -> Duration {
        Duration::from_secs(unit)
    }
}

/// How many units there were since the first: whatever comes when that is gone is not counted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Since(Option<u64>);

impl Report for Since {
    type Summary = String;

    fn merge(&mut self, other: Self) {
        self.0 = match (self.0, other.0) {
            (Some(one), Some(another)) => Some(one + another),
            (one, another) => one.or(another),
        };
    }

    fn split_off(&mut self) -> Option<Self> {
        self.0.take().map(|units| Self(Some(units)))
    }

    fn summarize(&self, _: &Facts) -> String {
        format!("{self:?}")
    }
}

broken!(
    Relying { seconds: Seconds },
    seconds,
    Since,
    |_task, unit| {
        unit.record(|since| {
            if unit.index() == 0 {
                since.0 = Some(0);
            }
            since.0 = since.0.map(|units| units + 1);
        });
    }
);

#[test]
fn what_relies_on_what_was_split_off_is_told() {
    let told = told(&Relying {
        seconds: Seconds(16),
    });
    let said = r#"what is counted in the report differs:
    in one piece: {"report":16,"failed":0}
    split:        {"report":2,"failed":0}"#;
    assert!(told.contains(said), "{told}");
    assert!(told.starts_with("a law of tasks is broken: what is split off a report"));
}
