//! A fault is told in the file that has it, whatever brought the file in, and the same to people and to machines.

use serde_json::Value;
use tests::{Program, Scratch};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

const SCRIPT: &str = "config:\n  target: http://127.0.0.1:1\n  payload: { path: rows.csv, fields: [a] }\nscenarios:\n  - flow:\n      - get: { url: \"/{{ a }}\" }\n";

fn check(scratch: &Scratch, arguments: &[&str]) -> (String, Vec<Value>) {
    let call = |json: &[&str]| {
        Program::new(PROGRAM, scratch)
            .args(["check"])
            .args(json)
            .args(arguments)
            .run()
            .expect(5)
    };
    let found: Value = serde_json::from_str(&call(&["--json"]).out).unwrap();
    (call(&[]).err, found.as_array().unwrap().clone())
}

#[test]
fn each_fault_has_its_place_in_the_file_that_brought_it_in() {
    let scratch = Scratch::default();
    scratch.write("rows.csv", "x,1\ny,2\n");
    scratch.write("ragged.csv", "x,1\ny\n");
    scratch.write("script.yml", SCRIPT);
    scratch.write("wrong.yml", SCRIPT.replace("flow", "flwo"));
    scratch.write("including.yml", format!("includes: lib/base.yml\n{SCRIPT}"));
    scratch.write("lib/base.yml", "# base\nconfig:\n  timeot: 3\n");
    scratch.write(
        "steps.yml",
        SCRIPT.replace("get: { url: \"/{{ a }}\" }", "include: lib/steps.yml"),
    );
    scratch.write("lib/steps.yml", "- get: { url: / }\n- gett: { url: / }\n");
    scratch.write("config.yml", "config:\n\n  http: { timeout: soon }\n");
    scratch.write("bad.yml", "config: [\n");
    scratch.write("more.yml", "config: { phases: [{ pause: -1 }] }\n");
    scratch.write("secret.env", "A=1\nB=2\nhunter2\n");
    let overrides = r#"{"config": {"phases": [{"duration": 1, "arivalRate": 3}]}}"#;
    for (arguments, file, line, column) in [
        (&["wrong.yml"][..], "wrong.yml", 5, 5),
        (&["script.yml", "-c", "config.yml"], "config.yml", 3, 20),
        (&["script.yml", "-c", "bad.yml"], "bad.yml", 1, 9),
        (&["script.yml", "more.yml"], "more.yml", 1, 29),
        (&["script.yml", "-i", "more.yml"], "more.yml", 1, 29),
        (&["including.yml"], "lib/base.yml", 3, 3),
        (&["steps.yml"], "lib/steps.yml", 2, 3),
        (
            &["script.yml", "--overrides", overrides],
            "--overrides",
            1,
            40,
        ),
        (
            &["script.yml", "-v", r#"{"b": "{{ c }}"}"#],
            "--variables",
            1,
            8,
        ),
        (&["script.yml", "-v", "b={{ c }}"], "--variables", 1, 3),
        (&["script.yml", "-p", "ragged.csv"], "ragged.csv", 2, 1),
        (&["script.yml", "-p", "none.csv"], "--payload", 1, 1),
        (
            &["script.yml", "--env-file", "secret.env"],
            "secret.env",
            3,
            1,
        ),
    ] {
        let (text, found) = check(&scratch, arguments);
        let one = found.iter().find(|one| {
            let name = one["file"].as_str().unwrap_or_default();
            name.ends_with(file) && one["line"] == line && one["column"] == column
        });
        assert!(one.is_some(), "{arguments:?}: {found:#?}");
        let name = one.unwrap()["file"].as_str().unwrap();
        let place = format!("--> {name}:{line}:{column}\n");
        assert!(text.contains(&place), "{arguments:?}: {place}\n{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn of_many_faults_people_are_told_twenty_and_how_many_more_and_machines_all() {
    let scratch = Scratch::default();
    let steps = "      - gate: { url: / }\n".repeat(30);
    scratch.write("script.yml", format!("{SCRIPT}{steps}"));
    scratch.write("rows.csv", "x\n");
    let (text, found) = check(&scratch, &["script.yml"]);
    assert_eq!(found.len(), 30);
    assert!(text.contains("… and 10 more\n"), "{text}");
    assert!(text.contains("30 errors in script.yml\n"), "{text}");
    for (index, one) in found.iter().enumerate() {
        let place = format!("--> script.yml:{}:{}\n", one["line"], one["column"]);
        assert_eq!(text.contains(&place), index < 20, "{place}\n{text}");
        assert_eq!(one["line"], 7 + index, "{one}");
    }
}
