//! Bad input is answered: file, line and column, what is wrong, what would be right; the documented exit code; nothing half done.

use std::fmt::Write as _;

use slsart::target::Target;
use tests::{Finished, Program, Scratch, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

fn run(scratch: &Scratch, arguments: &[&str]) -> Finished {
    Program::new(PROGRAM, scratch)
        .args(["run"])
        .args(arguments)
        .run()
}

/// A script with this in its `config` beside a target, and one request.
fn config(lines: &str) -> String {
    format!(
        "config:\n  target: http://127.0.0.1:1\n{lines}scenarios:\n  - flow:\n      - get: {{ url: / }}\n"
    )
}

/// A script with this flow.
fn flow(steps: &str) -> String {
    format!(
        "config:\n  target: http://127.0.0.1:1\n  phases: [{{ duration: 1, arrivalRate: 1 }}]\nscenarios:\n  - flow:\n{steps}"
    )
}

/// Every script, where its fault is, and what is said of it.
#[expect(clippy::too_many_lines, reason = "a table")]
fn scripts() -> Vec<(String, &'static str, &'static str)> {
    let phase = |phase: &str| config(&format!("  phases:\n    - {phase}\n"));
    vec![
        (String::new(), "script.yml:1:1", "the document is empty"),
        (
            "config: [\n".to_owned(),
            "script.yml:1:9",
            "this `[` is never closed",
        ),
        (
            "config:\n\ttarget: x\n".to_owned(),
            "script.yml:2:1",
            "YAML does not allow tabs for indentation",
        ),
        (
            "a: 1\na: 2\n".to_owned(),
            "script.yml:2:1",
            "the key `a` is given twice",
        ),
        (
            "just text\n".to_owned(),
            "script.yml:1:1",
            "this does not say what kind of task it is",
        ),
        (
            phase("{ duration: 1, arrivalRate: [1] }"),
            "script.yml:4:35",
            "`arrivalRate` must be a number of arrivals a second, not a list",
        ),
        (
            phase("{ duration: soon, arrivalRate: 1 }"),
            "script.yml:4:19",
            "",
        ),
        (
            phase("{ duration: -1, arrivalRate: 1 }"),
            "script.yml:4:19",
            "`duration` is negative",
        ),
        (
            phase("{ duration: 1, arrivalRate: -1 }"),
            "script.yml:4:35",
            "`arrivalRate` must not be negative",
        ),
        (
            phase("{ duration: 1, arrivalRate: .nan }"),
            "script.yml:4:35",
            "`.nan` is not a finite number",
        ),
        (
            phase("{ duration: 1, arrivalRate: .inf }"),
            "script.yml:4:35",
            "`.inf` is not a finite number",
        ),
        (
            phase("{ duration: 1, arrivalRate: 1e12 }"),
            "script.yml:4:35",
            "1000000000000 arrivals a second are planned",
        ),
        (
            phase("{ duration: 10 years, arrivalRate: 1 }"),
            "script.yml:4:19",
            "`duration` is too long",
        ),
        (
            phase("{ duration: 1, arivalRate: 1 }"),
            "script.yml:4:22",
            "unknown key `arivalRate` in a phase",
        ),
        (
            flow("      - gett: { url: / }\n"),
            "script.yml:6:9",
            "unknown step `gett`",
        ),
        (
            flow("      - get: { url: \"/{{ nam }}\" }\n"),
            "script.yml:6:23",
            "unknown variable `nam`",
        ),
        (
            flow("      - get: { url: \"/{{ $randomNumber(1) }}\" }\n"),
            "script.yml:6:23",
            "`$randomNumber` takes two whole numbers",
        ),
        (
            flow("      - get: { ulr: / }\n"),
            "script.yml:6:16",
            "unknown key `ulr`",
        ),
        (
            flow("      - post: { url: /, capture: { json: \"$[?(@.a ===)]\", as: x } }\n"),
            "script.yml:6:54",
            "`$[?(@.a ===)]` is no path: the expression ends too early",
        ),
        (
            config("  payload: { path: none.csv, fields: [a] }\n"),
            "script.yml:3:20",
            "cannot read `",
        ),
        (
            config("  payload: { path: empty.csv, fields: [a] }\n"),
            "script.yml:3:20",
            "`empty.csv`: the file is empty",
        ),
        (
            config("  payload: { path: ragged.csv, fields: [a] }\n"),
            "ragged.csv:3:1",
            "this row has 1 column, the first has 2",
        ),
        (
            config("  payload: { path: latin1.csv, fields: [a] }\n"),
            "latin1.csv:2:1",
            "this is not UTF-8; save the file in that encoding",
        ),
    ]
}

#[test]
fn every_fault_in_a_script_has_its_place() {
    let scratch = Scratch::default();
    scratch.write("empty.csv", "");
    scratch.write("ragged.csv", "a,b\n1,2\n3\n");
    scratch.write("latin1.csv", b"a\n\xe4\n");
    for (script, place, message) in scripts() {
        scratch.write("script.yml", &script);
        let refused = run(&scratch, &["script.yml"]);
        assert_eq!(refused.code, Some(5), "{script}\n{}", refused.err);
        assert!(refused.err.contains("error: "), "{script}\n{}", refused.err);
        assert!(
            refused.err.contains(message),
            "expected `{message}` of\n{script}\n{}",
            refused.err
        );
        let at = format!(" --> {place}\n");
        assert!(
            refused.err.contains(&at),
            "expected {at} of\n{script}\n{}",
            refused.err
        );
        assert_eq!(refused.out, "");
    }
    let nothing_begun = std::fs::read_dir(scratch.runs()).map_or(0, Iterator::count);
    assert_eq!(nothing_begun, 0, "no run was begun");
}

#[test]
fn a_typo_is_answered_with_what_was_probably_meant() {
    let scratch = Scratch::default();
    for (script, meant) in [
        (flow("      - gett: { url: / }\n"), "did you mean `get`?"),
        (
            config("  phases: [{ duration: 1, arivalRate: 1 }]\n"),
            "did you mean `arrivalRate`?",
        ),
        (config("  phasis: []\n"), "did you mean `phases`?"),
        (flow("      - get: { ulr: / }\n"), "did you mean `url`?"),
    ] {
        scratch.write("script.yml", &script);
        let refused = run(&scratch, &["script.yml"]).expect(5);
        assert!(refused.err.contains(meant), "{script}\n{}", refused.err);
    }
}

#[test]
fn all_faults_are_told_in_one_go_and_counted() {
    let scratch = Scratch::default();
    let steps = "      - gate: { url: / }\n".repeat(30);
    scratch.write("script.yml", flow(&steps));
    let refused = run(&scratch, &["script.yml"]).expect(5);
    assert_eq!(
        refused.err.matches("error: unknown step").count(),
        20,
        "{}",
        refused.err
    );
    assert!(refused.err.contains("10 more"), "{}", refused.err);
}

#[test]
fn files_that_are_none_are_answered() {
    let scratch = Scratch::default();
    let missing = run(&scratch, &["none.yml"]).expect(5);
    assert!(
        missing.err.contains("there is no file `none.yml`"),
        "{}",
        missing.err
    );
    let folder = run(&scratch, &["."]).expect(5);
    assert!(folder.err.starts_with("error: "), "{}", folder.err);
    scratch.write("bytes.yml", b"a: \xff\n");
    let bytes = run(&scratch, &["bytes.yml"]).expect(5);
    assert!(bytes.err.contains("UTF-8"), "{}", bytes.err);
}

#[test]
fn what_is_made_to_choke_a_reader_is_answered_at_once() {
    let scratch = Scratch::default();
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..=10 {
        let row = vec![format!("*a{}", level - 1); 10].join(", ");
        let _infallible = writeln!(bomb, "a{level}: &a{level} [{row}]");
    }
    for (text, message) in [
        (
            format!("a: \"{}\"\n", "x".repeat(10_000_000)),
            "is larger than the 8 MiB",
        ),
        ("[".repeat(100_000), "nested more than 128 levels deep"),
        ("- ".repeat(100_000), "nested more than 128 levels deep"),
        (bomb, "with its aliases expanded"),
    ] {
        scratch.write("script.yml", &text);
        let refused = run(&scratch, &["script.yml"]).expect(5);
        assert!(refused.err.contains(message), "{}", refused.err);
    }
}

#[test]
fn a_target_that_never_answers_is_said_so() {
    let scratch = Scratch::default();
    for (target, error) in [
        ("http://127.0.0.1:1", "ECONNREFUSED"),
        ("http://nowhere.invalid", "E"),
    ] {
        scratch.write("script.yml", flow("      - get: { url: / }\n"));
        let report = scratch.path("report.json");
        let done = run(
            &scratch,
            &["script.yml", "-t", target, "-o", report.to_str().unwrap()],
        )
        .expect(6);
        assert!(
            done.out.contains("FAILED: the target never answered"),
            "{}",
            done.out
        );
        let counters = json(&report)["aggregate"]["counters"].clone();
        let named = counters
            .as_object()
            .unwrap()
            .keys()
            .any(|key| key.starts_with(&format!("errors.{error}")));
        assert!(named, "{counters}");
    }
}

#[test]
fn a_capture_that_finds_nothing_fails_its_user_and_is_counted() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let steps = "      - get: { url: /echo, capture: { json: $.nothing.here, as: x } }\n      - get: { url: \"/{{ x }}\" }\n";
    scratch.write("script.yml", flow(steps));
    let report = scratch.path("report.json");
    let _done = run(
        &scratch,
        &[
            "script.yml",
            "-t",
            target.url(),
            "-o",
            report.to_str().unwrap(),
        ],
    );
    let counters = json(&report)["aggregate"]["counters"].clone();
    assert_eq!(counters["errors.Failed capture or match"], 1, "{counters}");
    assert_eq!(counters["vusers.failed"], 1, "{counters}");
    assert_eq!(target.count(), 1, "a user that failed sends nothing more");
}
