//! What requests carry: queries, forms, files, who asks, cookies.

use std::time::Duration;

use star_core::Limits;

use super::server::Received;
use super::world::How;
use super::*;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

const BOUNDARY: &str = "--------------------------736c73617274000000000000";

/// What a user sends to a server that says yes, with a variable `v` of `x y`, and `none.x` that is undefined.
fn sent(flow: &str) -> Vec<Received> {
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

#[test]
fn a_head_and_a_get_are_redirected_as_they_are() {
    let server = Server::new(|peer| {
        while let Some(request) = peer.request() {
            if request.line.ends_with(" /") {
                peer.write("HTTP/1.1 302 Go\r\nlocation: /next\r\ncontent-length: 0\r\n\r\n");
            } else {
                peer.write(OK);
            }
        }
    });
    let flow = "      - head: {url: /}\n      - get: {url: /, body: x, allowGetBody: true}\n";
    let done = run(&server, &one_user(flow));
    assert_eq!(done.errors(), []);
    assert_eq!(
        server.lines(),
        ["HEAD /", "HEAD /next", "GET /", "GET /next"]
    );
    assert_eq!(server.received()[3].body, "x");
}

#[test]
fn who_asks_is_told_the_server_and_no_other() {
    let other = Server::answering(OK);
    let to = other.url();
    let server = Server::new(move |peer| {
        while let Some(request) = peer.request() {
            let to = match &*request.line {
                "GET /here" => "/there".to_owned(),
                "GET /there" => format!("{to}/x"),
                _ => {
                    peer.write(OK);
                    continue;
                }
            };
            peer.write(format!(
                "HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"
            ));
        }
    });
    let flow = r#"
      - get: {url: /here, auth: {user: "{{ name }}", pass: "p@:é"}}
      - get: {url: /, auth: {user: me}, headers: {authorization: own}}
      - get: {url: "http://url:user@HOST/", auth: {pass: p}}
      - get: {url: "http://url:user@HOST/"}
      - get: {url: /, auth: {user: "{{ none.x }}", pass: ""}, headers: {Authorization: own}}
      - get: {url: /}
"#
    .replace("HOST", &server.address().to_string());
    let config = "variables: {name: m é, none: {}}\n  phases: [{duration: 100ms, arrivalCount: 1}]";
    let done = run(&server, &script(config, &flow));
    assert_eq!(done.errors(), []);
    let received = server.received();
    let told: Vec<_> = received
        .iter()
        .map(|request| request.header("authorization"))
        .collect();
    assert_eq!(
        told,
        [
            Some("Basic bSDDqTpwQDrDqQ=="),
            Some("Basic bSDDqTpwQDrDqQ=="),
            Some("Basic bWU6"),
            Some("Basic OnA="),
            Some("Basic dXJsOnVzZXI="),
            Some("own"),
            None,
        ]
    );
    assert_eq!(other.received()[0].header("authorization"), None);
}

#[test]
fn cookies_that_the_script_gives_stay_with_the_user() {
    let server = Server::new(|peer| {
        while let Some(request) = peer.request() {
            if request.line == "GET /change" {
                peer.write("HTTP/1.1 200 OK\r\nset-cookie: d=server\r\nset-cookie: a=server\r\ncontent-length: 0\r\n\r\n");
            } else {
                peer.write(OK);
            }
        }
    });
    let other = Server::answering(OK);
    let flow = r#"
      - get: {url: /, cookie: {a: "{{ v }}", b: 2}}
      - get: {url: /}
      - get: {url: /change, cookie: {d: own}}
      - get: {url: /}
      - get: {url: /deep/er, cookie: {p: 1, w: "1; Path=/"}}
      - get: {url: /}
      - get: {url: "OTHER/"}
"#
    .replace("OTHER", &other.url().replace("127.0.0.1", "localhost"));
    let config = "variables: {v: x y}\n  defaults: {cookie: {d: \"{{ v }}-{{ $randomNumber(7, 7) }}\"}}\n  phases: [{duration: 100ms, arrivalCount: 1}]";
    let done = run(&server, &script(config, &flow));
    assert_eq!(done.errors(), []);
    let received = server.received();
    let cookies: Vec<_> = received
        .iter()
        .map(|request| request.header("cookie").unwrap())
        .collect();
    assert_eq!(
        cookies,
        [
            "d=x y-7; a=x y; b=2",
            "d=x y-7; a=x y; b=2",
            "d=own; a=x y; b=2",
            "d=x y-7; a=server; b=2",
            "d=x y-7; p=1; d=x y-7; a=server; b=2; w=1",
            "d=x y-7; a=server; b=2; w=1",
        ]
    );
    assert_eq!(other.received()[0].header("cookie"), Some("d=x y-7"));
}

#[test]
fn a_cookie_without_a_name_is_told_of_and_the_user_goes_on() {
    let server = Server::answering(OK);
    let config = "variables: {v: \"\"}\n  phases: [{duration: 100ms, arrivalCount: 1}]";
    let flow = "      - get: {url: /, cookie: {\"{{ v }}\": 1, a: 1}}\n";
    let done = run(&server, &script(config, flow));
    assert_eq!(done.errors(), [("cookie_parse_error_invalid_cookie", 1)]);
    assert_eq!(server.received()[0].header("cookie"), Some("a=1"));
    assert_eq!(done.report.users.completed, 1);
}

#[test]
fn a_redirect_that_is_not_followed_is_an_answer() {
    let server = Server::new(|peer| {
        while peer.request().is_some() {
            peer.write(
                "HTTP/1.1 302 Found\r\nlocation: /next\r\ncontent-length: 9\r\n\r\n{\"id\": 7}",
            );
        }
    });
    let flow = r#"
      - get: {url: /, followRedirect: false, capture: {json: "$.id", as: id}}
      - get: {url: "/{{ id }}", followRedirect: false}
"#;
    let done = run(&server, &one_user(flow));
    assert_eq!(server.lines(), ["GET /", "GET /7"]);
    assert_eq!((done.codes(), done.errors()), (vec![(302, 2)], vec![]));
}

#[test]
fn without_gzip_nothing_compressed_is_asked_for_and_nothing_unpacked() {
    let server = Server::answering(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 9\r\n\r\n{\"id\": 7}",
    );
    let flow = r#"
      - get: {url: /, gzip: false, capture: {json: "$.id", as: id}}
      - get: {url: "/{{ id }}", gzip: false, headers: {Accept-Encoding: br}}
      - get: {url: /, capture: {json: "$.id", as: id}}
"#;
    let done = run(&server, &one_user(flow));
    let received = server.received();
    assert_eq!(received[0].header("accept-encoding"), None);
    assert_eq!(received[1].line, "GET /7");
    assert_eq!(received[1].header("accept-encoding"), Some("br"));
    assert_eq!(received[2].header("accept-encoding"), Some("gzip, deflate"));
    assert_eq!(done.errors(), [("Z_DATA_ERROR", 1)]);
}

#[test]
fn a_request_may_wait_longer_or_shorter_than_the_others() {
    let server = Server::new(|peer| {
        while let Some(request) = peer.request() {
            if request.line == "GET /never" {
                peer.wait_for_end();
                return;
            }
            std::thread::sleep(Duration::from_millis(700));
            peer.write(OK);
        }
    });
    let flow =
        "      - get: {url: /late, timeout: 30}\n      - get: {url: /never, timeout: 50ms}\n";
    let done = run(&server, &one_user(flow));
    assert_eq!(server.lines(), ["GET /late", "GET /never"]);
    assert_eq!(
        (done.codes(), done.errors()),
        (vec![(200, 1)], vec![("ETIMEDOUT", 1)])
    );
}

#[test]
fn loose_jars_take_values_and_any_prefix_is_taken_where_it_is_said() {
    let cookies = |options: &str| {
        let server = Server::answering(
            "HTTP/1.1 200 OK\r\nset-cookie: bare\r\nset-cookie: __Secure-a=1\r\nset-cookie: __Host-b=1; Path=/\r\nset-cookie: c=1\r\ncontent-length: 0\r\n\r\n",
        );
        let config = format!(
            "http: {{timeout: 0.4{options}}}\n  phases: [{{duration: 100ms, arrivalCount: 1}}]"
        );
        let script = script(&config, "      - get: {url: /}\n      - get: {url: /}\n").replacen(
            "  http: {timeout: 0.4}\n",
            "",
            1,
        );
        let done = run(&server, &script);
        let sent = server.received()[1].header("cookie").map(str::to_owned);
        (sent.unwrap(), done.errors().len())
    };
    assert_eq!(cookies(""), ("c=1".to_owned(), 1));
    assert_eq!(
        cookies(", cookieJarOptions: {looseMode: true}"),
        ("bare; c=1".to_owned(), 0)
    );
    assert_eq!(
        cookies(", cookieJarOptions: {prefixSecurity: unsafe-disabled}"),
        ("__Secure-a=1; __Host-b=1; c=1".to_owned(), 1)
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
