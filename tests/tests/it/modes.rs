//! Acceptance and monitoring: every way in which something can be wrong fails them, and is named.

mod faults;
mod results;

use std::path::PathBuf;

use serde_json::{Value, json};
use slsart::target::{Running, Target};
use tests::{Finished, Program, Scratch, json as report_of};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

/// What the reference's documentation has, with checks.
const SCRIPT: &str = r#"
config:
  target: http://127.0.0.1:1
  http: { timeout: 1 }
  plugins: { expect: {} }
mode: acceptance
sampling:
  size: 1            # The size of sample set
  averagePause: 0.2  # The average number of seconds to pause between samples
  pauseVariance: 0.1 # The maximum difference of the actual pause from the average pause (in either direction)
  errorBudget: 0     # The number of observed errors to accept before alerting
scenarios:
  - name: buy
    flow:
      - post: { url: /items, json: { name: pen }, capture: { json: $.id, as: id }, expect: { statusCode: 201 } }
      - get: { url: "/items/{{ id }}", match: { json: $.id, value: "{{ id }}" } }
  - name: browse
    flow:
      - get: { url: /echo, expect: [{ contentType: json }, { hasProperty: method }] }
"#;

/// That script with samples of this size, of which so many may fail.
fn sampled(size: u32, budget: u32) -> String {
    SCRIPT
        .replace("size: 1 ", &format!("size: {size} "))
        .replace("errorBudget: 0 ", &format!("errorBudget: {budget} "))
}

/// A run, and what it left.
struct Run {
    done: Finished,
    report: Value,
    junit: String,
}

fn files(scratch: &Scratch) -> (PathBuf, PathBuf) {
    (scratch.path("report.json"), scratch.path("junit.xml"))
}

fn program(scratch: &Scratch, script: &str, target: &str, how: &[&str]) -> Program {
    let (report, junit) = files(scratch);
    for old in [&report, &junit] {
        let _there_is_none = std::fs::remove_file(old);
    }
    let script = scratch.write("script.yml", script);
    Program::new(PROGRAM, scratch)
        .args(["run", "-t", target, "-o"])
        .args([&report])
        .args(["--junit"])
        .args([&junit, &script])
        .args(how)
}

fn ended(scratch: &Scratch, done: Finished) -> Run {
    let (report, junit) = files(scratch);
    Run {
        done,
        report: report_of(&report),
        junit: std::fs::read_to_string(junit).unwrap(),
    }
}

fn run(scratch: &Scratch, script: &str, target: &str, how: &[&str]) -> Run {
    let done = program(scratch, script, target, how).run();
    ended(scratch, done)
}

/// Fails unless the run has failed and its report says so. All that it says.
fn failed(run: &Run) -> String {
    let (done, junit) = (&run.done, &run.junit);
    let all = format!("{}{}\n{junit}", done.out, done.err);
    assert_eq!(done.code, Some(3), "{all}");
    assert!(run.report["errorMessage"].as_str().is_some(), "{all}");
    all
}

/// Fails unless the run has failed and says why, wherever somebody looks.
fn fails(run: &Run, why: &[&str]) {
    let all = failed(run);
    let (done, report, junit) = (&run.done, &run.report, &run.junit);
    assert!(done.out.contains("FAILED"), "{all}");
    assert_ne!(report["slsart"]["verdict"], json!("passed"), "{all}");
    assert!(report["errors"].as_u64() > Some(0), "{all}");
    for why in why {
        assert!(done.out.contains(why), "{why} in {all}");
        let escaped = why.replace('\'', "&apos;");
        assert!(junit.contains(&escaped), "{why} in {all}");
    }
}

fn target() -> Running {
    Target::start(0).unwrap()
}

#[test]
fn the_reference_s_examples_pass() {
    let (scratch, target) = (Scratch::default(), target());
    let monitoring = sampled(5, 4).replace("mode: acceptance", "mode: mon");
    for (script, how, samples) in [
        (SCRIPT, &[][..], 2),
        (&monitoring, &[], 10),
        (&monitoring.replace("mode: mon", ""), &["-m"], 10),
        (
            &SCRIPT.replace("mode: acceptance", "mode: perf"),
            &["-a"],
            2,
        ),
    ] {
        let Run {
            done,
            report,
            junit,
        } = run(&scratch, script, target.url(), how);
        let done = done.expect(0);
        assert!(done.out.contains("PASSED"), "{}", done.out);
        assert_eq!(report["totals"]["scenariosCompleted"], json!(samples));
        assert_eq!(
            (&report["errors"], report.get("errorMessage")),
            (&json!(0), None)
        );
        assert_eq!(report["reports"].as_array().unwrap().len(), 2);
        assert!(
            junit.contains("failures=\"0\"") && !junit.contains("<failure"),
            "{junit}"
        );
    }
}

