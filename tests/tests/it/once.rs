//! What a script does once per run, before and after, by real workers.

use std::path::PathBuf;
use std::process::Child;

use slsart::target::{Running, Target};
use tests::{Finished, Program, Scratch, finish, interrupt, json, wait_until};

use crate::losses::{kill, workers_of};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

const THREADS: &[&str] = &["--workers", "4"];
const PROCESSES: &[&str] = &["--workers", "3", "--processes"];

const LOG_IN: &str = "{ post: { url: /login, json: { user: a, password: b }, capture: { json: $.token, as: token } } }";
const LOG_OUT: &str = r#"{ delete: { url: "/echo?of={{ token }}" } }"#;

/// Users who are let in by the token that `before` gets, and these steps before and after.
fn script(scratch: &Scratch, before: &str, after: &str, seconds: u32) -> PathBuf {
    let script = format!(
        r#"
config:
  target: http://127.0.0.1:1
  phases: [{{ duration: {seconds}, arrivalRate: 30 }}]
  defaults: {{ headers: {{ authorization: "Bearer {{{{ token }}}}" }} }}
before: {{ flow: [{before}] }}
scenarios:
  - flow: [{{ get: {{ url: /private }} }}]
after: {{ flow: [{after}] }}
"#
    );
    scratch.write("once.yml", script)
}

fn start(scratch: &Scratch, target: &Running, script: &PathBuf, how: &[&str]) -> Child {
    Program::new(PROGRAM, scratch)
        .args(["run", "--name", "once", "-t", target.url(), "-o"])
        .args([&scratch.path("report.json"), script])
        .args(how)
        .start()
}

fn run(scratch: &Scratch, target: &Running, script: &PathBuf, how: &[&str]) -> Finished {
    finish(start(scratch, target, script, how))
}

/// The requests that came, in order.
fn lines(target: &Running) -> Vec<String> {
    let received = target.record().into_iter();
    received
        .map(|one| format!("{} {}", one.method, one.path))
        .collect()
}

#[test]
fn before_gives_every_user_of_every_worker_a_token_and_after_is_done_last() {
    for how in [THREADS, PROCESSES] {
        let scratch = Scratch::default();
        let target = Target::start(0).unwrap();
        let before = format!("{LOG_IN}, {{ log: \"in: {{{{ token }}}}\" }}");
        let after = format!("{{ log: \"out: {{{{ token }}}}\" }}, {LOG_OUT}");
        let script = script(&scratch, &before, &after, 1);
        let quiet = [how, &["-q"]].concat();
        let said = run(&scratch, &target, &script, &quiet).expect(0).out;
        let lines = lines(&target);
        let [login, users @ .., logout] = &*lines else {
            panic!("{lines:?}");
        };
        assert_eq!(login, "POST /login");
        assert_eq!(users.len(), 30);
        assert!(users.iter().all(|line| line == "GET /private"));
        let token = logout.strip_prefix("DELETE /echo?of=").unwrap();
        assert!(token.len() > 8, "{token}");
        // What is called so is told by its name.
        assert_eq!(said, "in: {{ token }}\nout: {{ token }}\n");
        let report = json(&scratch.path("report.json"));
        let counters = &report["aggregate"]["counters"];
        assert_eq!(counters["http.codes.200"], 30, "all are let in: {counters}");
        assert_eq!(counters["http.requests"], 30, "{counters}");
        assert!(!report.to_string().contains(token));
    }
}

#[test]
fn where_before_fails_no_user_sends_anything_and_the_program_says_why() {
    let log_in_as_nobody = LOG_IN.replace("user: a, ", "");
    for (before, why) in [
        (
            &*log_in_as_nobody,
            "`before` failed at `POST /login` (answered with 401): ",
        ),
        (
            "{ get: { url: /reset } }",
            "`before` failed at `GET /reset`: ",
        ),
        (
            "{ think: \"{{ target }}\" }",
            "`before` failed: Invalid think time: http://127.0.0.1:",
        ),
    ] {
        for how in [THREADS, PROCESSES] {
            let scratch = Scratch::default();
            let target = Target::start(0).unwrap();
            let script = script(&scratch, &format!("{before}, {LOG_IN}"), LOG_OUT, 1);
            let quiet = [how, &["-q"]].concat();
            let finished = run(&scratch, &target, &script, &quiet).expect(1);
            let said = format!("error: the run never began: {why}");
            assert!(finished.err.starts_with(&said), "{}", finished.err);
            assert!(finished.out.is_empty(), "{}", finished.out);
            let sent = lines(&target);
            assert!(
                sent.len() <= 1 && !sent.concat().contains("private"),
                "{sent:?}"
            );
            let facts = &json(&scratch.path("report.json"))["slsart"]["run"];
            assert_eq!(facts["tally"]["started"], 0);
            let again = Program::new(PROGRAM, &scratch)
                .args(["report", "once"])
                .run()
                .expect(1);
            assert_eq!(again.err, finished.err);
        }
    }
}

