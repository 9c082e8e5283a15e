//! Forms in parts, and the files in them.

use super::sending::{OK, sent};
use super::*;

const BOUNDARY: &str = "--------------------------736c73617274000000000000";

/// A part of a multipart body.
fn part(head: &str, body: &str) -> String {
    format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
}

#[test]
fn parts_are_values_and_files() {
    let flow = r#"
      - post:
          url: /
          formData:
            a: "x é"
            "n\"1\r\n": 5
            t: {value: true, contentType: text/x}
            csv: {fromFile: people.csv}
            zero: {fromFile: nothing.bin, contentType: image/png}
            long: {fromFile: ./server.rs}
"#;
    let request = sent(flow).remove(0);
    let long = include_str!("server.rs");
    assert!(long.len() > 4096);
    let expected = [
        part("name=\"a\"", "x é"),
        part("name=\"n%221%0D%0A\"", "5"),
        part("name=\"t\"\r\nContent-Type: text/x", "true"),
        part(
            "name=\"csv\"; filename=\"people.csv\"\r\nContent-Type: text/csv",
            include_str!("people.csv"),
        ),
        part(
            "name=\"zero\"; filename=\"nothing.bin\"\r\nContent-Type: image/png",
            "",
        ),
        part(
            "name=\"long\"; filename=\"server.rs\"\r\nContent-Type: application/octet-stream",
            long,
        ),
        format!("--{BOUNDARY}--\r\n"),
    ];
    assert_eq!(request.body, expected.concat());
    assert_eq!(
        request.header("content-type"),
        Some(&*format!("multipart/form-data; boundary={BOUNDARY}"))
    );
    assert_eq!(
        request.header("content-length"),
        Some(&*request.body.len().to_string())
    );
}

#[test]
fn names_values_and_types_of_parts_are_filled_in_around_a_file() {
    let flow = r#"
      - post:
          url: /
          formData:
            "{{ v }}": "{{ n }}"
            u: "{{ none.x }}"
            long: {fromFile: server.rs, contentType: "{{ v }}"}
            file: {fromFile: people.csv, contentType: "{{ none.x }}"}
            last: {value: "{{ list }}", contentType: "{{ none.x }}"}
      - post: {url: /, formData: {}}
"#;
    let received = sent(flow);
    let expected = [
        part("name=\"x y\"", "5"),
        part("name=\"u\"", "undefined"),
        part(
            "name=\"long\"; filename=\"server.rs\"\r\nContent-Type: x y",
            include_str!("server.rs"),
        ),
        part(
            "name=\"file\"; filename=\"people.csv\"\r\nContent-Type: text/csv",
            include_str!("people.csv"),
        ),
        part("name=\"last\"", "[1,\"é\"]"),
        format!("--{BOUNDARY}--\r\n"),
    ];
    assert_eq!(received[0].body, expected.concat());
    assert_eq!(
        (&*received[1].body, received[1].header("content-length")),
        ("", Some("0"))
    );
}

#[test]
fn a_boundary_is_in_none_of_the_parts() {
    let flow = format!("      - post: {{url: /, formData: {{a: \"{BOUNDARY}\"}}}}\n");
    let other = BOUNDARY.replace("000000000000", "000000000001");
    let request = sent(&flow).remove(0);
    assert!(
        request
            .body
            .ends_with(&format!("{BOUNDARY}\r\n--{other}--\r\n")),
        "{}",
        request.body
    );
}

#[test]
fn a_content_type_with_a_line_break_fails_the_user() {
    let server = Server::answering(OK);
    let config = "variables: {v: \"a\\nb\"}\n  phases: [{duration: 100ms, arrivalCount: 1}]";
    let flow = "      - post: {url: /, formData: {a: {value: 1, contentType: \"{{ v }}\"}}}\n";
    let done = run(&server, &script(config, flow));
    assert_eq!(done.errors(), [("ERR_INVALID_CHAR", 1)]);
    assert_eq!(server.lines(), Vec::<String>::new());
}

#[test]
fn a_form_and_its_files_are_sent_on_where_the_status_says_to_repeat() {
    let server = Server::new(|peer| {
        while let Some(request) = peer.request() {
            match &*request.line {
                "POST /307" | "POST /308" | "POST /303" => {
                    let status = &request.line[6..];
                    peer.write(format!(
                        "HTTP/1.1 {status} Go\r\nlocation: /next\r\ncontent-length: 0\r\n\r\n"
                    ));
                }
                _ => peer.ok(""),
            }
        }
    });
    let flow = r"
      - post: {url: /307, form: {a: [1, 2]}}
      - post: {url: /308, formData: {f: {fromFile: server.rs}}}
      - post: {url: /303, form: {a: 1}}
";
    let done = run(&server, &one_user(flow));
    assert_eq!(done.errors(), []);
    let received = server.received();
    let line = |number: usize| &*received[number].line;
    assert_eq!((line(1), &*received[1].body), ("POST /next", "a=1%2C2"));
    assert_eq!(
        received[1].header("content-type"),
        received[0].header("content-type")
    );
    assert_eq!(line(3), "POST /next");
    assert_eq!(received[3].body, received[2].body);
    assert_eq!(
        received[3].header("content-type"),
        received[2].header("content-type")
    );
    assert_eq!((line(5), &*received[5].body), ("GET /next", ""));
}
