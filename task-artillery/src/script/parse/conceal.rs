//! What of a script's text nobody is to see, also where something beside it is wrong.

use std::collections::HashSet;

use star_core::document::{Node, Sources, Span, Value};

/// The headers whose values are secrets, and what opens keys.
const SECRETS: [&str; 3] = ["authorization", "proxy-authorization", "passphrase"];

/// Shorter values are looked for nowhere but at their place.
const SHORTEST: usize = 4;

/// The most values that are looked for elsewhere.
const MOST: usize = 100;

/// Conceals the values of headers that say who somebody is, and passphrases, but for placeholders in them.
pub(super) fn credentials(sources: &mut Sources, root: &Node) {
    let mut elsewhere = HashSet::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        match &node.value {
            Value::List(items) => open.extend(items),
            Value::Map(map) => {
                for entry in map.entries() {
                    let secret = |name: &&str| entry.key.eq_ignore_ascii_case(name);
                    match &entry.node.value {
                        Value::String(text) if SECRETS.iter().any(secret) => {
                            conceal(sources, entry.node.span);
                            // By an alias the text may stand anywhere.
                            let away = !sources.snippet(entry.node.span).contains(text.as_str());
                            if away && text.len() >= SHORTEST && elsewhere.len() < MOST {
                                elsewhere.insert((entry.node.span.file, text.as_str()));
                            }
                        }
                        _ => open.push(&entry.node),
                    }
                }
            }
            _ => {}
        }
    }
    for (file, text) in elsewhere {
        let whole = sources.text(file);
        let found = whole.match_indices(text).map(|(at, _)| at);
        for at in found.collect::<Vec<_>>() {
            conceal(sources, Span::new(file, at, at + text.len()));
        }
    }
}

/// Conceals a value's text around its placeholders.
fn conceal(sources: &mut Sources, span: Span) {
    let text = sources.snippet(span);
    let mut parts = Vec::new();
    let (mut start, end) = (0, text.len());
    while let Some(open) = text[start..].find("{{") {
        let Some(close) = text[start + open..].find("}}") else {
            break;
        };
        parts.push(start..start + open);
        start += open + close + 2;
    }
    parts.push(start..end);
    let from = span.start as usize;
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        sources.conceal(Span::new(span.file, from + part.start, from + part.end));
    }
}
