//! A list or a mapping while it is being read.

use granit_parser::StructureStyle;
use star_core::document::{Diagnostic, Node, Value};

use crate::anchor::Size;
use crate::mapping::Mapping;

/// A list or a mapping that has begun and not ended.
#[derive(Debug)]
pub(crate) struct Collection {
    /// Where it starts, in bytes.
    pub(crate) start: usize,
    /// Where the last of its parts so far ends, in bytes.
    pub(crate) end: usize,
    /// Whether it is written in brackets or braces.
    pub(crate) in_brackets: bool,
    /// The parser's number for its anchor; zero where it has none.
    pub(crate) anchor: usize,
    /// How much had been read when it began.
    pub(crate) outset: Size,
    /// How many levels of lists and mappings there are within, itself included.
    pub(crate) height: usize,
    /// What it holds.
    pub(crate) items: Items,
}

/// What a collection holds so far.
#[derive(Debug)]
pub(crate) enum Items {
    /// The items of a list.
    List(Vec<Node>),
    /// The entries of a mapping.
    Mapping(Mapping),
}

impl Items {
    /// The empty list.
    pub(crate) fn list() -> Self {
        Self::List(Vec::new())
    }

    /// The empty mapping.
    pub(crate) fn mapping() -> Self {
        Self::Mapping(Mapping::default())
    }

    /// The complete value.
    pub(crate) fn finish(self) -> Result<Value, Diagnostic> {
        match self {
            Self::List(nodes) => Ok(Value::List(nodes)),
            Self::Mapping(mapping) => mapping.finish().map(Value::Map),
        }
    }
}

impl Collection {
    /// A collection that starts at byte `start`.
    pub(crate) fn new(start: usize, style: StructureStyle, items: Items) -> Self {
        Self {
            start,
            end: start,
            in_brackets: style == StructureStyle::Flow,
            anchor: 0,
            outset: Size::default(),
            height: 1,
            items,
        }
    }

    /// The mapping that waits for a key, if this is one.
    pub(crate) fn awaiting_key(&mut self) -> Option<&mut Mapping> {
        match &mut self.items {
            Items::Mapping(mapping) if mapping.wants_key() => Some(mapping),
            _ => None,
        }
    }

    /// Takes a complete value of `height` levels that ends at byte `end`.
    pub(crate) fn accept(
        &mut self,
        node: Node,
        end: usize,
        height: usize,
    ) -> Result<(), Diagnostic> {
        self.end = self.end.max(end);
        self.height = self.height.max(height + 1);
        match &mut self.items {
            Items::List(nodes) => {
                nodes.push(node);
                Ok(())
            }
            Items::Mapping(mapping) => mapping.value(node),
        }
    }
}
