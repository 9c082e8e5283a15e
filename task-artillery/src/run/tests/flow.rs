//! What users send, in which order, and with which values.

use super::*;
use crate::run::tests::world::How;

#[test]
fn a_user_walks_its_flow_and_carries_on_what_it_captured() {
    let server = Server::new(|peer| {
        while let Some(request) = peer.request() {
            match &*request.line {
                "POST /items" => peer.write(
                    "HTTP/1.1 201 Created\r\ncontent-length: 20\r\n\r\n{\"item\": {\"id\": 42}}",
                ),
                _ => peer.ok("[]"),
            }
        }
    });
    let done = run(
        &server,
        &one_user(
            r#"
      - post:
          url: "/items"
          json: {name: "{{ $loopCount }}{{ missing }}", list: [1, 2.0, true, null]}
          capture: {json: "$.item.id", as: "id"}
      - think: 0.01
      - get: {url: "/items/{{ id }}?all=true", headers: {X-Id: "{{ id }}"}}
"#,
        )
        .replace("{{ $loopCount }}{{ missing }}", "x"),
    );
    assert_eq!(server.lines(), ["POST /items", "GET /items/42?all=true"]);
    let received = server.received();
    assert_eq!(received[0].body, r#"{"name":"x","list":[1,2,true,null]}"#);
    assert_eq!(received[0].header("content-type"), Some("application/json"));
    assert_eq!(received[1].header("x-id"), Some("42"));
    assert_eq!(received[1].header("content-length"), None);
    assert_eq!(server.connections(), 1, "a user keeps its connection");
    assert_eq!(done.codes(), [(200, 1), (201, 1)]);
    let report = &done.report;
    assert_eq!(
        (
            report.users.started,
            report.users.completed,
            report.users.failed
        ),
        (1, 1, 0)
    );
    assert_eq!((report.traffic.requests, report.traffic.bytes), (2, 22));
    assert_eq!(
        (
            report.connect.count(),
            report.tls.count(),
            report.dns.count()
        ),
        (1, 0, 0)
    );
    let session = report.periods.whole().session;
    assert_eq!((session.count(), report.total.count()), (1, 2));
    assert!(session.min() >= 10_000, "{session:?}");
    let names: Vec<_> = report
        .requests
        .iter()
        .map(|request| &*request.name)
        .collect();
    assert_eq!(names, ["POST /items", "GET /items/{{ id }}"]);
    assert_eq!(report.requests[1].traffic.responses, 1);
    assert_eq!(report.scenarios[0].name, "only");
}

#[test]
fn headers_are_those_of_artillery_and_what_the_script_says_comes_first() {
    let server = Server::answering("HTTP/1.1 204 No Content\r\n\r\n");
    run(&server, &one_user("      - get: {url: /}\n"));
    let bare = server.received().remove(0);
    let host = server.address().to_string();
    let expected = [
        ("host", &*host),
        ("user-agent", "Artillery (https://artillery.io)"),
        ("accept-encoding", "gzip, deflate"),
    ];
    assert_eq!(
        bare.headers,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );

    let server = Server::answering("HTTP/1.1 204 No Content\r\n\r\n");
    let flow = r#"
      - post: {url: /, json: {}, headers: {Content-Type: application/x, X-One: own, X-None: "{{ $env.none }}", x-latin: "é"}}
      - get: {url: /, headers: {User-Agent: me, accept-encoding: identity}}
"#.replace("{{ $env.none }}", "{{ none }}");
    let config = "variables: {none: [[]]}\n  defaults: {headers: {X-One: all, X-Two: \"{{ two }}\"}}\n  phases: [{duration: 100ms, arrivalCount: 1}]";
    let script = script(config, &flow).replace("{none: [[]]}", "{two: 2, none: x}");
    run(&server, &script);
    let received = server.received();
    let header = |number: usize, name: &str| received[number].header(name).map(str::to_owned);
    assert_eq!(header(0, "content-type").as_deref(), Some("application/x"));
    assert_eq!(header(0, "x-one").as_deref(), Some("own"));
    assert_eq!(header(0, "x-two").as_deref(), Some("2"));
    assert_eq!(
        header(0, "x-latin").as_deref(),
        Some("é"),
        "one byte for each character"
    );
    assert_eq!(
        header(0, "user-agent").as_deref(),
        Some(concat!("slsart/", env!("CARGO_PKG_VERSION")))
    );
    assert_eq!(header(1, "x-one").as_deref(), Some("all"));
    assert_eq!(header(1, "user-agent").as_deref(), Some("me"));
    assert_eq!(header(1, "accept-encoding").as_deref(), Some("identity"));
}

#[test]
fn loops_count_and_lead_through_lists() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    run(
        &server,
        &one_user(
            r#"
      - loop:
          - get: {url: "/a/{{ $loopCount }}/{{ $loopElement }}"}
          - loop:
              - get: {url: "/b/{{ $loopCount }}/{{ inner }}"}
            over: [x, y]
            loopElement: inner
        count: "2-4"
      - get: {url: "/after/{{ $loopCount }}"}
      - loop: [{get: {url: /never}}]
        count: 0
      - loop: [{get: {url: "/c/{{ n }}"}}]
        count: 1
        loopValue: n
"#,
        ),
    );
    assert_eq!(
        server.lines(),
        [
            "GET /a/2/2",
            "GET /b/0/x",
            "GET /b/1/y",
            "GET /a/3/2",
            "GET /b/0/x",
            "GET /b/1/y",
            "GET /after/4",
            "GET /c/0",
        ]
    );
}

