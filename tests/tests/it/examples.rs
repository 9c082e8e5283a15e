//! The examples do what they say.

use std::collections::BTreeMap;

use tests::{Program, Scratch, examples, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

#[test]
fn the_first_command_of_the_readme_runs_its_script_against_the_bundled_target() {
    let scratch = Scratch::default();
    let report = scratch.path("report.json");
    let done = Program::new(PROGRAM, &scratch)
        .args(["run", "--bundled-target", "-o"])
        .args([&report, &examples().join("demo.yml")])
        .run()
        .expect(0);
    assert!(
        done.out
            .contains("planned 180 = 180 started + 0 skipped + 0 missed + 0 cancelled + 0 lost"),
        "{}",
        done.out
    );
    let report = json(&report);
    let counters = &report["aggregate"]["counters"];
    assert_eq!(counters["vusers.completed"], 180);
    assert_eq!(counters["vusers.failed"], 0);
    assert_eq!(counters["http.requests"], counters["http.responses"]);
}

/// The counters of the report on an example that is run as its head says, but for those of single requests.
fn counters(name: &str, arguments: &[&str]) -> BTreeMap<String, u64> {
    let scratch = Scratch::default();
    let report = scratch.path("report.json");
    let _finished = Program::new(PROGRAM, &scratch)
        .args(["run", "--bundled-target", "-o"])
        .args([&report, &examples().join(name)])
        .args(arguments)
        .env("API_KEY", "k3y")
        .run()
        .expect(0);
    let report = json(&report);
    let counters = report["aggregate"]["counters"].as_object().unwrap();
    counters
        .iter()
        .filter(|(name, _)| !name.starts_with("plugins.") && *name != "http.downloaded_bytes")
        .map(|(name, count)| (name.clone(), count.as_u64().unwrap()))
        .collect()
}

/// Fails unless all users of an example are completed, and the target answered with these codes, each so often.
fn expect(name: &str, arguments: &[&str], users: u64, codes: &[(u16, u64)]) {
    let counters = counters(name, arguments);
    let prefix = "http.codes.";
    let found: Vec<_> = counters
        .iter()
        .filter_map(|(name, count)| Some((name.strip_prefix(prefix)?.parse().unwrap(), *count)))
        .collect();
    assert_eq!(found, codes, "{counters:#?}");
    assert_eq!(counters["vusers.created"], users, "{counters:#?}");
    assert_eq!(counters["vusers.completed"], users, "{counters:#?}");
    let sent: u64 = codes.iter().map(|(_, count)| count).sum();
    assert_eq!(counters["http.requests"], sent, "{counters:#?}");
}

#[test]
fn every_example_says_how_it_is_run() {
    let scripts = std::fs::read_dir(examples()).unwrap();
    for path in scripts.map(|entry| entry.unwrap().path()) {
        if path.extension().is_some_and(|kind| kind == "yml") {
            let name = path.file_name().unwrap().to_str().unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            let command = format!("slsart run examples/scripts/{name}");
            assert!(
                text.lines()
                    .take(3)
                    .any(|line| line.starts_with("# Try it:  ") && line.contains(&command)),
                "{name}"
            );
        }
    }
}

#[test]
fn the_smoke_test_sees_a_thing_come_and_go() {
    expect("smoke.yml", &[], 1, &[(200, 3), (201, 1), (204, 1)]);
}

#[test]
fn every_scenario_of_an_acceptance_test_is_tried_out_once() {
    let codes = [(200, 1), (201, 1), (204, 1), (401, 1), (404, 1)];
    expect("acceptance.yml", &[], 2, &codes);
}

#[test]
fn users_log_in_with_rows_of_a_file() {
    expect("login.yml", &[], 20, &[(200, 40)]);
}

#[test]
fn users_search_for_words_and_turn_pages() {
    expect("search.yml", &[], 8, &[(200, 8 * 3 * (1 + 2))]);
}

#[test]
fn a_session_lasts_by_its_cookie() {
    expect("session.yml", &[], 10, &[(200, 50), (401, 10)]);
}

#[test]
fn files_are_uploaded_in_forms() {
    expect("upload.yml", &[], 10, &[(200, 30)]);
}

#[test]
fn a_ramp_goes_up_along_and_down() {
    expect("ramp.yml", &[], 50 + 45 + 25, &[(200, 240)]);
}

#[test]
fn an_environment_chooses_how_many_users_there_are() {
    expect("environments.yml", &[], 1, &[(200, 1)]);
    expect("environments.yml", &["-e", "local"], 4, &[(200, 4)]);
}

#[test]
fn captures_lead_from_one_request_to_the_next() {
    let codes = [(200, 20), (201, 10), (204, 10), (404, 10)];
    expect("captures.yml", &[], 10, &codes);
}

#[test]
fn a_checkout_takes_its_time() {
    expect("checkout.yml", &[], 10, &[(200, 40), (201, 10)]);
}

#[test]
fn users_are_of_three_kinds_by_weight() {
    let counters = counters("weights.yml", &["--seed", "42"]);
    let of = |kind| counters[&format!("vusers.created_by_name.{kind}")];
    assert_eq!(of("look") + of("track") + of("buy"), 100);
    assert!(
        of("look") > of("track") && of("track") > of("buy"),
        "{counters:#?}"
    );
    assert_eq!(
        counters["http.requests"],
        2 * of("look") + of("track") + of("buy")
    );
}

#[test]
fn steps_are_shared_by_their_anchor() {
    let counters = counters("reuse.yml", &[]);
    assert_eq!(counters["vusers.completed"], 10);
    assert_eq!(counters["http.requests"], 20);
    let writers = counters.get("vusers.created_by_name.writer").copied();
    assert_eq!(counters.get("http.codes.201").copied(), writers);
}

#[test]
fn what_scripts_share_lies_in_files_of_its_own() {
    expect("includes.yml", &[], 10, &[(200, 20)]);
}

#[test]
fn users_by_chance_are_as_many_however_many_workers_there_are() {
    let alone = counters("poisson.yml", &["--seed", "7", "--workers", "1"]);
    assert_eq!(alone["http.codes.200"], alone["vusers.created"]);
    assert_ne!(
        alone["vusers.created"], 60,
        "the mean, by this seed not met"
    );
    let many = counters("poisson.yml", &["--seed", "7", "--workers", "3"]);
    assert_eq!(alone, many);
}

#[test]
fn a_spike_meets_its_limit() {
    let counters = counters("spike.yml", &[]);
    assert_eq!(counters["vusers.created"], 8);
    assert_eq!(counters["vusers.skipped"], 34);
    assert_eq!(counters["vusers.completed"], 8);
}
