//! What the command line lays over a script.

use super::*;
use crate::arrivals::Load;
use crate::script::model::Trial;

const SCRIPT: &str = r#"
config:
  target: http://base
  phases:
    - { duration: 10, arrivalRate: 1 }
    - { duration: 20, arrivalRate: 2, name: second }
  variables: { colour: red, size: 1 }
  environments:
    staging:
      target: http://staging
      phases: [{ arrivalRate: 7 }]
      variables: { colour: blue }
scenarios:
  - { name: buy now, flow: [{ get: { url: "/{{ colour }}/{{ size }}" } }] }
  - { name: browse, flow: [{ get: { url: / } }] }
"#;

fn layered(options: &[(&'static str, &str)]) -> Result<Script, String> {
    let mut document = star_yaml::document_from("s.yml", SCRIPT.as_bytes(), ".").unwrap();
    for (name, value) in options {
        document.options.give(name, *value);
    }
    let read = parse(&mut document);
    assert_eq!(document.options.left().count(), 0, "every option is taken");
    read.map_err(|errors| {
        let lines: Vec<_> = errors
            .iter()
            .map(|error| error.one_line(&document.sources))
            .collect();
        lines.join("\n")
    })
}

fn variable(script: &Script, name: &str) -> serde_json::Value {
    let found = script
        .variables
        .iter()
        .find(|variable| variable.name == name)
        .unwrap();
    serde_json::to_value(&found.value).unwrap()
}

#[test]
fn an_environment_is_laid_over_the_config_and_over_lists_item_by_item() {
    let script = layered(&[("environment", "staging")]).unwrap();
    assert_eq!(script.target, "http://staging");
    assert_eq!(script.phases[0].load, Load::Rate { from: 7.0, to: 7.0 });
    assert_eq!(script.phases[0].duration.as_secs(), 10);
    assert_eq!(script.phases[1].name.as_deref(), Some("second"));
    assert_eq!(
        (variable(&script, "colour"), variable(&script, "size")),
        ("blue".into(), 1.into())
    );
    assert_eq!(layered(&[]).unwrap().target, "http://base");
}

#[test]
fn an_environment_that_is_not_there_is_an_error_with_what_there_is() {
    assert_eq!(
        layered(&[("environment", "stagin")]).unwrap_err(),
        "s.yml:9:5: error: there is no environment `stagin` (did you mean `staging`?)"
    );
}

#[test]
fn overrides_replace_lists_and_come_after_the_environment() {
    let overrides =
        r#"{"config": {"phases": [{"duration": 1, "arrivalCount": 3}], "target": "http://over"}}"#;
    let script = layered(&[("overrides", overrides), ("environment", "staging")]).unwrap();
    assert_eq!(script.target, "http://over");
    assert_eq!(
        (script.phases.len(), script.phases[0].load),
        (1, Load::Count(3))
    );
}

#[test]
fn a_fault_in_an_override_is_told_at_its_place() {
    let wrong = r#"{"config": {"phases": [{"duration": 1, "arivalRate": 3}]}}"#;
    let told = layered(&[("overrides", wrong)]).unwrap_err();
    assert!(
        told.starts_with("--overrides:1:40: error: unknown key `arivalRate` in a phase"),
        "{told}"
    );
    let broken = layered(&[("overrides", "{")]).unwrap_err();
    assert!(broken.starts_with("--overrides:1:"), "{broken}");
}

#[test]
fn variables_are_given_as_json_or_one_by_one_and_the_later_wins() {
    let given = [
        ("variables", r#"{"colour": "green", "more": [1, 2]}"#),
        ("variables", "size=5"),
        ("variables", "text=a=b"),
    ];
    let script = layered(&given).unwrap();
    assert_eq!(
        (variable(&script, "colour"), variable(&script, "size")),
        ("green".into(), 5.into())
    );
    assert_eq!(variable(&script, "text"), "a=b");
    let told = layered(&[("variables", "nothing")]).unwrap_err();
    assert!(
        told.contains("`nothing` gives no variable (write `-v name=value`"),
        "{told}"
    );
}

#[test]
fn a_variable_takes_the_place_of_a_mapping_and_is_not_merged_with_it() {
    let inner = (
        "overrides",
        r#"{"config": {"variables": {"o": {"a": 1, "b": 2}}}}"#,
    );
    let given = [inner, ("variables", r#"{"o": {"a": 9}}"#)];
    let script = layered(&given).unwrap();
    assert_eq!(variable(&script, "o"), serde_json::json!({"a": 9}));
    assert_eq!(variable(&script, "size"), 1);
    let added = layered(&[inner, ("variables", r#"{"p": 1}"#)]).unwrap();
    assert_eq!(variable(&added, "o"), serde_json::json!({"a": 1, "b": 2}));
}

#[test]
fn one_scenario_is_chosen_by_its_name_or_by_an_expression_that_matches_one() {
    let names = |wanted: &str| {
        let script = layered(&[("scenario-name", wanted)])?;
        Ok::<_, String>(
            script
                .scenarios
                .into_iter()
                .map(|scenario| scenario.name.unwrap())
                .collect::<Vec<_>>(),
        )
    };
    assert_eq!(names("browse").unwrap(), ["browse"]);
    assert_eq!(names("^buy").unwrap(), ["buy now"]);
    assert!(
        names("b")
            .unwrap_err()
            .contains("2 scenarios match `b` (they are called: buy now, browse)")
    );
    assert!(
        names("sell")
            .unwrap_err()
            .contains("no scenario is called `sell`")
    );
}

#[test]
fn solo_is_one_user() {
    let script = layered(&[("solo", "")]).unwrap();
    assert_eq!(
        (script.phases.len(), script.phases[0].load),
        (1, Load::Count(1))
    );
}

#[test]
fn what_a_run_is_for_can_be_typed() {
    let mode = |given: &[(&'static str, &str)]| {
        let sampling = layered(given).unwrap().sampling;
        sampling.map(|sampling| (sampling.trial, sampling.size, sampling.error_budget))
    };
    assert_eq!(mode(&[]), None);
    assert_eq!(mode(&[("acceptance", "")]), Some((Trial::Acceptance, 1, 0)));
    assert_eq!(mode(&[("monitoring", "")]), Some((Trial::Monitoring, 5, 4)));
}

#[test]
fn every_server_is_trusted_where_that_is_said() {
    assert!(layered(&[]).unwrap().tls.reject_unauthorized);
    assert!(
        !layered(&[("insecure", "")])
            .unwrap()
            .tls
            .reject_unauthorized
    );
}

#[test]
fn another_file_takes_the_place_of_the_one_payload() {
    let with = |payload: &str| {
        let text = format!(
            "{{config: {{target: \"http://a\", payload: {payload}}}, scenarios: [{{flow: [{{get: {{url: \"/{{{{ a }}}}\"}}}}]}}]}}"
        );
        let mut document = document(&text);
        let typed = "src/script/parse/tests/data/users.csv";
        document.options.give("payload", typed);
        parse(&mut document).map_err(|errors| {
            let lines: Vec<_> = errors
                .iter()
                .map(|error| error.one_line(&document.sources))
                .collect();
            lines.join("\n")
        })
    };
    for payload in [
        "{path: no.csv, fields: [a]}",
        "[{path: no.csv, fields: [a]}]",
    ] {
        let script = with(payload).unwrap();
        assert_eq!(script.payloads[0].fields, ["a"]);
        assert!(script.payloads[0].file.name.ends_with("/data/users.csv"));
    }
    let several =
        with("[{path: users.csv, fields: [a]}, {path: users.csv, fields: [b]}]").unwrap_err();
    assert!(
        several.starts_with(
            "--payload:1:1: error: the script has 2 payloads, and `--payload` names one file"
        ),
        "{several}"
    );
}

#[test]
fn a_scenario_that_is_chosen_runs_whatever_its_weight() {
    let never =
        r#"{"scenarios": [{"name": "one", "weight": 0, "flow": []}, {"name": "two", "flow": []}]}"#;
    let script = layered(&[("overrides", never), ("scenario-name", "one")]).unwrap();
    let chosen: Vec<_> = script
        .scenarios
        .iter()
        .map(|one| (one.name.as_deref(), one.weight))
        .collect();
    assert_eq!(chosen, [(Some("one"), 1)]);
}

#[test]
fn a_target_that_is_typed_wins_over_the_environment_and_an_override_over_it() {
    let typed = ("target", "http://typed");
    let script = layered(&[typed, ("environment", "staging")]).unwrap();
    assert_eq!(script.target, "http://typed");
    let over = r#"{"config": {"target": "http://over"}}"#;
    assert_eq!(
        layered(&[typed, ("overrides", over)]).unwrap().target,
        "http://over"
    );
    let other = r#"{"config": {"timeout": 3}}"#;
    assert_eq!(
        layered(&[typed, ("overrides", other)]).unwrap().target,
        "http://typed"
    );
}

#[test]
fn a_header_of_a_later_layer_wins_in_whatever_case_it_is_written() {
    let over = |name: &str, value: &str| {
        serde_json::json!({"config": {"defaults": {"headers": {name: value}}}}).to_string()
    };
    let (first, second, third) = (
        over("accept", "1"),
        over("ACCEPT", "2"),
        over("accept", "3"),
    );
    let given = [
        ("overrides", &*first),
        ("overrides", &*second),
        ("overrides", &*third),
    ];
    for (layers, value) in [(&given[..2], "2"), (&given[..], "3")] {
        let headers = layered(layers).unwrap().headers;
        let headers: Vec<_> = headers
            .iter()
            .map(|one| (&*one.name, one.value.as_fixed()))
            .collect();
        assert_eq!(headers, [("accept", Some(value))]);
    }
}

#[test]
fn a_mistyped_key_is_told_beside_what_is_missing_for_it() {
    let told = |script: &str, option: (&'static str, &str)| {
        let mut document = document(script);
        document.options.give(option.0, option.1);
        let errors = parse(&mut document).unwrap_err();
        let lines = errors.iter().map(|error| error.one_line(&document.sources));
        lines.collect::<Vec<_>>()
    };
    assert_eq!(
        told(
            "config: {enviroments: {dev: {}}}\nscenarios: []",
            ("environment", "dev")
        ),
        [
            "s.yml:1:9: error: there is no environment `dev`: the script has no `config.environments`",
            "s.yml:1:10: error: unknown key `enviroments` in `config` (did you mean `environments`?)",
        ]
    );
    assert_eq!(
        told(
            "confg: {environments: {dev: {}}}\nscenarios: []",
            ("environment", "dev")
        ),
        [
            "s.yml:1:1: error: unknown key `confg` in a script (did you mean `config`?)",
            "s.yml:1:1: error: there is no environment `dev`: the script has no `config.environments`",
        ]
    );
    assert_eq!(
        told(
            "config: {}\nscenarios: [{nmae: one}]",
            ("scenario-name", "one")
        ),
        [
            "s.yml:2:12: error: no scenario is called `one` (no scenario of this script has a `name`)",
            "s.yml:2:14: error: unknown key `nmae` in a scenario (did you mean `name`?)",
        ]
    );
}
