//! Reports in the formats that there are.

use std::path::PathBuf;

use serde_json::{Value, json};
use slsart::target::Target;
use tests::{Program, Scratch};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

const SCRIPT: &str = r#"
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 0.3, arrivalCount: 4, name: few }]
  http: { pool: 2 }
  plugins: { apdex: { threshold: 5000 } }
scenarios:
  - name: reader
    flow: [{ get: { url: "/" } }]
"#;

fn slsart(scratch: &Scratch) -> Program {
    Program::new(PROGRAM, scratch)
}

fn run(scratch: &Scratch, target: &str, more: &[&str]) -> Program {
    let script = scratch.write("few.yml", SCRIPT);
    slsart(scratch)
        .args(["run", "--target", target, "--workers", "2"])
        .args(more)
        .args([script])
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_report_comes_in_the_format_that_is_asked_for() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let file: PathBuf = scratch.path("v1.json");
    let path = file.to_str().unwrap();
    let named = ["--name", "one", "--report-format", "v1", "-o", path];
    let done = run(&scratch, target.url(), &named).run().expect(0);
    // A file leaves the text where it is.
    assert!(done.out.contains("users     4 started"), "{}", done.out);
    assert!(
        done.out.contains("apdex     1.00 (excellent)"),
        "{}",
        done.out
    );
    let first = tests::json(&file);
    let aggregate = &first["aggregate"];
    assert_eq!(aggregate["scenariosCreated"], json!(4));
    assert_eq!(aggregate["codes"], json!({ "200": 4 }));
    assert_eq!(aggregate["scenarioCounts"], json!({ "reader": 4 }));
    let phase = json!({ "duration": 0.3, "arrivalCount": 4, "name": "few" });
    assert_eq!(aggregate["phases"], json!([phase]));
    assert_eq!(first["slsart"]["verdict"], json!("passed"));
    let report = |more: &[&str]| {
        let report = slsart(&scratch).args(["report", "one"]).args(more);
        report.run().expect(0).out
    };
    assert_eq!(parsed(&report(&["--report-format", "v1"])), first);
    let second = parsed(&report(&["-o", "-"]));
    assert_eq!(second["aggregate"]["counters"]["http.codes.200"], json!(4));
    assert_eq!(second["aggregate"]["counters"]["apdex.satisfied"], json!(4));
    assert_eq!(parsed(&report(&["--report-format", "v2"])), second);
    assert_eq!(
        report(&["--report-format", "v1", "-o", "-"]),
        report(&["--report-format", "v1"])
    );
}

#[test]
fn a_format_that_there_is_not_is_refused_before_anything_runs() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let more = ["--name", "never", "--report-format", "v3"];
    let refused = run(&scratch, target.url(), &more).run().expect(2);
    let message = "there is no report format `v3`: there are `v2`, `v1`";
    assert!(refused.err.contains(message), "{}", refused.err);
    let nothing = slsart(&scratch).args(["report", "never"]).run();
    assert!(nothing.expect(2).err.contains("there is no run `never`"));
}

#[test]
fn a_variable_of_the_environment_asks_for_the_parts_of_connecting() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let of = |program: Program| {
        let report = parsed(&program.args(["-o", "-"]).run().expect(0).out);
        report["aggregate"]["summaries"]["http.tcp"]["count"].clone()
    };
    assert_eq!(of(run(&scratch, target.url(), &[])), Value::Null);
    let extended = run(&scratch, target.url(), &[]).env("ARTILLERY_EXTENDED_HTTP_METRICS", "1");
    assert!(
        of(extended)
            .as_u64()
            .is_some_and(|count| (1..=2).contains(&count))
    );
}
