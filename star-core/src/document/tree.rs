//! The tree: values that know where they were written.

use std::collections::{HashMap, hash_map};

use super::source::Span;

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What was written.
    pub value: Value,
    /// Where.
    pub span: Span,
}

/// What can be written.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `~`, or nothing after a colon.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A finite number; whole ones keep all their digits.
    Number(serde_json::Number),
    /// Text.
    String(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order written.
    Map(Map),
}

/// A mapping in the order written; keys are unique.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    entries: Vec<Entry>,
}

/// One `key: value` of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub node: Node,
}

/// How a list is laid over another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    /// Its items over those of the other, one by one.
    ByIndex,
    /// In place of the other.
    Replaced,
}

impl Map {
    /// A mapping of these entries; of two entries with one key the later wins, in the place of the first.
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut map = Self::default();
        for entry in entries {
            match places.entry(entry.key.clone()) {
                hash_map::Entry::Occupied(known) => map.entries[*known.get()] = entry,
                hash_map::Entry::Vacant(free) => {
                    free.insert(map.entries.len());
                    map.entries.push(entry);
                }
            }
        }
        map
    }

    /// Sets a key.
    pub fn insert(&mut self, entry: Entry) {
        match self.entries.iter_mut().find(|known| known.key == entry.key) {
            Some(known) => *known = entry,
            None => self.entries.push(entry),
        }
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The value under a key, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        let entry = self.entries.iter_mut().find(|entry| entry.key == key)?;
        Some(&mut entry.node)
    }

    /// The entry under a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// All entries in the order written.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &str) -> Option<Entry> {
        let at = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(at))
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Node {
    /// The mapping, if this is one.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The text, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The list, if this is one.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The value under a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map().and_then(|map| map.get(key))
    }

    /// Lays another value over this: mappings key by key, lists as said; anything else takes the place of what was there.
    pub fn merge(&mut self, over: &Self, lists: Lists) {
        match (&mut self.value, &over.value) {
            (Value::Map(under), Value::Map(map)) => {
                for entry in &map.entries {
                    match under.get_mut(&entry.key) {
                        Some(node) => node.merge(&entry.node, lists),
                        None => under.entries.push(entry.clone()),
                    }
                }
            }
            (Value::List(under), Value::List(items)) if lists == Lists::ByIndex => {
                for (index, item) in items.iter().enumerate() {
                    match under.get_mut(index) {
                        Some(node) => node.merge(item, lists),
                        None => under.push(item.clone()),
                    }
                }
            }
            _ => *self = over.clone(),
        }
    }

    /// What kind of value this is, as messages call it: "a number", "a list".
    pub fn describe(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// The same value without places.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(number) => serde_json::Value::Number(number.clone()),
            Value::String(text) => text.as_str().into(),
            Value::List(items) => items.iter().map(Node::to_json).collect(),
            Value::Map(map) => map
                .entries
                .iter()
                .map(|entry| (entry.key.clone(), entry.node.to_json()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }
}
