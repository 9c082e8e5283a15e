//! A worker that stands still.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use slsart::target::Target;
use tests::{Program, Scratch, finish, json, wait_until};

use crate::scripts;

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

#[test]
fn a_stopped_worker_misses_whom_it_could_not_start_and_makes_up_for_nobody() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scripts::steady(&scratch, 50.0, 5.0);
    let report = scratch.path("report.json");
    let child = Program::new(PROGRAM, &scratch)
        .args(["run", "--workers", "1", "--late-limit", "100"])
        .args(["-t", target.url(), "-o"])
        .args([&report, &script])
        .start();
    wait_until("requests arrive", || target.count() > 5);
    stand_still_for_a_second(child.id());
    let done = finish(child).expect(4);
    let slsart = json(&report)["slsart"].clone();
    let tally = |what: &str| slsart["run"]["tally"][what].as_u64().unwrap();
    assert!(tally("missed") >= 40, "{}", slsart["run"]);
    assert_eq!(tally("started") + tally("missed"), 250);
    assert_eq!(target.count(), tally("started"));
    // Who was started was due at most the late limit before: so many and no more came at once.
    let latest = slsart["health"]["lateness"]["max"].as_f64().unwrap();
    assert!(latest <= 100.0, "{latest}");
    assert_eq!(slsart["health"]["missed"], tally("missed"));
    let last = done.out.lines().last().unwrap();
    let because = format!(
        "this run can't be trusted, because {} units were missed",
        tally("missed")
    );
    assert!(last.starts_with(&because), "{last}");
}

#[test]
fn a_worker_that_stands_still_while_nobody_is_due_says_so_and_does_not_blame_the_target() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scratch.write(
        "few.yml",
        r#"
config:
  target: http://127.0.0.1:1
  phases: [{ duration: 1, arrivalCount: 20 }]
scenarios:
  - flow:
      - loop:
          - get: { url: "/echo?n=1" }
          - think: 0.2
        count: 20
"#,
    );
    let report = scratch.path("report.json");
    let child = Program::new(PROGRAM, &scratch)
        .args([
            "run",
            "--workers",
            "1",
            "--trusted",
            "-t",
            target.url(),
            "-o",
        ])
        .args([&report, &script])
        .start();
    wait_until("all have come", || target.count() > 120);
    stand_still_for_a_second(child.id());
    let done = finish(child).expect(4);
    let slsart = json(&report)["slsart"].clone();
    assert_eq!(slsart["run"]["tally"]["missed"], 0);
    assert_eq!(target.count(), 400);
    let stood_still = slsart["health"]["stoodStill"].as_f64().unwrap();
    assert!(stood_still > 800.0, "{stood_still}");
    let last = done.out.lines().last().unwrap();
    let because = format!("because a worker stood still for {stood_still:.1} ms");
    assert!(last.contains(&because), "{last}");
}

/// Stops a process, and lets it go on a second later.
fn stand_still_for_a_second(process: u32) {
    let pid = Pid::from_raw(i32::try_from(process).unwrap()).unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    let stopped = Instant::now();
    wait_until("a second has passed", || {
        stopped.elapsed() > Duration::from_secs(1)
    });
    kill_process(pid, Signal::CONT).unwrap();
}
