//! The commands, as a person types them.

use std::io::{BufRead as _, BufReader};

use slsart::target::Target;
use tests::{Program, Scratch, finish, terminate};

use crate::scripts;

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

/// The program.
pub(crate) fn slsart(scratch: &Scratch) -> Program {
    Program::new(PROGRAM, scratch)
}

#[test]
fn the_kinds_that_are_linked_are_these() {
    let listed = slsart(&Scratch::default()).args(["tasks"]).run().expect(0);
    assert_eq!(listed.out, "artillery\n");
}

#[test]
fn help_and_version_are_answered_and_nonsense_is_refused() {
    let scratch = Scratch::default();
    let help = slsart(&scratch).args(["--help"]).run().expect(0);
    assert!(
        help.out.contains("Exit codes:\n  0    passed"),
        "{}",
        help.out
    );
    let version = slsart(&scratch).args(["--version"]).run().expect(0);
    assert_eq!(
        version.out,
        format!("slsart {}\n", env!("CARGO_PKG_VERSION"))
    );
    for nonsense in [
        &["rnu"][..],
        &["run"],
        &["run", "a.yml", "--workers", "0"],
        &["run", "a.yml", "--name", "a/b"],
    ] {
        let refused = slsart(&scratch).args(nonsense).run().expect(2);
        assert!(refused.err.starts_with("error: "), "{}", refused.err);
    }
}

#[test]
fn completions_are_printed() {
    let script = slsart(&Scratch::default())
        .args(["completions", "bash"])
        .run()
        .expect(0);
    assert!(script.out.contains("complete -F _slsart"), "{}", script.out);
}

#[test]
fn a_run_that_does_not_exist_is_answered() {
    let scratch = Scratch::default();
    for command in ["stop", "report"] {
        let answer = slsart(&scratch).args([command, "nobody"]).run().expect(2);
        assert!(
            answer
                .err
                .starts_with("error: there is no run `nobody` in `"),
            "{}",
            answer.err
        );
    }
}

#[test]
fn a_name_that_is_taken_is_refused() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scripts::steady(&scratch, 10.0, 0.2);
    let run = || {
        slsart(&scratch)
            .args(["run", "-q", "--name", "mine", "-t", target.url()])
            .args([&script])
            .run()
    };
    let _first = run().expect(0);
    assert_eq!(
        run().expect(2).err,
        "error: there is a run called `mine` already\n"
    );
}

#[test]
fn the_target_command_prints_its_address_and_ends_when_told() {
    let scratch = Scratch::default();
    let mut child = slsart(&scratch).args(["target"]).start();
    let mut first = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut first).unwrap();
    assert!(first.starts_with("http://127.0.0.1:"), "{first}");
    let script = scripts::steady(&scratch, 10.0, 0.3);
    slsart(&scratch)
        .args(["run", "-q", "-t", first.trim()])
        .args([&script])
        .run()
        .expect(0);
    terminate(&child);
    let _ended = finish(child).expect(0);
}
