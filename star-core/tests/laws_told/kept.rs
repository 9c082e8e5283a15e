//! What is said of tasks that keep something under a name that is none, or depends on who keeps it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::reports::Counter;
use star_core::shape::Batch;
use star_core::{Context, Executable, Extent, Failure, OneUnit, Slice, Splittable, Task, UnitTask};

use crate::told;

broken!(Tiles { items: Batch }, items, (), |_task, unit| {
    let name = format!("../tiles/{}.png", unit.index());
    unit.artifact(&name, "a tile").await?;
});

#[test]
fn a_name_that_is_none_is_told() {
    assert_eq!(
        told(&Tiles {
            items: Batch::of(2)
        }),
        r"a law of tasks is broken: what is kept has a name that it can be kept under
  seen:        `../tiles/0.png` cannot be an artefact's name: it is made of letters, digits, `.`, `-`, `_`, and `/` between its parts, none of which begins with `.`
  a user sees: the unit fails, and what it made is nowhere
  task:        Tiles { items: Batch(2) }
  again:       `Kit::default().seed(7)`"
    );
}

broken!(Lengthy { items: Batch }, items, (), |_task, unit| {
    unit.artifact(&"x".repeat(201), "").await?;
});

#[test]
fn a_name_that_is_too_long_or_empty_is_told() {
    let told = told(&Lengthy {
        items: Batch::of(1),
    });
    let said =
        "`xxxxxxxxxxxxxxxxxxxx…` cannot be an artefact's name: it has 201 bytes, and may have 200";
    assert!(told.contains(said), "{told}");
}

broken!(Nameless { items: Batch }, items, (), |_task, unit| {
    unit.artifact("", "").await?;
});

#[test]
fn no_name_is_no_name() {
    let told = told(&Nameless {
        items: Batch::of(1),
    });
    let said = "seen:        `` cannot be an artefact's name";
    assert!(told.contains(said), "{told}");
}

broken!(Keeping { items: Batch }, items, (), |_task, unit| {
    unit.artifact("latest.txt", unit.index().to_string())
        .await?;
});

#[test]
fn units_that_keep_unlike_things_under_one_name_are_told() {
    assert_eq!(
        told(&Keeping {
            items: Batch::of(2)
        }),
        r#"a law of tasks is broken: what is kept under one name is the same, whoever keeps it
  seen:        `latest.txt` is kept twice, and not the same:
    "0"
    "1"
  a user sees: which of them is there in the end depends on which worker was last
  task:        Keeping { items: Batch(2) }
  again:       `Kit::default().seed(7)`"#
    );
}

/// Its pages are numbered by whoever executes a slice.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Pages {
    items: u64,
    alike: bool,
}

impl Splittable for Pages {
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

impl Executable for Pages {
    type Report = Counter;

    async fn execute(&self, slice: Slice, cx: &Context<Counter>) -> Result<(), Failure> {
        let mut units = cx.units(&slice);
        let mut page = 0;
        while let Some(unit) = units.next().await {
            let text = if self.alike { 0 } else { unit.index() };
            cx.artifact(&format!("page-{page}.txt"), text.to_string())
                .await?;
            page += 1;
        }
        Ok(())
    }
}

impl Task for Pages {
    const KIND: &'static str = "pages";
}

#[test]
fn pieces_that_keep_unlike_things_under_one_name_are_told() {
    let pages = Pages {
        items: 2,
        alike: false,
    };
    assert_eq!(
        told(&pages),
        r#"a law of tasks is broken: what is kept under one name is the same, whoever keeps it
  seen:        `page-0.txt` is kept twice, and not the same:
    "0"
    "1"
  cutting:     lane 0 of 2 | lane 1 of 2
  a user sees: which of them is there in the end depends on which worker was last
  task:        Pages { items: 2, alike: false }
  again:       `Kit::default().seed(7)`"#
    );
}

#[test]
fn names_that_depend_on_the_cutting_are_told() {
    let pages = Pages {
        items: 2,
        alike: true,
    };
    assert_eq!(
        told(&pages),
        r#"a law of tasks is broken: the parts keep the same, under the same names, as the whole
  seen:        what is kept as `page-1.txt` differs:
    in the whole: "0"
    in the parts: nothing
  cutting:     lane 0 of 2 | lane 1 of 2
  a user sees: what a run leaves behind depends on how it was cut, and who looks for a name does not find it
  task:        Pages { items: 2, alike: true }
  again:       `Kit::default().seed(7)`"#
    );
}

static MADE: AtomicU64 = AtomicU64::new(0);

broken!(Counting { items: Batch }, items, (), |_task, unit| {
    let made = MADE.fetch_add(1, Ordering::Relaxed);
    unit.artifact(&format!("{made}.txt"), "text").await?;
});

#[test]
fn names_that_count_what_the_process_has_made_are_told() {
    let told = told(&Counting {
        items: Batch::of(1),
    });
    let (law, rest) = told.split_once('\n').unwrap();
    assert_eq!(
        law,
        "a law of tasks is broken: the same task gives the same results each time"
    );
    assert!(rest.contains("what is kept as `"), "{told}");
    assert!(rest.contains("nothing"), "{told}");
}
