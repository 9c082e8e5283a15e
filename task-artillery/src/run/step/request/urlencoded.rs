//! Names and values as browsers write them into a query or a form: `a=1&b=x+y`.
//!
//! The encoding is that of `URLSearchParams`, for queries as well: that is what Artillery's HTTP library makes of them. Letters, digits
//! and `*-._` stay, a space becomes `+`, and of everything else each byte of its UTF-8 becomes `%` and two digits.

use serde_json::Value;
use star_core::draw::Draws;
use url::form_urlencoded::{self, Serializer};

use crate::script::Vars;
use crate::script::model::Field;
use crate::script::template::{JsonTemplate, json_text};

/// Whether all users send the same.
pub(super) fn is_fixed(fields: &[Field]) -> bool {
    fields.iter().all(|Field { name, value }| {
        let fixed = name.as_fixed().and(value.as_fixed());
        fixed.is_some()
    })
}

/// The query of `qs`: a list is as many values of its name, and nothing is an empty text.
pub(super) fn query(fields: &[Field], vars: &Vars, draws: &mut Draws) -> String {
    let mut out = Serializer::new(String::new());
    for Field { name, value } in fields {
        let name = name.text(vars, draws);
        let value = value.value(vars, draws);
        match value.as_deref() {
            Some(Value::Array(items)) => {
                for item in items {
                    out.append_pair(&name, &or_empty(item));
                }
            }
            Some(value) => {
                out.append_pair(&name, &or_empty(value));
            }
            None => {
                out.append_pair(&name, "");
            }
        }
    }
    out.finish()
}

/// The query of `qs` as people may read it: its placeholders are not filled in.
pub(super) fn written(fields: &[Field]) -> String {
    let mut pairs = Vec::new();
    for Field { name, value } in fields {
        let name = match name.as_fixed() {
            Some(name) => encoded(name),
            None => name.source().to_owned(),
        };
        let values = match value {
            JsonTemplate::Fixed(Value::Array(items)) => {
                items.iter().map(|item| encoded(&or_empty(item))).collect()
            }
            JsonTemplate::List(items) => items.iter().map(written_value).collect(),
            value => vec![written_value(value)],
        };
        pairs.extend(values.into_iter().map(|value| format!("{name}={value}")));
    }
    pairs.join("&")
}

fn written_value(value: &JsonTemplate) -> String {
    match value {
        JsonTemplate::Fixed(value) => encoded(&or_empty(value)),
        JsonTemplate::Text(text) => text.source().to_owned(),
        value => serde_json::to_string(value).unwrap_or_default(),
    }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn or_empty(value: &Value) -> String {
    if value.is_null() {
        String::new()
    } else {
        shown(value)
    }
}

/// The body of `form`: a list's items are joined by commas, and nothing is the word for it.
pub(super) fn form(fields: &[Field], vars: &Vars, draws: &mut Draws) -> String {
    let mut out = Serializer::new(String::new());
    for Field { name, value } in fields {
        let name = name.text(vars, draws);
        let value = value.value(vars, draws);
        let value = match value.as_deref() {
            Some(Value::Array(items)) => joined(items),
            value => or_word(value),
        };
        out.append_pair(&name, &value);
    }
    out.finish()
}

/// A list as JavaScript makes text of it.
fn joined(items: &[Value]) -> String {
    let items = items.iter().map(|item| match item {
        Value::Array(items) => joined(items),
        item => or_empty(item),
    });
    items.collect::<Vec<_>>().join(",")
}

/// A value as text, also where there is none.
pub(super) fn or_word(value: Option<&Value>) -> String {
    value.map_or_else(|| "undefined".to_owned(), shown)
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => json_text(value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::script::template::Template;

    fn fields(values: Value) -> Vec<Field> {
        let Value::Object(map) = values else {
            panic!("a mapping")
        };
        map.into_iter()
            .map(|(name, value)| Field {
                name: Template::parse(&name).unwrap(),
                value: JsonTemplate::parse(value).unwrap(),
            })
            .collect()
    }

    fn both(values: Value) -> (String, String) {
        let known = [
            ("none".to_owned(), json!({})),
            ("name".to_owned(), json!("x y")),
            ("nested".to_owned(), json!([null, [2, 3], {"a": true}])),
        ];
        let vars = Vars::from_iter(known);
        let fields = fields(values);
        let mut draws = Draws::new(0, 0, 0, 0);
        (
            query(&fields, &vars, &mut draws),
            form(&fields, &vars, &mut draws),
        )
    }

    #[test]
    fn letters_are_encoded_as_url_search_params_encodes_them() {
        // As got 14.6.6 sent it.
        let (query, form) = both(json!({"kä y": "é~*-._!'()&=+/% x\n"}));
        let expected = "k%C3%A4+y=%C3%A9%7E*-._%21%27%28%29%26%3D%2B%2F%25+x%0A";
        assert_eq!((query.as_str(), form.as_str()), (expected, expected));
    }

    #[test]
    fn lists_are_repeated_in_a_query_and_joined_in_a_form() {
        let (query, form) = both(json!({"a": [1, 2.0, "x y"], "e": [], "b": [null, true]}));
        assert_eq!(query, "a=1&a=2&a=x+y&b=&b=true");
        assert_eq!(form, "a=1%2C2%2Cx+y&e=&b=%2Ctrue");
    }

    #[test]
    fn what_is_nothing_is_empty_in_a_query_and_a_word_in_a_form() {
        let (query, form) = both(json!({"u": "{{ none.x }}", "n": null, "": "", "f": 1.5}));
        assert_eq!(query, "u=&n=&=&f=1.5");
        assert_eq!(form, "u=undefined&n=null&=&f=1.5");
    }

    #[test]
    fn what_is_written_of_a_query_has_its_placeholders() {
        let given = json!({"a b": "c&d", "{{ name }}": [null, "{{ x }}", 2], "l": [1, 2], "m": {"k": "{{ x }}"}});
        let expected =
            r#"a+b=c%26d&{{ name }}=&{{ name }}={{ x }}&{{ name }}=2&l=1&l=2&m={"k":"{{ x }}"}"#;
        assert_eq!(written(&fields(given)), expected);
    }

    #[test]
    fn names_and_values_are_filled_in() {
        let (query, form) = both(json!({"{{ name }}": "{{ name }}!", "o": "{{ none }}"}));
        assert_eq!(query, "x+y=x+y%21&o=%7B%7D");
        assert_eq!(form, query);
        let (query, form) = both(json!({"l": "{{ nested }}"}));
        assert_eq!(query, "l=&l=%5B2%2C3%5D&l=%7B%22a%22%3Atrue%7D");
        assert_eq!(form, "l=%2C2%2C3%2C%7B%22a%22%3Atrue%7D");
    }
}
