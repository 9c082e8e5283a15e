//! Values, keys, aliases, merges, and their places.

use serde_json::json;
use star_core::document::{Node, Sources};

use crate::{fault, json, read};

/// Reads a text, and gives what is written at the place of the value under a path.
fn written<'t>(text: &'t str, path: &[&str]) -> &'t str {
    let root = read("t.yml", text).expect("this is a document");
    let node = path.iter().fold(&root, |node, step| {
        let part = match step.parse::<usize>() {
            Ok(index) => node.as_list().and_then(|items| items.get(index)),
            Err(_) => node.get(step),
        };
        part.expect("the path leads somewhere")
    });
    &text[node.span.start as usize..node.span.end as usize]
}

#[test]
fn keys_are_text_whatever_they_look_like() {
    let text =
        "200: a\ntrue: b\nnull: c\n~: d\n1.5: e\n0x10: f\n\"\": g\n1_000: h\n2001-12-14: i\n";
    assert_eq!(
        json(text).unwrap(),
        json!({"200": "a", "true": "b", "null": "c", "~": "d", "1.5": "e", "0x10": "f", "": "g", "1_000": "h",
            "2001-12-14": "i"})
    );
}

#[test]
fn order_is_kept() {
    let node = read("t.yml", "z: 1\na: 2\nm: 3\n").unwrap();
    let keys: Vec<&str> = node
        .as_map()
        .unwrap()
        .entries()
        .iter()
        .map(|entry| entry.key.as_str())
        .collect();
    assert_eq!(keys, ["z", "a", "m"]);
}

#[test]
fn quoted_and_tagged_scalars_are_what_they_say() {
    assert_eq!(
        json("a: '1'\nb: \"true\"\nc: !!str 1\nd: ! 2\ne: !!int 3\nf: !!float 4\ng: !!null\nh: !!str\ni: !!bool true\n").unwrap(),
        json!({"a": "1", "b": "true", "c": "1", "d": "2", "e": 3, "f": 4.0, "g": null, "h": "", "i": true})
    );
    assert_eq!(json("!!map {a: !!seq [1]}").unwrap(), json!({"a": [1]}));
}

#[test]
fn texts_of_several_lines_are_joined_as_yaml_says() {
    let text = "literal: |\n  a\n   b\nfolded: >-\n  c\n  d\nplain: e\n  f\nquoted: \"g\n  h\"\n";
    assert_eq!(
        json(text).unwrap(),
        json!({"literal": "a\n b\n", "folded": "c d", "plain": "e f", "quoted": "g h"})
    );
}

#[test]
fn places_are_those_of_the_words() {
    let text = "config:\n  target: \"http://x\" # where\n  codes: [200, {a: 1}]\n  body: |\n    one\n    two\n  none:\nlast: 1\n";
    assert_eq!(written(text, &["config", "target"]), "\"http://x\"");
    assert_eq!(written(text, &["config", "codes"]), "[200, {a: 1}]");
    assert_eq!(written(text, &["config", "codes", "0"]), "200");
    assert_eq!(written(text, &["config", "codes", "1"]), "{a: 1}");
    assert_eq!(written(text, &["config", "body"]), "one\n    two");
    assert_eq!(written(text, &["config", "none"]), "");
    assert!(written(text, &["config"]).starts_with("target:"));
    assert!(written(text, &["config"]).ends_with("none:"));
    assert_eq!(written(text, &[]), text.trim_end());
    assert_eq!(written("a: [b: c]", &["a", "0"]), "b: c");
}

#[test]
fn places_count_without_a_byte_order_mark_and_within_crlf_and_other_scripts() {
    let mut sources = Sources::default();
    let bytes = "\u{feff}größe: 1\r\nname: \"日本\" \r\nlast: x\r\n".as_bytes();
    let node = star_yaml::read_bytes(&mut sources, "t.yml", bytes).unwrap();
    let place = |node: Option<&Node>| sources.position(node.unwrap().span).to_string();
    assert_eq!(place(node.get("größe")), "t.yml:1:8");
    assert_eq!(place(node.get("name")), "t.yml:2:7");
    assert_eq!(place(node.get("last")), "t.yml:3:7");
    assert_eq!(sources.snippet(node.get("name").unwrap().span), "\"日本\"");
    assert_eq!(node.get("last").unwrap().as_str(), Some("x"));
}

