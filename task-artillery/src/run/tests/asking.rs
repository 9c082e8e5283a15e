//! Who asks, with which cookies, for what, and for how long.

use std::time::Duration;

use super::connection::pause;
use super::sending::OK;
use super::*;

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
            pause(Duration::from_millis(700));
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
