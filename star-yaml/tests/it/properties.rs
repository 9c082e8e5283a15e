//! What holds for any input.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use star_core::document::{Node, Sources};

use crate::json;

/// Any JSON value, with numbers and texts that are awkward to write.
fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-1e6..1e6).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[-:?{}\\[\\],#&*!|>'\"%@` a~<0_\\n\\t\\\\]{0,8}".prop_map(Value::from),
        "(true|null|~|<<|---|\\.inf|0x1f|1_0|yes|0777|-0|1e9|\\{\\{ x \\}\\})"
            .prop_map(Value::from),
    ];
    scalar.prop_recursive(5, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec(("(.{0,8}|<<|[0-9]{1,3}|true)", inner), 0..6)
                .prop_map(|entries| Value::from(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// JSON's text with the characters escaped that YAML does not print: as valid, and the same.
fn escaped(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{7f}'..='\u{9f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                format!("\\u{:04x}", u32::from(c))
            }
            other => other.to_string(),
        })
        .collect()
}

/// The value in YAML's block notation, with texts in double quotes.
fn block(value: &Value, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let line = |start: String, value: &Value| {
        let value = block(value, indent + 2);
        format!("\n{pad}{start} {value}")
    };
    let lines: Vec<String> = match value {
        Value::Array(items) => items
            .iter()
            .map(|item| line("-".to_owned(), item))
            .collect(),
        Value::Object(entries) => entries
            .iter()
            .map(|(key, value)| line(escaped(&json!(key).to_string()) + ":", value))
            .collect(),
        _ => Vec::new(),
    };
    if lines.is_empty() {
        escaped(&value.to_string())
    } else {
        lines.concat()
    }
}

/// Checks that what stands at the place of every value, read by itself, is that value.
fn check_places(node: &Node, text: &str) -> Result<(), TestCaseError> {
    let written = text.get(node.span.start as usize..node.span.end as usize);
    prop_assert_eq!(
        written
            .map(serde_json::from_str::<Value>)
            .and_then(Result::ok),
        Some(node.to_json())
    );
    for item in node.as_list().unwrap_or_default() {
        check_places(item, text)?;
    }
    for entry in node.as_map().map_or(&[][..], |map| map.entries()) {
        let key = text.get(entry.key_span.start as usize..entry.key_span.end as usize);
        prop_assert_eq!(
            key.map(serde_json::from_str::<Value>).and_then(Result::ok),
            Some(json!(entry.key))
        );
        check_places(&entry.node, text)?;
    }
    Ok(())
}

proptest! {
    #[test]
    fn json_in_any_layout_gives_its_own_tree(value in value()) {
        let compact = escaped(&value.to_string());
        prop_assert_eq!(json(&compact), Ok(value.clone()));
        let pretty = escaped(&serde_json::to_string_pretty(&value).unwrap());
        prop_assert_eq!(json(&pretty), Ok(value.clone()));
        prop_assert_eq!(json(&pretty.replace("\n  ", "\n\t").replace('\n', "\r\n")), Ok(value.clone()));
        prop_assert_eq!(json(&block(&value, 0)), Ok(value));
    }

    #[test]
    fn every_value_of_a_json_text_has_its_place(value in value()) {
        let text = escaped(&serde_json::to_string_pretty(&value).unwrap());
        let node = crate::read("t.json", &text);
        prop_assert!(node.is_ok(), "{node:?}");
        check_places(&node.unwrap(), &text)?;
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check_bytes(&bytes)?;
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}") {
        check_bytes(text.as_bytes())?;
    }

    #[test]
    fn nothing_near_yaml_makes_it_panic(
        parts in prop::collection::vec(prop::sample::select(PARTS), 0..60)
    ) {
        check_bytes(parts.concat().as_bytes())?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_of_64_kibibytes_takes_long(
        parts in prop::collection::vec(prop::sample::select(PARTS), 1..6),
        head in prop::collection::vec(prop::sample::select(PARTS), 0..6),
    ) {
        let (head, part) = (head.concat(), parts.concat());
        let text = format!("{head}{}", part.repeat((64 << 10) / part.len()));
        let started = Instant::now();
        check_bytes(text.as_bytes())?;
        prop_assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    }
}

/// What YAML is made of.
const PARTS: &[&str] = &[
    "a",
    "b",
    "1",
    "é",
    "日",
    ": ",
    ":",
    "- ",
    "-",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\n",
    "\r\n",
    "\r",
    " ",
    "  ",
    "\t",
    "#",
    " #",
    "&a ",
    "*a",
    "<<: ",
    "!",
    "!!str ",
    "!!int ",
    "!x ",
    "|",
    ">",
    "|-\n",
    ">+2\n",
    "'",
    "\"",
    "\\",
    "\\u00e9",
    "\\ud800",
    "---",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "%",
    "@",
    "`",
    "{{",
    "}}",
    "~",
    "null",
    ".inf",
    "1e999",
    "0x",
    "\u{feff}",
    "\u{0}",
    "\u{1b}",
    "\u{85}",
    "\u{2028}",
];

/// Reads; whatever is found, every place must lie within the text.
fn check_bytes(bytes: &[u8]) -> Result<(), TestCaseError> {
    let mut sources = Sources::default();
    match star_yaml::read_bytes(&mut sources, "t.yml", bytes) {
        Ok(node) => check_spans(&node, &sources),
        Err(fault) => {
            prop_assert!(!fault.one_line(&sources).is_empty());
            for label in fault.primary.iter().chain(&fault.related) {
                let empty = label.span.start == label.span.end;
                let text = sources.text(label.span.file);
                prop_assert!(label.span.end as usize <= text.len(), "{fault:?}");
                prop_assert!(
                    empty || !sources.snippet(label.span).is_empty(),
                    "{fault:?}"
                );
            }
            Ok(())
        }
    }
}

fn check_spans(node: &Node, sources: &Sources) -> Result<(), TestCaseError> {
    let text = sources.text(node.span.file);
    let place = node.span.start as usize..node.span.end as usize;
    prop_assert!(text.get(place).is_some(), "{node:?}");
    for item in node.as_list().unwrap_or_default() {
        check_spans(item, sources)?;
    }
    for entry in node.as_map().map_or(&[][..], |map| map.entries()) {
        prop_assert!(
            text.get(entry.key_span.start as usize..entry.key_span.end as usize)
                .is_some()
        );
        check_spans(&entry.node, sources)?;
    }
    Ok(())
}
