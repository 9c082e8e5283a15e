//! What does not fit, in plain words.

use std::fmt::{self, Display};

use serde::de::{Error, Expected, Unexpected};

use super::super::source::Span;
use super::super::tree::{Node, Value};

/// Why a value does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// In the words of the type.
    Said(String),
    /// Another kind of value, or one out of range.
    Other { found: String, expected: String },
    /// Another number of items.
    Items { found: usize, expected: String },
    /// A key that a structure does not have.
    UnknownKey {
        name: String,
        known: &'static [&'static str],
    },
    /// A name that an enum does not have.
    UnknownName {
        name: String,
        known: &'static [&'static str],
    },
    /// A mapping that is to choose by its only key, and has none or several.
    NotOneKey {
        found: usize,
        known: &'static [&'static str],
    },
    /// A name alone where it needs a value.
    Alone { name: String },
    /// A key that a structure needs.
    Missing { key: &'static str },
    /// A key that is there under two names.
    Twice { key: &'static str },
}

impl Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Said(message) => f.write_str(message),
            Self::Other { found, expected } => write!(f, "expected {expected}, found {found}"),
            Self::Items { found, expected } => write!(f, "expected {expected}, found {found}"),
            Self::UnknownKey { name, .. } => write!(f, "unknown key `{name}`"),
            Self::UnknownName { name, .. } => write!(f, "`{name}` is not known here"),
            Self::NotOneKey { found, .. } => {
                write!(f, "expected a mapping with exactly one key, found {found}")
            }
            Self::Alone { name } => write!(f, "`{name}` needs a value, as in `{name}: …`"),
            Self::Missing { key } => write!(f, "the key `{key}` is missing"),
            Self::Twice { key } => write!(f, "the key `{key}` is given twice"),
        }
    }
}

/// What serde hands from the inside to the outside: a misfit, and its place once that is known.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) place: Option<Span>,
    pub(super) misfit: Misfit,
}

impl Fault {
    /// Sets the place, unless something further inside has set it already.
    pub(super) fn at(mut self, place: Span) -> Self {
        self.place.get_or_insert(place);
        self
    }

    /// A node that should have been something else.
    pub(super) fn unlike(node: &Node, expected: impl Into<String>) -> Self {
        let misfit = Misfit::Other {
            found: found(unexpected(node)),
            expected: expected.into(),
        };
        Self::from(misfit).at(node.span)
    }
}

impl From<Misfit> for Fault {
    fn from(misfit: Misfit) -> Self {
        Self {
            place: None,
            misfit,
        }
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.misfit.fmt(f)
    }
}

impl std::error::Error for Fault {}

impl Error for Fault {
    fn custom<T: Display>(message: T) -> Self {
        let said = message.to_string();
        // So a type says it that flattens another and refuses what neither knows; and it does not say what they know.
        let unknown = said.strip_prefix("unknown field `");
        match unknown.and_then(|rest| rest.strip_suffix('`')) {
            Some(name) => Misfit::UnknownKey {
                name: name.to_owned(),
                known: &[],
            },
            None => Misfit::Said(said),
        }
        .into()
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Misfit::Other {
            found: found(unexpected),
            expected: plain(expected),
        }
        .into()
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }

    fn invalid_length(found: usize, expected: &dyn Expected) -> Self {
        Misfit::Items {
            found,
            expected: plain(expected),
        }
        .into()
    }

    fn unknown_variant(name: &str, known: &'static [&'static str]) -> Self {
        Misfit::UnknownName {
            name: name.to_owned(),
            known,
        }
        .into()
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        Misfit::UnknownKey {
            name: name.to_owned(),
            known,
        }
        .into()
    }

    fn missing_field(key: &'static str) -> Self {
        Misfit::Missing { key }.into()
    }

    fn duplicate_field(key: &'static str) -> Self {
        Misfit::Twice { key }.into()
    }
}

