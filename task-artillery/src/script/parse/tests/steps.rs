//! Steps, and what is read of them.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::script::model::{Method, Rounds, StepKind, ThinkTime};

/// The steps of a script with this flow.
pub(super) fn with_flow(flow: &str) -> Vec<StepKind> {
    let text = format!(
        "config: {{target: \"http://t\", variables: {{v: 1, list: [[1]]}}}}\nscenarios: [{{flow: [{flow}]}}]"
    );
    let mut script = read(&text).0;
    script
        .scenarios
        .remove(0)
        .flow
        .into_iter()
        .map(|step| step.kind)
        .collect()
}

#[test]
fn thinks_are_seconds_or_say_their_unit() {
    for (think, millis) in [
        ("1", 1000),
        ("0.5", 500),
        ("\"0.5\"", 500),
        ("500ms", 500),
        ("1 second", 1000),
        ("2m", 120_000),
        ("0", 0),
    ] {
        let StepKind::Think(read) = with_flow(&format!("{{think: {think}}}")).remove(0) else {
            panic!("{think}")
        };
        assert_eq!(
            read.time,
            ThinkTime::Fixed(Duration::from_millis(millis)),
            "{think}"
        );
    }
}

#[test]
fn pauses_differ_by_milliseconds_a_duration_or_a_part() {
    let jitter = |config: &str, step: &str| {
        let text = format!(
            "config: {{target: \"http://t\", {config}}}\nscenarios: [{{flow: [{{{step}}}]}}]"
        );
        let StepKind::Think(think) = read(&text).0.scenarios.remove(0).flow.remove(0).kind else {
            panic!("{step}")
        };
        serde_json::to_value(think.jitter).unwrap()
    };
    for (written, expected) in [
        ("250", json!({"span": 250_000_000})),
        ("\"250\"", json!({"span": 250_000_000})),
        ("0.5", json!({"span": 500_000})),
        ("2s", json!({"span": 2_000_000_000_u64})),
        ("20%", json!({"percent": 20.0})),
        ("\"12.5 %\"", json!({"percent": 12.5})),
        ("0", json!({"span": 0})),
    ] {
        let step = format!("think: 2, jitter: {written}");
        assert_eq!(jitter("", &step), expected, "{written}");
        let config = format!("defaults: {{think: {{jitter: {written}}}}}");
        assert_eq!(jitter(&config, "think: 2"), expected, "{written}");
        assert_eq!(
            jitter(&config, "think: 2, jitter: 7%"),
            json!({"percent": 7.0})
        );
        let config = format!("{config}, http: {{defaults: {{think: {{jitter: 5}}}}}}");
        assert_eq!(jitter(&config, "think: 2"), json!({"span": 5_000_000}));
    }
    assert_eq!(jitter("", "think: 2"), Value::Null);
}

#[test]
fn requests_may_be_made_by_chance_or_on_a_condition() {
    let read = |fields: &str| {
        let StepKind::Request(request) =
            with_flow(&format!("{{get: {{url: /, {fields}}}}}")).remove(0)
        else {
            panic!("{fields}")
        };
        let condition = request.condition.as_ref();
        let source = condition.map(|condition| condition.source().to_owned());
        (request.probability, source)
    };
    assert_eq!(read("name: x"), (None, None));
    assert_eq!(read("probability: 30"), (Some(30.0), None));
    assert_eq!(read("probability: \" 2.5 \""), (Some(2.5), None));
    assert_eq!(
        read("probability: 100, ifTrue: v == \"x\" and not list"),
        (Some(100.0), Some("v == \"x\" and not list".to_owned()))
    );
}

#[test]
fn lines_to_say_are_texts() {
    let flow = with_flow("{log: \"v is {{ v }}\"}, {log: 7}");
    assert_eq!(
        serde_json::to_value(&flow).unwrap(),
        json!([{"log": "v is {{ v }}"}, {"log": "7"}])
    );
}

#[test]
fn loops_go_by_count_range_placeholder_or_list() {
    for (rounds, expected) in [
        ("count: 3", json!({"range": [0, 3]})),
        ("count: \"3\"", json!({"range": [0, 3]})),
        ("count: 0", json!({"range": [0, 0]})),
        ("count: 2-5", json!({"range": [2, 5]})),
        ("count: \"{{ v }}\"", json!({"template": "{{ v }}"})),
        (
            "over: [1, [2], {a: 3}]",
            json!({"each": [1, [2], {"a": 3}]}),
        ),
        ("over: list", json!({"eachOf": "list"})),
        ("over: \"list[0]\"", json!({"eachOf": "list[0]"})),
    ] {
        let flow = with_flow(&format!("{{loop: [{{think: 1}}], {rounds}}}"));
        let StepKind::Loop(read) = &flow[0] else {
            panic!("{rounds}")
        };
        assert_eq!(
            serde_json::to_value(&read.rounds).unwrap(),
            expected,
            "{rounds}"
        );
    }
}

