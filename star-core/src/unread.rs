//! A report that nobody wants to know.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::outcome::Facts;
use crate::report::Report;

/// Stands for a task's report where only what the core counted is asked for: whatever is written there is passed over, and nothing is made of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Unread;

impl<'de> Deserialize<'de> for Unread {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_passed_over| Self)
    }
}

impl Serialize for Unread {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl Report for Unread {
    type Summary = String;

    fn merge(&mut self, _other: Self) {}

    fn summarize(&self, _facts: &Facts) -> String {
        String::new()
    }
}
