//! Where a value lies inside another: `a.b`, `list[0]`, `o["k-e"]`.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// The largest index that [`Path::set`] makes a list long enough for.
pub const MAX_INDEX: usize = 65_535;

/// A path of the kind that lodash's `get` and `set` take. Any text is one.
///
/// The first segment names a variable, the others lead into its value. As in JavaScript a list and a text also have a `length`,
/// and a text has letters by index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    source: Box<str>,
    segments: Box<[Box<str>]>,
}

impl Path {
    /// Reads a path.
    pub fn parse(source: &str) -> Self {
        Self {
            source: source.into(),
            segments: segments(source).into(),
        }
    }

    /// The path of the variable of this name, whatever is in it.
    pub fn of_name(name: &str) -> Self {
        Self {
            source: name.into(),
            segments: [name.into()].into(),
        }
    }

    /// The path of what its value has under this name.
    #[must_use]
    pub fn inner(&self, name: &str) -> Self {
        let segments = self.segments.iter().cloned();
        Self {
            source: format!("{}[{name}]", self.source).into(),
            segments: segments.chain([name.into()]).collect(),
        }
    }

    /// The text it was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The name of the variable.
    pub fn root(&self) -> &str {
        self.segments.first().map_or("", |root| root)
    }

    /// The first name inside the variable's value, if it leads there.
    pub fn member(&self) -> Option<&str> {
        self.segments.get(1).map(|name| &**name)
    }

    /// The name of the variable, and those that lead into its value.
    pub(crate) fn segments(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().map(|segment| &**segment)
    }

    /// Whether it leads into the variable's value.
    pub fn is_deep(&self) -> bool {
        self.segments.len() > 1
    }

    /// Whether it leads to the same place as another, or further into the value there.
    pub fn is_within(&self, other: &Self) -> bool {
        self.segments.starts_with(&other.segments)
    }

    /// Whether [`set`](Self::set) would have to make a list longer than [`MAX_INDEX`].
    pub fn is_out_of_reach(&self) -> bool {
        let inner = self.segments.get(1..).unwrap_or_default();
        let mut indices = inner.iter().filter_map(|segment| index(segment));
        indices.any(|index| index > MAX_INDEX)
    }

    /// What lies there, given the variable's value.
    pub fn get<'v>(&self, root: Cow<'v, Value>) -> Option<Cow<'v, Value>> {
        let mut at = root;
        for segment in self.segments.get(1..)? {
            at = match at {
                Cow::Borrowed(value) => member(value, segment)?,
                Cow::Owned(value) => Cow::Owned(member(&value, segment)?.into_owned()),
            };
        }
        Some(at)
    }

    /// Puts a value there, given the variable's value: mappings and lists are made where there are none, and what is neither is
    /// replaced. Out of reach, nothing happens.
    pub fn set(&self, root: &mut Value, value: Value) {
        if self.is_out_of_reach() {
            return;
        }
        let mut at = root;
        for segment in self.segments.get(1..).unwrap_or_default() {
            let place = index(segment);
            if !(at.is_object() || at.is_array() && place.is_some()) {
                *at = match place {
                    Some(_) => Value::Array(Vec::new()),
                    None => Value::Object(serde_json::Map::new()),
                };
            }
            at = match (at, place) {
                (Value::Array(list), Some(place)) => {
                    if list.len() <= place {
                        list.resize(place + 1, Value::Null);
                    }
                    &mut list[place]
                }
                (at, _) => &mut at[&**segment],
            };
        }
        *at = value;
    }

    /// Takes away what lies there, given the variable's value; in a list null takes its place. Nothing is made on the way.
    pub fn unset(&self, root: &mut Value) {
        let Some((last, inner)) = self.segments.get(1..).and_then(<[_]>::split_last) else {
            return;
        };
        let mut at = root;
        for segment in inner {
            let next = match at {
                Value::Object(map) => map.get_mut(&**segment),
                Value::Array(list) => index(segment).and_then(|place| list.get_mut(place)),
                _ => None,
            };
            let Some(next) = next else {
                return;
            };
            at = next;
        }
        match at {
            Value::Object(map) => {
                map.shift_remove(&**last);
            }
            Value::Array(list) => {
                if let Some(item) = index(last).and_then(|place| list.get_mut(place)) {
                    *item = Value::Null;
                }
            }
            _ => {}
        }
    }
}

/// What a value holds under a name.
fn member<'v>(value: &'v Value, name: &str) -> Option<Cow<'v, Value>> {
    match value {
        Value::Object(map) => map.get(name).map(Cow::Borrowed),
        Value::Array(list) if name == "length" => Some(Cow::Owned(list.len().into())),
        Value::Array(list) => list.get(index(name)?).map(Cow::Borrowed),
        Value::String(text) if name == "length" => {
            Some(Cow::Owned(text.encode_utf16().count().into()))
        }
        Value::String(text) => {
            let letter = text.chars().nth(index(name)?)?;
            Some(Cow::Owned(letter.to_string().into()))
        }
        _ => None,
    }
}

