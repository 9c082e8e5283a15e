//! Where a task was read.

use std::fmt;

use super::KEYS;
use crate::document::{Diagnostic, Entry, Map, Node, Sources, Span, decode};
use crate::plan::PlanError;
use crate::shape::Schedule;

/// The texts that a task was read from, and where they say when its units are due, and how it is cut.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    sources: Sources,
    due_at: Span,
    split_at: Option<Span>,
}

impl Origin {
    /// Read from this document. Where its kind does not say where units are due, that is a schedule among its keys, or else the name of the kind.
    pub(crate) fn new(sources: Sources, root: &Node, due_at: Option<Span>) -> Self {
        let found = || schedule(root).or_else(|| Some(root.get("task")?.span));
        let due_at = due_at.or_else(found).unwrap_or(root.span);
        let split = root.as_map().and_then(|map| map.entry("_split"));
        Self {
            sources,
            due_at,
            split_at: split.map(|entry| entry.key_span),
        }
    }

    /// Why the task can't be cut, shown where the job file says how it is to be, or else when its units are due.
    pub(crate) fn uncut(&self, why: &PlanError) -> Unfit {
        let split = match why {
            PlanError::Beyond { .. } => None,
            _ => self.split_at,
        };
        Unfit {
            diagnostic: Diagnostic::error(cannot_be_cut(why)).at(split.unwrap_or(self.due_at), ""),
            sources: self.sources.clone(),
        }
    }

    /// Why functions would not take the task, shown at that place.
    pub(crate) fn unfit(&self, why: String) -> Unfit {
        Unfit {
            diagnostic: Diagnostic::error(why).at(self.due_at, ""),
            sources: self.sources.clone(),
        }
    }
}

/// The sentence for a task that can't be cut.
pub(crate) fn cannot_be_cut(why: &PlanError) -> String {
    format!("the task cannot be cut: {why}")
}

/// Where the first key stands whose value is a schedule.
fn schedule(root: &Node) -> Option<Span> {
    let entries = root.as_map().map_or(&[][..], Map::entries);
    let mut own = entries
        .iter()
        .filter(|entry| !KEYS.contains(&entry.key.as_str()));
    let is_schedule = |entry: &&Entry| decode::<Schedule>(&entry.node).is_ok();
    own.find(is_schedule).map(|entry| entry.key_span)
}

/// Why functions would not take a task, or it can't be cut, with the place in its job file where there is one.
#[derive(Clone, Debug)]
pub struct Unfit {
    /// What is too much.
    pub diagnostic: Diagnostic,
    /// The texts it is about.
    pub sources: Sources,
}

impl Unfit {
    /// Without a place: of a task that no job file describes.
    pub fn nowhere(why: impl Into<String>) -> Self {
        Self {
            diagnostic: Diagnostic::error(why),
            sources: Sources::default(),
        }
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.one_line(&self.sources))
    }
}

impl std::error::Error for Unfit {}
