//! A job made of several files.

use slsart::target::Target;
use tests::{Program, Scratch};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

fn write(scratch: &Scratch) {
    scratch.write(
        "script.yml",
        "includes: lib/base.yml\nscenarios:\n  - flow:\n      - include: lib/login.yml\n",
    );
    scratch.write(
        "lib/base.yml",
        "config:\n  target: http://127.0.0.1:1\n  phases: [{ duration: 1, arrivalCount: 3 }]\n",
    );
    scratch.write(
        "lib/login.yml",
        "- get: { url: /static/1 }\n- get: { url: /static/2 }\n",
    );
    scratch.write("more.yml", "config: { phases: [{ arrivalCount: 2 }] }\n");
    scratch.write("last.yml", "config: { phases: [{ arrivalCount: 4 }] }\n");
}

#[test]
fn included_steps_are_run_and_further_files_lie_over_the_script() {
    let scratch = Scratch::default();
    write(&scratch);
    for (files, users) in [
        (&["script.yml"][..], 3),
        (&["script.yml", "more.yml"], 2),
        (&["script.yml", "more.yml", "-i", "last.yml"], 4),
        (&["-i", "script.yml", "-i", "more.yml"], 2),
        (&["-i", "last.yml", "script.yml", "-c", "more.yml"], 2),
    ] {
        let target = Target::start(0).unwrap();
        Program::new(PROGRAM, &scratch)
            .args(["run", "-t", target.url()])
            .args(files)
            .run()
            .expect(0);
        assert_eq!(target.count(), 2 * users, "{files:?}");
        let plan = Program::new(PROGRAM, &scratch)
            .args(["plan", "--json"])
            .args(files)
            .run()
            .expect(0);
        let plan: serde_json::Value = serde_json::from_str(&plan.out).unwrap();
        assert_eq!(plan["units"], users, "{files:?}");
        Program::new(PROGRAM, &scratch)
            .args(["check"])
            .args(files)
            .run()
            .expect(0);
    }
}

#[test]
fn without_any_file_the_command_line_is_wrong() {
    let scratch = Scratch::default();
    let refused = Program::new(PROGRAM, &scratch)
        .args(["run"])
        .run()
        .expect(2);
    assert!(refused.err.contains("SCRIPT"), "{}", refused.err);
}
