//! What takes minutes, or asserts seconds. Run by `.ci/long`, on a quiet machine, in release.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't set itself up has failed"
)]
#![expect(clippy::print_stdout, reason = "its figures are to be read")]

mod framework;
mod function;
mod rows;
mod snapshots;
mod soak;
mod stood_still;

use std::process::Child;
use std::time::{Duration, Instant};

use slsart::target::Target;
use tests::{Program, Scratch, finish, interrupt, json, wait_until};

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

fn script(scratch: &Scratch, rate: u32, seconds: u32) -> std::path::PathBuf {
    let script = format!(
        r#"
config:
  target: http://127.0.0.1:1
  phases: [{{ duration: {seconds}, arrivalRate: {rate} }}]
scenarios:
  - flow:
      - get: {{ url: "/static/64?n={{{{ $randomNumber(1, 1000000) }}}}" }}
"#
    );
    scratch.write("script.yml", script)
}

/// The most memory that a process has had until now, in bytes; none when it is gone.
fn peak_memory(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

#[test]
fn two_hundred_thousand_arrivals_stay_below_sixty_megabytes() {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = script(&scratch, 2000, 100);
    let report = scratch.path("report.json");
    let mut child = Program::new(PROGRAM, &scratch)
        .args(["run", "-q", "--late-limit", "100", "-t", target.url(), "-o"])
        .args([&report, &script])
        .start();
    let mut peak = 0;
    let deadline = Instant::now() + Duration::from_mins(3);
    while child.try_wait().unwrap().is_none() {
        peak = peak_memory(child.id()).unwrap_or(0).max(peak);
        assert!(Instant::now() < deadline, "it does not end");
        std::thread::park_timeout(Duration::from_millis(100));
    }
    let finished = finish(child).expect(0);
    let facts = &json(&report)["slsart"]["run"];
    println!(
        "200,000 arrivals at 2,000/s: peak {:.1} MB, {facts}",
        peak as f64 / 1e6
    );
    assert_eq!(facts["planned"], 200_000, "{}", finished.err);
    assert_eq!(target.count(), 200_000);
    assert!(peak < 60_000_000, "{peak} bytes");
}

fn started(scratch: &Scratch, target: &slsart::target::Running, arguments: &[&str]) -> Child {
    let script = script(scratch, 100, 60);
    let child = Program::new(PROGRAM, scratch)
        .args(["run", "--name", "long", "-t", target.url()])
        .args(arguments)
        .args([&script])
        .start();
    wait_until("requests arrive", || target.count() > 20);
    child
}

/// How long after the stop the last request arrived, and how long the program took to end.
fn stop_after(stop: impl Fn(&Scratch, &Child), arguments: &[&str]) -> (Duration, Duration) {
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let child = started(&scratch, &target, arguments);
    let from = Instant::now();
    let wall = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    stop(&scratch, &child);
    let _finished = finish(child).expect(130);
    let took = from.elapsed();
    let last = target
        .record()
        .last()
        .map_or(0, |received| received.arrived_ns);
    (Duration::from_nanos(last).saturating_sub(wall), took)
}

#[test]
fn a_stop_from_another_terminal_takes_two_seconds_at_most() {
    for how in [&[][..], &["--processes", "--workers", "4"]] {
        let mut all: Vec<_> = (0..10)
            .map(|_| {
                let stop = |scratch: &Scratch, _: &Child| {
                    Program::new(PROGRAM, scratch)
                        .args(["stop", "long"])
                        .run()
                        .expect(0);
                };
                stop_after(stop, how)
            })
            .collect();
        all.sort_unstable();
        println!(
            "stop {how:?}: last request after the stop, median {:?}, max {:?}",
            all[5].0, all[9].0
        );
        assert!(
            all.iter()
                .all(|(last, took)| last.as_secs_f64() < 2.0 && took.as_secs_f64() < 2.0),
            "{all:?}"
        );
    }
}

#[test]
fn a_second_interrupt_ends_it_in_half_a_second() {
    for _ in 0..10 {
        let (last, took) = stop_after(
            |_, child| {
                interrupt(child);
                // Two signals at once may be delivered as one.
                std::thread::park_timeout(Duration::from_millis(50));
                interrupt(child);
            },
            &[],
        );
        assert!(took < Duration::from_millis(500), "{last:?} {took:?}");
    }
}
