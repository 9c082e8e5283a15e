//! Own properties of JSON values, as JavaScript has them.

use std::borrow::Cow;
use std::iter::Enumerate;
use std::{slice, vec};

use serde_json::{Map, Value};

use super::budget::{Budget, TooMuch};

/// A value of a document, or one that JavaScript derives from such a value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Item<'v> {
    /// A value of the document.
    Json(&'v Value),
    /// The `length` of a list, or of a text in UTF-16 units.
    Length(usize),
    /// One UTF-16 unit of a text, itself a text; half of a pair is U+FFFD, for Rust's texts have no
    /// halves.
    Unit(char),
}

/// What a value is called in the one that holds it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key<'k> {
    /// A place in a list.
    Index(usize),
    /// A name.
    Name(&'k str),
}

impl<'v> Item<'v> {
    /// The property `name`, if the value itself has it; lists and texts have indices and `length`.
    pub(crate) fn own(self, name: &str, budget: &mut Budget) -> Result<Option<Self>, TooMuch> {
        Ok(match self {
            Self::Json(Value::Object(object)) => object.get(name).map(Self::Json),
            Self::Json(Value::Array(list)) => match array_index(name) {
                Some(index) => list.get(index).map(Self::Json),
                None => (name == "length").then_some(Self::Length(list.len())),
            },
            // `jsonpath-plus` follows no property of the empty text.
            Self::Json(Value::String(text)) if text.is_empty() => None,
            Self::Json(Value::String(text)) => text_property(text, name, budget)?,
            Self::Unit(unit) => text_property(unit.encode_utf8(&mut [0; 4]), name, budget)?,
            Self::Json(_) | Self::Length(_) => None,
        })
    }

    /// The property `name` of a text, if it has it.
    pub(crate) fn of_text(
        text: &str,
        name: &str,
        budget: &mut Budget,
    ) -> Result<Option<Self>, TooMuch> {
        text_property(text, name, budget)
    }

    /// How many values there are in a list or an object.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::Json(Value::Array(list)) => list.len(),
            Self::Json(Value::Object(object)) => object.len(),
            _ => 0,
        }
    }

    /// The values in a list or an object, in JavaScript's order; nothing for others.
    pub(crate) fn children(self) -> Children<'v> {
        match self {
            Self::Json(Value::Array(list)) => Children::List(list.iter().enumerate()),
            Self::Json(Value::Object(object)) => Children::of_object(object),
            _ => Children::None,
        }
    }

    /// The value by itself.
    pub(crate) fn into_value(self) -> Cow<'v, Value> {
        match self {
            Self::Json(value) => Cow::Borrowed(value),
            Self::Length(length) => Cow::Owned(Value::from(length)),
            Self::Unit(unit) => Cow::Owned(Value::from(unit.to_string())),
        }
    }
}

/// An index or `length` of a text.
pub(super) fn text_property<'v>(
    text: &str,
    name: &str,
    budget: &mut Budget,
) -> Result<Option<Item<'v>>, TooMuch> {
    let index = array_index(name);
    if index.is_none() && name != "length" {
        return Ok(None);
    }
    budget.spend_on_text(text.len())?;
    let Some(index) = index else {
        return Ok(Some(Item::Length(utf16_length(text))));
    };
    Ok(text.encode_utf16().nth(index).map(|unit| {
        let unit = char::from_u32(u32::from(unit));
        Item::Unit(unit.unwrap_or(char::REPLACEMENT_CHARACTER))
    }))
}

/// How many UTF-16 units a text has.
pub(super) fn utf16_length(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.encode_utf16().count()
    }
}

/// The place that a name stands for in a list: digits without a leading zero, below 2³² − 1.
pub(crate) fn array_index(name: &str) -> Option<usize> {
    let bytes = name.as_bytes();
    let canonical = match bytes {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if !canonical {
        return None;
    }
    name.parse()
        .ok()
        .filter(|&index: &u32| index < u32::MAX)
        .map(|index| index as usize)
}

/// The values in a list or an object.
#[derive(Debug)]
pub(crate) enum Children<'v> {
    /// There are none.
    None,
    /// A list's.
    List(Enumerate<slice::Iter<'v, Value>>),
    /// An object's, in the document's order.
    Object(serde_json::map::Iter<'v>),
    /// An object's that has names like `10`: JavaScript puts those first, by size.
    Sorted(vec::IntoIter<(&'v String, &'v Value)>),
}

impl<'v> Children<'v> {
    fn of_object(object: &'v Map<String, Value>) -> Self {
        if !object.keys().any(|name| array_index(name).is_some()) {
            return Self::Object(object.iter());
        }
        let mut entries: Vec<_> = object.iter().collect();
        entries.sort_by_key(|(name, _)| array_index(name).unwrap_or(usize::MAX));
        Self::Sorted(entries.into_iter())
    }
}

impl<'v> Iterator for Children<'v> {
    type Item = (Key<'v>, &'v Value);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::None => None,
            Self::List(list) => list.next().map(|(index, value)| (Key::Index(index), value)),
            Self::Object(object) => object.next().map(|(name, value)| (Key::Name(name), value)),
            Self::Sorted(entries) => entries.next().map(|(name, value)| (Key::Name(name), value)),
        }
    }
}
