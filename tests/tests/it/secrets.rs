//! What a script knows and nobody is to see is in none of the outputs, whatever goes wrong.

use std::path::Path;

use slsart::target::Target;
use tests::{Finished, Program, Scratch};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

/// In the environment, in an `authorization` header, and in cells of payloads.
const OF_ENVIRONMENT: &str = "Zenvironment7731";
const OF_HEADER: &str = "Zheader8842";
const OF_CELL: &str = "Zcell9953";

fn secrets(text: &str) -> Vec<&'static str> {
    let all = [OF_ENVIRONMENT, OF_HEADER, OF_CELL];
    all.into_iter()
        .filter(|secret| text.contains(secret))
        .collect()
}

/// All files in a folder.
fn texts(folder: &Path, out: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(&path, out);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            out.push((path.display().to_string(), text));
        }
    }
}

fn call(scratch: &Scratch, arguments: &[&str]) -> Finished {
    Program::new(PROGRAM, scratch)
        .args(arguments)
        .env("ZTOKEN", OF_ENVIRONMENT)
        .env("ZHOST", OF_ENVIRONMENT)
        .run()
}

fn shows_none(done: &Finished, what: &str) {
    let all = format!("{}{}", done.out, done.err);
    assert_eq!(secrets(&all), [""; 0], "{what}\n{all}");
}

/// Checks a script, plans it and runs it, and looks for secrets in all that comes out; gives the report.
fn try_out(scratch: &Scratch, script: &str) -> (Finished, String) {
    scratch.write("script.yml", script);
    scratch.write("cells.csv", format!("{OF_CELL},{OF_CELL}\n"));
    for command in [
        &["check", "script.yml"][..],
        &["check", "--json", "script.yml"],
        &["plan", "script.yml"],
        &["plan", "--json", "script.yml"],
    ] {
        shows_none(&call(scratch, command), &format!("{command:?} {script}"));
    }
    let target = Target::start(0).unwrap();
    let (report, trace) = (scratch.path("report.json"), scratch.path("trace.jsonl"));
    for old in [&report, &trace] {
        let _there_is_none = std::fs::remove_file(old);
    }
    let (report, trace) = (report.to_str().unwrap(), trace.to_str().unwrap());
    let done = call(
        scratch,
        &[
            "run",
            "script.yml",
            "-t",
            target.url(),
            "-o",
            report,
            "--trace",
            trace,
        ],
    );
    shows_none(&done, script);
    let mut found = Vec::new();
    texts(&scratch.runs(), &mut found);
    // The script and its files have to be there; nothing else has.
    found.retain(|(path, _)| !path.contains("/content/"));
    for file in [report, trace] {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        found.push((file.to_owned(), text));
    }
    for (path, text) in found {
        assert_eq!(secrets(&text), [""; 0], "{path} of {script}");
    }
    let report = std::fs::read_to_string(report).unwrap_or_default();
    std::fs::remove_dir_all(scratch.runs()).unwrap_or_default();
    (done, report)
}

/// A script with all three secrets that do no harm, and these steps.
fn script(steps: &str) -> String {
    format!(
        "config:\n  target: http://127.0.0.1:1\n  phases: [{{ duration: 1, arrivalCount: 2 }}]\n  payload:\n    - {{ path: cells.csv, fields: [cell, other] }}\n    - {{ path: cells.csv, fields: [a], loadAll: true, name: cells }}\n  variables: {{ plain: x, made: \"x {{{{ $env.ZHOST }}}}\" }}\n  defaults: {{ headers: {{ authorization: \"Bearer {OF_HEADER}\", x-t: \"{{{{ $env.ZTOKEN }}}}\" }} }}\nscenarios:\n  - flow:\n      - get: {{ url: \"/echo?{{{{ cell }}}}\" }}\n{steps}"
    )
}

