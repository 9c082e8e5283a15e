//! Values kept for their aliases, and what copying them costs.

use std::collections::HashMap;

use star_core::document::Node;

use crate::limits::{MAX_TEXT, MAX_VALUES};

/// How much of a tree there is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Size {
    /// Values.
    pub(crate) values: usize,
    /// Bytes of text in values and keys.
    pub(crate) text: usize,
}

impl Size {
    /// A single value with this much text.
    pub(crate) fn of_scalar(text: usize) -> Self {
        Self { values: 1, text }
    }

    /// A key with this much text.
    pub(crate) fn of_key(text: usize) -> Self {
        Self { values: 0, text }
    }

    /// Both together, unless that is more than a document may hold.
    pub(crate) fn plus(self, more: Self) -> Option<Self> {
        let sum = Self {
            values: self.values.checked_add(more.values)?,
            text: self.text.checked_add(more.text)?,
        };
        (sum.values <= MAX_VALUES && sum.text <= MAX_TEXT).then_some(sum)
    }

    /// What came on top of an earlier size.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            values: self.values - earlier.values,
            text: self.text - earlier.text,
        }
    }
}

/// An anchored value that is complete.
#[derive(Debug)]
pub(crate) struct Anchored {
    pub(crate) node: Node,
    pub(crate) size: Size,
    /// How many levels of lists and mappings it has.
    pub(crate) height: usize,
}

/// The anchored values so far, by the parser's number for their anchor.
#[derive(Debug, Default)]
pub(crate) struct Anchors {
    complete: HashMap<usize, Anchored>,
}

impl Anchors {
    /// Keeps a value.
    pub(crate) fn keep(&mut self, anchor: usize, anchored: Anchored) {
        self.complete.insert(anchor, anchored);
    }

    /// The value of an anchor; none while that value is still being read, that is, where it contains itself.
    pub(crate) fn get(&self, anchor: usize) -> Option<&Anchored> {
        self.complete.get(&anchor)
    }
}
