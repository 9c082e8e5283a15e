//! Redirects and cookies.

use super::*;

fn redirecting(to: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Server {
    Server::new(move |peer| {
        while let Some(request) = peer.request() {
            match to(&request.line) {
                Some(head) => {
                    peer.write(format!("HTTP/1.1 {head}\r\ncontent-length: 3\r\n\r\nbye"));
                }
                None => peer.ok(r#"{"end": true}"#),
            }
        }
    })
}

#[test]
fn each_hop_is_a_request_and_a_response_and_the_last_is_captured() {
    let server = redirecting(|line| match line {
        "GET /a" => Some("302 Found\r\nlocation: b?x=1".to_owned()),
        "GET /b?x=1" => Some("301 Moved\r\nlocation: /c".to_owned()),
        _ => None,
    });
    let done = run(
        &server,
        &one_user(
            r#"
      - get: {url: /a, capture: {json: "$.end", as: end}}
      - get: {url: "/{{ end }}"}
"#,
        ),
    );
    assert_eq!(
        server.lines(),
        ["GET /a", "GET /b?x=1", "GET /c", "GET /true"]
    );
    assert_eq!(done.codes(), [(200, 2), (301, 1), (302, 1)]);
    assert_eq!(done.report.requests[0].traffic.requests, 3);
    assert_eq!((server.connections(), done.errors()), (1, vec![]));
}

#[test]
fn a_redirected_post_is_repeated_unless_the_status_says_see_other() {
    for (status, then) in [
        ("301", "POST /b"),
        ("302", "POST /b"),
        ("303", "GET /b"),
        ("307", "POST /b"),
        ("308", "POST /b"),
    ] {
        let server = redirecting(move |line| {
            (line == "POST /a").then(|| format!("{status} Go\r\nlocation: /b"))
        });
        run(
            &server,
            &one_user("      - post: {url: /a, json: {x: 1}}\n"),
        );
        assert_eq!(server.lines(), ["POST /a", then], "{status}");
        let body = if then.starts_with("POST") {
            r#"{"x":1}"#
        } else {
            ""
        };
        assert_eq!(server.received()[1].body, body, "{status}");
    }
}

#[test]
fn credentials_do_not_go_to_another_server() {
    let other = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let to = other.url();
    let server = redirecting(move |line| match line {
        "GET /here" => Some("302 Found\r\nlocation: /there".to_owned()),
        "GET /there" => Some(format!("302 Found\r\nlocation: {to}/x")),
        _ => None,
    });
    let flow = "      - get: {url: /here, headers: {authorization: secret, cookie: \"a=1\", x-other: y}}\n";
    let done = run(&server, &one_user(flow));
    assert_eq!(done.codes(), [(200, 1), (302, 2)]);
    let received = server.received();
    assert_eq!(received[1].header("authorization"), Some("secret"));
    let last = other.received().remove(0);
    assert_eq!(
        (last.header("authorization"), last.header("cookie")),
        (None, None)
    );
    assert_eq!(last.header("x-other"), Some("y"));
    assert_eq!(last.header("host"), Some(&*other.address().to_string()));
}

#[test]
fn redirects_without_end_and_to_elsewhere_fail() {
    let server = redirecting(|_| Some("302 Found\r\nlocation: /again".to_owned()));
    let done = run(&server, &one_user("      - get: {url: /}\n"));
    assert_eq!(done.errors(), [("ERR_TOO_MANY_REDIRECTS", 1)]);
    assert_eq!((server.lines().len(), done.codes()), (11, vec![(302, 11)]));
    let server = redirecting(|_| Some("302 Found\r\nlocation: ftp://a.test/".to_owned()));
    let done = run(&server, &one_user("      - get: {url: /}\n"));
    assert_eq!(done.errors(), [("ERR_UNSUPPORTED_PROTOCOL", 1)]);
    let server = redirecting(|_| Some("302 Found\r\nlocation: http://[::zz/".to_owned()));
    let done = run(&server, &one_user("      - get: {url: /}\n"));
    assert_eq!(done.errors(), [("ERR_INVALID_URL", 1)]);
    assert_eq!((server.lines().len(), done.codes()), (1, vec![(302, 1)]));
    let server = redirecting(|_| Some("302 Found".to_owned()));
    let done = run(&server, &one_user("      - get: {url: /}\n"));
    assert_eq!((done.errors(), done.codes()), (vec![], vec![(302, 1)]));
}

#[test]
fn cookies_are_each_user_s_own_and_go_back() {
    let server = Server::new(|peer| {
        while let Some(request) = peer.request() {
            let number = peer.connection();
            match &*request.line {
                "GET /login" => peer.write(format!(
                    "HTTP/1.1 302 Found\r\nset-cookie: id={number}; Path=/\r\nset-cookie: gone=1; Max-Age=0\r\nset-cookie: nonsense\r\nlocation: /home\r\ncontent-length: 0\r\n\r\n"
                )),
                _ => peer.ok(""),
            }
        }
    });
    let flow =
        "      - get: {url: /login}\n      - get: {url: /after, headers: {cookie: \"x=1\"}}\n";
    let done = run(
        &server,
        &script("phases: [{duration: 100ms, arrivalCount: 3}]", flow),
    );
    for request in server.received() {
        let id = format!("id={}", request.connection);
        let expected = (request.line != "GET /login").then_some(&*id);
        assert_eq!(request.header("cookie"), expected, "{request:?}");
    }
    assert_eq!(server.lines().len(), 9);
    assert_eq!(done.errors(), [("cookie_parse_error_invalid_cookie", 3)]);
    assert_eq!(
        (done.report.users.completed, done.report.users.failed),
        (3, 0)
    );
}
