//! What is typed, and what is said of it.

use serde_json::{Value, json};
use slsart::target::Target;
use tests::{Program, Scratch};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

fn slsart(scratch: &Scratch) -> Program {
    Program::new(PROGRAM, scratch)
}

fn script(scratch: &Scratch, phases: &str, step: &str) -> std::path::PathBuf {
    let text = format!(
        "config: {{ target: \"http://127.0.0.1:1\", phases: [{phases}] }}\nscenarios: [{{ flow: [{step}] }}]\n"
    );
    scratch.write("typed.yml", text)
}

#[test]
fn a_report_on_the_standard_output_is_alone_there() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let phases = "{ duration: 1, arrivalCount: 1 }";
    let script = script(&scratch, phases, "{ log: said }, { get: { url: / } }");
    for how in [&["--report-format", "v1"][..], &["-o", "-"]] {
        let run = slsart(&scratch).args(["run", "-t", target.url()]).args(how);
        let done = run.args([&script]).run().expect(0);
        let report: Value = serde_json::from_str(&done.out).unwrap();
        assert_eq!(report["slsart"]["verdict"], "passed");
        assert!(done.err.contains("said\n"), "{}", done.err);
    }
}

#[test]
fn a_report_has_the_phases_in_which_nobody_arrives() {
    let scratch = Scratch::default();
    let phases = "{ duration: 0.2, arrivalRate: 0, name: calm }, { pause: 0.1 }";
    let script = script(&scratch, phases, "{ get: { url: / } }");
    let run = slsart(&scratch).args(["run", "--report-format", "v1"]);
    let done = run.args([&script]).run();
    let report: Value = serde_json::from_str(&done.out).unwrap();
    let calm = json!({ "duration": 0.2, "arrivalRate": 0, "name": "calm" });
    assert_eq!(
        report["aggregate"]["phases"],
        json!([calm, { "pause": 0.1 }])
    );
}

#[test]
fn limits_that_a_script_does_not_set_hold_in_functions_only() {
    let scratch = Scratch::default();
    for (phases, said) in [
        (
            "{ duration: 1, arrivalRate: 6000 }",
            "allows 5000 by default",
        ),
        (
            "{ pause: 25h }, { duration: 1, arrivalRate: 1 }",
            "allows 86400 s by default",
        ),
    ] {
        let script = script(&scratch, phases, "{ get: { url: / } }");
        slsart(&scratch)
            .args(["check"])
            .args([&script])
            .run()
            .expect(0);
        let here = slsart(&scratch).args(["plan", "--workers", "1"]);
        here.args([&script]).run().expect(0);
        let refused = slsart(&scratch)
            .args(["plan"])
            .args([&script])
            .run()
            .expect(5);
        assert!(refused.err.contains(said), "{}", refused.err);
    }
}

#[test]
fn a_file_that_is_not_there_is_told_with_where_it_was_looked_for() {
    let scratch = Scratch::default();
    let script = script(&scratch, "{ pause: 1 }", "{ get: { url: / } }");
    let check = || slsart(&scratch).args(["check"]).args([&script]);
    let typed = "a path that is typed is relative to the current folder";
    for option in ["-c", "-i", "--env-file"] {
        let told = check().args([option, "none.yml"]).run().expect(5);
        assert!(
            told.out.contains(typed) || told.err.contains(typed),
            "{told:?}"
        );
    }
    let told = check().args(["-p", "none.csv"]).run().expect(5);
    let told = told.out + &told.err;
    assert!(told.contains("none.csv"), "{told}");
    assert!(!told.contains("a path is relative"), "{told}");
    std::fs::create_dir(scratch.path("more")).unwrap();
    scratch.write(
        "more/payload.yml",
        "config: { payload: { path: none.csv, fields: [a] } }\n",
    );
    let told = check().args(["-c", "more/payload.yml"]).run().expect(5);
    let told = told.out + &told.err;
    assert!(
        told.contains("typed.yml`, also in files that are laid over it"),
        "{told}"
    );
}

#[test]
fn a_script_to_begin_with_is_explained_and_can_be_written_to_the_standard_output() {
    let scratch = Scratch::default();
    let help = slsart(&scratch).args(["script", "--help"]).run().expect(0);
    let words: Vec<&str> = help.out.split_whitespace().collect();
    let help = words.join(" ");
    for text in [
        "The endpoint to load with traffic [default: http://aws.amazon.com]",
        "The duration, in seconds, to load the given endpoint [default: 5]",
        "The rate, in requests per second, at which to load the given endpoint [default: 2]",
        "The rate to adjust towards away from the given rate, in requests per second at which to load the given endpoint",
        "The file to output the generated script in to",
    ] {
        assert!(help.contains(text), "{help}");
    }
    let written = slsart(&scratch)
        .args(["script", "-r", "7", "-o", "-"])
        .run()
        .expect(0);
    assert!(written.out.starts_with("config:\n"), "{}", written.out);
    assert!(written.out.contains("arrivalRate: 7\n"), "{}", written.out);
    assert!(!scratch.path("-").exists());
}

#[test]
fn quiet_says_what_it_leaves_out() {
    let help = slsart(&Scratch::default())
        .args(["run", "--help"])
        .run()
        .expect(0);
    assert!(
        help.out.contains("nothing but warnings and errors"),
        "{}",
        help.out
    );
}
