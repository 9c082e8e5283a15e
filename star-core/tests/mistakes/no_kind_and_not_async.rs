//! A task without a name, whose unit is done at once.

use serde::{Deserialize, Serialize};
use star_core::reports::Counter;
use star_core::shape::Batch;
use star_core::{Failure, OneUnit, Splittable, UnitTask};

#[derive(Clone, Serialize, Deserialize)]
struct Greet {
    names: Batch,
}

impl UnitTask for Greet {
    type Report = Counter;

    fn shape(&self) -> &impl Splittable {
        &self.names
    }

    fn unit(&self, unit: &OneUnit<Counter>) -> Result<(), Failure> {
        unit.record(|counter| counter.add(1));
        Ok(())
    }
}

fn main() {}