#[test]
fn errors_of_users_name_the_template_and_not_its_value() {
    let scratch = Scratch::default();
    for (steps, named) in [
        (
            "      - get: { url: \"{{ cell }}/x\" }\n",
            "errors.Invalid URL - {{ cell }}/x",
        ),
        (
            "      - get: { url: \"http://{{ cell }} {{ other }}/\" }\n",
            "errors.Invalid URL - http://{{ cell }} {{ other }}/",
        ),
        (
            "      - get: { url: \"{{ $env.ZHOST }}\" }\n",
            "errors.Invalid URL - {{ $env.ZHOST }}",
        ),
        (
            "      - get: { url: \"{{ made }}\" }\n",
            "errors.Invalid URL - {{ made }}",
        ),
        (
            "      - think: \"{{ cell }}\"\n",
            "errors.Invalid think time: {{ cell }}",
        ),
        (
            "      - think: \"{{ $env.ZTOKEN }}s\"\n",
            "errors.Invalid think time: {{ $env.ZTOKEN }}s",
        ),
        (
            "      - loop: [{ think: 1ms }]\n        count: \"{{ cell }}\"\n",
            "errors.Invalid loop count: {{ cell }}",
        ),
        (
            "      - loop: [{ think: \"{{ row.a }}\" }]\n        over: cells\n        loopElement: row\n",
            "errors.Invalid think time: {{ row.a }}",
        ),
        (
            "      - get: { url: /, headers: { x: \"{{ cell }}\\n\" } }\n",
            "errors.ERR_INVALID_CHAR",
        ),
        (
            "      - get: { url: /echo, capture: { json: \"$.{{ cell }}\", as: x } }\n",
            "errors.Failed capture or match",
        ),
        (
            "      - get: { url: \"http://{{ cell }}.invalid/\" }\n",
            "errors.E",
        ),
        (
            "      - get: { url: \"/static/1?{{ cell }}\", name: \"{{ cell }}\" }\n",
            "http.codes.200",
        ),
    ] {
        let (done, report) = try_out(&scratch, &script(steps));
        let json = serde_json::to_string(named).unwrap();
        let json = json.trim_matches('"');
        assert!(report.contains(json), "{named}\n{}\n{report}", done.err);
    }
}

#[test]
fn what_a_target_sends_back_is_not_shown_either() {
    let scratch = Scratch::default();
    let echoed = |what: &str| {
        format!(
            "      - get: {{ url: \"/echo?{what}\", capture: {{ regexp: \"(Z[a-z]+[0-9]+)\", as: got }} }}\n"
        )
    };
    for (steps, named) in [
        (
            "      - think: \"{{ got }}\"\n",
            "errors.Invalid think time: {{ got }}",
        ),
        (
            "      - get: { url: \"{{ got }}/x\" }\n",
            "errors.Invalid URL - {{ got }}/x",
        ),
    ] {
        let steps = format!("{}{steps}", echoed("{{ cell }}"));
        let (done, report) = try_out(&scratch, &script(&steps));
        assert!(report.contains(named), "{named}\n{}\n{report}", done.err);
    }
}

#[test]
fn what_is_done_once_fails_without_showing_a_secret() {
    let scratch = Scratch::default();
    let got =
        "{ get: { url: \"/echo?{{ cell }}\", capture: { regexp: \"(Zcell[0-9]+)\", as: got } } }";
    for (step, named) in [
        (
            "{ get: { url: /, ifTrue: '\"x\" ~= bad' } }",
            "Invalid condition: \"x\" ~= bad: what stands behind `~=` is no regular expression",
        ),
        (
            "{ think: \"{{ cell }}\" }",
            "Invalid think time: {{ cell }}",
        ),
        ("{ think: \"{{ got }}\" }", "Invalid think time: {{ got }}"),
        (
            "{ get: { url: \"{{ got }}/x\" } }",
            "Invalid URL - {{ got }}/x",
        ),
        (
            "{ get: { url: \"{{ made }}\" } }",
            "Invalid URL - {{ made }}",
        ),
        ("{ get: { url: \"http://{{ got }}.invalid./\" } }", "failed"),
    ] {
        for when in ["before", "after"] {
            scratch.write("broken.csv", format!("({OF_CELL}\n"));
            let script = script("").replace(
                "  payload:\n",
                "  payload:\n    - { path: broken.csv, fields: [bad] }\n",
            );
            let script = format!("{script}{when}: {{ flow: [{got}, {step}] }}\n");
            let (done, _) = try_out(&scratch, &script);
            let said = format!("{}{}", done.out, done.err);
            assert!(said.contains(named), "{script}\n{said}");
        }
    }
}