/// A list's index as JavaScript writes it: no sign, no leading zero.
fn index(segment: &str) -> Option<usize> {
    let canonical = segment == "0" || !segment.starts_with('0');
    (canonical && segment.bytes().all(|digit| digit.is_ascii_digit()))
        .then(|| segment.parse().ok())
        .flatten()
}

/// Parts a path: dots and brackets divide, quotes in brackets protect.
fn segments(source: &str) -> Vec<Box<str>> {
    let mut segments: Vec<Box<str>> = Vec::new();
    let mut rest = source;
    let mut after_dot = true;
    while let Some(first) = rest.chars().next() {
        if let Some((name, tail)) = quoted(rest) {
            segments.push(name.into());
            (rest, after_dot) = (tail, false);
            continue;
        }
        match first {
            '.' => {
                if after_dot {
                    segments.push("".into());
                }
                (rest, after_dot) = (&rest[1..], true);
            }
            '[' | ']' => (rest, after_dot) = (&rest[1..], false),
            _ => {
                let end = rest.find(['.', '[', ']']).unwrap_or(rest.len());
                segments.push(rest[..end].into());
                (rest, after_dot) = (&rest[end..], false);
            }
        }
    }
    if after_dot {
        segments.push("".into());
    }
    segments
}

/// `["name"]` or `['name']` at the start of a text: the name without its backslashes, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('[')?;
    let quote = inner.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut name = String::new();
    let mut letters = inner[1..].char_indices();
    while let Some((at, letter)) = letters.next() {
        if letter == quote {
            return Some((name, inner[1 + at + 1..].strip_prefix(']')?));
        }
        name.push(if letter == '\\' {
            letters.next()?.1
        } else {
            letter
        });
    }
    None
}

impl Serialize for Path {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.source)
    }
}

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::parse(&Cow::<str>::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parts(source: &str) -> Vec<String> {
        Path::parse(source)
            .segments
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn paths_are_parted_as_lodash_parts_them() {
        for (source, expected) in [
            ("a", &["a"][..]),
            ("a.b", &["a", "b"]),
            ("a[0].b", &["a", "0", "b"]),
            (r#"o["k-e"]"#, &["o", "k-e"]),
            (r"o['a.b]'].c", &["o", "a.b]", "c"]),
            (r#"o["q\"x"]"#, &["o", "q\"x"]),
            ("pet[id]", &["pet", "id"]),
            ("a..b", &["a", "", "b"]),
            (".a", &["", "a"]),
            ("a.", &["a", ""]),
            ("my var", &["my var"]),
            ("a-b", &["a-b"]),
            ("", &[""]),
            ("a[\"open", &["a", "\"open"]),
        ] {
            assert_eq!(parts(source), expected, "{source}");
        }
    }

    #[test]
    fn a_path_leads_into_mappings_lists_and_texts() {
        let root = json!({"list": [1, {"x": true}], "text": "aé𝄞", "01": "key"});
        let get = |path: &str| {
            Path::parse(path)
                .get(Cow::Borrowed(&root))
                .map(Cow::into_owned)
        };
        assert_eq!(get("v.list[1].x"), Some(json!(true)));
        assert_eq!(get("v.list.length"), Some(json!(2)));
        assert_eq!(get("v.text.length"), Some(json!(4)));
        assert_eq!(get("v.text[1]"), Some(json!("é")));
        assert_eq!(get("v.01"), Some(json!("key")));
        assert_eq!(get("v.list[-1]"), None);
        assert_eq!(get("v.list[01]"), None);
        assert_eq!(get("v.list[7]"), None);
        assert_eq!(get("v.none.at.all"), None);
    }

    #[test]
    fn unsetting_takes_away_what_is_there_and_makes_nothing() {
        let mut root = json!({"a": [1, {"b": 2, "c": 3}], "d": "x"});
        for path in [
            "v.a[1].b",
            "v.a[0]",
            "v.d.e",
            "v.none.at.all",
            "v.a[9]",
            "v",
            "v.a.b",
        ] {
            Path::parse(path).unset(&mut root);
        }
        assert_eq!(root, json!({"a": [null, {"c": 3}], "d": "x"}));
    }

    #[test]
    fn setting_makes_what_is_missing_and_replaces_what_is_in_the_way() {
        let mut root = json!(7);
        Path::parse("v.a[2].b").set(&mut root, json!("x"));
        assert_eq!(root, json!({"a": [null, null, {"b": "x"}]}));
        Path::parse("v.a.name").set(&mut root, json!(1));
        assert_eq!(root, json!({"a": {"name": 1}}));
        Path::parse("v.a[99999999999]").set(&mut root, json!(1));
        assert_eq!(root, json!({"a": {"name": 1}}));
        Path::parse("v").set(&mut root, json!(null));
        assert_eq!(root, json!(null));
    }
}
