//! Captures by `header`.

use http::header::{HeaderMap, HeaderName, SET_COOKIE};
use serde_json::Value;
use star_core::Failure;
use star_core::draw::Draws;

use super::expression::Expression;
use super::looked::Looked;
use super::source::{Found, unreadable};
use crate::script::Vars;
use crate::script::template::Template;

/// Headers that node takes the first of, where a response has several.
const ONCE: [&str; 10] = [
    "age",
    "content-length",
    "content-type",
    "etag",
    "expires",
    "last-modified",
    "location",
    "max-forwards",
    "retry-after",
    "server",
];

/// The name of a header.
#[derive(Debug)]
pub(super) struct HeaderSource {
    name: Expression<HeaderName>,
}

impl HeaderSource {
    pub(super) fn compile(name: &Template) -> Result<Self, Failure> {
        let read = |text: &str| {
            let name = HeaderName::from_bytes(text.as_bytes());
            name.map_err(|error| unreadable("the name of a header", text, &error))
        };
        let name = Expression::compile(name, read)?;
        Ok(Self { name })
    }

    /// Its value; undefined where its name became none.
    pub(super) fn find(&self, looked: &Looked<'_>, vars: &Vars, draws: &mut Draws) -> Found {
        let read = |text: &str| HeaderName::from_bytes(text.as_bytes());
        let Some(name) = self.name.get(vars, draws, read) else {
            return Found::Undefined;
        };
        let found = looked.headers().and_then(|headers| value(headers, &name));
        found.map_or(Found::Nothing, Found::Value)
    }
}

/// A header's value as text, as node has it; of several cookies all.
pub(in crate::run::step) fn joined(headers: &HeaderMap, name: &str) -> Option<String> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    match value(headers, &name)? {
        Value::String(text) => Some(text),
        Value::Array(all) => {
            let all = all.iter().filter_map(Value::as_str);
            Some(all.collect::<Vec<_>>().join(", "))
        }
        _ => None,
    }
}

/// A header's value as node has it: each byte is a character; several are joined, and of cookies there is always a list.
fn value(headers: &HeaderMap, name: &HeaderName) -> Option<Value> {
    let values = headers.get_all(name).iter();
    let mut texts = values
        .map(|value| -> String { value.as_bytes().iter().copied().map(char::from).collect() });
    if name == SET_COOKIE {
        let cookies: Vec<_> = texts.map(Value::from).collect();
        return (!cookies.is_empty()).then_some(Value::Array(cookies));
    }
    let first = texts.next()?;
    if ONCE.contains(&name.as_str()) {
        return Some(first.into());
    }
    Some(texts.fold(first, |all, more| all + ", " + &more).into())
}
