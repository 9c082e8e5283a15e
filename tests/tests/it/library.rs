//! The library of scripts for pipelines: each comes to the verdict that it should, and what pipelines call is what there is.

use std::path::PathBuf;

use serde_json::{Value, json};
use slsart::target::Target;
use tests::{Finished, Program, Scratch, examples, json as report_of};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

/// Runs an example against a target; what it wrote as a test report is beside it.
fn run(scratch: &Scratch, name: &str, target: &str, how: &[&str]) -> (Finished, String) {
    let junit = scratch.path("results.xml");
    let done = Program::new(PROGRAM, scratch)
        .args(["run", "-t", target, "--junit"])
        .args([&junit, &examples().join(name)])
        .args(how)
        .run();
    (done, std::fs::read_to_string(junit).unwrap())
}

#[test]
fn each_script_passes_against_a_target_that_is_as_it_should_be_and_fails_otherwise() {
    let (scratch, target) = (Scratch::default(), Target::start(0).unwrap());
    for name in ["acceptance.yml", "monitoring.yml", "thresholds.yml"] {
        let (done, junit) = run(&scratch, name, target.url(), &[]);
        done.expect(0);
        assert!(junit.contains("failures=\"0\""), "{name}: {junit}");
    }
    for (name, sentence) in [
        (
            "acceptance.yml",
            "acceptance failure: scenarios run: 2, total errors: 2, error budget: 0",
        ),
        (
            "monitoring.yml",
            "monitoring failure: scenarios run: 10, total errors: 10, error budget: 4",
        ),
    ] {
        let (done, junit) = run(&scratch, name, "http://127.0.0.1:1", &[]);
        let done = done.expect(3);
        assert!(
            done.out.contains(sentence) && junit.contains(sentence),
            "{}",
            done.out
        );
    }
}

#[test]
fn a_ramp_that_is_above_its_thresholds_fails() {
    let (scratch, target) = (Scratch::default(), Target::start(0).unwrap());
    let strict = r#"{"config": {"ensure": {"thresholds": [{"http.requests": 10}]}}}"#;
    let how = ["--overrides", strict];
    let (done, junit) = run(&scratch, "thresholds.yml", target.url(), &how);
    let done = done.expect(3);
    let sentence = "`http.requests &lt; 10` does not hold";
    assert!(
        done.out.contains("fail  http.requests < 10"),
        "{}",
        done.out
    );
    assert!(junit.contains(sentence), "{junit}");
}

#[test]
fn a_monitor_of_the_library_alerts_where_nobody_serves() {
    let (scratch, target) = (Scratch::default(), Target::start(0).unwrap());
    let script = examples().join("monitoring.yml");
    for (url, code) in [(target.url(), 0), ("http://127.0.0.1:1", 3)] {
        Program::new(PROGRAM, &scratch)
            .args(["monitor", "-t", url, "--rounds", "1", "--state"])
            .args([scratch.path("state.json"), script.clone()])
            .args(["--command", "cat >> alerts.jsonl"])
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .run()
            .expect(code);
    }
    let alerts = std::fs::read_to_string(scratch.path("alerts.jsonl")).unwrap();
    let alerts: Vec<Value> = alerts
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    assert_eq!(alerts[0]["status"], json!("failing"));
    assert_eq!(alerts[0]["errors"], json!(10));
}

/// The commands of this program in a document, wherever they stand.
fn commands(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with("slsart ") => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| commands(item, found)),
        Value::Object(map) => map.values().for_each(|item| commands(item, found)),
        _ => {}
    }
}

#[test]
fn what_pipelines_call_can_be_called_and_leaves_what_they_collect() {
    let target = Target::start(0).unwrap();
    for (name, collected) in [
        ("github-actions.yml", "/jobs/acceptance/steps/3/with/path"),
        ("gitlab-ci.yml", "/acceptance/artifacts/reports/junit"),
    ] {
        let scratch = Scratch::default();
        let path: PathBuf = examples().join("pipelines").join(name);
        let document = star_yaml::document(&path).unwrap_or_else(|fault| panic!("{fault:?}"));
        let json = document.root.to_json();
        let collected = json.pointer(collected).and_then(Value::as_str);
        assert!(
            collected.is_some_and(|names| names.contains("results.xml")),
            "{name}: {json}"
        );
        let mut found = Vec::new();
        commands(&json, &mut found);
        let [command] = &found[..] else {
            panic!("{name} has one command: {found:?}");
        };
        let words = command.split_whitespace().skip(1);
        let words = words.map(|word| match word {
            "\"$URL\"" => target.url().to_owned(),
            word => word.to_owned(),
        });
        let script = std::fs::read(examples().join("acceptance.yml")).unwrap();
        scratch.write("acceptance.yml", script);
        Program::new(PROGRAM, &scratch).args(words).run().expect(0);
        assert!(scratch.path("results.xml").exists(), "{name}");
        assert_eq!(report_of(&scratch.path("report.json"))["errors"], json!(0));
    }
}

/// The texts in a part of a pipeline.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(map) => map.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn pipelines_install_the_program_before_they_call_it_and_define_what_they_use() {
    let manifest = std::fs::read_to_string(examples().join("../../Cargo.toml")).unwrap();
    let repository = manifest
        .lines()
        .find_map(|line| line.strip_prefix("repository = "));
    let repository = repository.unwrap().trim_matches('"');
    let installs = format!("install --locked --git {repository} slsart");
    for (name, jobs, steps) in [
        ("github-actions.yml", "/jobs", "steps"),
        ("gitlab-ci.yml", "", "script"),
    ] {
        let path: PathBuf = examples().join("pipelines").join(name);
        let document = star_yaml::document(&path).unwrap_or_else(|fault| panic!("{fault:?}"));
        let json = document.root.to_json();
        let jobs = json.pointer(jobs).and_then(Value::as_object).unwrap();
        let jobs = jobs.iter().filter(|(_, job)| job.get(steps).is_some());
        let mut calling = 0;
        for (job, value) in jobs {
            let texts = texts(value);
            let at = |wanted: &str| texts.iter().position(|text| text.contains(wanted));
            let Some(called) = at("slsart run ") else {
                continue;
            };
            calling += 1;
            assert!(
                at(&installs).is_some_and(|installed| installed < called),
                "{name}: {job}"
            );
            let used = texts[called].split('$').skip(1).map(|rest| {
                let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
                rest.split(|letter| !is_name(letter))
                    .next()
                    .unwrap_or_default()
            });
            for variable in used {
                let defined = |map: &Value| map.pointer(&format!("/{variable}")).is_some();
                let of_step = value.get("steps").and_then(Value::as_array);
                let mut of_steps = of_step
                    .into_iter()
                    .flatten()
                    .filter_map(|step| step.get("env"));
                let is_own = value.get("variables").is_some_and(defined);
                assert!(is_own || of_steps.any(defined), "{name}: {job}: {variable}");
            }
            if texts.contains(&"$CI_ENVIRONMENT_URL") {
                let url = value.pointer("/environment/url").and_then(Value::as_str);
                assert!(
                    url.is_some_and(|url| url.starts_with("https://")),
                    "{name}: {job}"
                );
                assert!(value.get("image").is_some(), "{name}: {job}");
                assert_eq!(
                    json.pointer("/deploy/environment/url"),
                    value.pointer("/environment/url")
                );
            }
        }
        assert_eq!(calling, 1, "{name}");
    }
}
