//! A report that has no nothing, and cannot be added to.

use serde::{Deserialize, Serialize};
use star_core::{Facts, Report};

#[derive(Clone, Serialize, Deserialize)]
struct Greeted {
    names: u64,
}

impl Report for Greeted {
    type Summary = String;

    fn summarize(&self, _: &Facts) -> String {
        self.names.to_string()
    }
}

fn main() {}
