//! Reading pairs of names and values.

use std::borrow::Cow;

use http::request::Parts;
use serde_json::{Map, Value};
use url::form_urlencoded;

/// The pairs of a request's query, decoded.
pub(super) fn pairs(head: &Parts) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes())
}

/// The value of the first pair with that name.
pub(super) fn value<'a>(head: &'a Parts, name: &str) -> Option<Cow<'a, str>> {
    pairs(head).find_map(|(key, value)| (key == name).then_some(value))
}

/// The pairs as a JSON object; a name that occurs more than once has a list of values.
pub(super) fn object(head: &Parts) -> Map<String, Value> {
    let mut object = Map::new();
    for (name, value) in pairs(head) {
        let value = Value::String(value.into_owned());
        match object.get_mut(name.as_ref()) {
            None => {
                object.insert(name.into_owned(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    object
}
