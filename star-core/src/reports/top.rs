//! The few greatest.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Figures;
use crate::outcome::Facts;
use crate::report::Report;

/// The longest name that is kept, in bytes.
const LONGEST: usize = 256;

/// The `K` greatest of all that was offered, each with a name, the greatest first; of equals the name that is first in alphabetical order. Of
/// a name that is offered several times the greatest value counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Top<const K: usize>(Vec<(u64, String)>);

impl<const K: usize> Top<K> {
    /// Offers a value.
    pub fn offer(&mut self, value: u64, name: impl Into<String>) {
        let mut name = name.into();
        name.truncate(name.floor_char_boundary(LONGEST));
        if let Some(known) = self.0.iter().position(|(_, known)| *known == name) {
            if self.0[known].0 >= value {
                return;
            }
            self.0.remove(known);
        }
        let at = self.0.partition_point(|(other, before)| {
            *other > value || (*other == value && *before < name)
        });
        if at < K {
            self.0.insert(at, (value, name));
            self.0.truncate(K);
        }
    }

    /// They, the greatest first.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &str)> {
        self.0.iter().map(|(value, name)| (*value, &**name))
    }
}

impl<const K: usize> Report for Top<K> {
    type Summary = Figures;

    fn merge(&mut self, other: Self) {
        for (value, name) in other.0 {
            self.offer(value, name);
        }
    }

    fn summarize(&self, _: &Facts) -> Figures {
        let values = self
            .iter()
            .map(|(value, name)| json!({ "value": value, "name": name }));
        let lines = self.iter().map(|(value, name)| format!("{value}  {name}"));
        let text = if self.0.is_empty() {
            "none".to_owned()
        } else {
            lines.collect::<Vec<_>>().join("\n")
        };
        Figures::new(values.collect::<Vec<_>>(), text)
    }
}
