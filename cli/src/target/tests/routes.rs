//! What each route answers.

use std::time::{Duration, Instant};

use serde_json::json;

use super::client::{Client, start, wait_until};

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[test]
fn the_root_answers_ok_to_any_method() {
    let (_target, mut client) = start();
    for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "GETT"] {
        let reply = client.send(method, "/?any=query", &[], b"");
        assert_eq!((reply.status, reply.text()), (200, "ok"), "{method}");
    }
    let head = client.send("HEAD", "/", &[], b"");
    assert_eq!(
        (head.status, head.header("content-length")),
        (200, Some("2"))
    );
}

#[test]
fn a_static_body_has_the_size_asked_for() {
    let (_target, mut client) = start();
    for size in [0, 1, 65_535, 65_536, 65_537, 5_000_000] {
        let reply = client.get(&format!("/static/{size}"));
        assert_eq!(reply.status, 200);
        assert_eq!(reply.body.len(), size);
        assert!(reply.body.iter().all(|&byte| byte == b'x'));
    }
    let head = client.send("HEAD", "/static/67108864", &[], b"");
    assert_eq!(head.header("content-length"), Some("67108864"));
    assert_eq!(client.get("/static/67108865").status, 400);
}

#[test]
fn an_unknown_path_is_answered_with_the_routes_there_are() {
    let (_target, mut client) = start();
    let reply = client.get("/nowhere?x=1");
    assert_eq!(reply.status, 404);
    assert_eq!(reply.json()["error"], "no route `/nowhere`");
    assert!(
        reply.json()["routes"]
            .as_array()
            .unwrap()
            .contains(&json!("/static/N"))
    );
}

#[test]
fn a_request_without_a_path_is_answered_too() {
    let (target, mut client) = start();
    assert_eq!(client.send("OPTIONS", "*", &[], b"").status, 404);
    assert_eq!(client.get("http://target/status/418?x").status, 418);
    assert_eq!(client.send("CONNECT", "target:80", &[], b"").status, 404);
    let paths: Vec<_> = target
        .record()
        .into_iter()
        .map(|received| received.path)
        .collect();
    assert_eq!(paths, ["*", "/status/418?x", ""]);
}

#[test]
fn echo_shows_the_whole_request() {
    let (_target, mut client) = start();
    let headers = [JSON, ("X-Twice", "a"), ("x-twice", "b")];
    let reply = client.send(
        "POST",
        "/echo/a%20b?q=1%2B1&q=2&r=%C3%A9",
        &headers,
        br#"{"a":[1]}"#,
    );
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.json(),
        json!({
            "method": "POST",
            "path": "/echo/a%20b",
            "query": { "q": ["1+1", "2"], "r": "\u{e9}" },
            "headers": {
                "content-length": "9",
                "content-type": "application/json",
                "host": "target",
                "x-twice": "a, b",
            },
            "body": r#"{"a":[1]}"#,
            "json": { "a": [1] },
        })
    );
}

#[test]
fn echo_shows_a_body_that_is_not_utf_8_in_hexadecimal_digits() {
    let (_target, mut client) = start();
    let echo = client.send("PUT", "/echo", &[], b"\xff\x00a").json();
    assert_eq!(echo["body_hex"], "ff0061");
    assert_eq!((echo.get("body"), echo.get("json")), (None, None));
    let echo = client
        .send("GET", "/echo", &[("x-raw", "caf\u{e9}")], b"")
        .json();
    assert_eq!(echo["body"], "");
    assert_eq!(echo["headers"]["x-raw"], "caf\u{e9}");
}

