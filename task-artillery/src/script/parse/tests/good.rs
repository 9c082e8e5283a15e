//! Scripts that are carried out, and what is read of them.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::arrivals::Load;
use crate::script::model::{Lookups, Order};

/// A script with this in its `config`, and one request.
fn with_config(config: &str) -> Script {
    read(&format!(
        "config: {{target: \"http://t\", {config}}}\nscenarios: [{{flow: [{{get: {{url: /}}}}]}}]"
    ))
    .0
}

pub(super) const WHOLE: &str = r#"
config:
  target: "http://{{ host }}:8080"
  phases:
    - {name: warm up, duration: 1m, arrivalRate: 5}
    - {pause: 2.5}
    - {duration: "60", arrivalRate: "1", rampTo: 50.5}
    - {arrivalCount: 10, duration: 500ms}
  variables:
    host: example.com
    id: "run-{{ $randomString(4) }}"
    colours: [red, green]
    list: [[1, 2.0]]
  payload:
    path: users.csv
    fields: [user, number]
    order: sequence
    skipHeader: true
  http: {timeout: 3.5}
  defaults:
    headers: {Authorization: "Bearer {{ id }}", X-Number: 5}
    strictCapture: false
scenarios:
  - name: buy
    weight: 3
    engine: http
    flow:
      - post:
          url: "/carts/{{ user }}?x=1"
          headers: {X-Colour: "{{ colours }}"}
          json: {n: "{{ number }}", "{{ user }}": [1.0, null]}
          capture:
            - {json: $.id, as: cart}
            - {json: $.items, as: items.all, strict: true}
            - {json: "$.items[*].id", as: ids, multiple: false}
            - {regexp: 'token=(?<t>\w+)', as: token, group: t, flags: i}
            - {regexp: "(a)(b)", as: b, group: "2"}
            - {selector: "li.{{ user }}", attr: data-id, index: random, as: li}
            - {selector: li, index: 3, as: text}
            - {xpath: //item/@id, as: item}
          match:
            - {header: Content-Type, value: "text/{{ user }}"}
            - {json: $.n, value: 1.0, strict: false}
      - - think: 500ms
        - loop:
            - GET: {url: "/carts/{{ cart }}/{{ $loopCount }}", name: "cart {{ cart }}"}
          count: 2-5
      - loop:
          - think: "{{ $loopElement }}"
        over: list
  - flow:
      - delete: {url: "http://example.com/all", body: "{{ $randomNumber(1, 9) }}"}
before: {flow: [{log: "of {{ user }}"}]}
after: {flow: [{think: 1}]}
_split: {maxChunkRequestsPerSecond: 10}
task: artillery
x-shared: {anything: [goes]}
"#;

/// What [`WHOLE`] is on the wire, without the hash of its file.
const WIRE: &str = include_str!("data/whole.json");

#[test]
fn a_whole_script_is_read() {
    let (script, document) = read(WHOLE);
    let mut wire: Value = serde_json::from_str(WIRE).unwrap();
    wire["payloads"][0]["file"] = json!(document.blobs()[0].reference);
    let found = serde_json::to_value(&script).unwrap();
    assert_eq!(found, wire, "{found:#}");
    assert!(document.warnings().is_empty());
}

#[test]
fn captures_of_nothing_are_a_warning() {
    let script =
        "config: {target: 'http://x'}\nscenarios: [{flow: [{get: {url: /, capture: []}}]}]";
    let (_, document) = read(script);
    let warnings = document.warnings().iter();
    let told: Vec<_> = warnings
        .map(|one| one.one_line(&document.sources))
        .collect();
    let expected = "s.yml:2:45: warning: `capture` is empty, so nothing is captured";
    assert_eq!(told, [expected]);
}

#[test]
fn a_placeholder_that_nothing_fills_in_is_a_warning_at_its_place() {
    let of = |expectation: &str| {
        let script = format!(
            "config: {{target: 'http://x', variables: {{v: a}}}}\nscenarios: [{{flow: [{{get: {{url: /, expect: {expectation}}}}}]}}]"
        );
        let (_, document) = read(&script);
        let warnings = document.warnings().iter();
        let warnings = warnings.map(|warning| warning.one_line(&document.sources));
        warnings.collect::<Vec<_>>()
    };
    let told = of("{jmespath: \"a != '{{ v }}'\"}");
    assert_eq!(told.len(), 1, "{told:?}");
    let told = &told[0];
    assert!(
        told.starts_with("s.yml:2:")
            && told.contains(": warning: `{{ v }}` is not filled in within `jmespath`"),
        "{told}"
    );
    assert!(of("{jmespath: 'a[?b == `{\"c\": {}}`]'}").is_empty());
}

#[test]
fn a_script_comes_back_from_the_wire_as_it_went() {
    let (script, _) = read(WHOLE);
    let wire = serde_json::to_string(&script).unwrap();
    assert_eq!(serde_json::from_str::<Script>(&wire).unwrap(), script);
    let unknown = wire.replacen("\"target\"", "\"more\":1,\"target\"", 1);
    assert!(serde_json::from_str::<Script>(&unknown).is_err());
}

#[test]
fn a_script_and_its_json_form_are_the_same() {
    let (script, document) = read(WHOLE);
    let json = serde_json::to_string_pretty(&document.root.to_json()).unwrap();
    assert_eq!(read(&json).0, script);
}

#[test]
fn without_phases_there_is_one_arrival_in_one_second() {
    let script = with_config("variables: {}");
    assert_eq!(script.phases.len(), 1);
    assert_eq!(
        (script.phases[0].duration, script.phases[0].load),
        (Duration::from_secs(1), Load::Count(1))
    );
    assert_eq!(script.arrivals().unwrap().units(), 1);
}

#[test]
fn phases_mean_what_people_mean() {
    for (phase, millis, load) in [
        (
            "duration: 60, arrivalRate: 5",
            60_000,
            Load::Rate { from: 5.0, to: 5.0 },
        ),
        (
            "duration: 2.5, arrivalRate: 0.2",
            2500,
            Load::Rate { from: 0.2, to: 0.2 },
        ),
        (
            "duration: 0.5 min, arrivalRate: \" 1e1 \"",
            30_000,
            Load::Rate {
                from: 10.0,
                to: 10.0,
            },
        ),
        (
            "duration: 5m, arrivalRate: 5, rampTo: 0",
            300_000,
            Load::Rate { from: 5.0, to: 0.0 },
        ),
        (
            "duration: 10, rampTo: 20",
            10_000,
            Load::Rate {
                from: 0.0,
                to: 20.0,
            },
        ),
        (
            "duration: 10, arrivalRate: 0",
            10_000,
            Load::Rate { from: 0.0, to: 0.0 },
        ),
        ("duration: 10, arrivalCount: \"7\"", 10_000, Load::Count(7)),
        (
            "duration: 10, arrivalCount: 7, arrivalRate: 99",
            10_000,
            Load::Count(7),
        ),
        ("pause: 1h", 3_600_000, Load::Pause),
        ("pause: 0", 0, Load::Pause),
        (
            "duration: \"{{ d }}\", arrivalRate: \"{{ r }}\"",
            20_000,
            Load::Rate { from: 3.0, to: 3.0 },
        ),
    ] {
        let script = with_config(&format!(
            "variables: {{d: 20s, r: 3}}, phases: [{{{phase}}}]"
        ));
        let read = &script.phases[0];
        assert_eq!(
            (read.duration.as_millis(), read.load),
            (millis, load),
            "{phase}"
        );
    }
}

#[test]
fn a_ramp_of_thousands_is_within_the_default_limits() {
    let script = with_config("phases: [{duration: 60, arrivalRate: 1, rampTo: 5000}]");
    assert_eq!(script.arrivals().unwrap().units(), 150_030);
    assert_eq!(
        with_config("phases: [{duration: 24h, arrivalRate: 1, rampTo: 10}]")
            .arrivals()
            .unwrap()
            .units(),
        475_200
    );
}

#[test]
fn the_target_of_the_command_line_wins() {
    for config in ["config: {target: \"http://script\"}\n", "config: {}\n", ""] {
        let mut document = document(&format!(
            "{config}scenarios: [{{flow: [{{get: {{url: /}}}}]}}]"
        ));
        document.options.give("target", "https://line/base");
        assert_eq!(parse(&mut document).unwrap().target, "https://line/base");
        assert_eq!(document.options.left().count(), 0);
    }
    let mut document = document("scenarios: [{flow: [{get: {url: /}}]}]");
    document.options.give("target", "line");
    let errors = parse(&mut document).unwrap_err();
    let lines: Vec<_> = errors
        .iter()
        .map(|error| error.one_line(&document.sources))
        .collect();
    assert_eq!(
        lines,
        [
            "error: the target `line` is not an `http:` or `https:` URL (for example `http://localhost:8080`)"
        ]
    );
}

#[test]
fn the_tree_is_left_as_it_was() {
    let mut document = document(WHOLE);
    let before = document.root.clone();
    parse(&mut document).unwrap();
    assert_eq!(document.root, before);
}

#[test]
fn inner_defaults_and_outer_timeout_win() {
    let script = with_config(
        "timeout: 2, http: {timeout: 7, defaults: {headers: {a: inner}}}, defaults: {headers: {b: outer}, strictCapture: false}",
    );
    assert_eq!(script.http.timeout, Duration::from_secs(2));
    assert_eq!(script.headers.len(), 1);
    assert_eq!(script.headers[0].name, "a");
}

#[test]
fn what_is_not_said_of_http_is_as_usual_and_not_on_the_wire() {
    let usual = with_config("http: {dns: run, bodyTimeout: 5m}").http;
    assert_eq!(usual, with_config("http: {}").http);
    let wire = serde_json::to_value(&usual).unwrap();
    assert_eq!(wire, json!({"timeout": 10_000_000_000_u64, "pool": null}));
    let other = with_config("http: {dns: user, bodyTimeout: 1.5}").http;
    assert_eq!(
        (other.dns, other.body_timeout),
        (Lookups::User, Duration::from_millis(1500))
    );
}

#[test]
fn what_the_script_knows_of_itself_is_kept_where_it_is_used() {
    let script = with_config(
        "variables: {d: \"{{ $dirname }}\"}, defaults: {headers: {f: \"{{ $scenarioFile }}\"}}",
    );
    assert_eq!(script.constants.len(), 2);
    assert_eq!(script.constants["$scenarioFile"], "s.yml");
    assert!(
        script.constants["$dirname"]
            .as_str()
            .unwrap()
            .ends_with("data")
    );
}

#[test]
fn the_folder_that_a_script_without_one_is_in_is_a_dot() {
    let text = "config: {target: \"http://t\"}\nscenarios: [{flow: [{get: {url: \"/{{ $dirname }}/x\"}}]}]";
    let given = document(text);
    let mut here = Document::new(given.sources.clone(), given.root.clone(), "");
    let script = parse(&mut here).unwrap();
    assert_eq!(script.constants["$dirname"], ".");
}

#[test]
fn payloads_may_be_one_or_several_and_have_defaults() {
    let script = with_config(
        "payload: [{path: users.csv, fields: [a]}, {path: ragged.csv, fields: [b], delimiter: \";\", cast: false}]",
    );
    assert_eq!(script.payloads.len(), 2);
    assert_eq!(
        (
            script.payloads[0].order,
            script.payloads[0].cast,
            script.payloads[0].format.from == 2
        ),
        (Order::Random, true, false)
    );
    assert_eq!(
        (script.payloads[1].format.delimiter, script.payloads[1].cast),
        (b';', false)
    );
}

#[test]
fn scripts_are_known_by_their_keys() {
    let claimed = |text| super::super::claims(&document(text).root);
    assert!(claimed("config: 1") && claimed("scenarios: 1"));
    assert!(!claimed("other: 1") && !claimed("- config") && !claimed("null"));
}

#[test]
fn phases_at_random_are_those_with_a_constant_rate() {
    let phases = |config: &str, phases: &str| {
        let text = format!(
            "config: {{target: \"http://x\", {config} phases: [{phases}]}}\nscenarios: [{{flow: [{{get: {{url: /}}}}]}}]"
        );
        let (script, document) = read(&text);
        let loads: Vec<_> = script.phases.iter().map(|phase| phase.load).collect();
        (loads, document.warnings().len())
    };
    let each = "{duration: 1, arrivalRate: 5}, {duration: 1, arrivalRate: 1, rampTo: 5}, {duration: 1, arrivalCount: 5}";
    let (ramp, count) = (Load::Rate { from: 1.0, to: 5.0 }, Load::Count(5));
    assert_eq!(
        phases("mode: poisson,", each),
        (vec![Load::Poisson(5.0), ramp, count], 0)
    );
    let own = each.replace("duration: 1,", "duration: 1, mode: poisson,");
    assert_eq!(
        phases("", &own),
        (vec![Load::Poisson(5.0), ramp, count], 2),
        "where it has no effect there is a warning"
    );
    let uniform = each.replace("duration: 1,", "duration: 1, mode: uniform,");
    let (loads, _) = phases("mode: poisson,", &uniform);
    assert_eq!(loads[0], Load::Rate { from: 5.0, to: 5.0 });
}

#[test]
fn all_rows_go_to_one_variable_where_that_is_said() {
    let payload = |more: &str| {
        let text = format!(
            "config: {{target: \"http://x\", payload: {{path: users.csv, {more}}}}}\nscenarios: [{{flow: [{{loop: [{{get: {{url: /}}}}], over: rows}}]}}]"
        );
        let (script, document) = read(&text);
        assert!(document.warnings().is_empty());
        script.payloads[0].clone()
    };
    let whole = payload("loadAll: true, name: rows");
    assert_eq!(
        (whole.all_rows_in.as_deref(), whole.fields.len()),
        (Some("rows"), 0)
    );
    let formed = payload(
        "loadAll: true, name: rows, fields: [a], skipHeader: true, options: {from: 1, to: 2, quote: \"'\", escape: false, trim: true, rtrim: false, cast: false}",
    );
    assert!(!formed.cast);
    let format = formed.format;
    assert_eq!(
        (format.from, format.to, format.quote),
        (1, Some(2), Some(b'\''))
    );
    assert_eq!((format.trim, format.escape), ((true, false), None));
}

#[test]
fn what_is_done_once_is_numbered_through_and_leaves_what_it_captures() {
    let text = r#"
config: {target: "http://t", defaults: {headers: {authorization: "Bearer {{ token }}"}}}
before:
  engine: http
  flow:
    - loop: [{post: {url: /login, capture: {json: $.token, as: token}}}]
      count: 2
    - - get: {url: "/{{ token }}", capture: [{json: $.a, as: shop.id}, {json: $.b, as: shop.name}]}
after: {flow: [{think: 1}, {delete: {url: "/{{ token }}/{{ shop.id }}"}}]}
scenarios: [{flow: [{get: {url: "/{{ token }}/{{ shop.name }}"}}]}]
"#;
    let (script, document) = read(text);
    assert!(document.warnings().is_empty(), "{:?}", document.warnings());
    let ids =
        |flow: &[crate::script::model::Step]| flow.iter().map(|step| step.id).collect::<Vec<_>>();
    assert_eq!(
        (ids(&script.before), ids(&script.after)),
        (vec![0, 2], vec![3, 4])
    );
    let wire = serde_json::to_string(&script).unwrap();
    assert_eq!(serde_json::from_str::<Script>(&wire).unwrap(), script);
    assert!(script.known_from_before(false).is_empty());
    let known = serde_json::to_value(script.known_from_before(true)).unwrap();
    assert_eq!(known, json!({"shop": "<shop>", "token": "<token>"}));
}
