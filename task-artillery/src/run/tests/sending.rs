//! What requests carry: queries and forms.

use std::time::Duration;

use star_core::Limits;

use super::server::Received;
use super::world::How;
use super::*;

pub(super) const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// What a user sends to a server that says yes, with a variable `v` of `x y`, and `none.x` that is undefined.
pub(super) fn sent(flow: &str) -> Vec<Received> {
    let server = Server::answering(OK);
    let config = "variables: {v: x y, n: 5, none: {}, list: [[1, é]]}\n  phases: [{duration: 100ms, arrivalCount: 1}]";
    let done = run(&server, &script(config, flow));
    assert_eq!(done.errors(), []);
    server.received()
}

fn lines(flow: &str) -> Vec<String> {
    sent(flow).into_iter().map(|request| request.line).collect()
}

#[test]
fn a_body_that_is_not_there_has_no_length_where_none_is_expected() {
    let flow = r#"
      - post: {url: /}
      - put: {url: /, body: ""}
      - patch: {url: /, json: 0}
      - delete: {url: /}
      - get: {url: /}
      - options: {url: /}
"#;
    let received = sent(flow);
    let lengths = received
        .iter()
        .map(|request| request.header("content-length"));
    let expected = [Some("0"), Some("0"), Some("1"), None, None, None];
    assert_eq!(lengths.collect::<Vec<_>>(), expected);
}

#[test]
fn a_query_stands_for_that_of_the_url() {
    let flow = r#"
      - get: {url: "/a", qs: {b: "x y", l: [1, "ü"], e: [], t: true}}
      - get: {url: "/a?old=1#part", qs: {u: "{{ none.x }}", "{{ v }}": "{{ v }}&", n: , l: "{{ list }}"}}
      - get: {url: "/{{ v }}?old=1", qs: {b: 1}}
      - get: {url: "/a?old=1", qs: {}}
      - get: {url: "/a?old=1", qs: {e: []}}
      - get: {url: "TARGET", qs: {"é~*-._!'()&=+/%": 1}}
"#;
    assert_eq!(
        lines(flow),
        [
            "GET /a?b=x+y&l=1&l=%C3%BC&t=true",
            "GET /a?u=&x+y=x+y%26&n=&l=1&l=%C3%A9",
            "GET /x%20y?b=1",
            "GET /a",
            "GET /a",
            "GET /?%C3%A9%7E*-._%21%27%28%29%26%3D%2B%2F%25=1",
        ]
    );
}

#[test]
fn a_query_is_no_part_of_an_invalid_url_s_name() {
    let server = Server::answering(OK);
    let config = "variables: {v: nowhere}\n  phases: [{duration: 100ms, arrivalCount: 1}]";
    let flow = "      - get: {url: \"{{ v }}\", qs: {password: secret}}\n";
    let done = run(&server, &script(config, flow));
    assert_eq!(done.errors(), [("Invalid URL - nowhere", 1)]);
}

#[test]
fn a_form_is_sent_as_browsers_send_it() {
    let flow = r#"
      - post: {url: /, form: {a: "x y", c: [1, 2], e: [], ü: "&=+/"}}
      - post: {url: /, form: {a: "{{ v }}", "{{ v }}": "{{ n }}", u: "{{ none.x }}", l: "{{ list }}"}}
      - post: {url: /, form: {}}
      - post: {url: /, form: {a: 1}, headers: {Content-Type: text/own}}
      - get: {url: /, form: {a: 1}, allowGetBody: true}
"#;
    let received = sent(flow);
    let bodies: Vec<_> = received.iter().map(|request| &*request.body).collect();
    assert_eq!(
        bodies,
        [
            "a=x+y&c=1%2C2&e=&%C3%BC=%26%3D%2B%2F",
            "a=x+y&x+y=5&u=undefined&l=1%2C%C3%A9",
            "",
            "a=1",
            "a=1",
        ]
    );
    let types: Vec<_> = received
        .iter()
        .map(|request| request.header("content-type").unwrap())
        .collect();
    let form = "application/x-www-form-urlencoded";
    assert_eq!(types, [form, form, form, "text/own", form]);
    assert_eq!(received[2].header("content-length"), Some("0"));
    assert_eq!(received[4].line, "GET /");
}

#[test]
fn a_content_type_that_is_undefined_is_the_implied_one() {
    let flow = "      - post: {url: /, form: {a: 1}, headers: {content-type: \"{{ none.x }}\"}}\n";
    assert_eq!(
        sent(flow)[0].header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
}

#[test]
fn a_run_cut_any_way_sends_the_same_forms_and_files() {
    let flow = r#"
      - post:
          url: /
          qs: {i: "{{ $randomNumber(1, 1000000) }}"}
          cookie: {c: "{{ $randomString(5) }}"}
          auth: {user: "{{ $randomString(5) }}", pass: x}
          formData: {s: "{{ $randomString(5) }}", f: {fromFile: server.rs}}
      - post: {url: /, form: {s: "{{ $randomString(5) }}"}}
"#;
    let script = script("phases: [{duration: 300ms, arrivalRate: 40}]", flow);
    let requests = |limits: Limits| {
        let server = Server::answering(OK);
        let how = How {
            limits,
            ..How::default()
        };
        let done = run_with(&server.url(), &script, how);
        assert_eq!(done.errors(), []);
        let mut all: Vec<_> = server
            .received()
            .into_iter()
            .map(|request| {
                let header = |name: &str| request.header(name).map(str::to_owned);
                (
                    header("cookie"),
                    header("authorization"),
                    header("content-type"),
                    request.line,
                    request.body,
                )
            })
            .collect();
        all.sort();
        all
    };
    let late = Duration::from_secs(10);
    let whole = requests(Limits {
        late,
        ..Limits::here(1)
    });
    assert_eq!(whole.len(), 24);
    let cut = requests(Limits {
        late,
        chunk: Duration::from_millis(100),
        ..Limits::here(3)
    });
    assert!(whole == cut);
}
