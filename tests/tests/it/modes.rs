//! Acceptance and monitoring: every way in which something can be wrong fails them, and is named.

use std::path::PathBuf;

use serde_json::{Value, json};
use slsart::target::{Running, Target};
use tests::{Finished, Program, Scratch, finish, json as report_of, wait_until};

use crate::losses::{kill, workers_of};

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

/// Fails unless the run has failed and says why, wherever somebody looks.
fn fails(run: &Run, why: &[&str]) {
    let Run {
        done,
        report,
        junit,
    } = run;
    let all = format!("{}{}\n{junit}", done.out, done.err);
    assert_eq!(done.code, Some(3), "{all}");
    assert!(done.out.contains("FAILED"), "{all}");
    assert_ne!(report["slsart"]["verdict"], json!("passed"), "{all}");
    assert!(report["errors"].as_u64() > Some(0), "{all}");
    assert!(report["errorMessage"].as_str().is_some(), "{all}");
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
    let monitoring = SCRIPT
        .replace("mode: acceptance", "mode: mon")
        .replace("size: 1 ", "size: 5 ")
        .replace("errorBudget: 0 ", "errorBudget: 4 ");
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
fn a_target_that_nobody_serves_fails_the_run_and_not_as_one_that_never_answers() {
    let scratch = Scratch::default();
    let run = run(&scratch, SCRIPT, "http://127.0.0.1:1", &[]);
    fails(&run, &["ECONNREFUSED", "the target never answered"]);
}

#[test]
fn a_payload_without_rows_is_told_before_anything_is_begun() {
    let (scratch, target) = (Scratch::default(), target());
    scratch.write("users.csv", "");
    let payload = "  payload: { path: users.csv, fields: [user] }\nmode: acceptance";
    let script = SCRIPT.replace("mode: acceptance", payload);
    let done = program(&scratch, &script, target.url(), &[])
        .run()
        .expect(5);
    assert!(done.err.contains("users.csv"), "{}", done.err);
    let junit = std::fs::read_to_string(files(&scratch).1).unwrap();
    assert!(
        junit.contains("failures=\"1\"") && junit.contains("users.csv"),
        "{junit}"
    );
    assert!(target.record().is_empty());
}

#[test]
fn a_run_that_cannot_begin_fails() {
    let (scratch, target) = (Scratch::default(), target());
    let before =
        "before: { flow: [{ post: { url: /status/500, capture: { json: $.token, as: t } } }] }\n";
    let script = format!("{before}{SCRIPT}");
    let Run { done, junit, .. } = run(&scratch, &script, target.url(), &[]);
    let done = done.expect(3);
    assert!(done.err.contains("`before` failed"), "{}", done.err);
    assert!(junit.contains("the run never began"), "{junit}");
    let load = script.replace("mode: acceptance", "");
    program(&scratch, &load, target.url(), &[]).run().expect(1);
}

#[test]
fn a_worker_that_is_killed_fails_the_run_whatever_the_budget() {
    let (scratch, target) = (Scratch::default(), target());
    let script = SCRIPT
        .replace("url: /echo, expect", "url: /delay/900, expect")
        .replace("size: 1 ", "size: 200 ")
        .replace("errorBudget: 0 ", "errorBudget: 399 ")
        .replace(
            "mode: acceptance",
            "mode: mon\n_split: { maxScriptDurationInSeconds: 100 }",
        );
    let child = program(
        &scratch,
        &script,
        target.url(),
        &["--processes", "--workers", "2"],
    )
    .start();
    wait_until("two workers", || {
        workers_of(&scratch).len() >= 2 && target.record().len() > 1
    });
    for pid in workers_of(&scratch) {
        kill(pid);
    }
    let run = ended(&scratch, finish(child));
    let all = format!("{}{}", run.done.out, run.done.err);
    assert_eq!(run.done.code, Some(3), "{all}");
    assert!(all.contains("samples were not run to their end"), "{all}");
    assert!(
        run.junit.contains("samples were not run to their end"),
        "{}",
        run.junit
    );
}

#[test]
fn a_chunk_that_is_lost_fails_the_run_and_its_scenario_is_named() {
    let (scratch, target) = (Scratch::default(), target());
    let script = SCRIPT
        .replace("size: 1 ", "size: 30 ")
        .replace("errorBudget: 0 ", "errorBudget: 59 ");
    let child = program(
        &scratch,
        &script,
        target.url(),
        &["--processes", "--workers", "2"],
    )
    .start();
    let asked = |path: &str| {
        let record = target.record();
        record.iter().any(|received| received.path == path)
    };
    wait_until("both scenarios are tried out", || {
        asked("/items") && asked("/echo") && workers_of(&scratch).len() >= 2
    });
    // Each has one of them; the other goes on.
    kill(*workers_of(&scratch).last().unwrap());
    let run = ended(&scratch, finish(child));
    fails_whatever_the_budget(
        &run,
        "1 scenarios are lost: unreported: a worker claimed it, then was silent",
    );
    let lost = ["buy", "browse"].map(|name| {
        let sentence = format!("scenario `{name}`: ");
        run.done.out.contains(&sentence) && run.junit.contains(&sentence)
    });
    assert_eq!(lost.iter().filter(|lost| **lost).count(), 1, "{lost:?}");
}

#[test]
fn a_sample_that_is_not_run_fails_the_run_and_its_scenario_is_named() {
    let (scratch, target) = (Scratch::default(), target());
    // What is asked for takes longer than the run may.
    let script = SCRIPT
        .replace("url: /echo, expect", "url: /delay/900, expect")
        .replace("size: 1 ", "size: 9 ")
        .replace("averagePause: 0.2 ", "averagePause: 0 ")
        .replace("pauseVariance: 0.1 ", "pauseVariance: 0 ")
        .replace("errorBudget: 0 ", "errorBudget: 17 ")
        .replace(
            "mode: acceptance",
            "mode: acc\n_split: { maxScriptDurationInSeconds: 3 }",
        );
    let run = run(&scratch, &script, target.url(), &[]);
    fails_whatever_the_budget(&run, "scenario `browse`: ");
    assert!(
        run.done
            .out
            .contains("of 9 samples were not run to their end"),
        "{}",
        run.done.out
    );
    assert!(!run.junit.contains("scenario `buy`"), "{}", run.junit);
}

/// Fails unless the run has failed and says this, though there are not too many errors.
fn fails_whatever_the_budget(run: &Run, why: &str) {
    let Run {
        done,
        report,
        junit,
    } = run;
    let all = format!("{}{}\n{junit}", done.out, done.err);
    assert_eq!(done.code, Some(3), "{all}");
    assert!(report["errorMessage"].as_str().is_some(), "{all}");
    assert!(done.out.contains(why) && junit.contains(why), "{all}");
    assert!(junit.contains("<failure"), "{all}");
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
    let script = SCRIPT
        .replace("size: 1 ", "size: 4 ")
        .replace("hasProperty: method", "hasProperty: none");
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
fn what_failed_is_told_to_github_where_that_asks() {
    let (scratch, target) = (Scratch::default(), target());
    let script = SCRIPT.replace("statusCode: 201", "statusCode: 200");
    let told = program(&scratch, &script, target.url(), &[])
        .env("GITHUB_ACTIONS", "true")
        .run()
        .expect(3);
    let lines: Vec<_> = told
        .err
        .lines()
        .filter(|line| line.starts_with("::error file="))
        .collect();
    // The scenario, and the run.
    assert_eq!(lines.len(), 2, "{}", told.err);
    assert!(
        lines[0].contains("title=scenarios%3A buy::POST /items: statusCode: expected 200, got 201"),
        "{}",
        lines[0]
    );
    let quiet = program(&scratch, &script, target.url(), &[])
        .run()
        .expect(3);
    assert!(!quiet.err.contains("::error"));
}

#[test]
fn a_test_report_can_be_had_of_a_run_that_is_recorded() {
    let (scratch, target) = (Scratch::default(), target());
    let script = SCRIPT.replace("statusCode: 201", "statusCode: 200");
    let run = run(&scratch, &script, target.url(), &["--name", "tried"]);
    run.done.expect(3);
    for command in ["report", "watch"] {
        let again = scratch.path(&format!("{command}.xml"));
        Program::new(PROGRAM, &scratch)
            .args([command, "tried", "--junit"])
            .args([&again])
            .run()
            .expect(3);
        assert_eq!(
            std::fs::read_to_string(again).unwrap(),
            run.junit,
            "{command}"
        );
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

#[test]
fn nothing_that_is_not_to_be_shown_is_in_any_of_the_outputs() {
    let (scratch, target) = (Scratch::default(), target());
    scratch.write("users.csv", "Zcell9953,Zpass1234\n");
    let script = r#"
config:
  target: http://127.0.0.1:1
  payload: { path: users.csv, fields: [user, pass] }
  variables: { of_env: "{{ $processEnvironment.ZTOKEN }}" }
  plugins:
    aws-sigv4: { serviceName: execute-api, region: eu-west-1 }
    publish-metrics:
      - { type: influxdb, url: "http://127.0.0.1:1", bucket: b, token: "{{ $env.ZSINK }}" }
      - { type: influxdb, url: "http://127.0.0.1:1", database: d, username: me, password: Zpassword5521 }
      - { type: datadog, apiHost: "http://127.0.0.1:1", apiKey: Zapikey6612 }
mode: acc
_trace: true
scenarios:
  - flow:
      - post:
          url: "/echo?user={{ user }}"
          headers: { Authorization: "Bearer Zheader8842", X-Token: "{{ of_env }}" }
          json: { user: "{{ user }}", pass: "{{ pass }}" }
          capture: { json: $.headers, as: all }
          match: { json: $.none, value: "{{ pass }}" }
          expect:
            - matchesRegexp: "^nothing of {{ user }}"
            - equals: ["{{ user }}", "{{ pass }}", "{{ of_env }}"]
            - hasProperty: "{{ pass }}"
            - headerEquals: [content-type, "{{ user }}"]
  - name: signed
    beforeRequest: addAmazonSignatureV4
    flow:
      - get:
          url: /echo
          match: { json: $.headers.authorization, value: none }
          expect: [{ equals: ["{{ $env.ZSINK }}", a] }, { matchesRegexp: "^nothing" }]
"#;
    let secrets = [
        "Zenvironment7731",
        "Zheader8842",
        "Zcell9953",
        "Zpass1234",
        "Zsink4410",
        "Zpassword5521",
        "WnBhc3N3b3JkNTUyM", // The same, as it is sent.
        "Zapikey6612",
        "Zaccess7123",
        "Zsecret8234",
        "Zsession9345",
    ];
    let known = |program: Program| {
        let program = program.env("ZTOKEN", secrets[0]).env("ZSINK", secrets[4]);
        let program = program.env("AWS_ACCESS_KEY_ID", secrets[8]);
        let program = program.env("AWS_SECRET_ACCESS_KEY", secrets[9]);
        program.env("AWS_SESSION_TOKEN", secrets[10])
    };
    let how = ["--trace", "trace.jsonl"];
    let done = known(program(&scratch, script, target.url(), &how))
        .env("GITHUB_ACTIONS", "true")
        .run();
    let run = ended(&scratch, done);
    let signed = target.record();
    let signed = signed.iter().filter(|one| {
        let authorization = one.headers.get("authorization");
        authorization.is_some_and(|value| value.contains(secrets[8]))
    });
    assert_eq!(signed.count(), 1);
    let alerted = known(Program::new(PROGRAM, &scratch))
        .args(["monitor", "-t", target.url(), "--rounds", "1", "-a"])
        .args(["--state", "state.json", "--command", "cat > alert.json"])
        .args([scratch.path("script.yml")])
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .run()
        .expect(3);
    let read = |name: &str| std::fs::read_to_string(scratch.path(name)).unwrap();
    let (alert, state) = (read("alert.json"), read("state.json"));
    assert!(alert.contains("total errors"), "{alert}");
    let trace = read("trace.jsonl");
    let all = format!(
        "{}{}{}{}{trace}{}{}{alert}{state}",
        run.done.out, run.done.err, run.report, run.junit, alerted.out, alerted.err
    );
    assert!(all.contains("did not reach the sink `datadog"), "{all}");
    assert_eq!(run.done.code, Some(3), "{all}");
    assert!(
        all.contains("matchesRegexp") && all.contains("{{ user }}"),
        "{all}"
    );
    for secret in secrets {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    none_is_recorded(&scratch, &secrets);
}

/// Fails where what is recorded of runs has one of these, but for the script and its files, which have to be there.
fn none_is_recorded(scratch: &Scratch, secrets: &[&str]) {
    let mut open = vec![scratch.runs()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                std::fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        if path.display().to_string().contains("/content/") {
            continue;
        }
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} in {}", path.display());
        }
    }
}
