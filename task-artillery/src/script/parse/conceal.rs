//! What of a script's text nobody is to see, also where something beside it is wrong.

use std::collections::HashSet;

use star_core::document::{Node, Sources, Span, Value, is_secret_key};

/// Shorter values are looked for nowhere but at their place.
const SHORTEST: usize = 4;

/// The most values that are looked for elsewhere.
const MOST: usize = 100;

/// Conceals the values of headers and keys that say who somebody is, but for placeholders in them.
pub(super) fn credentials(sources: &mut Sources, root: &Node) {
    let mut elsewhere = HashSet::new();
    let mut open = vec![(root, false)];
    while let Some((node, secret)) = open.pop() {
        match &node.value {
            Value::List(items) => open.extend(items.iter().map(|item| (item, secret))),
            Value::Map(map) => open.extend(map.entries().iter().map(|entry| {
                let secret = secret || is_secret_key(&entry.key);
                (&entry.node, secret)
            })),
            Value::Null => {}
            value if secret => {
                sources.conceal_around_placeholders(node.span);
                let Value::String(text) = value else { continue };
                // By an alias the text may stand anywhere.
                let away = !sources.snippet(node.span).contains(text.as_str());
                if away && text.len() >= SHORTEST && elsewhere.len() < MOST {
                    elsewhere.insert((node.span.file, text.as_str()));
                }
            }
            _ => {}
        }
    }
    for (file, text) in elsewhere {
        let whole = sources.text(file);
        let found = whole.match_indices(text).map(|(at, _)| at);
        for at in found.collect::<Vec<_>>() {
            sources.conceal_around_placeholders(Span::new(file, at, at + text.len()));
        }
    }
}
