//! What is registered is no task.

use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
struct Greet {
    names: Vec<String>,
}

star_core::register_task!(Greet);

fn main() {}
