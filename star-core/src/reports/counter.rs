//! A sum of whole numbers.

use serde::{Deserialize, Serialize};

use super::Figures;
use crate::outcome::Facts;
use crate::report::Report;

/// A sum of whole numbers. It stops at 2⁶⁴ − 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counter(u64);

impl Counter {
    /// Adds so many.
    pub fn add(&mut self, more: u64) {
        self.0 = self.0.saturating_add(more);
    }

    /// How many there are.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl Report for Counter {
    type Summary = Figures;

    fn merge(&mut self, other: Self) {
        self.add(other.0);
    }

    fn summarize(&self, _: &Facts) -> Figures {
        Figures::new(self.0, self.0.to_string())
    }
}
