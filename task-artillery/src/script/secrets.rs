//! What a script names of the environment.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The variables of the environment that a script names (`$env.NAME`), as they were when it was read. They travel with the script, and
/// nothing that is printed shows a value.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secrets(BTreeMap<String, String>);

/// Shorter values are no secrets, and hiding them would hide half of a message.
const SHORTEST: usize = 4;

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

    /// A text for people: where it has a value, the variable's name instead.
    pub fn redact<'t>(&self, text: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
        let mut text = text.into();
        let mut found: Vec<(&String, &String)> = self
            .0
            .iter()
            .filter(|(_, value)| value.len() >= SHORTEST && text.contains(value.as_str()))
            .collect();
        // A value that is a part of another would leave the rest of that one.
        found.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        for (name, value) in found {
            text = Cow::Owned(text.replace(value.as_str(), &format!("{{{{ $env.{name} }}}}")));
        }
        text
    }
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
    fn debugging_shows_names_only() {
        assert_eq!(format!("{:?}", secrets()), r#"{"LONGER", "N", "TOKEN"}"#);
    }
}