#[test]
fn a_value_that_is_spelled_otherwise_is_not_shown_either() {
    let scratch = Scratch::default();
    let script = script(
        "      - get: { url: \"/echo?{{ $env.ODD }}\" }\n      - get: { url: /echo, qs: { a: \"{{ $env.ODD }}\" } }\n      - log: \"{{ map }}\"\n",
    );
    let script = script
        .replace("plain: x", "map: { k: \"{{ $env.ODD }}\" }")
        .replace(
            "config:\n",
            "config:\n  plugins: { metrics-by-endpoint: { groupDynamicURLs: false, stripQueryString: false } }\n",
        );
    scratch.write("script.yml", &script);
    scratch.write("cells.csv", "a,b\n");
    let target = Target::start(0).unwrap();
    let report = scratch.path("report.json");
    let done = Program::new(PROGRAM, &scratch)
        .args(["run", "script.yml", "-t", target.url(), "-o"])
        .args([report.to_str().unwrap()])
        .env("ZTOKEN", OF_ENVIRONMENT)
        .env("ZHOST", OF_ENVIRONMENT)
        .env("ODD", "my tok\"en%zz")
        .run();
    let report = std::fs::read_to_string(report).unwrap();
    let all = format!("{}{}{report}", done.out, done.err);
    assert!(!all.contains("tok"), "{all}");
    assert!(done.out.contains("{\"k\":\"{{ $env.ODD }}\"}"), "{all}");
    assert!(
        report.contains("./echo?{{ $env.ODD }}.codes.200"),
        "{report}"
    );
}

#[test]
fn a_url_that_shows_no_secret_is_shown() {
    let scratch = Scratch::default();
    let steps =
        "      - loop: [{ get: { url: \"{{ plain }}-{{ $loopCount }}\" } }]\n        count: 1\n";
    let (_, report) = try_out(&scratch, &script(steps));
    assert!(report.contains("errors.Invalid URL - x-0"), "{report}");
}