#[test]
fn branches_are_steps_or_lists_of_steps() {
    let flow = with_flow(
        "{parallel: [{think: 1}, [{think: 2}, [{think: 3}]], []]}, {parallel: [], limit: \"7\"}",
    );
    let think = |id, seconds: u64| json!({"id": id, "kind": {"think": {"time": {"fixed": seconds * 1_000_000_000}, "jitter": null}}});
    assert_eq!(
        serde_json::to_value(&flow).unwrap(),
        json!([
            {"parallel": {"limit": 100, "branches": [[think(1, 1)], [think(2, 2), think(3, 3)], []]}},
            {"parallel": {"limit": 7, "branches": []}},
        ])
    );
}

#[test]
fn loops_may_name_their_variables() {
    let flow = with_flow(
        "{loop: [{get: {url: \"/{{ i }}/{{ x }}\"}}], count: 3, loopValue: i, loopElement: x}",
    );
    let StepKind::Loop(read) = &flow[0] else {
        panic!("{flow:?}")
    };
    assert_eq!(
        (&*read.counter, &*read.element, &read.rounds),
        ("i", "x", &Rounds::Range(0, 3))
    );
}

#[test]
fn methods_are_known_in_any_case() {
    for method in Method::ALL {
        for key in [method.as_str().to_owned(), method.as_str().to_lowercase()] {
            let flow = with_flow(&format!("{{{key}: {{url: /}}}}"));
            let StepKind::Request(read) = &flow[0] else {
                panic!("{key}")
            };
            assert_eq!(read.method, method);
        }
    }
}

#[test]
fn captures_and_matches_mean_what_is_written() {
    let request = |keys: &str| {
        let mut steps = with_flow(&format!("{{get: {{url: /, {keys}}}}}"));
        let Some(StepKind::Request(request)) = steps.pop() else {
            panic!("it is a request");
        };
        request
    };
    for (capture, from) in [
        ("json: $.a", json!({"json": "$.a"})),
        ("json: $.a, multiple: true", json!({"json": "$.a"})),
        ("json: $.a, multiple: false", json!({"jsonList": "$.a"})),
        ("header: X-Id", json!({"header": "X-Id"})),
        ("header: \"{{ v }}\"", json!({"header": "{{ v }}"})),
        (
            "regexp: 7",
            json!({"regexp": {"pattern": "7", "flags": "", "group": null}}),
        ),
        (
            "regexp: (a), group: 0",
            json!({"regexp": {"pattern": "(a)", "flags": "", "group": null}}),
        ),
        (
            "regexp: \"{{ v }}\", group: 7, flags: m",
            json!({"regexp": {"pattern": "{{ v }}", "flags": "m", "group": 7}}),
        ),
        ("xpath: count(//a)", json!({"xpath": "count(//a)"})),
        (
            "selector: a, index: last",
            json!({"selector": {"css": "a", "attr": null, "index": "last"}}),
        ),
        (
            "selector: a, index: \"2\", attr: href",
            json!({"selector": {"css": "a", "attr": "href", "index": {"at": 2}}}),
        ),
    ] {
        let request = request(&format!("capture: {{{capture}, as: it}}"));
        let wire = serde_json::to_value(&request.captures).unwrap();
        let strict = true;
        assert_eq!(
            wire,
            json!([{"from": from, "to": "it", "strict": strict}]),
            "{capture}"
        );
        let back: Vec<crate::script::model::Capture> = serde_json::from_value(wire).unwrap();
        assert_eq!(back, request.captures);
    }
    for (value, wire) in [
        ("null", json!(null)),
        ("true", json!(true)),
        ("\"{{ v }}\"", json!("{{ v }}")),
        ("open", json!("open")),
        ("2.50", json!(2.5)),
    ] {
        let request = request(&format!(
            "match: {{json: $.a, value: {value}, strict: false}}"
        ));
        assert_eq!(
            serde_json::to_value(&request.matches).unwrap(),
            json!([{"from": {"json": "$.a"}, "value": wire, "strict": false}])
        );
    }
}
