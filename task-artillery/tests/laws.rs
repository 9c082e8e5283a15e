//! The Artillery task holds every law of tasks, on random scripts and cuttings.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't set itself up has failed"
)]

use proptest::prelude::*;
use serde_json::{Value, json};
use star_core::Task as _;
use star_core::document::Document;
use star_core::laws::Kit;
use task_artillery::Artillery;

/// A script as a person could have written it: phases of any kind, weighted scenarios, draws, loops, thinks, captures, a payload.
fn script() -> impl Strategy<Value = Value> {
    let phases = prop::collection::vec(phase(), 1..5);
    let flows = prop::collection::vec((0..4_u32, prop::collection::vec(step(1), 1..5)), 1..4);
    let order = prop_oneof![Just("sequence"), Just("random")];
    (phases, flows, order, any::<bool>(), mode()).prop_map(|(phases, flows, order, skip, mode)| {
        let scenarios: Vec<Value> = flows
            .into_iter()
            .enumerate()
            .map(|(index, (weight, flow))| {
                // One weight at least is above zero.
                let weight = if index == 0 { weight + 1 } else { weight };
                json!({ "name": format!("scenario {index}"), "weight": weight, "flow": flow })
            })
            .collect();
        let mut script = json!({
            "config": {
                "target": "http://127.0.0.1:1",
                "phases": phases,
                "variables": { "colour": ["red", "green", "blue"], "one": 1 },
                "defaults": { "headers": { "x-row": "{{ id }}", "x-session": "{{ session }}" } },
                "payload": { "path": "rows.csv", "fields": ["id", "name"], "order": order, "skipHeader": skip },
            },
            "before": { "flow": [{ "post": { "url": "/login", "capture": { "json": "$.token", "as": "session" } } }] },
            "scenarios": scenarios,
            "after": { "flow": [{ "delete": { "url": "/sessions/{{ session }}" } }] },
            "_split": { "maxScriptRequestsPerSecond": 50_000 },
        });
        if let Some((mode, size)) = mode {
            script["mode"] = json!(mode);
            script["sampling"] = json!({ "size": size, "averagePause": 0.2, "pauseVariance": 0.15, "errorBudget": 0 });
        }
        script
    })
}

/// Half of the scripts are load tests; the others try their scenarios out.
fn mode() -> impl Strategy<Value = Option<(&'static str, u32)>> {
    let trial = prop_oneof![Just("acceptance"), Just("mon")];
    prop::option::of((trial, 1..4_u32))
}

fn phase() -> impl Strategy<Value = Value> {
    let length = 1..1500_u32;
    prop_oneof![
        (length.clone(), 0..40_u32).prop_map(|(ms, tenths)| {
            json!({ "duration": format!("{ms}ms"), "arrivalRate": f64::from(tenths) / 2.0 })
        }),
        (length.clone(), 0..20_u32, 0..40_u32).prop_map(|(ms, from, to)| {
            json!({ "duration": format!("{ms}ms"), "arrivalRate": from, "rampTo": to, "name": "ramp" })
        }),
        (length.clone(), 0..20_u32).prop_map(|(ms, count)| json!({ "duration": format!("{ms}ms"), "arrivalCount": count })),
        (length.clone(), 1..40_u32).prop_map(|(ms, rate)| {
            json!({ "duration": format!("{ms}ms"), "arrivalRate": rate, "mode": "poisson", "maxVusers": 3 })
        }),
        length.prop_map(|ms| json!({ "pause": format!("{ms}ms") })),
    ]
}

fn step(depth: u32) -> BoxedStrategy<Value> {
    let request = prop_oneof![
        Just(json!({ "get": { "url": "/{{ name }}/{{ $randomNumber(1, 9) }}" } })),
        Just(
            json!({ "post": { "url": "/", "json": { "id": "{{ id }}", "colour": "{{ colour }}", "text": "{{ $randomString(4) }}" } } })
        ),
        Just(
            json!({ "patch": { "url": "/?x", "qs": { "n": ["{{ $randomNumber(1, 9) }}", "{{ id }}"] }, "form": { "{{ name }}": "{{ $randomString(4) }}" }, "timeout": 2 } })
        ),
        Just(
            json!({ "post": { "url": "/", "auth": { "user": "{{ name }}", "pass": "{{ $randomString(4) }}" }, "cookie": { "c": "{{ colour }}" }, "formData": { "id": "{{ id }}", "f": { "fromFile": "rows.csv" } } } })
        ),
        Just(
            json!({ "put": { "url": "/", "body": "{{ one }}", "capture": { "json": "$.token", "as": "token" } } })
        ),
        Just(json!({ "get": {
            "url": "/",
            "capture": [
                { "selector": "li", "index": "random", "as": "token" },
                { "regexp": "x{{ $randomNumber(1, 9) }}", "as": "token", "strict": false },
            ],
            "match": { "xpath": "//a", "value": "{{ $randomString(3) }}" },
            "expect": [{ "statusCode": 200 }, { "equals": ["{{ $randomString(3) }}", "{{ name }}"], "hasHeader": "x-{{ $randomNumber(1, 9) }}" }],
        } })),
        (0..=100_u32).prop_map(|percent| {
            json!({ "get": { "url": "/{{ $randomString(3) }}", "probability": percent, "ifTrue": "random() < 0.7 or one > 1" } })
        }),
    ];
    let think = (1..300_u32, 0..150_u32).prop_map(
        |(ms, percent)| json!({ "think": format!("{ms}ms"), "jitter": format!("{percent}%") }),
    );
    let log = Just(json!({ "log": "{{ name }} {{ $randomNumber(1, 9) }}" }));
    if depth == 0 {
        return prop_oneof![6 => request, 2 => think, 1 => log].boxed();
    }
    let rounds = (prop::collection::vec(step(depth - 1), 1..3), 0..4_u32)
        .prop_map(|(steps, count)| json!({ "loop": steps, "count": count }));
    let branch = prop_oneof![
        step(depth - 1),
        prop::collection::vec(step(depth - 1), 0..3).prop_map(Value::Array),
    ];
    let parallel = (prop::collection::vec(branch, 1..4), 1..4_u32)
        .prop_map(|(branches, limit)| json!({ "parallel": branches, "limit": limit }));
    prop_oneof![4 => request, 2 => think, 2 => rounds, 2 => parallel].boxed()
}

fn read(script: &Value) -> (Artillery, Document) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
    let mut document =
        star_yaml::document_from("script.json", script.to_string().as_bytes(), folder).unwrap();
    let read = Artillery::read(&mut document);
    let task = read.unwrap_or_else(|errors| {
        let lines: Vec<_> = errors
            .iter()
            .map(|error| error.one_line(&document.sources))
            .collect();
        panic!("{script:#}\n{}", lines.join("\n"))
    });
    (task, document)
}

#[test]
fn scripts_hold_every_law_on_thousands_of_cuttings() {
    let (_, document) = read(&json!({
        "config": { "target": "http://127.0.0.1:1", "payload": { "path": "rows.csv", "fields": ["id"] } },
        "scenarios": [{ "flow": [{ "get": { "url": "/" } }] }],
    }));
    let tasks = script().prop_map(|script| read(&script).0);
    let kit = Kit::default().blobs(document.blobs().to_vec()).cases(2000);
    kit.check(tasks).unwrap_or_else(|broken| panic!("{broken}"));
}
