//! Tasks that fail, take their time, or count how often they were opened and closed.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::laws::toys;
use star_core::{
    Context, Executable, Extent, Facts, Failure, Report, RunContext, Slice, Splittable, Task,
};

use super::millis;

macro_rules! batch {
    ($name:ident, $kind:literal, idempotent: $idempotent:literal, |$task:ident, $slice:ident, $cx:ident| $body:expr) => {
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub(crate) struct $name {
            pub(crate) items: u64,
        }

        impl Splittable for $name {
            fn extent(&self) -> Extent {
                Extent::Batch
            }

            fn units(&self) -> u64 {
                self.items
            }

            fn due(&self, _: u64) -> Duration {
                Duration::ZERO
            }
        }

        impl Executable for $name {
            type Report = toys::Sums;

            async fn execute(
                &self,
                $slice: Slice,
                $cx: &Context<toys::Sums>,
            ) -> Result<(), Failure> {
                let $task = self;
                $body
            }
        }

        impl Task for $name {
            const KIND: &'static str = $kind;
            const IDEMPOTENT: bool = $idempotent;
        }
    };
}

batch!(Slow, "slow", idempotent: false, |_task, slice, cx| {
    let mut units = cx.units(&slice);
    while let Some(unit) = units.next().await {
        cx.sleep(millis(30)).await;
        drop(unit);
    }
    Ok(())
});

static FLAKED: Mutex<Option<HashSet<u64>>> = Mutex::new(None);

batch!(Flaky, "flaky", idempotent: true, |_task, slice, cx| {
    let mut units = cx.units(&slice);
    while let Some(unit) = units.next().await {
        let first = FLAKED.lock().unwrap().get_or_insert_default().insert(unit.index());
        if first && unit.index() % 3 == 0 {
            return Err(Failure::new("the wind blew"));
        }
    }
    Ok(())
});

batch!(Brittle, "brittle", idempotent: false, |_task, slice, cx| {
    let mut units = cx.units(&slice);
    while let Some(unit) = units.next().await {
        if unit.index() % 3 == 0 {
            return Err(Failure::new("the wind blew"));
        }
    }
    Ok(())
});

/// Counts how often it was opened and closed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Opened {
    locked: bool,
    opened: u64,
}

impl Opened {
    pub(crate) fn new(locked: bool) -> Self {
        Self { locked, opened: 0 }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Doors {
    opened: u64,
    closed: u64,
}

impl Report for Doors {
    type Summary = String;

    fn merge(&mut self, other: Self) {
        self.opened += other.opened;
        self.closed += other.closed;
    }

    fn summarize(&self, _: &Facts) -> String {
        format!("{self:?}")
    }
}

impl Splittable for Opened {
    fn extent(&self) -> Extent {
        Extent::Timed(millis(200))
    }

    fn units(&self) -> u64 {
        20
    }

    fn due(&self, unit: u64) -> Duration {
        millis(10 * unit)
    }
}

impl Executable for Opened {
    type Report = Doors;

    async fn execute(&self, slice: Slice, cx: &Context<Doors>) -> Result<(), Failure> {
        let mut units = cx.units(&slice);
        while units.next().await.is_some() {
            cx.record(|doors| doors.opened += self.opened);
        }
        Ok(())
    }
}

impl Task for Opened {
    const KIND: &'static str = "opened";

    async fn open(&mut self, _: &RunContext) -> Result<(), Failure> {
        if self.locked {
            return Err(Failure::new("the door is locked"));
        }
        self.opened += 1;
        Ok(())
    }

    async fn close(&self, report: &mut Doors, _: &RunContext) -> Result<(), Failure> {
        report.closed += 1;
        Ok(())
    }
}
