//! The lines that `log` steps say.

use slsart::target::Target;
use tests::{Program, Scratch};

fn slsart(scratch: &Scratch) -> Program {
    Program::new(env!("CARGO_BIN_EXE_slsart-under-test"), scratch)
}

/// A script of `users` who each say a line with this in it, as long as it is.
fn talkative(scratch: &Scratch, users: u32, word: &str) -> std::path::PathBuf {
    scratch.write(
        "talkative.yml",
        format!(
            r#"
config:
  target: http://127.0.0.1:1
  phases: [{{ duration: 500ms, arrivalCount: {users} }}]
scenarios:
  - flow:
      - get: {{ url: /echo }}
      - log: "user {{{{ $uuid }}}} {word}"
      - log: "of {{{{ $env.TOKEN }}}}"
"#
        ),
    )
}

/// Whether these are all the lines of so many users, each whole.
fn are_whole(text: &str, users: usize, word: &str) {
    let mut tokens = 0;
    let mut uuids = std::collections::BTreeSet::new();
    for line in text.lines() {
        if line == "of {{ $env.TOKEN }}" {
            tokens += 1;
            continue;
        }
        let rest = line
            .strip_prefix("user ")
            .and_then(|rest| rest.strip_suffix(word));
        let uuid = rest.unwrap_or_else(|| panic!("{line:.200}")).trim_end();
        assert_eq!(uuid.len(), 36, "{uuid:.200}");
        assert!(uuids.insert(uuid.to_owned()), "{uuid}");
    }
    assert_eq!((uuids.len(), tokens), (users, users));
}

#[test]
fn lines_come_out_whole_also_when_nothing_else_does_and_from_whichever_worker() {
    // More than a pipe takes at once.
    let word = "long ".repeat(4000);
    let word = word.trim_end();
    for how in [&["--workers", "3"][..], &["--processes", "--workers", "3"]] {
        let scratch = Scratch::default();
        let target = Target::start(0).unwrap();
        let script = talkative(&scratch, 40, word);
        let done = slsart(&scratch)
            .env("TOKEN", "hunter22")
            .args(["run", "-q", "-t", target.url()])
            .args(how)
            .args([&script])
            .run()
            .expect(0);
        are_whole(&done.out, 40, word);
        assert_eq!(done.err, "", "{how:?}");
    }
}

#[test]
fn lines_make_room_for_a_report_on_the_standard_output() {
    for how in [&["--workers", "2"][..], &["--processes", "--workers", "2"]] {
        let scratch = Scratch::default();
        let target = Target::start(0).unwrap();
        let script = talkative(&scratch, 10, "short");
        let done = slsart(&scratch)
            .env("TOKEN", "hunter22")
            .args(["run", "-q", "-o", "-", "-t", target.url()])
            .args(how)
            .args([&script])
            .run()
            .expect(0);
        let report: serde_json::Value = serde_json::from_str(&done.out).unwrap();
        assert_eq!(report["slsart"]["run"]["tally"]["ended"], 10, "{report:#}");
        are_whole(&done.err, 10, "short");
    }
}

#[test]
fn a_plan_says_nothing() {
    let scratch = Scratch::default();
    let script = talkative(&scratch, 10, "short");
    for command in ["plan", "check"] {
        let done = slsart(&scratch)
            .env("TOKEN", "hunter22")
            .args([command])
            .args([&script])
            .run()
            .expect(0);
        assert!(!done.out.contains("user "), "{}", done.out);
        assert!(!done.err.contains("user "), "{}", done.err);
    }
}
