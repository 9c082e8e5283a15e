//! One value of a document, without making the rest of it.
//!
//! Most captures are of a path of plain names, such as `$.item.id`, and of small documents, of which making the values takes longer than
//! all else that is done with them.

use std::fmt;

use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::path::Path;
use super::step::{Kind, Step};

/// A path or a document that [`Path::select`] is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotSought;

impl Path {
    /// What a path of names finds in a document of objects: nothing, or one value. Of the rest of the document only its structure is
    /// looked at.
    ///
    /// # Errors
    ///
    /// Where this is no such path, or not all that it comes through are objects: there [`select`](Self::select) tells.
    pub fn seek(&self, json: &[u8]) -> Result<Option<Value>, NotSought> {
        let named = |step: &Step| matches!(step.kind, Kind::Name);
        if self.steps.is_empty() || !self.steps.iter().all(named) {
            return Err(NotSought);
        }
        let mut document = serde_json::Deserializer::from_slice(json);
        let found = Seek(&self.steps).deserialize(&mut document);
        match (found, document.end()) {
            (Ok(found), Ok(())) => Ok(found),
            _ => Err(NotSought),
        }
    }
}

/// Finds what these steps lead to.
struct Seek<'s>(&'s [Step]);

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Option<Value>, D::Error> {
        if self.0.is_empty() {
            return Value::deserialize(value).map(Some);
        }
        value.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut object: M) -> Result<Option<Value>, M::Error> {
        let Some((step, rest)) = self.0.split_first() else {
            return Ok(None);
        };
        let mut found = None;
        while let Some(is_it) = object.next_key_seed(Is(&step.text))? {
            if is_it {
                // Of several members of one name the last counts.
                found = object.next_value_seed(Seek(rest))?;
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// Whether a name is this one.
struct Is<'n>(&'n str);

impl<'de> DeserializeSeed<'de> for Is<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, name: D) -> Result<bool, D::Error> {
        name.deserialize_str(self)
    }
}

impl Visitor<'_> for Is<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<bool, E> {
        Ok(name == self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sought_is_what_would_be_selected() {
        let documents = [
            r#"{"a": {"b": 1, "c": [1, {"b": 2}]}, "b": "x"}"#,
            r#"{"a": {"b": 1}, "a": {"c": 2}}"#,
            r#"{"a": {"b": 1}, "a": 3}"#,
            r#"{"a": {"\u0062": null}}"#,
            r#"{"a": {"b": {"c": 1.5e300}}}"#,
            r#"{"a": [{"b": 1}]}"#,
            r#"{"a": "text"}"#,
            r#"{"a": null}"#,
            r#"{"a.b": 1}"#,
            r"{}",
            r"[1]",
            r"0",
            r#""text""#,
        ];
        let mut sought = 0;
        for path in ["$.a.b", "a.b.c", "$.a", "$['a']['b']", "a.length", "b"] {
            let path = Path::parse(path).unwrap();
            for document in documents {
                let value: Value = serde_json::from_str(document).unwrap();
                let selected = path.select(&value).unwrap();
                if let Ok(found) = path.seek(document.as_bytes()) {
                    assert_eq!(found.as_ref(), selected.first().map(AsRef::as_ref));
                    assert!(selected.len() <= 1, "{path} {document}");
                    sought += 1;
                }
            }
        }
        assert!(sought > 30, "{sought}");
    }

    #[test]
    fn what_is_no_json_or_no_path_of_names_is_left_to_others() {
        let seek = |path: &str, document: &str| {
            let path = Path::parse(path).unwrap();
            path.seek(document.as_bytes())
        };
        for document in ["", "{", r#"{"a": 1} x"#, r#"{"a": 1, }"#, r#"{"a": [1}"#] {
            assert_eq!(seek("$.a", document), Err(NotSought), "{document}");
        }
        for path in ["$", "$..a", "$.*", "$.a[?(@.b)]", "$.a~", "$.a,b"] {
            assert_eq!(seek(path, r#"{"a": {"b": 1}}"#), Err(NotSought), "{path}");
        }
    }
}
