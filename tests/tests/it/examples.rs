//! The examples do what they say.

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
