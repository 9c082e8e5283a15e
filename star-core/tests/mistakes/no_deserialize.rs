//! A task that can be sent, and not be read.

use serde::Serialize;
use star_core::reports::Counter;
use star_core::shape::Batch;
use star_core::{Failure, OneUnit, Splittable, UnitTask};

#[derive(Clone, Serialize)]
struct Greet {
    names: Batch,
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
