//! Where a value stood that serde had buffered before its type found fault with it.
//!
//! What `flatten` takes is buffered without its places. So the values that the fault may be about, as far as it says what it found, are
//! changed one after the other: that which then shows in the fault is the one.

use serde::de::DeserializeOwned;

use super::super::source::Span;
use super::super::tree::{Entry, Map, Node, Value};
use super::misfit::{Misfit, found, unexpected};
use super::{DecodeError, decode_at};

/// How many values are tried; each costs reading all once more.
const MOST: usize = 32;

/// The place of the one value or key that a fault is about which was found to be in a whole mapping or list; none where that can't be
/// told.
pub(super) fn place<T: DeserializeOwned>(root: &Node, error: &DecodeError) -> Option<Span> {
    let (container, path) = container(root, error.span)?;
    let mut suspects = Vec::new();
    collect(container, &path, error, &mut suspects);
    let mut guilty = suspects.into_iter().take(MOST).filter_map(|suspect| {
        let mut changed = root.clone();
        let expected = suspect.change(&mut changed, &error.misfit)?;
        let again = decode_at::<T>(&changed).err()?;
        (again.misfit == expected).then_some(suspect.span)
    });
    let only = guilty.next()?;
    guilty.next().is_none().then_some(only)
}

/// A step on the way to a node.
#[derive(Clone, Debug)]
enum Step {
    Key(String),
    Item(usize),
}

/// What a fault may be about.
struct Suspect {
    path: Vec<Step>,
    /// Of a mapping's key, which; otherwise it is the value itself.
    key: Option<String>,
    span: Span,
}

/// The mapping or list at a place, and the way to it.
fn container(root: &Node, span: Span) -> Option<(&Node, Vec<Step>)> {
    let mut open = vec![(root, Vec::new())];
    while let Some((node, path)) = open.pop() {
        let inner = children(node);
        if node.span == span && !inner.is_empty() {
            return Some((node, path));
        }
        open.extend(inner.into_iter().map(|(step, child)| {
            let path = path.iter().cloned().chain([step]).collect();
            (child, path)
        }));
    }
    None
}

fn children(node: &Node) -> Vec<(Step, &Node)> {
    match &node.value {
        Value::Map(map) => {
            let entries = map.entries().iter();
            entries
                .map(|entry| (Step::Key(entry.key.clone()), &entry.node))
                .collect()
        }
        Value::List(items) => {
            let items = items.iter().enumerate();
            items.map(|(at, item)| (Step::Item(at), item)).collect()
        }
        _ => Vec::new(),
    }
}

/// What in a node the fault may be about.
fn collect(node: &Node, path: &[Step], error: &DecodeError, suspects: &mut Vec<Suspect>) {
    for (step, child) in children(node) {
        let way: Vec<Step> = path.iter().cloned().chain([step.clone()]).collect();
        if let Step::Key(key) = step
            && let Misfit::UnknownKey { name, .. } | Misfit::UnknownName { name, .. } =
                &error.misfit
            && *name == key
            && let Some(entry) = node.as_map().and_then(|map| map.entry(&key))
        {
            suspects.push(Suspect {
                path: path.to_vec(),
                key: Some(key),
                span: entry.key_span,
            });
        }
        let alike = match &error.misfit {
            Misfit::Other { found: what, .. } => found(unexpected(child)) == *what,
            Misfit::UnknownName { name, .. } => child.as_str() == Some(name),
            Misfit::Items { found, .. } => {
                child.as_list().is_some_and(|items| items.len() == *found)
            }
            _ => false,
        };
        if alike {
            suspects.push(Suspect {
                path: way.clone(),
                key: None,
                span: child.span,
            });
        }
        collect(child, &way, error, suspects);
    }
}

impl Suspect {
    /// Changes what is suspected a little, as what it is. What the fault must be then if it was about this.
    fn change(&self, root: &mut Node, misfit: &Misfit) -> Option<Misfit> {
        let node = self.path.iter().try_fold(root, |node, step| {
            Some(match (step, &mut node.value) {
                (Step::Key(key), Value::Map(map)) => map.get_mut(key)?,
                (Step::Item(at), Value::List(items)) => items.get_mut(*at)?,
                _ => return None,
            })
        })?;
        if let Some(key) = &self.key {
            rename(node, key)?;
        } else {
            alter(&mut node.value)?;
        }
        let mut expected = misfit.clone();
        match &mut expected {
            Misfit::Other { found: what, .. } => *what = found(unexpected(node)),
            Misfit::Items { found, .. } => *found = node.as_list()?.len(),
            Misfit::UnknownKey { name, .. } | Misfit::UnknownName { name, .. } => {
                *name = altered(name);
            }
            _ => return None,
        }
        Some(expected)
    }
}

fn altered(text: &str) -> String {
    format!("_{text}")
}

fn rename(node: &mut Node, key: &str) -> Option<()> {
    let entries = node.as_map()?.entries().iter();
    let renamed = entries.map(|entry| Entry {
        key: if entry.key == key {
            altered(key)
        } else {
            entry.key.clone()
        },
        ..entry.clone()
    });
    node.value = Value::Map(Map::new(renamed));
    Some(())
}

/// Another value of the same kind.
fn alter(value: &mut Value) -> Option<()> {
    match value {
        Value::Null | Value::Map(_) => return None,
        Value::Bool(value) => *value = !*value,
        Value::String(text) => *text = altered(text),
        Value::List(items) => items.push(items.last()?.clone()),
        Value::Number(number) => {
            *number = if let Some(value) = number.as_u64() {
                value.checked_add(1).unwrap_or(value - 1).into()
            } else if let Some(value) = number.as_i64() {
                value.checked_sub(1).unwrap_or(value + 1).into()
            } else {
                serde_json::Number::from_f64(number.as_f64()? * 1.5)?
            };
        }
    }
    Some(())
}
