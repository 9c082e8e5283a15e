//! What people and tools read of ready-made reports.

use std::fmt::{self, Write as _};

use serde::Serialize;
use serde_json::Value;

use crate::report::Summary;

/// Figures: for tools a JSON value, for people a text of one or several lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    value: Value,
    text: String,
}

impl Figures {
    /// Figures in both forms.
    pub fn new(value: impl Into<Value>, text: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            text: text.into(),
        }
    }

    /// The figures of any summary.
    pub fn of(summary: &(impl Serialize + fmt::Display)) -> Self {
        Self {
            value: serde_json::to_value(summary).unwrap_or_default(),
            text: summary.to_string(),
        }
    }

    /// Several without names: a list, and one below the other.
    pub fn list(parts: impl IntoIterator<Item = Self>) -> Self {
        let (values, texts): (Vec<_>, Vec<_>) = parts
            .into_iter()
            .map(|part| (part.value, part.text))
            .unzip();
        Self::new(values, texts.join("\n"))
    }

    /// Several with names: a mapping, and each behind its name.
    pub fn named<'n>(parts: impl IntoIterator<Item = (&'n str, Self)>) -> Self {
        let parts: Vec<_> = parts.into_iter().collect();
        let widest = parts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let lines = parts.iter().map(|(name, part)| {
            // What has several lines is indented as one block.
            let block = part.text.replace('\n', &format!("\n{:widest$}  ", ""));
            format!("{name:widest$}  {block}")
        });
        let text = lines.collect::<Vec<_>>().join("\n");
        let values = parts
            .iter()
            .map(|(name, part)| ((*name).to_owned(), part.value.clone()));
        Self::new(values.collect::<serde_json::Map<_, _>>(), text)
    }
}

impl Figures {
    /// Figures, and others beside them, by name: for tools all in one mapping, for people the others below, where they are not zero.
    pub(crate) fn beside<const N: usize>(name: &str, own: Self, others: [(&str, Self); N]) -> Self {
        let mut text = own.text.clone();
        let shown = others.iter().filter(|(_, other)| other.text != "0");
        for (name, other) in shown {
            let line = if text.is_empty() { "" } else { "\n" };
            let _infallible = write!(text, "{line}{name}  {}", other.text);
        }
        let values = std::iter::once((name, own)).chain(others);
        let values = values.map(|(name, part)| (name.to_owned(), part.value));
        Self::new(values.collect::<serde_json::Map<_, _>>(), text)
    }
}

impl Summary for Figures {}

impl Serialize for Figures {
    fn serialize<S: serde::Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(into)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
