//! What a script names of the environment.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::spelling::spelled;
use super::words::{is_open, stands_alone};
use crate::run::base64;

/// The variables of the environment that a script names (`$env.NAME`), as they were when it was read. They travel with the script, and
/// nothing that is printed shows a value.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secrets(BTreeMap<String, String>);

/// Shorter values are no secrets, and hiding them would hide half of a message.
pub(super) const SHORTEST: usize = 4;

impl Secrets {
    /// The names under which templates find the environment.
    pub const ROOTS: [&str; 2] = ["$env", "$processEnvironment"];

    /// Keeps a variable.
    pub fn keep(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What templates find: a mapping.
    pub fn to_json(&self) -> Value {
        let pairs = self.0.iter();
        let pairs = pairs.map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        Value::Object(pairs.collect())
    }

    /// The values that are looked for in texts, each with what is shown instead.
    pub(crate) fn hidden(&self) -> impl Iterator<Item = (String, String)> {
        let all = self.0.iter();
        all.flat_map(|(name, value)| forms(value).map(|form| (form, Self::instead(name))))
    }

    fn instead(name: &str) -> String {
        format!("{{{{ $env.{name} }}}}")
    }

    /// A text for people: where it has a value, the variable's name instead. A value is also found as JSON, URLs, forms and HTML spell it, and
    /// in base64; a short one only as a word of its own.
    pub fn redact<'t>(&self, text: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
        without(text.into(), &longest_first(self.hidden()))
    }
}

/// Values that are looked for in texts, in the order in which that is to be done: one that is a part of another would leave the rest of
/// that one. The order is always the same, so that a value of two names has one.
pub(crate) fn longest_first(
    hidden: impl Iterator<Item = (String, String)>,
) -> Vec<(String, String)> {
    let mut hidden: Vec<_> = hidden.collect();
    hidden.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
    hidden
}

/// A text with something else for each of these values.
pub(crate) fn without<'t>(mut text: Cow<'t, str>, hidden: &[(String, String)]) -> Cow<'t, str> {
    for (value, instead) in hidden {
        if let Some(redacted) = replaced(&text, value, instead) {
            text = Cow::Owned(redacted);
        }
    }
    text
}

/// How long a part of a value is that is hidden by itself.
const PART: usize = 8;

/// A value as it may be found in a text: as it is, and in base64, wherever it stands in what is so written; and the parts that a
/// target takes it for which stands in a URL as it is. There is none of what is no secret.
pub(crate) fn forms(value: &str) -> impl Iterator<Item = String> + use<> {
    let mut all = Vec::new();
    if value.len() >= SHORTEST && !is_open(value) {
        all.push(value.to_owned());
        let coded = base64(value.as_bytes());
        all.push(coded.trim_end_matches('=').to_owned());
        all.extend((0..3).filter_map(|before| within_base64(value, before)));
        for at in 1..all.len() {
            let in_urls = all[at].replace('+', "-").replace('/', "_");
            if in_urls != all[at] {
                all.push(in_urls);
            }
        }
        let parts = value.split(['&', '#', ';']);
        let parts = parts.filter(|part| part.len() >= PART && *part != value);
        all.extend(parts.map(str::to_owned));
    }
    all.into_iter()
}

/// What base64 makes of a value behind so many other bytes, as far as it is the same whatever stands around it; if that is long enough
/// to be known by.
fn within_base64(value: &str, before: usize) -> Option<String> {
    let bytes = [&[0; 2][..before], value.as_bytes()].concat();
    let coded = base64(&bytes);
    let inner = &coded[(before * 8).div_ceil(6)..bytes.len() * 8 / 6];
    (inner.len() >= PART).then(|| inner.to_owned())
}

/// A text with something else for each spelling of a value; none where it has none.
fn replaced(text: &str, value: &str, by: &str) -> Option<String> {
    let mut replaced = String::new();
    let mut done = 0;
    for (at, _) in text.char_indices() {
        if at >= done
            && let Some(length) = spelled(&text[at..], value)
            && stands_alone(text, at..at + length, value)
        {
            replaced.push_str(&text[done..at]);
            replaced.push_str(by);
            done = at + length;
        }
    }
    (done > 0).then(|| replaced + &text[done..])
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        let mut secrets = Secrets::default();
        secrets.keep("TOKEN", "hunter22");
        secrets.keep("LONGER", "hunter22-and-more");
        secrets.keep("N", "1");
        secrets
    }

    #[test]
    fn values_are_replaced_by_names_the_longest_first() {
        let shown = |text: &'static str| secrets().redact(text).into_owned();
        assert_eq!(
            shown("a hunter22-and-more b hunter22 1"),
            "a {{ $env.LONGER }} b {{ $env.TOKEN }} 1"
        );
        assert!(matches!(secrets().redact("nothing"), Cow::Borrowed(_)));
    }

    #[test]
    fn values_are_found_however_they_are_spelled() {
        let mut secrets = Secrets::default();
        secrets.keep("S", "My tok\"en%\\zzé");
        for text in [
            "<My tok\"en%\\zzé>",
            r#"<My tok\"en%\\zzé>"#,
            "<My%20tok%22en%25%5Czz%C3%A9>",
            "<My+tok%22en%25%5czz%c3%a9>",
            "<My tok%22en%\\zz%C3%A9>",
            "<my tok\"en%\\zzé>",
            r"<My tok\u0022en%\u005czz\u00e9>",
            "<My tok&quot;en%\\zz&#233;>",
            "<My&#x20;tok&#34;en&#37;\\zzé>",
            "<MY TOK\"EN%\\ZZé>",
            "<TXkgdG9rImVuJVx6esOp>",
            r#"<My tok\\\"en%\\\\zz\\u00e9>"#,
            r#"<My tok\\\\\\\"en%\\\\\\\\zzé>"#,
            "<My%2520tok%2522en%2525%255Czz%25C3%25A9>",
        ] {
            assert_eq!(secrets.redact(text), "<{{ $env.S }}>", "{text}");
        }
        for text in ["My tok", "Mi tok\"en%\\zzé", "%", "\\", "\\u00", "%C3"] {
            assert_eq!(secrets.redact(text), text);
        }
    }

    #[test]
    fn parts_that_a_url_makes_of_a_value_are_hidden_too() {
        let mut secrets = Secrets::default();
        secrets.keep("S", "long part&other long part&x");
        let shown = secrets.redact("long part, other long part, x");
        assert_eq!(shown, "{{ $env.S }}, {{ $env.S }}, x");
    }

    #[test]
    fn values_are_found_wherever_they_stand_in_base64() {
        let secret = "Secret?>~9988";
        let mut secrets = Secrets::default();
        secrets.keep("S", secret);
        for before in ["", "a", "ab", "abc", "abcd"] {
            for behind in ["", "x", "xy", "xyz"] {
                let coded = base64(format!("{before}{secret}{behind}").as_bytes());
                for coded in [coded.replace('+', "-").replace('/', "_"), coded] {
                    let shown = secrets.redact(&*coded);
                    assert!(shown.contains("{{ $env.S }}"), "{coded}: {shown}");
                    let rest = shown.replace("{{ $env.S }}", "").len();
                    let around = base64(format!("{before}{behind}").as_bytes()).len();
                    assert!(rest <= around + 4, "{coded}: {shown}");
                }
            }
        }
    }

    #[test]
    fn debugging_shows_names_only() {
        assert_eq!(format!("{:?}", secrets()), r#"{"LONGER", "N", "TOKEN"}"#);
    }
}
