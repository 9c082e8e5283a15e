//! Scenarios that are tried out.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use star_core::{Limits, Report as _};

use super::server::Received;
use super::world::How;
use super::*;

/// Three scenarios, one of which nobody would play in a load test, and a payload of four rows.
const SCRIPT: &str = r#"
config:
  target: "TARGET"
  payload: {path: people.csv, fields: [name], order: sequence}
mode: acceptance
sampling: {size: 3, averagePause: 0.01, pauseVariance: 0.01}
scenarios:
  - name: one
    flow:
      - post: {url: "/one/{{ name }}/{{ $randomString(8) }}", body: "{{ $uuid }}"}
      - loop: [{get: {url: "/again/{{ $randomString(8) }}"}}]
        count: 2
  - name: two
    weight: 0
    flow: [{get: {url: "/two/{{ name }}"}}]
  - name: three
    weight: 100
    flow: [{get: {url: "/three/{{ name }}"}}]
"#;

fn server() -> Server {
    Server::new(|peer| {
        while peer.request().is_some() {
            peer.ok("{}");
        }
    })
}

fn requests(server: &Server) -> Vec<(String, String)> {
    let one = |received: Received| (received.line, received.body);
    let mut all: Vec<_> = server.received().into_iter().map(one).collect();
    all.sort();
    all
}

fn on(workers: u32) -> How {
    How {
        limits: Limits::here(workers),
        ..How::default()
    }
}

#[test]
fn every_scenario_is_tried_out_so_many_times_whatever_its_weight_and_each_time_as_somebody_else() {
    let server = server();
    let done = run(&server, SCRIPT);
    assert_eq!((done.facts.planned, done.facts.tally.started), (3, 3));
    let users: Vec<_> = done
        .report
        .scenarios
        .iter()
        .map(|one| one.users.completed)
        .collect();
    assert_eq!((users, done.report.phases.len()), (vec![3, 3, 3], 0));
    let all = requests(&server);
    assert_eq!(all.len(), 3 * (3 + 1 + 1));
    let mut different = all.clone();
    different.retain(|(line, _)| !line.contains("/two/") && !line.contains("/three/"));
    different.dedup();
    assert_eq!(different.len(), 9, "{all:#?}");
    // The rows are dealt out in order, and begin anew when all have been.
    let names = |scenario: &str| -> Vec<String> {
        let lines = server.received().into_iter().map(|received| received.line);
        let own = lines.filter(|line| line.contains(scenario));
        own.map(|line| line.split('/').nth(2).unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("/one/"), ["ann", "bob", "cas"]);
    assert_eq!(names("/two/"), ["dee", "eve", "flo"]);
    assert_eq!(names("/three/"), ["ann", "bob", "cas"]);
}

#[test]
fn scenarios_are_tried_out_alike_by_any_number_of_workers() {
    let alone = server();
    let whole = run(&alone, SCRIPT);
    for workers in [2, 9] {
        let shared = server();
        let done = run_with(&shared.url(), SCRIPT, on(workers));
        assert_eq!(done.facts.chunks, u64::from(workers.min(3)));
        assert_eq!(requests(&shared), requests(&alone));
        assert_eq!(done.report.counts(), whole.report.counts());
        let mut traces = [&done.trace, &whole.trace].map(|trace| format!("{trace:?}"));
        traces.sort();
        assert_eq!(traces[0], traces[1]);
    }
}

#[test]
fn a_slow_scenario_keeps_no_other_waiting_and_a_sample_is_late_for_nothing() {
    // The first request of the one is answered when the other has come.
    let server = Server::new(|peer| {
        while let Some(request) = peer.request() {
            let (_open, silent) = mpsc::channel::<()>();
            while request.line.contains("/slow") && !peer.seen("GET /quick") {
                let _timeout = silent.recv_timeout(Duration::from_millis(5));
            }
            peer.ok("{}");
        }
    });
    let script = r#"
config: {target: "TARGET"}
mode: mon
sampling: {size: 2, averagePause: 0.1, pauseVariance: 0, errorBudget: 0}
scenarios:
  - flow: [{get: {url: "/slow"}}]
  - flow: [{get: {url: "/quick"}}]
"#;
    let begun = Instant::now();
    let done = run(&server, script);
    assert_eq!(done.errors(), []);
    assert!(begun.elapsed() >= Duration::from_millis(200));
    let due = &done.report.due_latency;
    assert_eq!(due.count(), 4);
    // The pause before a sample is no lateness.
    assert!(due.min() < 100_000, "{}", due.min());
}

#[test]
fn no_more_scenarios_are_tried_out_at_once_than_a_worker_has_room_for() {
    let server = server();
    let limits = Limits {
        open_units: Some(1),
        ..Limits::here(1)
    };
    let how = How {
        limits,
        ..How::default()
    };
    let done = run_with(&server.url(), SCRIPT, how);
    assert_eq!(
        (done.report.users.completed, done.facts.tally.missed),
        (9, 0)
    );
    let lines = server.received().into_iter().map(|one| one.line);
    let of_one = lines.map(|line| line.contains("/two/") || line.contains("/three/"));
    assert!(of_one.is_sorted(), "the first scenario is through first");
}

#[test]
fn what_goes_wrong_in_a_sample_ends_that_sample_and_none_is_begun_after_a_stop() {
    let server = Server::new(|peer| {
        while peer.request().is_some() {
            peer.ok("{}");
        }
    });
    let script = r#"
config: {target: "TARGET"}
mode: acc
sampling: {size: 4, averagePause: 0, pauseVariance: 0, errorBudget: 0}
scenarios:
  - flow: [{get: {url: "/", capture: {json: "$.id", as: id}}}]
"#;
    let done = run(&server, script);
    assert_eq!(done.report.users.failed, 4);
    assert_eq!(done.errors(), [("Failed capture or match", 4)]);
    let slow = script.replace("averagePause: 0,", "averagePause: 3600,");
    let how = How {
        stop_when: Some(1),
        ..How::default()
    };
    let done = run_with(&server.url(), &slow, how);
    assert_eq!(done.report.users.started, 0);
    assert!(done.facts.stopped.is_some());
}