#[test]
fn no_fault_of_a_script_shows_a_secret() {
    let scratch = Scratch::default();
    scratch.write("bad.csv", format!("a,b\n{OF_CELL};{OF_CELL}\n"));
    scratch.write(
        "open.csv",
        format!("{OF_CELL},{OF_CELL}\n\"{OF_CELL},{OF_CELL}\n"),
    );
    let latin = [OF_CELL.as_bytes(), b",x\n\xe4", OF_CELL.as_bytes(), b",y\n"].concat();
    scratch.write("latin.csv", latin);
    let payload = |file: &str| {
        format!(
            "config:\n  target: http://127.0.0.1:1\n  payload: {{ path: {file}, fields: [a, b] }}\nscenarios: [{{ flow: [{{ get: {{ url: / }} }}] }}]\n"
        )
    };
    let header = |value: &str, rest: &str| {
        format!(
            "config:\n  target: http://127.0.0.1:1\nscenarios:\n  - flow:\n      - get: {{ url: /, headers: {{ Authorization: {value} }}{rest} }}\n"
        )
    };
    let token = |key: &str| script("").replace("config:\n", &format!("config:\n  {key}\n"));
    for bad in [
        payload("bad.csv"),
        payload("open.csv"),
        payload("latin.csv"),
        header(&format!("\"Bearer {OF_HEADER}\""), ", ulr: 1"),
        header(&format!("\"Bearer {OF_HEADER} {{{{ nam }}}}\""), ""),
        header(&format!("\"Bearer {OF_HEADER}\\n\""), ""),
        header(&format!("\"Bearer {OF_HEADER}"), ""),
        header(&format!("[{OF_HEADER}]"), ""),
        header(&format!("Bearer {OF_HEADER}"), ", json: {a: 1}"),
        header(&format!("!!int {OF_HEADER}"), ""),
        header(&format!("[a, {OF_HEADER}]"), ""),
        header(&format!("\"Bearer\n              {OF_HEADER}\" x"), ""),
        header(
            "a",
            &format!(", auth: {{ user: a, pass: {OF_HEADER}, realm: x }}"),
        ),
        header("a", &format!(", auth: {{ user: a, pass: [{OF_HEADER}] }}")),
        header("a", &format!(", cookie: {{ a: {OF_HEADER} }}, ulr: /")),
        header(&format!("a, Cookie: \"a={OF_HEADER}\""), ", ulr: /"),
        token(&format!("typo: http://a:{OF_HEADER}@b.test/")),
        token(&format!(
            "http: {{ timeout: 1 }}\n  # http://a:{OF_HEADER}@b.test/\n  typo: 1"
        )),
        header("a", "").replace("127.0.0.1:1", &format!("a:{OF_HEADER}@b.test:x")),
        header("a", "").replace("http://127.0.0.1:1", &format!("ftp://a:{OF_HEADER}@b.test")),
        header("a", "").replace(
            "http://127.0.0.1:1",
            &format!("http://a:{OF_HEADER}@b.test\n  typo: 1"),
        ),
        format!(
            "{{\"config\": {{\"defaults\": {{\"headers\": {{\"authorization\":\n  \"Bearer {OF_HEADER}\" \"x\"}}}}}}}}"
        ),
        format!("config:\n  authorization: |\n      Bearer\n    {OF_HEADER}\n   x: 1\n"),
        format!("config:\n  authorization:\n    Bearer: {OF_HEADER}: x\n"),
        format!("config:\n  authorization: Bearer\n    {OF_HEADER}\n    more: x\n"),
        format!(
            "x-a: &a Bearer {OF_HEADER}\nconfg: {{}}\nscenarios:\n  - flow:\n      - get: {{ url: /, headers: {{ authorization: *a }}, ulr: / }}\n"
        ),
        format!(
            "scenarios:\n  - flow:\n      - get:\n          url: /\n          headers:\n            authorization: >-\n              Bearer\n              {OF_HEADER}\n          ulr: /\n"
        ),
        token("timeout: \"{{ $env.ZTOKEN }}\""),
        token("http: { timeout: \"{{ $env.ZTOKEN }}s\" }"),
        token("mode: \"{{ $env.ZTOKEN }}\""),
        script("").replace("duration: 1", "duration: \"{{ $env.ZTOKEN }}\""),
        script("").replace(
            "cells.csv, fields: [cell",
            "\"{{ $env.ZTOKEN }}.csv\", fields: [cell",
        ),
        script("").replace(
            "target: http://127.0.0.1:1",
            "target: \"{{ $env.ZTOKEN }}\"",
        ),
    ] {
        scratch.write("script.yml", &bad);
        scratch.write("cells.csv", format!("{OF_CELL},{OF_CELL}\n"));
        for arguments in [
            &["run", "script.yml"][..],
            &["check", "script.yml"],
            &["check", "--json", "script.yml"],
            &["plan", "script.yml"],
        ] {
            let done = call(&scratch, arguments);
            assert_eq!(done.code, Some(5), "{bad}\n{}", done.err);
            shows_none(&done, &bad);
        }
    }
}

#[test]
fn what_is_covered_is_still_underlined_at_its_place() {
    let scratch = Scratch::default();
    scratch.write("rows.csv", format!("ada,\"x y\"\n{OF_CELL}\n"));
    scratch.write(
        "script.yml",
        "config:\n  target: http://a\n  payload: { path: rows.csv, fields: [a] }\nscenarios: [{ flow: [{ get: { url: / } }] }]\n",
    );
    let done = call(&scratch, &["check", "script.yml"]).expect(5);
    assert!(done.err.contains(" --> rows.csv:2:1\n"), "{}", done.err);
    assert!(done.err.contains("2 | *********\n"), "{}", done.err);
    assert!(done.err.contains("| ^^^^^^^^^\n"), "{}", done.err);
}
