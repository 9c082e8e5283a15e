//! A shape that is only a number.

use serde::{Deserialize, Serialize};
use star_core::reports::Counter;
use star_core::{Failure, OneUnit, Splittable, UnitTask};

#[derive(Clone, Serialize, Deserialize)]
struct Greet {
    names: u64,
}

impl UnitTask for Greet {
    const KIND: &'static str = "greet";
    type Report = Counter;

    fn shape(&self) -> &impl Splittable {
        &self.names
    }

    async fn unit(&self, _: &OneUnit<Counter>) -> Result<(), Failure> {
        Ok(())
    }
}

fn main() {}
