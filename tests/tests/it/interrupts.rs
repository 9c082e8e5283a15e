//! A stop stops.

use std::process::Child;
use std::time::{Duration, Instant};

use slsart::target::{Running, Target};
use tests::{Program, Scratch, finish, interrupt, json, wait_until};

use crate::scripts;

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

fn started(scratch: &Scratch, target: &Running, arguments: &[&str]) -> Child {
    let script = scripts::steady(scratch, 50.0, 60.0);
    let child = Program::new(PROGRAM, scratch)
        .args(["run", "--name", "long", "-t", target.url()])
        .args(arguments)
        .args([&script])
        .start();
    wait_until("requests arrive", || target.count() > 10);
    child
}

/// Waits until a target has had no request for a while.
fn quiet(target: &Running) {
    let mut last = (target.count(), Instant::now());
    wait_until("no more requests arrive", || {
        if target.count() != last.0 {
            last = (target.count(), Instant::now());
        }
        last.1.elapsed() > Duration::from_millis(500)
    });
}

#[test]
fn an_interrupt_ends_the_run_with_a_partial_report() {
    for how in [&[][..], &["--processes", "--workers", "3"]] {
        let scratch = Scratch::default();
        let target = Target::start(0).unwrap();
        let report = scratch.path("report.json");
        let child = started(
            &scratch,
            &target,
            &[how, &["-o", report.to_str().unwrap()]].concat(),
        );
        interrupt(&child);
        let finished = finish(child).expect(130);
        assert!(finished.out.contains("STOPPED after"), "{}", finished.out);
        assert_eq!(json(&report)["slsart"]["partial"], true);
        assert_eq!(json(&report)["slsart"]["verdict"], "stopped");
        let facts = &json(&report)["slsart"]["run"];
        assert_eq!(facts["planned"], 3000);
        assert!(
            facts["tally"]["cancelled"].as_u64().unwrap() > 2000,
            "{facts}"
        );
        assert_eq!(
            (&facts["lost"], &facts["unfinished"]),
            (&0.into(), &0.into()),
            "{facts}"
        );
        assert_eq!(
            facts["tally"]["started"].as_u64().unwrap(),
            target.count(),
            "{facts}"
        );
    }
}

#[test]
fn a_second_interrupt_ends_it_at_once() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let child = started(&scratch, &target, &[]);
    interrupt(&child);
    interrupt(&child);
    let finished = finish(child);
    // Two signals in a row may reach the process as one.
    assert_eq!(finished.code, Some(130), "{}", finished.err);
    quiet(&target);
}

#[test]
fn stop_from_another_terminal_ends_the_run() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let child = started(&scratch, &target, &[]);
    let stopped = Program::new(PROGRAM, &scratch)
        .args(["stop", "long"])
        .run()
        .expect(0);
    assert_eq!(stopped.err, "the run `long` is told to stop\n");
    let finished = finish(child).expect(130);
    assert!(finished.out.contains("STOPPED after"), "{}", finished.out);
    let report = Program::new(PROGRAM, &scratch)
        .args(["report", "long"])
        .run()
        .expect(130);
    assert_eq!(
        report.out, finished.out,
        "the report is the same afterwards"
    );
    let again = Program::new(PROGRAM, &scratch)
        .args(["stop", "long"])
        .run()
        .expect(0);
    assert_eq!(again.err, "the run `long` is over already\n");
}