#[test]
fn an_alias_is_a_copy_placed_where_it_is_used() {
    let text =
        "base: &base\n  url: /a\n  codes: [200]\nuse: *base\nkey: &key k\nmap:\n  *key : v\n";
    assert_eq!(
        json(text).unwrap(),
        json!({"base": {"url": "/a", "codes": [200]}, "use": {"url": "/a", "codes": [200]}, "key": "k", "map": {"k": "v"}})
    );
    assert_eq!(written(text, &["use"]), "*base");
    assert_eq!(written(text, &["use", "url"]), "/a");
    let text = "a: &x 1\nb: *x\nc: &x 2\nd: *x\n";
    assert_eq!(json(text).unwrap(), json!({"a": 1, "b": 1, "c": 2, "d": 2}));
}

#[test]
fn merged_entries_stand_where_the_merge_stood_and_give_way() {
    let text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  first: 0\n  <<: [*a, *b]\n  z: 3\n";
    let node = read("t.yml", text).unwrap();
    let merged = node.get("c").unwrap();
    assert_eq!(
        merged.to_json(),
        json!({"first": 0, "x": 1, "y": 1, "z": 3})
    );
    let keys: Vec<&str> = merged
        .as_map()
        .unwrap()
        .entries()
        .iter()
        .map(|entry| entry.key.as_str())
        .collect();
    assert_eq!(keys, ["first", "x", "y", "z"]);
    assert_eq!(written(text, &["c", "x"]), "1");
    assert_eq!(
        json("a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: *a, <<: *b}\nd: {y: 9, <<: {y: 1}}\n")
            .unwrap(),
        json!({"a": {"x": 1}, "b": {"x": 2, "y": 2}, "c": {"x": 1, "y": 2}, "d": {"y": 9}})
    );
    assert_eq!(json("\"<<\": {a: 1}\n").unwrap(), json!({"<<": {"a": 1}}));
}

#[test]
fn json_is_taken_with_tabs_any_line_breaks_and_long_keys() {
    let key = "k".repeat(10_000);
    let text = format!("{{\n\t\"a\"\t:\t[1,\t2],\r\n\t\"b\" :{{}},\"{key}\":\n\ttrue\n\t}}\n\t");
    assert_eq!(
        json(&text).unwrap(),
        json!({"a": [1, 2], "b": {}, key: true})
    );
    assert_eq!(
        json(r#"{"a":"\ud83d\ude00\/\u00e9\n","b":-0.0,"c":1E2}"#).unwrap(),
        json!({"a": "😀/é\n", "b": -0.0, "c": 100.0})
    );
    assert_eq!(json("{'a': [1, 2,],}").unwrap(), json!({"a": [1, 2]}));
}

#[test]
fn a_key_given_twice_shows_both_places() {
    let (sources, fault) = fault("get:\n  url: /a\n  url: /b\n  \"url\": /c\n");
    let place = |span| sources.position(span).to_string();
    assert_eq!(
        fault.primary.map(|label| place(label.span)),
        Some("t.yml:3:3".to_owned())
    );
    assert_eq!(
        fault
            .related
            .iter()
            .map(|label| place(label.span))
            .collect::<Vec<_>>(),
        ["t.yml:2:3"]
    );
    let (_, number_and_text) = self::fault("{200: a, '200': b}");
    assert_eq!(number_and_text.message, "the key `200` is given twice");
}

#[test]
fn the_unfinished_mapping_is_shown_beside_the_fault() {
    let (sources, fault) = fault("config:\n    target: x\n  phases: []\n");
    let place = |span| (sources.position(span).line, sources.snippet(span));
    assert_eq!(
        fault.primary.map(|label| place(label.span)),
        Some((3, "phases:"))
    );
    assert_eq!(
        fault.related.first().map(|label| place(label.span)),
        Some((1, "config:"))
    );
}
