//! What is done once per run, beside the users.

use std::time::Duration;

use star_core::{Limits, Rate, Report as _};

use super::server::Received;
use super::world::How;
use super::*;

/// Gives a token that no other run would have, and answers everything else with an empty object.
fn server() -> Server {
    Server::new(|peer| {
        while let Some(request) = peer.request() {
            if request.line == "POST /login" {
                peer.ok(format!("{{\"token\": \"of-{}\"}}", request.body));
            } else {
                peer.ok("{}");
            }
        }
    })
}

const SCRIPT: &str = r#"
config:
  target: "TARGET"
  variables: {color: [red, green], who: anybody}
  defaults: {headers: {x-token: "{{ token }}"}}
  payload: {path: people.csv, fields: [name, age], order: sequence}
  phases: [{duration: 0.3, arrivalRate: 100}]
before:
  flow:
    - loop: [{get: {url: "/warm/{{ $loopCount }}/{{ $randomNumber(1, 1000000) }}"}}]
      count: 2
    - post:
        url: /login
        body: "{{ name }}-{{ color }}-{{ $uuid }}"
        capture: [{json: $.token, as: token}, {json: $.token, as: who}]
    - get: {url: "/inside/{{ who }}"}
scenarios:
  - flow:
      - get: {url: "/{{ token }}/{{ who }}/{{ name }}/{{ $randomNumber(1, 1000000) }}"}
after:
  flow:
    - delete: {url: "/sessions/{{ token }}/{{ $uuid }}/{{ $randomNumber(1, 1000000) }}"}
"#;

fn lines(received: &[Received]) -> Vec<&str> {
    received.iter().map(|received| &*received.line).collect()
}

#[test]
fn before_is_done_first_and_after_last_whatever_the_number_of_workers() {
    let alone = server();
    let whole = run(&alone, SCRIPT);
    let cut = Limits {
        chunk: Duration::from_millis(100),
        chunk_rate: Some(Rate::per_second(20)),
        workers: None,
        lead: Duration::from_millis(50),
        ..Limits::here(1)
    };
    let mut expected = None;
    for limits in [Limits::here(1), Limits::here(5), cut] {
        let together = server();
        let limits = Limits {
            late: Duration::from_secs(10),
            ..limits
        };
        let how = How {
            limits,
            ..How::default()
        };
        let parts = run_with(&together.url(), SCRIPT, how);
        assert_eq!(parts.trace, whole.trace);
        assert_eq!(parts.report.counts(), whole.report.counts());
        let received = together.received();
        let lines = lines(&received);
        let [warm, again, login, inside, users @ .., last] = &*lines else {
            panic!("{lines:?}");
        };
        assert!(warm.starts_with("GET /warm/0/") && again.starts_with("GET /warm/1/"));
        assert_eq!(*login, "POST /login");
        assert!(
            received[2].body.starts_with("ann-"),
            "the first row of a payload"
        );
        let token = format!("of-{}", received[2].body);
        assert_eq!(*inside, format!("GET /inside/{token}"));
        let (_, uuid) = received[2]
            .body
            .split_once('-')
            .unwrap()
            .1
            .split_once('-')
            .unwrap();
        assert!(
            last.starts_with(&format!("DELETE /sessions/{token}/{uuid}/")),
            "{last}"
        );
        assert_eq!(users.len(), 30);
        let whose = format!("GET /{token}/anybody/");
        assert!(
            users.iter().all(|line| line.starts_with(&whose)),
            "{users:?}"
        );
        let users = &received[4..received.len() - 1];
        assert!(
            users
                .iter()
                .all(|user| user.header("x-token") == Some(&token))
        );
        let mut sorted: Vec<String> = lines.iter().map(ToString::to_string).collect();
        sorted.sort();
        assert_eq!(*expected.get_or_insert(sorted.clone()), sorted);
    }
}

#[test]
fn nothing_of_it_is_in_the_report() {
    let server = server();
    let done = run(&server, SCRIPT);
    assert_eq!(
        (done.report.users.started, done.report.traffic.requests),
        (30, 30)
    );
    assert_eq!(done.facts.tally.started, 30);
    assert_eq!(
        done.report.requests.len(),
        1,
        "only the users' request has a line"
    );
}

#[test]
fn in_a_rehearsal_nothing_is_sent_and_what_would_be_captured_has_a_name() {
    let server = server();
    let how = How {
        rehearsal: true,
        ..How::default()
    };
    let done = run_with(&server.url(), SCRIPT, how);
    assert_eq!((done.facts.tally.started, server.received().len()), (30, 0));
}

#[test]
fn after_a_stop_after_is_still_done_once() {
    let server = server();
    let script = SCRIPT.replace("duration: 0.3", "duration: 30");
    let how = How {
        stop_when: Some(10),
        limits: Limits {
            late: Duration::from_secs(10),
            ..Limits::here(3)
        },
        ..How::default()
    };
    let done = run_with(&server.url(), &script, how);
    assert!(done.facts.stopped.is_some() && done.facts.tally.cancelled > 2000);
    let lines = server.lines();
    let deletes = lines.iter().filter(|line| line.starts_with("DELETE"));
    assert_eq!(deletes.count(), 1);
    assert!(lines.last().unwrap().starts_with("DELETE"), "{lines:?}");
}

#[test]
fn a_capture_of_a_columns_name_wins_in_before_and_users_keep_their_rows() {
    let server = server();
    let script = SCRIPT
        .replace("as: who}", "as: name}")
        .replace("/inside/{{ who }}", "/inside/{{ name }}");
    run(&server, &script);
    let received = server.received();
    assert!(received[3].line.starts_with("GET /inside/of-ann-"));
    let lines = lines(&received[4..received.len() - 1]);
    let names = lines.iter().map(|line| line.split('/').nth(3).unwrap());
    let names: std::collections::BTreeSet<_> = names.collect();
    assert_eq!(
        Vec::from_iter(names),
        ["ann", "bob", "cas", "dee", "eve", "flo"]
    );
}
