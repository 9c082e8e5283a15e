//! Names and values in texts: of bodies, and of queries.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::names::is_secret_name;

/// The pairs in a query, or in a form's text, whose names say that they say who asks: their values as they are written, and as they are
/// meant.
pub(super) fn secrets_of_pairs(text: &str) -> Vec<String> {
    let mut secrets = Vec::new();
    for (name, value) in text.split('&').filter_map(|pair| pair.split_once('=')) {
        if is_secret_name(&meant(name.trim())) {
            secrets.push(value.to_owned());
            if !value.contains("{{") {
                secrets.push(meant(value));
            }
        }
    }
    secrets
}

fn meant(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// The query of a URL, as far as it is the script's.
pub(super) fn query_of(url: &str) -> &str {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    url.split_once('?').map_or("", |(_, query)| query)
}

/// What a body's text is, if it is JSON.
pub(super) fn as_json(text: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    (value.is_object() || value.is_array()).then_some(value)
}

/// The texts that stand behind `"name":` in what is JSON but for placeholders, where the name says that they say who asks.
pub(super) fn secrets_of_members(text: &str) -> Vec<String> {
    let mut secrets = Vec::new();
    let mut rest = text;
    let mut name: Option<Cow<'_, str>> = None;
    while let Some((between, behind)) = rest.split_once('"') {
        let end = end_of_text(behind);
        let text = unescaped(&behind[..end]);
        let is_value = between.trim() == ":";
        if is_value && name.take().is_some_and(|name| is_secret_name(&name)) {
            secrets.push(text.into_owned());
        } else {
            name = Some(text);
        }
        rest = behind.get(end + 1..).unwrap_or_default();
    }
    secrets
}

/// Where a text in JSON ends that begins here.
fn end_of_text(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.unwrap_or(text.len())
}

fn unescaped(text: &str) -> Cow<'_, str> {
    match serde_json::from_str(&format!("\"{text}\"")) {
        Ok(text) => Cow::Owned(text),
        Err(_) => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_names() {
        let secrets =
            secrets_of_pairs("user=a&password=b%20c&x&otp=1&option=2&access_token={{ t }}");
        assert_eq!(secrets, ["b%20c", "b c", "1", "1", "{{ t }}"]);
        let text = r#"{"a": {{ n }}, "password": "x\"y", "pins": "b", "list": ["token", "c"], "privateKey" : "z"}"#;
        assert_eq!(secrets_of_members(text), ["x\"y", "z"]);
        assert_eq!(secrets_of_members(r#""pin":"half"#), ["half"]);
        assert_eq!(query_of("http://t/?a=b#c?d"), "a=b");
    }
}
