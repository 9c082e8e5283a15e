//! So many items.

use serde::{Deserialize, Serialize};

/// So many items, numbered from 0, without instants. In a job file a number: `items: 1000`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Batch(u64);

impl Batch {
    /// So many items.
    pub const fn of(items: u64) -> Self {
        Self(items)
    }

    /// How many items.
    pub const fn len(self) -> u64 {
        self.0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

super::as_batch!(Batch,);
