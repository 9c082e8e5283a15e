//! A few of many.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Figures;
use crate::draw::Draws;
use crate::outcome::Facts;
use crate::report::Report;

/// The longest text that is kept, in bytes.
const LONGEST: usize = 1024;

/// `K` of many texts, such as what units failed of, chosen evenly from all of them; and how many there were.
///
/// Each text belongs to a unit, and a unit's place in a queue is drawn from its number; the first `K` in the queue are kept, so which these are
/// does not depend on the order of noting and merging. Of several texts of one unit the first in alphabetical order may be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample<const K: usize> {
    count: u64,
    /// By place in the queue.
    kept: BTreeMap<u64, (u64, String)>,
}

impl<const K: usize> Sample<K> {
    /// Notes the text of a unit.
    pub fn add(&mut self, unit: u64, text: impl Into<String>) {
        let mut text = text.into();
        text.truncate(text.floor_char_boundary(LONGEST));
        self.count += 1;
        self.keep(unit, text);
    }

    fn keep(&mut self, unit: u64, text: String) {
        let place = Draws::new(0, unit, 0, 0).next_u64();
        let kept = self
            .kept
            .entry(place)
            .or_insert_with(|| (unit, text.clone()));
        if text < kept.1 {
            kept.1 = text;
        }
        while self.kept.len() > K {
            self.kept.pop_last();
        }
    }

    /// How many were noted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Those that are kept: unit and text, by unit.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &str)> {
        let mut kept: Vec<_> = self
            .kept
            .values()
            .map(|(unit, text)| (*unit, &**text))
            .collect();
        kept.sort_unstable();
        kept.into_iter()
    }
}

impl<const K: usize> Report for Sample<K> {
    type Summary = Figures;

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        for (unit, text) in other.kept.into_values() {
            self.keep(unit, text);
        }
    }

    fn summarize(&self, _: &Facts) -> Figures {
        let kept = self
            .iter()
            .map(|(unit, text)| json!({ "unit": unit, "text": text }));
        let value = json!({ "count": self.count, "sample": kept.collect::<Vec<_>>() });
        let lines = self
            .iter()
            .map(|(unit, text)| format!("  unit {unit}: {text}"));
        let more = self.count.saturating_sub(self.kept.len() as u64);
        let mut text = self.count.to_string();
        for line in lines {
            text.push('\n');
            text.push_str(&line);
        }
        if more > 0 && !self.kept.is_empty() {
            let _infallible = write!(text, "\n  and {more} more");
        }
        Figures::new(value, text)
    }
}
