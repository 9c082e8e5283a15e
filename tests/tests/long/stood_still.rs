//! A worker that stands still for two seconds.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use slsart::target::Target;
use tests::{Program, Scratch, finish, json, wait_until};

use crate::{PROGRAM, script};

/// Users a second, and how late they may be.
const RATE: u64 = 500;
const LATE: Duration = Duration::from_millis(100);

/// The most instants in any span of this length.
fn most_within(instants: &[u64], span: Duration) -> usize {
    let (mut most, mut first) = (0, 0);
    for (last, instant) in instants.iter().enumerate() {
        while instant - instants[first] > span.as_nanos() as u64 {
            first += 1;
        }
        most = most.max(last + 1 - first);
    }
    most
}

#[test]
fn two_seconds_of_standing_still_are_not_made_up_for() {
    for how in [&["--workers", "1"][..], &["--workers", "2", "--processes"]] {
        let scratch = Scratch::default();
        let target = Target::start(0).unwrap();
        let script = script(&scratch, 500, 8);
        let report = scratch.path("report.json");
        let child = Program::new(PROGRAM, &scratch)
            .args(["run", "--late-limit", "100", "-t", target.url()])
            .args(how)
            .args(["-o".as_ref(), report.as_os_str(), script.as_os_str()])
            .start();
        wait_until("requests arrive", || target.count() > 1000);
        let stopped = stand_still(&workers_of(child.id()), Duration::from_secs(2));
        let _done = finish(child).expect(4);
        let slsart = json(&report)["slsart"].clone();
        let missed = slsart["run"]["tally"]["missed"].as_u64().unwrap();
        let mut arrived: Vec<_> = target.record().iter().map(|one| one.arrived_ns).collect();
        arrived.sort_unstable();
        let pause = arrived.windows(2).map(|pair| pair[1] - pair[0]).max();
        let burst = most_within(&arrived, Duration::from_millis(10));
        println!(
            "{how:?}: stopped for {stopped:?}, longest pause {:?}, missed {missed}, at most {burst} requests in 10 ms; {}",
            Duration::from_nanos(pause.unwrap()),
            slsart["health"]["verdict"],
        );
        let due = (stopped.as_secs_f64() * RATE as f64) as u64;
        let late = RATE * LATE.as_millis() as u64 / 1000;
        assert!(
            (due - late - 50..=due + 50).contains(&missed),
            "{missed} of {due}"
        );
        // Those of the late limit at once, and those who are due meanwhile.
        assert!(burst as u64 <= late + 10, "{burst}");
        assert_eq!(target.count() + missed, 8 * RATE);
    }
}

#[test]
fn users_under_way_go_on_as_far_apart_as_they_would_have() {
    const RATE: u64 = 200;
    let scratch = Scratch::default();
    let target = Target::start(0).unwrap();
    let script = scratch.write(
        "two.yml",
        format!(
            r#"
config:
  target: http://127.0.0.1:1
  phases: [{{ duration: 6, arrivalRate: {RATE} }}]
scenarios:
  - flow:
      - get: {{ url: "/static/64?first" }}
      - think: 1
      - get: {{ url: "/static/64?second" }}
"#
        ),
    );
    let report = scratch.path("report.json");
    let child = Program::new(PROGRAM, &scratch)
        .args([
            "run",
            "--workers",
            "1",
            "--late-limit",
            "100",
            "-t",
            target.url(),
        ])
        .args(["-o".as_ref(), report.as_os_str(), script.as_os_str()])
        .start();
    wait_until("requests arrive", || target.count() > 1000);
    let stopped = stand_still(&workers_of(child.id()), Duration::from_secs(2));
    let _done = finish(child).expect(4);
    let slsart = json(&report)["slsart"].clone();
    let tally = &slsart["run"]["tally"];
    let mut arrived: Vec<_> = target.record().iter().map(|one| one.arrived_ns).collect();
    arrived.sort_unstable();
    let burst = most_within(&arrived, Duration::from_millis(10));
    println!(
        "stopped for {stopped:?}, {tally}, at most {burst} requests in 10 ms; {}",
        slsart["health"]["verdict"]
    );
    // Users who come and users who go on, each by the late limit; and those who are due meanwhile.
    let late = RATE * LATE.as_millis() as u64 / 1000;
    assert!(burst as u64 <= 2 * late + 10, "{burst}");
    assert_eq!(target.count(), 2 * tally["started"].as_u64().unwrap());
}

/// The process, those that it started, and those that they did.
fn workers_of(pid: u32) -> Vec<Pid> {
    let mut all = vec![i32::try_from(pid).unwrap()];
    let mut seen = 0;
    while seen < all.len() {
        all.extend(children_of(all[seen]));
        seen += 1;
    }
    all.into_iter().filter_map(Pid::from_raw).collect()
}

fn children_of(pid: i32) -> Vec<i32> {
    let folders = std::fs::read_dir("/proc").unwrap().flatten();
    let numbers = folders.filter_map(|folder| folder.file_name().to_str()?.parse::<i32>().ok());
    let parent = format!("PPid:\t{pid}\n");
    let is_child = |number: &i32| {
        let status = std::fs::read_to_string(format!("/proc/{number}/status"));
        status.is_ok_and(|status| status.contains(&parent))
    };
    numbers.filter(is_child).collect()
}

fn stand_still(all: &[Pid], span: Duration) -> Duration {
    let from = Instant::now();
    for pid in all {
        kill_process(*pid, Signal::STOP).unwrap();
    }
    wait_until("they have stood still for so long", || {
        from.elapsed() >= span
    });
    for pid in all {
        kill_process(*pid, Signal::CONT).unwrap();
    }
    from.elapsed()
}
