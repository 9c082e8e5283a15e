//! What a run came to is told whatever else goes wrong, and nobody takes an old report for it.

use serde_json::json;
use slsart::target::{Running, Target};
use tests::{Finished, Program, Scratch, finish, interrupt, json as report_of, wait_until};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

/// A sample of a scenario that passes where the status is wanted.
fn script(scratch: &Scratch, target: &Running, wanted: u16, rest: &str) {
    let url = target.url();
    let script = format!(
        "config:\n  target: {url}\n{rest}\nmode: acceptance\nsampling: {{ averagePause: 0, pauseVariance: 0 }}\nscenarios:\n  - name: home\n    flow: [{{ get: {{ url: /, expect: {{ statusCode: {wanted} }} }} }}]\n"
    );
    scratch.write("s.yml", &script);
}

const SINK: &str = "  plugins: { publish-metrics: [{ type: influxdb, url: \"http://127.0.0.1:1\", database: d }] }";

const WHY: &str = "acceptance failure: scenarios run: 1, total errors: 1, error budget: 0";

fn slsart(scratch: &Scratch, how: &[&str]) -> Finished {
    Program::new(PROGRAM, scratch).args(how).run()
}

fn read(scratch: &Scratch, name: &str) -> String {
    std::fs::read_to_string(scratch.path(name)).unwrap_or_default()
}

#[test]
fn who_is_shown_no_report_is_told_what_is_wrong_in_a_line() {
    let (scratch, target) = (Scratch::default(), Target::start(0).unwrap());
    script(&scratch, &target, 200, SINK);
    for how in [&["-q"][..], &["-o", "-"], &["--report-format", "v1"]] {
        let done = slsart(&scratch, &[&["run", "s.yml"], how].concat()).expect(0);
        let warned = |text: &str| text.matches("warning: ").count();
        assert_eq!(warned(&done.err), 1, "{how:?}: {}", done.err);
        assert!(done.err.contains("`influxdb 127.0.0.1:1`"), "{}", done.err);
    }
    script(&scratch, &target, 201, "");
    let done = slsart(&scratch, &["run", "-q", "s.yml"]).expect(3);
    assert_eq!((&*done.out, done.err), ("", format!("error: {WHY}\n")));
}

#[test]
fn a_test_report_names_what_failed_after_a_load_test() {
    let (scratch, target) = (Scratch::default(), Target::start(0).unwrap());
    let after = "after: { flow: [{ get: { url: /status/500, capture: { json: $.no, as: no } } }] }\nscenarios: [{ flow: [{ get: { url: / } }] }]\n";
    let load = "  phases: [{ duration: 1, arrivalCount: 1 }]";
    scratch.write(
        "s.yml",
        format!("config:\n  target: {}\n{load}\n{after}", target.url()),
    );
    let done = Program::new(PROGRAM, &scratch)
        .args(["run", "s.yml", "--junit", "j.xml"])
        .env("GITHUB_ACTIONS", "true")
        .run()
        .expect(4);
    let junit = read(&scratch, "j.xml");
    assert!(
        junit.contains("<failure message=\"`after` failed"),
        "{junit}"
    );
    assert!(done.err.contains("::`after` failed"), "{}", done.err);
}

#[test]
fn a_file_that_cannot_be_written_costs_no_verdict() {
    let (scratch, target) = (Scratch::default(), Target::start(0).unwrap());
    for (wanted, code) in [(201, 3), (200, 2)] {
        script(&scratch, &target, wanted, "");
        for option in ["-o", "--junit"] {
            let done = slsart(&scratch, &["run", "s.yml", option, "/dev/full"]).expect(code);
            assert!(done.out.contains("planned 1 = 1 started"), "{}", done.out);
            assert!(done.out.contains(WHY) == (code == 3), "{}", done.out);
            let said = "error: cannot write `/dev/full`: ";
            assert!(done.err.contains(said), "{}", done.err);
        }
    }
}

#[test]
fn no_two_reports_are_written_to_one_place_and_a_test_report_can_be_printed() {
    let (scratch, target) = (Scratch::default(), Target::start(0).unwrap());
    script(&scratch, &target, 200, "");
    let printed = slsart(&scratch, &["run", "s.yml", "--name", "n", "--junit", "-"]).expect(0);
    assert!(printed.out.starts_with("<?xml"), "{}", printed.out);
    assert!(printed.out.ends_with("</testsuites>\n"), "{}", printed.out);
    for command in [["run", "s.yml"], ["report", "n"], ["watch", "n"]] {
        let refused = |how: &[&str]| slsart(&scratch, &[&command, how].concat()).expect(2).err;
        let same = refused(&["-o", "same", "--junit", "same"]);
        assert!(same.contains("which is what -o writes"), "{same}");
        for report in [["-o", "-"], ["--report-format", "v1"]] {
            let both = refused(&[&report[..], &["--junit", "-"]].concat());
            assert!(both.contains("to the standard output"), "{both}");
        }
        if command[0] != "run" {
            let again = slsart(&scratch, &[&command[..], &["--junit", "-"]].concat());
            assert_eq!(again.expect(0).out, printed.out);
        }
    }
    assert!(!scratch.path("same").exists() && !scratch.path("-").exists());
}

