//! Trees into typed values, by serde, with the place of what does not fit.

mod access;
mod buffered;
mod deserializer;
mod key;
mod misfit;

use self::deserializer::Placed;
use self::misfit::Misfit;
use super::diagnostic::Diagnostic;
use super::source::Span;
use super::suggest::closest;
use super::tree::{Map, Node, Value};

/// What does not fit, and where.
///
/// A [`Diagnostic`] can be made from it, which says what would be right where that is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{misfit}")]
pub struct DecodeError {
    /// The place of the innermost value that does not fit; of a key, where that is unknown or given twice; of the mapping, where a
    /// key is missing.
    pub span: Span,
    misfit: Misfit,
}

impl DecodeError {
    /// The key or name that is none of the [`known`](Self::known) ones, if that is what is wrong.
    pub fn unknown(&self) -> Option<&str> {
        match &self.misfit {
            Misfit::UnknownKey { name, .. } | Misfit::UnknownName { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The keys or names that could have stood here; none where others than these are possible too.
    pub fn known(&self) -> &'static [&'static str] {
        match &self.misfit {
            Misfit::UnknownKey { known, .. }
            | Misfit::UnknownName { known, .. }
            | Misfit::NotOneKey { known, .. } => known,
            _ => &[],
        }
    }

    fn help(&self, others: &[&'static str]) -> Option<String> {
        let known: Vec<_> = self.known().iter().chain(others).copied().collect();
        let nearest = self
            .unknown()
            .and_then(|name| closest(name, known.iter().copied()));
        match nearest {
            Some(name) => Some(format!("did you mean `{name}`?")),
            None if self.known().is_empty() => None,
            None => Some(format!("known here: {}", misfit::listed(&known))),
        }
    }

    /// What is to be said of a mapping in which other keys may stand besides those of its type.
    pub(super) fn among(self, mapping: &Node, others: &[&'static str]) -> Diagnostic {
        let entries = mapping.as_map().map_or(&[][..], Map::entries);
        let in_it = entries.iter().any(|entry| entry.key_span == self.span);
        let help = self.help(if in_it { others } else { &[] });
        let label = match self.misfit {
            Misfit::Missing { .. } => "in this mapping",
            _ => "",
        };
        let diagnostic = Diagnostic::error(self.to_string()).at(self.span, label);
        match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }
}

impl From<DecodeError> for Diagnostic {
    fn from(error: DecodeError) -> Self {
        let nothing = Node {
            value: Value::Null,
            span: error.span,
        };
        error.among(&nothing, &[])
    }
}

/// Decodes a tree.
///
/// Whole numbers are checked against the range of their type, and a number with a fraction is no whole number, even where the
/// fraction is zero. A structure is a mapping, never a list. An enum is written as serde's default: `name`, or `name: …` alone in
/// a mapping.
///
/// What serde buffers before it decodes it (`flatten`, `untagged`, internally tagged enums) has lost its places. Where the error says what
/// was found, and it can be told which value that was, it is at that; otherwise at the value that was buffered.
///
/// ```
/// use star_core::document::{Diagnostic, Node, Span, Value, decode};
///
/// let node = Node { value: Value::String("fast".into()), span: Span::default() };
/// let error = decode::<u8>(&node).unwrap_err();
/// assert_eq!(Diagnostic::from(error).message, "expected a whole number from 0 to 255, found the text `fast`");
/// ```
///
/// # Errors
/// The first thing that does not fit.
pub fn decode<T: serde::de::DeserializeOwned>(node: &Node) -> Result<T, DecodeError> {
    decode_at(node).map_err(|error| match buffered::place::<T>(node, &error) {
        Some(span) => DecodeError { span, ..error },
        None => error,
    })
}

/// The same, without looking for places that serde has lost.
fn decode_at<T: serde::de::DeserializeOwned>(node: &Node) -> Result<T, DecodeError> {
    T::deserialize(Placed(node)).map_err(|fault| DecodeError {
        // A type that finds fault after its deserializer is done has no place but the root's.
        span: fault.place.unwrap_or(node.span),
        misfit: fault.misfit,
    })
}

#[cfg(test)]
mod tests;
