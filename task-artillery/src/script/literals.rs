//! What a script itself says of who asks, as it stands there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::model::Script;
use super::secrets::{SHORTEST, forms, longest_first, without};
use super::template::Template;
use crate::run::{basic, password_in};

mod names;
mod pairs;
mod search;
mod through;

pub(crate) use names::{is_secret_name, says_who_asks};

/// How long a piece of a text with placeholders is that is taken for a secret.
const PIECE: usize = 8;

/// What stands for them.
pub(crate) const INSTEAD: &str = "(credentials)";

/// The credentials that a script has in its text: a target may send them back. Debugging shows none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Literals(BTreeSet<String>);

impl Literals {
    /// Those of a script.
    pub fn of(script: &Script) -> Self {
        search::all(script)
    }

    /// Each, with what stands for it.
    pub(crate) fn hidden(&self) -> impl Iterator<Item = (String, String)> {
        let texts = self.0.iter().flat_map(|text| forms(text));
        texts.map(|text| (text, INSTEAD.to_owned()))
    }

    /// A text for people, without them.
    pub fn redact(&self, text: String) -> String {
        let hidden = longest_first(self.hidden());
        without(text.into(), &hidden).into_owned()
    }

    fn text(&mut self, text: &str) {
        let text = text.trim();
        if text.len() >= SHORTEST {
            self.0.insert(text.to_owned());
        }
    }

    /// A header's value: what stands behind `Bearer` and the like may be sent back without that.
    fn behind_scheme(&mut self, value: &str) {
        self.text(value);
        if let Some((_, rest)) = value.trim().split_once(' ') {
            self.text(rest);
        }
        if let Some(password) = password_in(value) {
            self.text(&password);
        }
    }

    /// What of a text with placeholders stands around them.
    fn pieces(&mut self, template: &Template) {
        let mut rest = template.source();
        let mut piece = |text: &str| {
            let words = text.split_whitespace();
            let long = words.filter(|word| word.len() >= PIECE);
            long.for_each(|word| self.text(word));
        };
        while let Some((before, behind)) = rest.split_once("{{") {
            piece(before);
            rest = behind.split_once("}}").map_or("", |(_, rest)| rest);
        }
        piece(rest);
    }

    /// A name is shown, and is no secret, unless it is all that says who asks: as a token is.
    fn user(&mut self, user: &str, password: &str) {
        if password.is_empty() {
            self.text(user);
        }
        self.text(password);
        let header = basic(user.as_bytes(), password.as_bytes());
        if let Some(Ok(value)) = header.as_ref().map(|header| header.to_str()) {
            self.behind_scheme(value);
        }
    }

    fn value(&mut self, secret: bool, value: &Value) {
        match value {
            Value::String(text) if secret => self.behind_scheme(text),
            Value::Number(number) if secret => self.text(&number.to_string()),
            Value::Array(items) => items.iter().for_each(|item| self.value(secret, item)),
            Value::Object(map) => map.iter().for_each(|(key, value)| {
                let secret = secret || is_secret_name(key);
                self.value(secret, value);
            }),
            _ => {}
        }
    }
}

impl std::fmt::Debug for Literals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} credentials", self.0.len())
    }
}

#[cfg(test)]
mod tests;
