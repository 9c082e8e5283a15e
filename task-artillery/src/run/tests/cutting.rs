//! The same run, cut or not.

use std::time::Duration;

use star_core::{Limits, Rate, Report as _};

use super::server::Received;
use super::world::How;
use super::*;

const CONFIG: &str = r"variables: {color: [red, green, blue]}
  payload: [{path: people.csv, fields: [name, age]}, {path: people.csv, fields: [first], order: sequence}]
  phases:
    - {duration: 0.4, arrivalRate: 100, name: steady}
    - {duration: 0.4, arrivalRate: 20, rampTo: 300}";

const FLOW: &str = r#"
      - post:
          url: "/items?first={{ first }}"
          json: {name: "{{ name }}", age: "{{ age }}", color: "{{ color }}", lucky: "{{ $randomNumber(1, 1000000) }}"}
          capture: {json: "$.id", as: id}
      - loop: [{get: {url: "/items/{{ id }}/{{ $randomString(4) }}", probability: 60}}]
        count: 2
      - {think: "{{ $randomNumber(1, 9) }}ms", jitter: 80%}
      - parallel:
          - - post: {url: "/a/{{ id }}", body: "{{ $randomString(9) }}", capture: {json: "$.id", as: id}}
            - get: {url: "/a/{{ id }}"}
          - get: {url: "/b/{{ id }}", ifTrue: random() < 0.5}
          - loop: [{post: {url: "/c/{{ $loopCount }}", body: "{{ $randomString(9) }}", capture: {json: "$.id", as: id}}}]
            count: 3
        limit: 2
      - get: {url: "/last/{{ id }}/{{ $loopCount }}"}
  - name: other
    weight: 2
    flow:
      - think: 0.02
      - get: {url: "/other/{{ $uuid }}"}
"#;

/// Answers with an id that is a function of the body, so that it does not depend on who came first.
fn server() -> Server {
    Server::new(|peer| {
        while let Some(request) = peer.request() {
            let id: usize = request.body.bytes().map(usize::from).sum();
            peer.ok(format!("{{\"id\": {id}}}"));
        }
    })
}

/// What was sent, whoever sent it.
fn requests(server: &Server) -> Vec<(String, String)> {
    let one = |received: Received| (received.line, received.body);
    let mut all: Vec<_> = server.received().into_iter().map(one).collect();
    all.sort();
    all
}

#[test]
fn a_run_cut_any_way_sends_the_same_requests_and_reports_the_same_counts() {
    let script = script(CONFIG, FLOW);
    let alone = server();
    let whole = run(&alone, &script);
    assert_eq!(whole.facts.tally.started, 104);
    assert_eq!(whole.errors(), []);
    assert!(
        whole.trace.iter().all(|line| line.notes.len() == 2),
        "{:?}",
        whole.trace
    );
    let cut = |millis, rate| Limits {
        chunk: Duration::from_millis(millis),
        chunk_rate: Some(Rate::per_second(rate)),
        workers: None,
        lead: Duration::from_millis(50),
        ..Limits::here(1)
    };
    for limits in [Limits::here(2), Limits::here(7), cut(100, 5)] {
        let limits = Limits {
            late: Duration::from_secs(10),
            ..limits
        };
        let together = server();
        let parts = run_with(
            &together.url(),
            &script,
            How {
                limits,
                ..How::default()
            },
        );
        assert_eq!(requests(&together), requests(&alone));
        assert_eq!(parts.trace, whole.trace);
        assert_eq!(parts.report.counts(), whole.report.counts());
        assert_eq!(parts.facts.tally, whole.facts.tally);
        assert!(parts.facts.chunks > 1);
    }
}

#[test]
fn rows_are_dealt_by_the_number_of_the_user_and_none_twice_before_all_were_used() {
    let server = server();
    let flow = "      - get: {url: \"/{{ first }}/{{ name }}\"}\n";
    let config = CONFIG.split("  phases").next().unwrap();
    let phases = "  phases: [{duration: 0.3, arrivalCount: 12}]";
    let limits = Limits {
        late: Duration::from_secs(10),
        ..Limits::here(3)
    };
    let script = script(&format!("{config}{phases}"), flow);
    run_with(
        &server.url(),
        &script,
        How {
            limits,
            ..How::default()
        },
    );
    let lines = server.lines();
    let names = |at: usize| {
        let mut names: Vec<_> = lines
            .iter()
            .map(|line| line.split('/').nth(at).unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    let twice = ["ann", "bob", "cas", "dee", "eve", "flo"]
        .map(|name| [name, name])
        .concat();
    assert_eq!(names(1), twice);
    assert_eq!(names(2), twice);
}
