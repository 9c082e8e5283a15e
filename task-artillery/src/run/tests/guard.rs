//! Requests that are made by chance or on a condition, pauses that differ, lines that are said.

use super::world::How;
use super::*;

/// Many users at once.
const USERS: &str = "variables: {n: 3, name: ann, list: [[1, 2]], none: \"\"}\n  phases: [{duration: 100ms, arrivalCount: 200}]";

/// Answers with an id.
fn server() -> Server {
    Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"id\": 7}")
}

#[test]
fn a_request_of_some_probability_is_made_as_often_and_leaves_no_trace_where_it_is_not() {
    let server = server();
    let flow = r"
      - get: {url: /sometimes, probability: 30}
      - get: {url: /always, probability: 100}
      - get: {url: /never, probability: 0}
";
    let done = run(&server, &script(USERS, flow));
    let lines = server.lines();
    let count = |line: &str| lines.iter().filter(|found| *found == line).count();
    assert_eq!((count("GET /always"), count("GET /never")), (200, 0));
    let sometimes = count("GET /sometimes");
    assert!((35..85).contains(&sometimes), "{sometimes}");
    assert_eq!(done.report.users.completed, 200);
    let requests = &done.report.requests;
    assert_eq!(requests[0].traffic.requests, sometimes as u64);
    assert_eq!(
        (
            requests[2].traffic.requests,
            requests[2].traffic.errors.total()
        ),
        (0, 0)
    );
}

#[test]
fn what_a_request_sends_does_not_depend_on_whether_others_are_made() {
    let sent = |probability: &str| {
        let server = server();
        let flow = format!(
            "      - loop:\n          - get: {{url: \"/a/{{{{ $randomString(8) }}}}\"{probability}}}\n          - get: {{url: \"/b/{{{{ $randomString(8) }}}}\"}}\n        count: 3\n"
        );
        run(&server, &script(USERS, &flow));
        let mut lines = server.lines();
        lines.sort();
        let (a, b): (Vec<_>, Vec<_>) = lines
            .into_iter()
            .partition(|line| line.starts_with("GET /a"));
        (a, b)
    };
    let (all, others) = sent("");
    let (some, same) = sent(", probability: 50, ifTrue: random() < 0.9");
    assert_eq!(same, others);
    assert_eq!(all.len(), 600);
    assert!((200..340).contains(&some.len()), "{}", some.len());
    assert!(some.iter().all(|line| all.contains(line)));
    // Rounds draw for themselves: nobody is left out in all rounds for the others' sake.
    assert_eq!(sent(", probability: 50, ifTrue: random() < 0.9").0, some);
}

#[test]
fn a_request_with_a_condition_is_made_where_that_holds() {
    let server = server();
    let flow = r#"
      - get: {url: /1, ifTrue: n == 3 and name ~= "^a"}
      - get: {url: /2, ifTrue: n == 4}
      - get: {url: /3, ifTrue: none}
      - get: {url: /4, ifTrue: 2 in list}
      - get: {url: /5, ifTrue: id}
      - get: {url: /6, capture: {json: $.id, as: id}}
      - get: {url: /7, ifTrue: id == "7" and not none}
      - loop: [{get: {url: "/8/{{ $loopCount }}", ifTrue: $loopCount % 2 == 1}}]
        count: 4
"#;
    let script = script(
        "variables: {n: 3, name: ann, list: [[1, 2]], none: \"\"}\n  phases: [{duration: 100ms, arrivalCount: 1}]",
        flow,
    );
    let done = run(&server, &script);
    assert_eq!(
        server.lines(),
        [
            "GET /1", "GET /4", "GET /6", "GET /7", "GET /8/1", "GET /8/3"
        ]
    );
    assert_eq!(done.errors(), []);
}

#[test]
fn a_condition_that_neither_holds_nor_does_not_fails_the_user() {
    let server = server();
    let flow = "      - get: {url: /, ifTrue: name ~= none}\n      - get: {url: /never, ifTrue: name ~= bad}\n";
    let config = "variables: {name: ann, none: \"\", bad: \"(\"}\n  phases: [{duration: 100ms, arrivalCount: 2}]";
    let done = run(&server, &script(config, flow));
    assert_eq!(done.errors(), [("Invalid condition: name ~= bad", 2)]);
    assert_eq!(server.lines(), ["GET /", "GET /"]);
}

#[test]
fn pauses_differ_by_chance_around_what_is_said() {
    let server = server();
    let flow = r"
      - think: 20ms
      - {think: 40ms, jitter: 50%}
      - {think: 5ms, jitter: 500}
";
    let script = script(
        "defaults: {think: {jitter: 20ms}}\n  phases: [{duration: 50ms, arrivalCount: 40}]",
        flow,
    );
    let done = run(&server, &script);
    assert_eq!(done.report.users.completed, 40);
    let session = &done.report.periods.whole().session;
    // At least 0, 20 and 0 ms; of forty some take most of 40, 60 and 505 ms.
    assert!(session.min() >= 20_000, "{session:?}");
    assert!(session.max() >= 300_000, "{session:?}");
}

#[test]
fn lines_are_said_with_what_they_name_but_not_in_a_rehearsal() {
    let server = server();
    let flow = r#"
      - get: {url: /, capture: {json: $.id, as: id}}
      - log: "id {{ id }} of {{ list }}"
      - log: "{{ name }}"
"#;
    let config =
        "variables: {name: ann, list: [[1, 2]]}\n  phases: [{duration: 100ms, arrivalCount: 2}]";
    let script = script(config, flow);
    let mut done = run(&server, &script);
    done.said.sort();
    assert_eq!(done.said, ["ann", "ann", "id 7 of [1,2]", "id 7 of [1,2]"]);
    let how = How {
        rehearsal: true,
        ..How::default()
    };
    let rehearsed = run_with("http://127.0.0.1:1", &script, how);
    assert_eq!(rehearsed.said, [""; 0]);
    assert_eq!(rehearsed.trace, done.trace);
}

#[test]
fn a_rehearsal_leaves_out_what_the_run_leaves_out() {
    let server = server();
    let flow = r#"
      - get: {url: "/a/{{ $randomString(4) }}", probability: 40}
      - {think: "{{ $randomNumber(1, 9) }}ms", jitter: 50%}
      - get: {url: "/b/{{ $randomString(4) }}", ifTrue: random() < 0.5}
"#;
    let script = script(USERS, flow);
    let real = run(&server, &script);
    let how = How {
        rehearsal: true,
        ..How::default()
    };
    let rehearsed = run_with("http://127.0.0.1:1", &script, how);
    assert_eq!(rehearsed.trace, real.trace);
    assert_eq!(rehearsed.codes(), real.codes());
}