#[test]
fn a_posted_item_has_the_digest_of_its_body_as_id() {
    let (_target, mut client) = start();
    let reply = client.send("POST", "/items", &[JSON], br#" {"name": "a", "n": 1.50} "#);
    // The first digits of `printf ' {"name": "a", "n": 1.50} ' | sha256sum`.
    let id = "e9dc664e9755de0d";
    assert_eq!(reply.status, 201);
    assert_eq!(
        reply.header("location"),
        Some(format!("/items/{id}").as_str())
    );
    assert_eq!(
        reply.text(),
        format!(r#"{{"id":"{id}","item":{{"name": "a", "n": 1.50}}}}"#)
    );

    let got = client.get(&format!("/items/{id}"));
    assert_eq!((got.status, got.text()), (200, reply.text()));
    assert_eq!(
        client.get("/items").json(),
        json!({ "total": 1, "ids": [id] })
    );
}

#[test]
fn an_item_can_be_replaced_and_deleted() {
    let (_target, mut client) = start();
    let id = client.send("POST", "/items", &[JSON], b"1").json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/items/{id}");
    for (method, body) in [("PUT", "2"), ("PATCH", "[3]")] {
        let reply = client.send(method, &path, &[JSON], body.as_bytes());
        assert_eq!(
            (reply.status, reply.text()),
            (200, format!(r#"{{"id":"{id}","item":{body}}}"#).as_str())
        );
        assert_eq!(client.get(&path).text(), reply.text());
    }
    let deleted = client.send("DELETE", &path, &[], b"");
    assert_eq!(
        (deleted.status, deleted.header("content-length")),
        (204, None)
    );
    for method in ["GET", "DELETE", "PUT", "PATCH"] {
        let reply = client.send(method, &path, &[JSON], b"4");
        assert_eq!(reply.status, 404, "{method}");
        assert_eq!(reply.json()["error"], format!("no item `{id}`"));
    }
    assert_eq!(
        client.get("/items").json(),
        json!({ "total": 0, "ids": [] })
    );
}

#[test]
fn a_listing_of_items_is_sorted_and_limited() {
    let (_target, mut client) = start();
    let mut ids: Vec<String> = (0..150)
        .map(|i| {
            client
                .send("POST", "/items", &[JSON], i.to_string().as_bytes())
                .json()
        })
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort_unstable();
    assert_eq!(
        client.get("/items").json(),
        json!({ "total": 150, "ids": ids[..100] })
    );
    assert_eq!(
        client.get("/items?limit=150").json(),
        json!({ "total": 150, "ids": ids })
    );
    assert_eq!(client.get("/items?limit=10001").status, 400);
    assert_eq!(client.get("/items?limit=ten").status, 400);
}

#[test]
fn an_item_that_is_not_json_is_refused() {
    let (_target, mut client) = start();
    for body in [&b""[..], b"{", b"1 2", b"\"\xff\"", b"{\"a\":}"] {
        let reply = client.send("POST", "/items", &[JSON], body);
        assert_eq!(reply.status, 400, "{body:?}");
        assert!(
            reply.json()["error"]
                .as_str()
                .unwrap()
                .starts_with("the body is not JSON: ")
        );
    }
    assert_eq!(client.get("/items").json()["total"], 0);
    assert_eq!(client.get("/items/not-an-id").status, 404);
}

#[test]
fn methods_that_a_route_does_not_take_are_named_with_those_it_does() {
    let (_target, mut client) = start();
    let cases = [
        ("DELETE", "/items", "GET, HEAD, POST"),
        (
            "POST",
            "/items/0123456789abcdef",
            "GET, HEAD, PUT, PATCH, DELETE",
        ),
        ("GET", "/login", "POST"),
        ("POST", "/_record", "GET, HEAD, DELETE"),
        ("DELETE", "/_stats", "GET, HEAD"),
    ];
    for (method, path, allowed) in cases {
        let reply = client.send(method, path, &[], b"");
        assert_eq!(
            (reply.status, reply.header("allow")),
            (405, Some(allowed)),
            "{method} {path}"
        );
    }
}

#[test]
fn any_status_can_be_had() {
    let (_target, mut client) = start();
    for status in [
        200, 201, 204, 205, 299, 302, 304, 400, 404, 418, 429, 500, 503, 599,
    ] {
        let reply = client.get(&format!("/status/{status}"));
        assert_eq!((reply.status, reply.header("location")), (status, None));
        let bare = matches!(status, 204 | 205 | 304);
        assert_eq!(reply.body.is_empty(), bare, "{status}");
    }
    for path in ["/status/99", "/status/600", "/status/ok", "/status/"] {
        let reply = client.get(path);
        assert_eq!(reply.status, 400, "{path}");
        assert!(
            reply.json()["error"]
                .as_str()
                .unwrap()
                .contains("from 200 to 599")
        );
    }
}

#[test]
fn a_delayed_answer_comes_late_but_keeps_nobody_else_waiting() {
    let (target, mut client) = start();
    let mut other = Client::connect(&target);
    let begun = Instant::now();
    client.write("GET", "/delay/1000", &[], b"");
    wait_until("it is under way", || target.count() == 1);
    assert_eq!(other.get("/delay/0").text(), "ok");
    client.stream.set_nonblocking(true).unwrap();
    let early = client.stream.peek(&mut [0]).unwrap_err();
    assert_eq!(
        early.kind(),
        std::io::ErrorKind::WouldBlock,
        "the other was answered first"
    );
    client.stream.set_nonblocking(false).unwrap();
    let reply = client.read("GET");
    assert_eq!((reply.status, reply.text()), (200, "ok"));
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(client.get("/delay/60001").status, 400);
}

#[test]
fn a_slow_body_begins_with_its_head_and_comes_chunk_by_chunk() {
    let (_target, mut client) = start();
    let begun = Instant::now();
    client.write("GET", "/slow-body/100/3", &[], b"");
    assert_eq!(client.read_head().status, 200);
    for (chunk, due) in [
        ("chunk 1 of 3\n", 100),
        ("chunk 2 of 3\n", 200),
        ("chunk 3 of 3\n", 300),
        ("", 300),
    ] {
        assert_eq!(client.read_chunk(), chunk.as_bytes());
        assert!(begun.elapsed() >= Duration::from_millis(due));
    }
    assert_eq!(client.get("/slow-body/1/0").text(), "");
}

#[test]
fn redirects_count_down() {
    let (_target, mut client) = start();
    let reply = client.get("/redirect/2");
    assert_eq!(
        (reply.status, reply.header("location")),
        (302, Some("/redirect/1"))
    );
    let reply = client.get("/redirect/1");
    assert_eq!(
        (reply.status, reply.header("location")),
        (302, Some("/redirect/0"))
    );
    assert_eq!(client.get("/redirect/0").text(), "ok");
}

#[test]
fn a_redirect_goes_where_it_is_told() {
    let (_target, mut client) = start();
    let reply = client.get("/redirect-to?url=http%3A%2F%2Fother%2Fx%3Fy%3D1");
    assert_eq!(
        (reply.status, reply.header("location")),
        (302, Some("http://other/x?y=1"))
    );
    let reply = client.get("/redirect-to?url=/x&status=308");
    assert_eq!((reply.status, reply.header("location")), (308, Some("/x")));
    for query in ["", "?url=%0d%0ax", "?url=/x&status=200", "?url=/x&status=x"] {
        assert_eq!(
            client.get(&format!("/redirect-to{query}")).status,
            400,
            "{query}"
        );
    }
}

#[test]
fn cookies_are_set_and_shown() {
    let (_target, mut client) = start();
    let reply = client.get("/cookies/set?a=1&b=x%3Dy");
    assert_eq!(reply.json(), json!({ "set": { "a": "1", "b": "x=y" } }));
    assert_eq!(
        reply.headers("set-cookie"),
        ["a=1; Path=/", "b=x=y; Path=/"]
    );
    let headers = [("cookie", "a=1; b=x=y"), ("cookie", "c=")];
    let reply = client.send("GET", "/cookies", &headers, b"");
    assert_eq!(
        reply.json(),
        json!({ "cookies": { "a": "1", "b": "x=y", "c": "" } })
    );
    assert_eq!(client.get("/cookies").json(), json!({ "cookies": {} }));
    for query in ["a=1%3B%20Domain%3Dx", "a=%0d%0a", "=1", "a%20b=1"] {
        let reply = client.get(&format!("/cookies/set?{query}"));
        assert_eq!(
            (reply.status, reply.header("set-cookie")),
            (400, None),
            "{query}"
        );
    }
}

#[test]
fn who_logs_in_is_admitted_by_token_and_by_cookie() {
    let (_target, mut client) = start();
    // `printf 'ann:secret' | sha256sum`.
    let token = "816f9bf0766e9b74f04ecb467e9977d9b3c0ac5af8b6373246d575de00d2c8ad";
    let login = client.send(
        "POST",
        "/login",
        &[JSON],
        br#"{"user":"ann","password":"secret"}"#,
    );
    assert_eq!(
        (login.status, login.json()),
        (200, json!({ "token": token }))
    );
    let cookie = login.header("set-cookie").unwrap();
    assert_eq!(cookie, format!("session={token}; Path=/"));

    let bearer = format!("Bearer {token}");
    let admitted = client.send("GET", "/private", &[("authorization", &bearer)], b"");
    assert_eq!(
        (admitted.status, admitted.json()),
        (200, json!({ "admitted": "token" }))
    );
    let session = cookie.split(';').next().unwrap();
    let admitted = client.send("GET", "/private", &[("cookie", session)], b"");
    assert_eq!(
        (admitted.status, admitted.json()),
        (200, json!({ "admitted": "cookie" }))
    );
}

#[test]
fn who_has_not_logged_in_is_not_admitted() {
    let (_target, mut client) = start();
    let never_given = format!("Bearer {}", "0".repeat(64));
    for headers in [
        vec![],
        vec![("authorization", never_given.as_str())],
        vec![("cookie", "session=x")],
    ] {
        let reply = client.send("GET", "/private", &headers, b"");
        assert_eq!(
            (reply.status, reply.header("www-authenticate")),
            (401, Some("Bearer"))
        );
    }
    let cases = [
        (JSON, "{}", 401),
        (JSON, r#"{"user":"ann"}"#, 401),
        (JSON, r#"{"password":"x"}"#, 401),
        (JSON, r#"{"user":1,"password":"x"}"#, 400),
        (JSON, "user=ann", 400),
        (FORM, "user=ann", 401),
        (FORM, "user=ann&password=a%26b&csrf=1", 200),
    ];
    for (content_type, body, status) in cases {
        let reply = client.send("POST", "/login", &[content_type], body.as_bytes());
        assert_eq!(reply.status, status, "{body}");
    }
}

#[test]
fn there_are_documents_to_capture_from() {
    let (_target, mut client) = start();
    let html = client.get("/html");
    assert_eq!(
        html.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(
        html.text()
            .contains(r#"<input type="hidden" name="csrf" value="6f1c0a94d2b87e35">"#)
    );
    assert!(html.text().contains("<form "));
    let xml = client.get("/xml");
    assert_eq!(xml.header("content-type"), Some("application/xml"));
    assert!(xml.text().starts_with("<?xml "));
    assert!(
        xml.text()
            .contains("<title>Middlemarch &amp; Notes</title>")
    );
}
