//! A task by the three traits, one of which was forgotten.

use serde::{Deserialize, Serialize};
use star_core::{Context, Executable, Failure, Slice, Task};

#[derive(Clone, Serialize, Deserialize)]
struct Greet {
    names: Vec<String>,
}

impl Executable for Greet {
    type Report = star_core::reports::Counter;

    async fn execute(&self, slice: Slice, cx: &Context<Self::Report>) -> Result<(), Failure> {
        let mut units = cx.units(&slice);
        while units.next().await.is_some() {}
        Ok(())
    }
}

impl Task for Greet {
    const KIND: &'static str = "greet";
}

fn main() {}
