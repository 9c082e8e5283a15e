//! A script, or what changes in one, laid over another.

use std::collections::HashSet;

use star_core::document::{Lists, Map, Node, Value};

/// Where headers stand in `config`.
const HEADERS: [&[&str]; 2] = [&["defaults", "headers"], &["http", "defaults", "headers"]];

/// Lays a script over another.
pub(super) fn script(under: &mut Node, over: &Node, lists: Lists) {
    if let (Some(under), Some(over)) = (child(under, "config"), over.get("config")) {
        respell_headers(under, over);
    }
    under.merge(over, lists);
}

/// Lays a `config` over another.
pub(super) fn config(under: &mut Node, over: &Node, lists: Lists) {
    respell_headers(under, over);
    under.merge(over, lists);
}

/// Takes out the headers of default that what comes spells in another case: they are the same headers.
fn respell_headers(under: &mut Node, over: &Node) {
    for path in HEADERS {
        let over = path.iter().try_fold(over, |node, key| node.get(key));
        let under = path
            .iter()
            .try_fold(&mut *under, |node, key| child(node, key));
        let (Some(Value::Map(under)), Some(over)) = (
            under.map(|node| &mut node.value),
            over.and_then(Node::as_map),
        ) else {
            continue;
        };
        respell(under, over);
    }
}

fn respell(under: &mut Map, over: &Map) {
    let names = || over.entries().iter().map(|entry| entry.key.as_str());
    let spelled: HashSet<&str> = names().collect();
    let meant: HashSet<String> = names().map(str::to_ascii_lowercase).collect();
    let is_other = |key: &str| !spelled.contains(key) && meant.contains(&key.to_ascii_lowercase());
    let there = under.entries().iter().map(|entry| entry.key.clone());
    let others: Vec<String> = there.filter(|key| is_other(key)).collect();
    for key in others {
        under.remove(&key);
    }
}

/// The value under a key, to change it.
fn child<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    match &mut node.value {
        Value::Map(map) => map.get_mut(key),
        _ => None,
    }
}
