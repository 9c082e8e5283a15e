//! What answers are shown of: a part, without what nobody is to see.

use std::borrow::Cow;

use http::HeaderValue;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::engine::Engine;
use super::password_in;
use crate::script::path::Path;
use crate::script::template::json_text;
use crate::script::{INSTEAD, Secrets, Vars, forms, is_secret_name, longest_first, without};

/// So much of a text is looked at.
const LOOKED_AT: usize = 4096;

/// The most values that are looked for.
const MOST: usize = 1000;

/// What is known of an exchange that is not to be shown.
#[derive(Debug, Default)]
pub(super) struct Exchanged<'e> {
    /// What the request and the answer say about who asks.
    pub(super) credentials: Vec<&'e HeaderValue>,
    /// The values of the user's cookies, and of those that came with the answer.
    pub(super) cookies: Vec<String>,
    /// What was captured of the answer, and no variable holds.
    pub(super) dropped: &'e [(Path, Value)],
}

/// What is hidden of a user's texts: the environment, what its confidential variables hold, and what is known of its exchange.
pub(super) struct Mask {
    /// What is to be hidden, and what is shown instead; longer values first.
    hidden: Vec<(String, String)>,
}

impl Mask {
    /// The mask for a user that had this exchange.
    pub(super) fn new(engine: &Engine, vars: &Vars, exchanged: &Exchanged<'_>) -> Self {
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
            if let Some(cell) = vars.cell(name) {
                add_text(&cell, &instead, &mut hidden);
            }
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
        for (path, value) in exchanged.dropped {
            add(value, &placeholder(path.source()), &mut hidden);
        }
        for value in &exchanged.cookies {
            let value = value.trim_matches('"');
            add_text(value, INSTEAD, &mut hidden);
            let meant = percent_decode_str(value).decode_utf8_lossy();
            if meant != value {
                add_text(&meant, INSTEAD, &mut hidden);
            }
        }
        for value in &exchanged.credentials {
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
            let instead = placeholder(path.source());
            if let Some(cell) = vars.cell(path.source()) {
                add_text(&cell, &instead, &mut hidden);
            }
            if let Some(value) = vars.get(path) {
                add(&value, &instead, &mut hidden);
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
        Value::String(text) => add_text(text, instead, hidden),
        Value::Number(_) => add_text(&json_text(value), instead, hidden),
        Value::Array(items) => items.iter().for_each(|item| add(item, instead, hidden)),
        Value::Object(map) => map.values().for_each(|item| add(item, instead, hidden)),
        Value::Null | Value::Bool(_) => {}
    }
}

/// Adds a text: without the blanks around it, which are not sent everywhere.
fn add_text(text: &str, instead: &str, hidden: &mut Vec<(String, String)>) {
    hidden.extend(forms(text.trim()).map(|form| (form, instead.to_owned())));
}
