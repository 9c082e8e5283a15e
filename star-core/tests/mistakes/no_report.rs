//! A report that does not add up.

use serde::{Deserialize, Serialize};
use star_core::shape::Batch;
use star_core::{Failure, OneUnit, Splittable, UnitTask};

#[derive(Clone, Default, Serialize, Deserialize)]
struct Greeted {
    names: Vec<String>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Greet {
    names: Batch,
}

impl UnitTask for Greet {
    const KIND: &'static str = "greet";
    type Report = Greeted;

    fn shape(&self) -> &impl Splittable {
        &self.names
    }

    async fn unit(&self, _: &OneUnit<Greeted>) -> Result<(), Failure> {
        Ok(())
    }
}

fn main() {}
