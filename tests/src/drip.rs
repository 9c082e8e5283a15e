//! Batches some of whose workers die.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::reports::Counter;
use star_core::shape::Batch;
use star_core::{Failure, OneUnit, Splittable, UnitTask};

/// How long an item takes: longer than a worker may be silent, so that it is seen that one which only computes is not held for gone.
const LONG: Duration = Duration::from_secs(9);

/// Items that have an effect, so that none is done again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Drip {
    /// How many.
    pub items: Batch,
    /// At which items a worker dies.
    pub last: Vec<u64>,
    /// A folder in which whoever dies leaves a file behind, so that no other dies of the same item.
    pub died: PathBuf,
    /// Whether the first item takes long.
    pub long: bool,
}

/// The same items without an effect.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DripAgain(pub Drip);

impl Drip {
    #[expect(
        clippy::disallowed_methods,
        reason = "that it lets nobody else on its thread do anything is what it is about"
    )]
    fn item(&self, unit: &OneUnit<Counter>) {
        let item = unit.index();
        if self.last.contains(&item)
            && std::fs::File::create_new(self.died.join(item.to_string())).is_ok()
        {
            std::process::abort();
        }
        if item == 0 && self.long {
            std::thread::sleep(LONG);
        }
        unit.record(|counter| counter.add(1));
    }
}

impl UnitTask for Drip {
    const KIND: &'static str = "drip";
    type Report = Counter;

    fn shape(&self) -> &impl Splittable {
        &self.items
    }

    async fn unit(&self, unit: &OneUnit<Counter>) -> Result<(), Failure> {
        self.item(unit);
        Ok(())
    }
}

impl UnitTask for DripAgain {
    const KIND: &'static str = "drip-again";
    const EFFECTS: bool = false;
    type Report = Counter;

    fn shape(&self) -> &impl Splittable {
        &self.0.items
    }

    async fn unit(&self, unit: &OneUnit<Counter>) -> Result<(), Failure> {
        self.0.item(unit);
        Ok(())
    }
}

star_core::register_task!(Drip);
star_core::register_task!(DripAgain);
