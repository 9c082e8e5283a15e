//! Virtual users, counted.

use serde::{Deserialize, Serialize};

/// What became of users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Users {
    /// Set out.
    pub started: u64,
    /// Of those: came to the end of their flow.
    pub completed: u64,
    /// Of those: ended with an error.
    pub failed: u64,
}

impl Users {
    /// Adds another's counts.
    pub fn merge(&mut self, other: Self) {
        self.started += other.started;
        self.completed += other.completed;
        self.failed += other.failed;
    }
}
