//! A key that nobody reads.
//!
//! A type that flattens another cannot refuse keys that it does not know, and one may have been written without being told to. Such a key is
//! known by this: it is not in the task as it travels, and whatever is put there under that name fits, and nothing comes of it.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::super::diagnostic::Diagnostic;
use super::super::suggest::closest;
use super::super::tree::{Entry, Map, Node};
use super::misfit::listed;

/// How many keys that are not in the task are tried; a mapping with more has names of the task's own.
const MOST: usize = 32;

/// The first key in a mapping, and in those within it, that makes no difference to what was decoded from it. Mappings in lists are not
/// looked at.
///
/// `others` may stand in the outermost too.
pub(in super::super) fn unread<T>(root: &Node, decoded: &T, others: &[&str]) -> Option<Diagnostic>
where
    T: DeserializeOwned + Serialize,
{
    let travels = serde_json::to_value(decoded).ok()?;
    // What does not come back as it went says nothing of its keys.
    if comes_to::<T>(&travels).as_ref() != Some(&travels) {
        return None;
    }
    in_mapping::<T>(root.as_map()?, &mut Vec::new(), &travels, others)
}

fn in_mapping<T>(
    map: &Map,
    way: &mut Vec<String>,
    travels: &Value,
    others: &[&str],
) -> Option<Diagnostic>
where
    T: DeserializeOwned + Serialize,
{
    let there = at(travels, way)?.as_object()?;
    let odd: Vec<_> = map
        .entries()
        .iter()
        .filter(|entry| !there.contains_key(&entry.key))
        .collect();
    if odd.len() <= MOST
        && let Some(entry) = odd
            .into_iter()
            .find(|entry| is_unread::<T>(&entry.key, way, travels))
    {
        let known = there.keys().map(String::as_str);
        let known = known.chain(others.iter().copied());
        return Some(told(entry, &known.collect::<Vec<_>>()));
    }
    map.entries().iter().find_map(|entry| {
        way.push(entry.key.clone());
        let inner = entry.node.as_map();
        let inner = inner.and_then(|map| in_mapping::<T>(map, way, travels, &[]));
        way.pop();
        inner
    })
}

fn is_unread<T>(key: &str, way: &[String], travels: &Value) -> bool
where
    T: DeserializeOwned + Serialize,
{
    // No type takes all of these for the same but one that does not look.
    let whatever = [
        json!({}),
        json!(true),
        json!(7),
        json!("-"),
        json!([]),
        Value::Null,
    ];
    whatever.into_iter().all(|value| {
        let mut with = travels.clone();
        let Some(Value::Object(map)) = at_mut(&mut with, way) else {
            return false;
        };
        map.insert(key.to_owned(), value);
        comes_to::<T>(&with).as_ref() == Some(travels)
    })
}

/// What a type makes of a value, as it travels.
fn comes_to<T>(value: &Value) -> Option<Value>
where
    T: DeserializeOwned + Serialize,
{
    serde_json::to_value(T::deserialize(value).ok()?).ok()
}

fn at<'a>(value: &'a Value, way: &[String]) -> Option<&'a Value> {
    way.iter().try_fold(value, |value, key| value.get(key))
}

fn at_mut<'a>(value: &'a mut Value, way: &[String]) -> Option<&'a mut Value> {
    way.iter().try_fold(value, |value, key| value.get_mut(key))
}

fn told(entry: &Entry, known: &[&str]) -> Diagnostic {
    let message = format!("unknown key `{}`", entry.key);
    let help = match closest(&entry.key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("read here: {}", listed(known)),
    };
    Diagnostic::error(message).at(entry.key_span, "").help(help)
}
