//! A mapping while it is being read.

use std::collections::HashSet;

use star_core::document::{Diagnostic, Entry, Map, Node, Span, Value};

use crate::limits::MAX_KEYS;

/// The entries so far, and the key whose value comes next.
#[derive(Debug, Default)]
pub(crate) struct Mapping {
    entries: Vec<Entry>,
    key: Option<Key>,
    merges: Vec<Merge>,
}

#[derive(Debug)]
struct Key {
    text: String,
    span: Span,
    merges: bool,
}

/// A mapping to be merged in, before the entry that was next when it was named.
#[derive(Debug)]
struct Merge {
    before: usize,
    map: Map,
}

impl Mapping {
    /// Whether a key comes next, rather than the value of one.
    pub(crate) fn wants_key(&self) -> bool {
        self.key.is_none()
    }

    /// Takes a key.
    pub(crate) fn key(&mut self, text: String, span: Span, merges: bool) {
        self.key = Some(Key { text, span, merges });
    }

    /// Takes the value of the last key.
    pub(crate) fn value(&mut self, node: Node) -> Result<(), Diagnostic> {
        // The parser never reports a value without its key; without one there is nothing to keep.
        let Some(key) = self.key.take() else {
            return Ok(());
        };
        if key.merges {
            return self.merge(node);
        }
        if self.entries.len() == MAX_KEYS {
            return Err(too_many(key.span));
        }
        self.entries.push(Entry {
            key: key.text,
            key_span: key.span,
            node,
        });
        Ok(())
    }

    fn merge(&mut self, node: Node) -> Result<(), Diagnostic> {
        let span = node.span;
        let nodes = match node.value {
            Value::List(nodes) => nodes,
            _ => vec![node],
        };
        for node in nodes {
            let Value::Map(map) = node.value else {
                return Err(Diagnostic::error(format!(
                    "`<<` takes a mapping or a list of mappings, not {}",
                    node.describe()
                ))
                .at(span, ""));
            };
            let before = self.entries.len();
            self.merges.push(Merge { before, map });
        }
        Ok(())
    }

    /// The mapping, when its keys are unique.
    pub(crate) fn finish(mut self) -> Result<Map, Diagnostic> {
        self.refuse_duplicates()?;
        if !self.merges.is_empty() {
            self.merge_all()?;
        }
        Ok(Map::new(self.entries))
    }

    fn refuse_duplicates(&self) -> Result<(), Diagnostic> {
        let mut sorted: Vec<&Entry> = self.entries.iter().collect();
        sorted.sort_by(|a, b| a.key.cmp(&b.key).then(a.key_span.cmp(&b.key_span)));
        let repeated = sorted
            .windows(2)
            .filter(|pair| pair[0].key == pair[1].key)
            .min_by_key(|pair| pair[1].key_span);
        match repeated {
            None => Ok(()),
            Some(pair) => Err(Diagnostic::error(format!(
                "the key `{}` is given twice",
                pair[1].key
            ))
            .at(pair[1].key_span, "given again here")
            .see(pair[0].key_span, "first given here")
            .help("keep one of the two")),
        }
    }

    /// Puts the merged entries where `<<` stood. A key of the mapping itself wins, then the mapping that was named first.
    fn merge_all(&mut self) -> Result<(), Diagnostic> {
        let mut taken: HashSet<String> =
            self.entries.iter().map(|entry| entry.key.clone()).collect();
        let mut merged = Vec::with_capacity(self.entries.len());
        let mut merges = std::mem::take(&mut self.merges).into_iter().peekable();
        let mut own = std::mem::take(&mut self.entries).into_iter();
        for at in 0.. {
            while let Some(merge) = merges.next_if(|merge| merge.before == at) {
                for entry in merge.map.entries() {
                    if taken.insert(entry.key.clone()) {
                        merged.push(entry.clone());
                    }
                }
            }
            match own.next() {
                Some(entry) => merged.push(entry),
                None => break,
            }
        }
        if let Some(entry) = merged.get(MAX_KEYS) {
            return Err(too_many(entry.key_span));
        }
        self.entries = merged;
        Ok(())
    }
}

fn too_many(span: Span) -> Diagnostic {
    Diagnostic::error(format!("this mapping has more than {MAX_KEYS} keys"))
        .at(span, "this one is too many")
        .help("move bulk data into a file of its own")
}