/// Fails unless both files say that there is no report for this.
fn are_of_none(scratch: &Scratch, why: &str) {
    let (report, junit) = (report_of(&scratch.path("r.json")), read(scratch, "j.xml"));
    let message = report["errorMessage"].as_str().unwrap_or_default();
    assert!(message.contains(why), "{report}");
    assert_eq!(report["slsart"]["verdict"], json!("noReport"));
    let failure = junit.split("<failure message=\"").nth(1).unwrap();
    assert!(failure.contains(why), "{junit}");
}

#[test]
fn where_there_is_no_report_both_files_say_why() {
    let (scratch, target) = (Scratch::default(), Target::start(0).unwrap());
    let files = ["-o", "r.json", "--junit", "j.xml"];
    let run = |how: &[&str]| slsart(&scratch, &[&["run", "s.yml"], &files[..], how].concat());
    script(&scratch, &target, 200, "");
    run(&["--name", "n"]).expect(0);
    let report = report_of(&scratch.path("r.json"));
    assert_eq!(report["slsart"]["verdict"], json!("passed"));
    run(&["--name", "n"]).expect(2);
    are_of_none(&scratch, "there is a run called `n` already");
    run(&["--runs", "/proc/x"]).expect(2);
    are_of_none(&scratch, "cannot write `/proc/x`");
    for command in ["report", "watch"] {
        slsart(&scratch, &[&[command, "none"], &files[..]].concat()).expect(2);
        are_of_none(&scratch, "there is no run `none`");
    }
    let wrong = read(&scratch, "s.yml").replace("{ get:", "{ gett:");
    scratch.write("s.yml", &wrong);
    run(&[]).expect(5);
    are_of_none(&scratch, "unknown step `gett`");
    // What is no place for them is left alone.
    let before = read(&scratch, "s.yml");
    slsart(
        &scratch,
        &["run", "s.yml", "-o", "s.yml", "--junit", "j.xml"],
    )
    .expect(2);
    assert_eq!(read(&scratch, "s.yml"), before);
}

#[test]
fn who_does_not_wait_for_a_report_finds_no_old_one() {
    let (scratch, target) = (Scratch::default(), Target::start(0).unwrap());
    script(&scratch, &target, 200, "");
    let slow = read(&scratch, "s.yml").replace("url: /,", "url: /delay/20000,");
    scratch.write("s.yml", &slow);
    scratch.write("r.json", "{}");
    let run = Program::new(PROGRAM, &scratch)
        .args(["run", "s.yml", "-o", "r.json", "--junit", "j.xml"])
        .start();
    wait_until("it is asked", || target.count() > 0);
    interrupt(&run);
    wait_until("it is stopping", || {
        let runs = slsart(&scratch, &["runs", "--json"]).out;
        runs.contains("stopping") || runs.contains("stopped")
    });
    interrupt(&run);
    finish(run).expect(130);
    are_of_none(&scratch, "the run was interrupted");
}

#[test]
fn annotations_name_files_as_github_knows_them() {
    let (scratch, target) = (Scratch::default(), Target::start(0).unwrap());
    let folder = scratch.path("e2e");
    std::fs::create_dir(&folder).unwrap();
    let annotated = |how: &[&str], input: &str| {
        let program = Program::new(PROGRAM, &scratch).args(how);
        let program = program.env("GITHUB_ACTIONS", "true");
        let program = program.env("GITHUB_WORKSPACE", scratch.path("."));
        let done = program.working_in(&folder).input(input.as_bytes());
        let lines = done.err.lines().filter(|line| line.starts_with("::"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    script(&scratch, &target, 201, "");
    let failing = read(&scratch, "s.yml");
    let wrong = failing.replace("{ get:", "{ gett:");
    for (text, ends) in [(&failing, ",title="), (&wrong, ",line=")] {
        std::fs::write(folder.join("s.yml"), text).unwrap();
        let lines = annotated(&["run", "s.yml"], "");
        let first = format!("::error file=e2e/s.yml{ends}");
        assert!(lines[0].starts_with(&first), "{lines:?}");
        let lines = annotated(&["run", "-"], text);
        assert!(!lines.is_empty(), "{text}");
        assert!(
            !lines.iter().any(|line| line.contains("file=")),
            "{lines:?}"
        );
    }
}