#[test]
fn where_after_fails_the_report_stands_and_says_so() {
    for how in [THREADS, PROCESSES] {
        let scratch = Scratch::default();
        let target = Target::start(0).unwrap();
        let script = script(&scratch, LOG_IN, "{ get: { url: /reset } }", 1);
        let finished = run(&scratch, &target, &script, how).expect(4);
        let said = "  run: `after` failed at `GET /reset`: ";
        assert!(finished.out.contains(said), "{}", finished.out);
        let report = json(&scratch.path("report.json"));
        assert_eq!(report["slsart"]["run"]["tally"]["ended"], 30);
        assert_eq!(report["aggregate"]["counters"]["http.codes.200"], 30);
    }
}

#[test]
fn after_an_interrupt_after_is_done_once_and_last() {
    for how in [THREADS, PROCESSES] {
        let scratch = Scratch::default();
        let target = Target::start(0).unwrap();
        let script = script(&scratch, LOG_IN, LOG_OUT, 60);
        let child = start(&scratch, &target, &script, how);
        wait_until("requests arrive", || target.count() > 10);
        interrupt(&child);
        finish(child).expect(130);
        let lines = lines(&target);
        let logouts = lines.iter().filter(|line| line.starts_with("DELETE"));
        assert_eq!(logouts.count(), 1);
        assert!(lines.last().unwrap().starts_with("DELETE"));
    }
}

#[test]
fn an_interrupt_while_before_is_done_ends_it_and_nothing_is_sent() {
    for how in [THREADS, PROCESSES] {
        let scratch = Scratch::default();
        let target = Target::start(0).unwrap();
        let before = format!("{{ get: {{ url: /delay/60000 }} }}, {LOG_IN}");
        let script = script(&scratch, &before, LOG_OUT, 1);
        let script_text = std::fs::read_to_string(&script).unwrap();
        let patient = script_text.replacen("config:", "config:\n  timeout: 60", 1);
        std::fs::write(&script, patient).unwrap();
        let child = start(&scratch, &target, &script, how);
        wait_until("it has begun", || target.count() == 1);
        interrupt(&child);
        let finished = finish(child).expect(130);
        assert!(finished.out.contains("STOPPED"), "{}", finished.out);
        assert_eq!(lines(&target), ["GET /delay/60000"]);
    }
}

#[test]
fn a_worker_that_dies_while_it_does_after_is_named_and_nobody_does_it_again() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = script(&scratch, LOG_IN, "{ get: { url: /delay/60000 } }", 1);
    let child = start(&scratch, &target, &script, PROCESSES);
    let begun = || lines(&target).contains(&"GET /delay/60000".to_owned());
    wait_until("it has begun", begun);
    // Whoever waits for the one that does it would take its place.
    for worker in workers_of(&scratch) {
        kill(worker);
    }
    let finished = finish(child).expect(4);
    let said = "  run: closing the run was begun and not ended: its worker is gone";
    assert!(finished.out.contains(said), "{}", finished.out);
    let lines = lines(&target);
    assert_eq!(lines.len(), 32, "it is not done again");
}

#[test]
fn a_plan_does_nothing_of_it() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = script(&scratch, LOG_IN, LOG_OUT, 1);
    for command in ["check", "plan"] {
        Program::new(PROGRAM, &scratch)
            .args([command, "-t", target.url()])
            .args([&script])
            .run()
            .expect(0);
    }
    assert_eq!(target.count(), 0);
}
