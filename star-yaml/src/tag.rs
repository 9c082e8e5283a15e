//! Tags: what a person says that a value is.

use granit_parser::Tag;
use serde_json::Number;
use star_core::document::{Diagnostic, Span, Value};

/// What a tag says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TagKind {
    /// Text.
    Text,
    /// Nothing.
    Null,
    /// A boolean.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// A list or a mapping.
    Collection,
    /// What only its author knows.
    Other,
}

impl TagKind {
    /// What a tag says.
    pub(crate) fn of(tag: &Tag) -> Self {
        match tag.core_suffix() {
            Some("str") => Self::Text,
            Some("null") => Self::Null,
            Some("bool") => Self::Bool,
            Some("int") => Self::Int,
            Some("float") => Self::Float,
            Some(_) => Self::Collection,
            None if is_non_specific(tag) => Self::Text,
            None => Self::Other,
        }
    }

    /// The value of a scalar, if it is what the tag says.
    pub(crate) fn of_scalar(self, value: Value) -> Option<Value> {
        match (self, value) {
            (Self::Null, Value::Null) => Some(Value::Null),
            (Self::Bool, Value::Bool(value)) => Some(Value::Bool(value)),
            (Self::Int, Value::Number(number)) if !number.is_f64() => Some(Value::Number(number)),
            (Self::Float, Value::Number(number)) => number
                .as_f64()
                .and_then(Number::from_f64)
                .map(Value::Number),
            _ => None,
        }
    }
}

/// Refuses a tag that a list or a mapping cannot have; `own` is the name of the one that it can.
pub(crate) fn check_collection_tag(tag: &Tag, span: Span, own: &str) -> Result<(), Diagnostic> {
    if tag.core_suffix() == Some(own) || is_non_specific(tag) {
        Ok(())
    } else {
        Err(strange(tag, span))
    }
}

/// The tag as it was written.
pub(crate) fn written(tag: &Tag) -> String {
    format!("{}{}", tag.original_handle(), tag.suffix())
}

/// Refuses a tag.
pub(crate) fn strange(tag: &Tag, span: Span) -> Diagnostic {
    Diagnostic::error(format!("the tag `{}` has no meaning here", written(tag)))
        .at(span, "")
        .help("remove it, or quote the value if the `!` belongs to its text")
}

/// Whether this is `!` alone, which makes a scalar text and leaves a list or a mapping as it is.
fn is_non_specific(tag: &Tag) -> bool {
    written(tag) == "!"
}