#[test]
fn pauses_and_loops_that_a_variable_makes_impossible_fail_the_user() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    for (flow, error) in [
        ("      - think: \"{{ v }}\"\n", "Invalid think time: 1-3"),
        ("      - get: {url: \"{{ v }}\"}\n", "Invalid URL - 1-3"),
        (
            "      - get: {url: /, headers: {a: \"{{ newline }}\"}}\n",
            "ERR_INVALID_CHAR",
        ),
        (
            "      - loop: [{get: {url: /}}]\n        count: \"{{ newline }}\"\n",
            "Invalid loop count: a␊b",
        ),
    ] {
        let config = "variables: {v: 1-3, newline: \"a\\nb\"}\n  phases: [{duration: 100ms, arrivalCount: 2}]";
        let done = run(
            &server,
            &script(config, &format!("{flow}      - get: {{url: /never}}\n")),
        );
        assert_eq!(done.errors(), [(error, 2)]);
        assert_eq!(
            (done.report.users.failed, done.report.users.completed),
            (2, 0)
        );
        assert_eq!(done.report.periods.whole().session.count(), 0);
        assert_eq!(done.report.scenarios[0].users.failed, 2);
    }
    assert!(
        server.lines().is_empty(),
        "nothing is sent: {:?}",
        server.lines()
    );
}

#[test]
fn a_user_who_is_stopped_ends_as_cut_off() {
    let server = Server::new(|peer| {
        peer.request();
        peer.wait_for_end();
    });
    let script = one_user("      - get: {url: /}\n").replace("timeout: 0.4", "timeout: 60");
    let how = How {
        stop_when: Some(1),
        ..How::default()
    };
    let done = run_with(&server.url(), &script, how);
    assert_eq!(done.errors(), [("cut_off", 1)]);
    assert_eq!(done.facts.unfinished, 0);
    assert_eq!(
        done.report.requests[0].traffic.errors.total(),
        1,
        "it names where the user was"
    );
    assert_eq!(
        (done.report.traffic.requests, done.report.traffic.responses),
        (1, 0)
    );
}

#[test]
fn a_rehearsal_asks_nobody_and_counts_the_same() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"id\": 7}");
    let flow = r#"
      - get: {url: "/{{ $randomNumber(1, 100) }}", capture: {json: "$.id", as: id}}
      - loop: [{post: {url: "/{{ id }}", json: {a: "{{ $randomString(5) }}"}}}]
        count: 3
"#;
    let script = script("phases: [{duration: 200ms, arrivalCount: 20}]", flow);
    let real = run(&server, &script);
    assert_eq!(server.lines().len(), 80);
    // Nobody listens on port 1, and nobody is asked.
    let how = How {
        rehearsal: true,
        ..How::default()
    };
    let rehearsed = run_with("http://127.0.0.1:1", &script, how);
    assert_eq!(rehearsed.trace, real.trace);
    assert_eq!(rehearsed.report.users, real.report.users);
    assert_eq!(
        rehearsed.report.traffic.requests,
        real.report.traffic.requests
    );
    assert_eq!(rehearsed.codes(), real.codes());
}