#[test]
fn each_fault_fails_the_run_and_is_named() {
    let (scratch, target) = (Scratch::default(), target());
    for (from, to, why) in [
        // The status of one scenario.
        (
            "url: /echo, expect",
            "url: /status/503, expect",
            &["browse", "content-type"][..],
        ),
        (
            "statusCode: 201",
            "statusCode: 200",
            &["buy", "expected 200, got 201"],
        ),
        // An answer that is slower than the timeout.
        (
            "url: /echo, expect",
            "url: /delay/3000, expect",
            &["browse", "ETIMEDOUT"],
        ),
        // A property that is missing.
        (
            "hasProperty: method",
            "hasProperty: none",
            &["browse", "response body has no none property"],
        ),
        // A connection that is ended.
        (
            "url: /echo, expect",
            "url: /reset, expect",
            &["browse", "ECONNRESET"],
        ),
        // A match with what was never captured.
        (
            "value: \"{{ id }}\"",
            "value: \"{{ none }}\"",
            &["buy", "match json $.id"],
        ),
        (
            "json: $.id",
            "json: $.none",
            &["buy", "capture json $.none"],
        ),
        // What should hold of the report.
        (
            "plugins: { expect: {} }",
            "plugins: { ensure: { thresholds: [{ http.requests: 3 }] } }",
            &["`http.requests < 3` does not hold: `http.requests` is 3"],
        ),
    ] {
        let script = SCRIPT.replace(from, to);
        assert_ne!(script, SCRIPT, "{from}");
        let script = if to.contains("{{ none }}") {
            // A variable that there is, and that nothing ever sets.
            script.replace(
                "capture: { json: $.id, as: id }",
                "capture: [{ json: $.id, as: id }, { json: $.x, as: none, strict: false }]",
            )
        } else {
            script
        };
        let run = run(&scratch, &script, target.url(), &[]);
        if to.contains("ensure") {
            assert_eq!(run.done.code, Some(3), "{}", run.done.out);
            assert!(run.done.out.contains(why[0]), "{}", run.done.out);
            assert!(run.junit.contains("<failure"), "{}", run.junit);
        } else {
            fails(&run, why);
        }
    }
}

#[test]
fn a_sink_that_is_down_costs_no_run_and_is_told() {
    let (scratch, target) = (Scratch::default(), target());
    let plugins = r#"plugins: { expect: {}, publish-metrics: [{ type: influxdb, url: "http://127.0.0.1:1", database: d }] }"#;
    let script = SCRIPT.replace("plugins: { expect: {} }", plugins);
    let run = run(&scratch, &script, target.url(), &[]);
    let warning =
        "the figures of 1 period did not reach the sink `influxdb 127.0.0.1:1`: ECONNREFUSED";
    let done = run.done.expect(0);
    assert!(done.out.contains("PASSED"), "{}", done.out);
    assert!(
        done.out.contains(&format!("warning   {warning}")),
        "{}",
        done.out
    );
    assert!(run.junit.contains(warning), "{}", run.junit);
    assert!(!run.junit.contains("<failure"), "{}", run.junit);
    let sinks = &run.report["slsart"]["load"]["sinks"];
    assert_eq!(sinks["influxdb 127.0.0.1:1"]["undelivered"], json!(1));
}

#[test]
fn any_number_of_errors_is_exit_code_three() {
    let (scratch, target) = (Scratch::default(), target());
    for errors in [255, 256, 257, 1000] {
        let script = format!(
            "config: {{ target: http://127.0.0.1:1 }}\nmode: acc\nsampling: {{ size: {errors}, averagePause: 0, pauseVariance: 0 }}\nscenarios: [{{ flow: [{{ get: {{ url: /, expect: {{ statusCode: 404 }} }} }}] }}]\n"
        );
        let run = run(&scratch, &script, target.url(), &[]);
        fails(&run, &[]);
        assert_eq!(run.report["errors"], json!(errors));
    }
}

#[test]
fn any_number_of_workers_comes_to_the_same_verdict_and_the_same_counts() {
    let (scratch, target) = (Scratch::default(), target());
    let script = sampled(4, 0).replace("hasProperty: method", "hasProperty: none");
    let counted = |workers: &str| {
        let run = run(
            &scratch,
            &script,
            target.url(),
            &["--workers", workers, "--seed", "5"],
        );
        fails(&run, &["browse"]);
        let load = &run.report["slsart"]["load"];
        json!([
            run.report["errors"],
            run.report["totals"],
            run.report["errorMessage"],
            run.report["slsart"]["verdict"],
            load["checks"],
            load["users"],
        ])
        .to_string()
    };
    let one = counted("1");
    assert!(one.contains("total errors: 4"), "{one}");
    for workers in ["2", "9"] {
        assert_eq!(counted(workers), one);
    }
}

#[test]
fn plan_and_simulate_know_the_modes() {
    let scratch = Scratch::default();
    let script = scratch.write("script.yml", SCRIPT);
    for command in ["plan", "simulate", "check"] {
        let done = Program::new(PROGRAM, &scratch)
            .args([command, "-m"])
            .args([&script])
            .run();
        assert_eq!(done.code, Some(0), "{command}: {}{}", done.out, done.err);
    }
    let plan = Program::new(PROGRAM, &scratch)
        .args(["plan", "--json"])
        .args([&script])
        .run()
        .expect(0);
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    assert_eq!(
        (&plan["units"], &plan["duration"]),
        (&json!(2), &Value::Null)
    );
    let both = Program::new(PROGRAM, &scratch)
        .args(["run", "-a", "-m"])
        .args([&script])
        .run();
    both.expect(2);
}
