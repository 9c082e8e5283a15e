//! Whatever is done to a script, it is read or refused, and what is read survives the wire.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use star_core::document::{Entry, Map, Node, Span, Value};

use super::good::WHOLE;
use super::*;

/// What is done to a node.
#[derive(Clone, Debug)]
enum Change {
    Replace(Value),
    /// Of a list or a mapping.
    Drop(usize),
    Double(usize),
    /// Of a mapping.
    Rename(usize, String),
    /// Into a list.
    Wrap,
}

fn any_value() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        any::<i64>().prop_map(serde_json::Number::from),
        any::<u64>().prop_map(serde_json::Number::from),
        any::<f64>().prop_filter_map("finite", serde_json::Number::from_f64),
    ];
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number.prop_map(Value::Number),
        "[ -~é]{0,12}".prop_map(Value::String),
        prop_oneof![
            "\\{\\{ [a-z$.\\[\\]0]{1,6} \\}\\}",
            "-?[0-9]{1,20}",
            "[0-9]{1,3}(ms|s|m|h|y)",
            "[0-9]-[0-9]",
            "/[a-z]{0,3}"
        ]
        .prop_map(Value::String),
        Just(Value::List(Vec::new())),
        Just(Value::Map(Map::default())),
    ]
}

fn any_change() -> impl Strategy<Value = Change> {
    let known = prop::sample::select(vec![
        "get",
        "post",
        "think",
        "loop",
        "count",
        "parallel",
        "limit",
        "over",
        "capture",
        "match",
        "json",
        "regexp",
        "selector",
        "xpath",
        "header",
        "value",
        "as",
        "url",
        "body",
        "duration",
        "pause",
        "rampTo",
        "arrivalCount",
        "flow",
        "weight",
        "strict",
        "headers",
        "payload",
        "fields",
        "parallel",
        "qs",
        "form",
        "formData",
        "auth",
        "cookie",
        "before",
        "after",
        "x-y",
        "",
    ]);
    prop_oneof![
        4 => any_value().prop_map(Change::Replace),
        1 => any::<usize>().prop_map(Change::Drop),
        1 => any::<usize>().prop_map(Change::Double),
        2 => (any::<usize>(), known).prop_map(|(at, key)| Change::Rename(at, key.to_owned())),
        1 => Just(Change::Wrap),
    ]
}

/// Changes the node of that number, counted from the root down.
fn change(node: &mut Node, number: &mut usize, change_to: &Change) -> bool {
    if *number == 0 {
        apply(node, change_to);
        return true;
    }
    *number -= 1;
    match &mut node.value {
        Value::List(items) => items.iter_mut().any(|item| change(item, number, change_to)),
        Value::Map(map) => {
            let mut entries = map.entries().to_vec();
            let found = entries
                .iter_mut()
                .any(|entry| change(&mut entry.node, number, change_to));
            *map = Map::new(entries);
            found
        }
        _ => false,
    }
}

fn apply(node: &mut Node, change: &Change) {
    match (change, &mut node.value) {
        (Change::Replace(value), _) => node.value = value.clone(),
        (Change::Drop(at), Value::List(items)) if !items.is_empty() => {
            items.remove(at % items.len());
        }
        (Change::Double(at), Value::List(items)) if !items.is_empty() => {
            items.push(items[at % items.len()].clone());
        }
        (Change::Drop(at), Value::Map(map)) if !map.is_empty() => {
            let key = map.entries()[at % map.len()].key.clone();
            map.remove(&key);
        }
        (Change::Rename(at, key), Value::Map(map)) if !map.is_empty() => {
            let old = map.entries()[at % map.len()].clone();
            map.remove(&old.key);
            map.insert(Entry {
                key: key.clone(),
                ..old
            });
        }
        (Change::Wrap, _) => node.value = Value::List(vec![node.clone()]),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_changed_script_is_read_or_refused(changes in prop::collection::vec((0usize..150, any_change()), 1..5)) {
        let mut document = document(WHOLE);
        for (mut number, what) in changes {
            change(&mut document.root, &mut number, &what);
        }
        match parse(&mut document) {
            Ok(script) => {
                let wire = serde_json::to_string(&script).unwrap();
                prop_assert_eq!(serde_json::from_str::<Script>(&wire).unwrap(), script.clone());
                prop_assert!(script.arrivals().is_ok());
            }
            Err(errors) => {
                prop_assert!(errors.has_errors());
                for error in errors.iter() {
                    prop_assert!(!error.one_line(&document.sources).is_empty());
                }
            }
        }
    }
}

/// A tree without places.
fn tree(json: &serde_json::Value) -> Node {
    let value = match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => Value::Number(number.clone()),
        serde_json::Value::String(text) => Value::String(text.clone()),
        serde_json::Value::Array(items) => Value::List(items.iter().map(tree).collect()),
        serde_json::Value::Object(map) => {
            Value::Map(Map::new(map.iter().map(|(key, value)| Entry {
                key: key.clone(),
                key_span: Span::default(),
                node: tree(value),
            })))
        }
    };
    Node {
        value,
        span: Span::default(),
    }
}

/// A script of loops (or of another such step) within each other around JSON within JSON.
fn deep(kind: &str, steps: usize, levels: usize) -> Document {
    let mut body = serde_json::json!("{{ $uuid }}");
    for level in 0..levels {
        body = if level % 2 == 0 {
            serde_json::json!([body])
        } else {
            serde_json::json!({"k": body})
        };
    }
    let mut flow = serde_json::json!([{"post": {"url": "/", "json": body}}]);
    for _ in 0..steps {
        flow = match kind {
            "loop" => serde_json::json!([{"loop": flow, "count": 1}]),
            kind => serde_json::json!([{kind: flow}]),
        };
    }
    let script =
        serde_json::json!({"config": {"target": "http://t"}, "scenarios": [{"flow": flow}]});
    Document::new(Sources::default(), tree(&script), ".")
}

#[test]
fn the_deepest_script_survives_the_wire() {
    for kind in ["loop", "parallel"] {
        let script = parse(&mut deep(kind, 10, 48)).unwrap();
        let wire = serde_json::to_string(&vec![vec![vec![&script]]]).unwrap();
        assert_eq!(
            serde_json::from_str::<Vec<Vec<Vec<Script>>>>(&wire).unwrap()[0][0][0],
            script
        );
        for (steps, levels) in [(11, 0), (0, 49)] {
            let errors = parse(&mut deep(kind, steps, levels)).unwrap_err();
            assert!(
                errors
                    .iter()
                    .any(|error| error.message.contains("nested too deeply"))
            );
        }
    }
}

#[test]
fn ten_megabytes_are_read_in_linear_time() {
    let step = "        - get: {url: \"/{{ a }}/{{ b }}\", headers: {x: \"{{ c }}\"}}\n";
    let text = |steps: usize| {
        format!(
            "config:\n  target: http://t\nscenarios:\n    - flow:\n{}",
            step.repeat(steps)
        )
    };
    let time = |steps| {
        let mut document = document(&text(steps));
        let started = Instant::now();
        let errors = parse(&mut document).unwrap_err();
        assert_eq!(errors.len(), 3 * steps);
        started.elapsed()
    };
    let (some, many) = (time(2000), time(20_000));
    assert!(
        many < some * 40 + Duration::from_secs(1),
        "{some:?} {many:?}"
    );
}
