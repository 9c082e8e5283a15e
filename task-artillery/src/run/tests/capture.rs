//! What is kept of answers.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

/// What a user asks for after these captures from this answer, and the errors.
fn captured(body: &'static str, captures: &str) -> (Vec<String>, Vec<String>) {
    let server = Server::new(move |peer| {
        while peer.request().is_some() {
            peer.ok(body);
        }
    });
    let flow = format!(
        "      - get: {{url: /, capture: {captures}}}\n      - get: {{url: \"/{{{{ a }}}}/{{{{ b }}}}\"}}\n"
    );
    let config = "variables: {a: old, b: old}\n  phases: [{duration: 100ms, arrivalCount: 1}]";
    let done = run(&server, &script(config, &flow));
    let errors = done
        .errors()
        .into_iter()
        .map(|(name, _)| name.to_owned())
        .collect();
    (server.lines().split_off(1), errors)
}

fn asked(body: &'static str, captures: &str) -> String {
    let (lines, errors) = captured(body, captures);
    assert_eq!(errors, Vec::<String>::new(), "{captures}");
    lines.concat()
}

fn refused(body: &'static str, captures: &str) {
    let (lines, errors) = captured(body, captures);
    assert_eq!(errors, ["Failed capture or match"], "{body} {captures}");
    assert_eq!(lines, Vec::<String>::new());
}

#[test]
fn what_a_path_finds_goes_to_its_variable() {
    let body =
        r#"{"id": 7, "none": null, "empty": "", "deep": {"x": [{"y": "z"}]}, "list": [5, 6]}"#;
    assert_eq!(asked(body, r#"{json: "$.id", as: a}"#), "GET /7/old");
    assert_eq!(
        asked(
            body,
            r#"[{json: "$.id", as: a}, {json: "$.deep.x[0].y", as: b}]"#
        ),
        "GET /7/z"
    );
    assert_eq!(asked(body, r#"{json: "$.none", as: a}"#), "GET /null/old");
    let drawn = asked(body, r#"{json: "$.list[*]", as: a}"#);
    assert!(["GET /5/old", "GET /6/old"].contains(&&*drawn), "{drawn}");
    assert_eq!(asked(body, r#"{json: "$.list", as: a}"#), "GET /[5,6]/old");
}

#[test]
fn what_finds_nothing_fails_the_user_unless_it_is_not_strict() {
    refused(r#"{"id": ""}"#, r#"{json: "$.id", as: a}"#);
    refused(r#"{"id": 7}"#, r#"{json: "$.none", as: a}"#);
    refused("<html>", r#"{json: "$.id", as: a}"#);
    refused("", r#"{json: "$.id", as: a}"#);
    assert_eq!(
        asked(r#"{"id": 7}"#, r#"{json: "$.none", as: a, strict: false}"#),
        "GET /undefined/old"
    );
    assert_eq!(
        asked("<html>", r#"{json: "$.id", as: a, strict: false}"#),
        "GET /undefined/old"
    );
    // Of a response of which one capture fails nothing is kept; the user fails before that could be seen.
    refused(
        r#"{"id": 7}"#,
        r#"[{json: "$.id", as: a}, {json: "$.none", as: b}]"#,
    );
}

#[test]
fn captures_work_on_any_status_and_the_error_is_at_its_request() {
    let server =
        Server::answering("HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\n\r\n{\"id\": 7}");
    let flow = r#"
      - get: {url: /, capture: {json: "$.id", as: id}}
      - get: {url: "/{{ id }}", name: second, capture: {json: "$.none", as: none}}
"#;
    let done = run(&server, &one_user(flow));
    assert_eq!(server.lines(), ["GET /", "GET /7"]);
    assert_eq!(done.codes(), [(404, 2)]);
    let of = |number: usize| done.report.requests[number].traffic.errors.total();
    assert_eq!((of(0), of(1)), (0, 1));
    assert_eq!(done.report.requests[1].name, "GET /{{ id }} (second)");
}

#[test]
fn compressed_bodies_are_decoded_where_they_are_looked_at() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(br#"{"id": 7}"#).unwrap();
    let body = encoder.finish().unwrap();
    let length = body.len();
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n\r\n");
    let answer = [head.as_bytes(), &body].concat();
    let broken = [head.as_bytes(), &vec![b'x'; length]].concat();
    let server = Server::new(move |peer| {
        while let Some(request) = peer.request() {
            peer.write(if request.line == "GET /broken" {
                &broken
            } else {
                &answer
            });
        }
    });
    let done = run(
        &server,
        &one_user(
            r#"
      - get: {url: /, capture: {json: "$.id", as: id}}
      - get: {url: /broken}
      - get: {url: "/{{ id }}"}
      - get: {url: /broken, capture: {json: "$.id", as: id}}
"#,
        ),
    );
    assert_eq!(
        server.lines(),
        ["GET /", "GET /broken", "GET /7", "GET /broken"]
    );
    assert_eq!(done.errors(), [("Z_DATA_ERROR", 1)]);
    assert_eq!(
        done.report.traffic.bytes,
        4 * length as u64,
        "as they came over the network"
    );
}

#[test]
fn a_body_is_read_to_its_end_and_kept_up_to_sixteen_megabytes() {
    let server = Server::new(|peer| {
        while peer.request().is_some() {
            let length = 17 * 1024 * 1024;
            peer.write(format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n"
            ));
            (0..17).for_each(|_| peer.write(vec![b' '; 1024 * 1024]));
        }
    });
    let done = run(
        &server,
        &one_user(
            r#"
      - get: {url: /}
      - get: {url: /, capture: {json: "$.id", as: id}}
"#,
        ),
    );
    assert_eq!(done.errors(), [("ERR_BODY_TOO_LONG", 1)]);
    assert_eq!(done.report.traffic.bytes, 2 * 17 * 1024 * 1024);
    assert_eq!((server.connections(), done.report.users.failed), (1, 1));
}

#[test]
fn an_encoding_that_was_not_asked_for_fails_what_needs_the_body() {
    let server = Server::answering(
        "HTTP/1.1 200 OK\r\ncontent-encoding: br\r\nx-id: 7\r\ncontent-length: 4\r\n\r\n\x0b\0.\x03",
    );
    let header = "capture: {header: x-id, as: id}";
    let body = "capture: {regexp: x, as: x, strict: false}";
    for (what, expected) in [
        (header, vec![]),
        (body, vec![("ERR_BODY_ENCODING", 1)]),
        ("gzip: false, capture: {regexp: \"\\x03\", as: x}", vec![]),
    ] {
        let flow = format!("      - get: {{url: /, {what}}}\n");
        let done = run(&server, &one_user(&flow));
        assert_eq!((done.errors(), done.codes()), (expected, vec![(200, 1)]));
    }
}