/// Names in backticks, at most a dozen.
pub(super) fn listed(names: &[&str]) -> String {
    const MOST: usize = 12;
    let shown: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = if names.len() > MOST { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// A list of so many items.
pub(super) fn list_of(items: impl Display) -> String {
    match items.to_string().as_str() {
        "1" => "a list of 1 item".to_owned(),
        several => format!("a list of {several} items"),
    }
}

/// serde's words for what a type expects, in those of people who write scripts.
fn plain(expected: &dyn Expected) -> String {
    let words = expected.to_string();
    let plain = match words.as_str() {
        "a string" | "a borrowed string" | "string" | "str" => "text",
        "a sequence" => "a list",
        "a map" => "a mapping",
        "a boolean" => "`true` or `false`",
        "a character" => "a single character",
        "unit" => "nothing",
        "f32" | "f64" => "a number",
        "u64" | "u128" | "usize" => "a whole number, not negative",
        "i64" | "i128" | "isize" => "a whole number",
        "u8" => return from_to(u8::MIN, u8::MAX),
        "u16" => return from_to(u16::MIN, u16::MAX),
        "u32" => return from_to(u32::MIN, u32::MAX),
        "i8" => return from_to(i8::MIN, i8::MAX),
        "i16" => return from_to(i16::MIN, i16::MAX),
        "i32" => return from_to(i32::MIN, i32::MAX),
        _ => return of_a_type(words),
    };
    plain.to_owned()
}

fn from_to<N: Display>(least: N, most: N) -> String {
    format!("a whole number from {least} to {most}")
}

/// As [`plain`], for words that hold the name of a Rust type or a size.
fn of_a_type(words: String) -> String {
    if let Some(size) = words.strip_prefix("a tuple of size ") {
        return list_of(size);
    }
    if let Some((_, size)) = words
        .strip_prefix("tuple ")
        .and_then(|rest| rest.strip_suffix(" elements")?.rsplit_once(' '))
    {
        return list_of(size);
    }
    match words.strip_prefix("a nonzero ") {
        Some("u8" | "u16" | "u32" | "u64" | "u128" | "usize") => {
            "a whole number of at least 1".to_owned()
        }
        Some(_) => "a whole number other than 0".to_owned(),
        None if words.starts_with("struct ") || words.starts_with("enum ") => {
            "a mapping".to_owned()
        }
        None if words.starts_with("tuple ") => "a list".to_owned(),
        None => words,
    }
}

/// What a node is to serde.
pub(super) fn unexpected(node: &Node) -> Unexpected<'_> {
    match &node.value {
        Value::Null => Unexpected::Unit,
        Value::Bool(value) => Unexpected::Bool(*value),
        Value::Number(number) => {
            if let Some(value) = number.as_u64() {
                Unexpected::Unsigned(value)
            } else if let Some(value) = number.as_i64() {
                Unexpected::Signed(value)
            } else {
                Unexpected::Float(number.as_f64().unwrap_or(f64::NAN))
            }
        }
        Value::String(text) => Unexpected::Str(text),
        Value::List(_) => Unexpected::Seq,
        Value::Map(_) => Unexpected::Map,
    }
}

/// What was found, with its value where that is short.
pub(super) fn found(unexpected: Unexpected<'_>) -> String {
    match unexpected {
        Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
        Unexpected::Bool(value) => format!("`{value}`"),
        Unexpected::Unsigned(value) => format!("the number `{value}`"),
        Unexpected::Signed(value) => format!("the number `{value}`"),
        Unexpected::Float(value) => format!("the number `{value:?}`"),
        Unexpected::Char(value) => format!("the text `{value}`"),
        Unexpected::Str("") => "an empty text".to_owned(),
        Unexpected::Str(text) => format!("the text `{}`", shortened(text)),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a mapping".to_owned(),
        other => other.to_string(),
    }
}

/// The beginning of a text, on one line.
fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    let mut short: String = text.chars().take_while(|c| *c != '\n').take(MOST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
