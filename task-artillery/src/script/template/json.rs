//! JSON with placeholders in its texts and keys, and JSON as JavaScript writes it.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Number, Value};
use star_core::draw::Draws;

use super::super::vars::Vars;
use super::text::{Template, TemplateError};

/// How deep lists and mappings in a script's JSON may lie in each other: so deep that readers of the wire still take it.
pub const MAX_DEPTH: usize = 48;

/// A JSON value whose texts and keys are templates. On the wire it is the value as written.
#[derive(Clone, Debug, PartialEq)]
pub enum JsonTemplate {
    /// No placeholders within.
    Fixed(Value),
    /// A text with placeholders.
    Text(Template),
    /// A list with placeholders within.
    List(Vec<JsonTemplate>),
    /// A mapping with placeholders within, in the order written.
    Map(Vec<(Template, JsonTemplate)>),
}

impl JsonTemplate {
    /// Reads a value. Numbers lose the point that JavaScript does not write: 1.0 is 1.
    pub fn parse(value: Value) -> Result<Self, TemplateError> {
        Ok(match value {
            Value::String(text) => {
                let template = Template::parse(&text)?;
                match template.as_fixed() {
                    Some(_) => Self::Fixed(Value::String(text)),
                    None => Self::Text(template),
                }
            }
            Value::Array(items) => {
                let items: Vec<_> = items
                    .into_iter()
                    .map(Self::parse)
                    .collect::<Result<_, _>>()?;
                if items.iter().all(|item| item.as_fixed().is_some()) {
                    Self::Fixed(items.into_iter().filter_map(Self::into_fixed).collect())
                } else {
                    Self::List(items)
                }
            }
            Value::Object(map) => {
                let entries = map
                    .into_iter()
                    .map(|(key, value)| Ok((Template::parse(&key)?, Self::parse(value)?)))
                    .collect::<Result<Vec<_>, TemplateError>>()?;
                if entries
                    .iter()
                    .all(|(key, value)| key.as_fixed().and(value.as_fixed()).is_some())
                {
                    let fixed = entries.into_iter().filter_map(|(key, value)| {
                        Some((key.source().to_owned(), value.into_fixed()?))
                    });
                    Self::Fixed(Value::Object(fixed.collect()))
                } else {
                    Self::Map(entries)
                }
            }
            Value::Number(number) => Self::Fixed(Value::Number(plain(number))),
            value @ (Value::Null | Value::Bool(_)) => Self::Fixed(value),
        })
    }

    /// The value, if it has no placeholders.
    pub fn as_fixed(&self) -> Option<&Value> {
        match self {
            Self::Fixed(value) => Some(value),
            Self::Text(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    fn into_fixed(self) -> Option<Value> {
        match self {
            Self::Fixed(value) => Some(value),
            Self::Text(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The value, rendered; none where it is one variable and that is undefined. Inside a mapping such a key is dropped, inside a
    /// list it is null.
    pub fn value<'a>(&'a self, vars: &'a Vars, draws: &mut Draws) -> Option<Cow<'a, Value>> {
        match self {
            Self::Fixed(value) => Some(Cow::Borrowed(value)),
            Self::Text(template) => template.value(vars, draws),
            Self::List(items) => {
                let rendered = items
                    .iter()
                    .map(|item| item.owned(vars, draws).unwrap_or(Value::Null));
                Some(Cow::Owned(rendered.collect()))
            }
            Self::Map(entries) => {
                let mut map = serde_json::Map::with_capacity(entries.len());
                for (key, value) in entries {
                    let key = key.text(vars, draws).into_owned();
                    if let Some(value) = value.owned(vars, draws) {
                        map.insert(key, value);
                    }
                }
                Some(Cow::Owned(Value::Object(map)))
            }
        }
    }

    fn owned(&self, vars: &Vars, draws: &mut Draws) -> Option<Value> {
        self.value(vars, draws).map(Cow::into_owned)
    }
}

impl Serialize for JsonTemplate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Fixed(value) => value.serialize(serializer),
            Self::Text(template) => template.serialize(serializer),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items
                    .iter()
                    .try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Self::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key.source(), value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for JsonTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A value as `JSON.stringify` writes it: without spaces, numbers as JavaScript writes them.
pub fn json_text(value: &Value) -> String {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, JavaScript);
    match value.serialize(&mut serializer) {
        Ok(()) => String::from_utf8(bytes).unwrap_or_default(),
        Err(_) => String::new(),
    }
}

/// Appends a number as JavaScript writes it: `1`, not `1.0`; `1e+21`; but whole numbers keep all their digits.
pub(super) fn write_number(number: &Number, out: &mut String) {
    let _infallible = match number.as_f64() {
        Some(float) if number.is_f64() => write_float(float, out),
        _ => write!(out, "{number}"),
    };
}

fn write_float(float: f64, out: &mut String) -> std::fmt::Result {
    let size = float.abs();
    if float == 0.0 {
        return out.write_str("0");
    }
    if (1e-6..1e21).contains(&size) {
        return write!(out, "{float}");
    }
    let text = format!("{float:e}");
    match text.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => {
            write!(out, "{digits}e+{exponent}")
        }
        _ => out.write_str(&text),
    }
}

/// The number without a point where it needs none.
fn plain(number: Number) -> Number {
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() <= EXACT => {
            Number::from(float as i64)
        }
        _ => number,
    }
}

/// Up to here every whole number is a float.
const EXACT: f64 = 9_007_199_254_740_992.0;

struct JavaScript;

impl serde_json::ser::Formatter for JavaScript {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        let mut text = String::new();
        let _infallible = write_float(value, &mut text);
        writer.write_all(text.as_bytes())
    }
}
