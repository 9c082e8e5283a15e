//! What answers are shown of: a part, without what nobody is to see.

use std::borrow::Cow;

use http::HeaderValue;
use serde_json::Value;

use super::engine::Engine;
use super::password_in;
use crate::script::path::Path;
use crate::script::{INSTEAD, Secrets, Vars, forms, is_secret_name, longest_first, without};

/// So much of a text is looked at.
const LOOKED_AT: usize = 4096;

/// The most values that are looked for.
const MOST: usize = 1000;

/// What is hidden of a user's texts: the environment, what its confidential variables hold, and what its request said about who asks.
pub(super) struct Mask {
    /// What is to be hidden, and what is shown instead; longer values first.
    hidden: Vec<(String, String)>,
}

impl Mask {
    /// The mask for a user that sent these credentials.
    pub(super) fn new<'c>(
        engine: &Engine,
        vars: &Vars,
        credentials: impl Iterator<Item = &'c HeaderValue>,
    ) -> Self {
        let mut hidden = Vec::new();
        let mut lists = Vec::new();
        let names = engine.confidential().names();
        // The environment is hidden anyway, each variable by its own name.
        for name in names.filter(|name| !Secrets::ROOTS.contains(name)) {
            let path = Path::parse(name);
            let Some(value) = vars.get(&path) else {
                continue;
            };
            let instead = placeholder(name);
            // All rows of a payload may be too many; a user's own are not.
            if value.is_array() || value.is_object() {
                lists.push((value, instead));
            } else {
                add(&value, &instead, &mut hidden);
            }
        }
        for (value, instead) in lists {
            add(&value, &instead, &mut hidden);
        }
        for value in credentials {
            let text = String::from_utf8_lossy(value.as_bytes());
            // What stands behind `Bearer` and the like is the secret; it may be sent back without that.
            let bare = text.split_once(' ').map(|(_, rest)| rest.trim().to_owned());
            let password = password_in(&text);
            let all = [Some(text.into_owned()), bare, password];
            let all = all.iter().flatten().flat_map(|text| forms(text));
            hidden.extend(all.map(|text| (text, INSTEAD.to_owned())));
        }
        hidden.extend_from_slice(engine.hidden());
        Self {
            hidden: longest_first(hidden.into_iter()),
        }
    }

    /// The mask for what a script wants to be read: only what variables hold whose names are those of secrets, and what has such a name
    /// in others.
    pub(super) fn of_names(
        engine: &Engine,
        vars: &Vars,
        secrets: &[Path],
        others: &[Path],
    ) -> Self {
        let mut hidden = Vec::new();
        for path in secrets {
            if let Some(value) = vars.get(path) {
                add(&value, &placeholder(path.source()), &mut hidden);
            }
        }
        for path in others {
            if let Some(value) = vars.get(path) {
                add_members(&value, &placeholder(path.source()), &mut hidden);
            }
        }
        hidden.extend_from_slice(engine.hidden());
        Self {
            hidden: longest_first(hidden.into_iter()),
        }
    }

    /// A text without what is hidden.
    pub(super) fn hidden_in<'t>(&self, text: Cow<'t, str>) -> Cow<'t, str> {
        without(text, &self.hidden)
    }

    /// A text as it may be shown.
    pub(super) fn shown(&self, text: &str) -> String {
        let cut = text.char_indices().nth(LOOKED_AT).map(|(end, _)| end);
        let shown = &text[..cut.unwrap_or(text.len())];
        let mut shown = without(shown.into(), &self.hidden).into_owned();
        if cut.is_some() {
            // Half of what is hidden may stand at the end, and is not found there.
            let longest = self.hidden.first().map_or(0, |(value, _)| value.len());
            let kept = shown.len().saturating_sub(longest.max(LOOKED_AT / 4));
            let kept = (0..=kept).rev().find(|end| shown.is_char_boundary(*end));
            shown.truncate(kept.unwrap_or_default());
            shown.push('…');
        }
        shown
    }
}

fn placeholder(name: &str) -> String {
    format!("{{{{ {name} }}}}")
}

/// Adds what in a value has the name of a secret.
fn add_members(value: &Value, instead: &str, hidden: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => {
            for item in items {
                add_members(item, instead, hidden);
            }
        }
        Value::Object(map) => {
            for (name, value) in map {
                if is_secret_name(name) {
                    add(value, instead, hidden);
                } else {
                    add_members(value, instead, hidden);
                }
            }
        }
        _ => {}
    }
}

/// Adds all texts and numbers in a value.
fn add(value: &Value, instead: &str, hidden: &mut Vec<(String, String)>) {
    if hidden.len() >= MOST {
        return;
    }
    match value {
        Value::String(text) => hidden.extend(forms(text).map(|form| (form, instead.to_owned()))),
        Value::Number(number) => add(&number.to_string().into(), instead, hidden),
        Value::Array(items) => items.iter().for_each(|item| add(item, instead, hidden)),
        Value::Object(map) => map.values().for_each(|item| add(item, instead, hidden)),
        Value::Null | Value::Bool(_) => {}
    }
}
