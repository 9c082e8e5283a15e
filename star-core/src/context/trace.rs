//! What every unit did, for tests and for people who want to see.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What one unit does, as it is noted.
#[derive(Debug)]
pub struct TraceLine {
    unit: u64,
    due: Duration,
    fate: Cell<&'static str>,
    draws: Cell<u64>,
    digest: Cell<u64>,
    notes: RefCell<serde_json::Map<String, serde_json::Value>>,
}

/// What one unit did, as it is written: nothing in it depends on the cutting or on the target's answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traced {
    /// The unit.
    pub unit: u64,
    /// When it was due, in nanoseconds after the run's zero.
    pub due: u64,
    /// `started`, `skipped`.
    pub fate: String,
    /// How often it drew.
    pub draws: u64,
    /// A sum over what it drew and where: the same draws in any order give the same sum.
    pub digest: u64,
    /// What the task noted.
    pub notes: serde_json::Map<String, serde_json::Value>,
}

impl TraceLine {
    pub(crate) fn new(unit: u64, due: Duration) -> Self {
        Self {
            unit,
            due,
            fate: Cell::new("started"),
            draws: Cell::default(),
            digest: Cell::default(),
            notes: RefCell::default(),
        }
    }

    pub(crate) fn drew(&self, mixed: u64) {
        self.draws.set(self.draws.get() + 1);
        self.digest.set(self.digest.get().wrapping_add(mixed));
    }

    pub(crate) fn skipped(&self) {
        self.fate.set("skipped");
    }

    pub(crate) fn note(&self, key: &str, value: serde_json::Value) {
        self.notes.borrow_mut().insert(key.to_owned(), value);
    }

    pub(crate) fn traced(&self) -> Traced {
        Traced {
            unit: self.unit,
            due: crate::time::nanos(self.due),
            fate: self.fate.get().to_owned(),
            draws: self.draws.get(),
            digest: self.digest.get(),
            notes: self.notes.borrow().clone(),
        }
    }
}
