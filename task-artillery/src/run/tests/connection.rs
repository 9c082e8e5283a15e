//! Connections: kept, broken, refused, and servers that break the protocol.

use std::net::TcpListener;
use std::time::Duration;

use super::world::How;
use super::*;

const GET: &str = "      - get: {url: /}\n";

const TWO: &str = "      - get: {url: /1}\n      - think: 0.05\n      - get: {url: /2}\n";

const EMPTY: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// The errors of a user who makes one request, and how many responses came.
fn fate(answer: impl Fn(&mut Peer) + Send + Sync + 'static) -> (Vec<String>, u64) {
    let server = Server::new(answer);
    let done = run(&server, &one_user(GET));
    assert_eq!(done.report.traffic.requests, 1);
    assert_eq!(done.report.users.completed + done.report.users.failed, 1);
    let errors = done.errors();
    assert_eq!(
        errors.iter().map(|(_, count)| count).sum::<u64>(),
        done.report.users.failed
    );
    let names = errors
        .into_iter()
        .map(|(name, _)| name.to_owned())
        .collect();
    (names, done.report.traffic.responses)
}

fn after_request(answer: impl AsRef<[u8]> + Send + Sync + 'static) -> (Vec<String>, u64) {
    fate(move |peer| {
        peer.request();
        peer.write(&answer);
    })
}

fn failed(name: &str, responses: u64) -> (Vec<String>, u64) {
    (vec![name.to_owned()], responses)
}

const FINE: (Vec<String>, u64) = (Vec::new(), 1);

#[test]
fn connections_that_break_are_named_as_node_names_them() {
    // Closed, and reset, before the request was read; after it; in mid-headers; in mid-body.
    assert_eq!(fate(|peer| drop(peer.request())), failed("ECONNRESET", 0));
    assert_eq!(
        fate(|peer| {
            peer.request();
            peer.reset();
        }),
        failed("ECONNRESET", 0)
    );
    assert_eq!(
        after_request("HTTP/1.1 200 OK\r\ncontent-le"),
        failed("ECONNRESET", 0)
    );
    assert_eq!(
        after_request("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc"),
        failed("ECONNRESET", 1)
    );
    assert_eq!(
        fate(|peer| {
            peer.request();
            peer.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab");
            peer.reset();
        }),
        failed("ECONNRESET", 1)
    );
}

#[test]
fn nobody_there_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let done = run_with(&target, &one_user(GET), How::default());
    assert_eq!(done.errors(), [("ECONNREFUSED", 1)]);
    assert_eq!(
        (done.report.traffic.requests, done.report.traffic.responses),
        (1, 0)
    );
    assert_eq!(done.report.connect.count(), 0);
}

#[test]
fn a_name_that_does_not_exist_is_not_found() {
    // No resolver is asked for a label of 64 letters.
    let target = format!("http://{}", "a".repeat(64));
    let script = script("phases: [{duration: 100ms, arrivalCount: 5}]", GET);
    let done = run_with(&target, &script, How::default());
    assert_eq!(done.errors(), [("ENOTFOUND", 5)]);
    assert_eq!(done.report.dns.count(), 0);
}

#[test]
fn a_name_is_looked_up_once() {
    let server = Server::answering(EMPTY);
    let target = format!("http://localhost:{}", server.address().port());
    let script = script("phases: [{duration: 100ms, arrivalCount: 10}]", GET);
    let done = run_with(&target, &script, How::default());
    assert_eq!(done.codes(), [(200, 10)]);
    assert_eq!(
        (done.report.dns.count(), done.report.connect.count()),
        (1, 10)
    );
    assert_eq!(server.connections(), 10);
}

#[test]
fn answers_that_are_no_http_are_parse_errors() {
    assert_eq!(
        after_request("garbage\r\n\r\n"),
        failed("HPE_INVALID_CONSTANT", 0)
    );
    assert_eq!(
        after_request([0xff_u8; 100]),
        failed("HPE_INVALID_CONSTANT", 0)
    );
    assert_eq!(
        after_request("HTTP/1.1 2000 OK\r\n\r\n"),
        failed("HPE_INVALID_STATUS", 0)
    );
    assert_eq!(
        after_request("HTTP/1.1 200 OK\r\nno header\r\n\r\n"),
        failed("HPE_INVALID_CONSTANT", 0)
    );
    assert_eq!(
        after_request("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n"),
        failed("HPE_INVALID_CHUNK_SIZE", 1)
    );
}

#[test]
fn headers_are_read_up_to_64_kilobytes() {
    let with_header = |length: usize| {
        format!(
            "HTTP/1.1 200 OK\r\nx: {}\r\ncontent-length: 0\r\n\r\n",
            "x".repeat(length)
        )
    };
    assert_eq!(after_request(with_header(40_000)), FINE);
    assert_eq!(
        after_request(with_header(100_000)),
        failed("HPE_HEADER_OVERFLOW", 0)
    );
    assert_eq!(
        fate(|peer| {
            peer.request();
            peer.write("HTTP/1.1 200 OK\r\n");
            (0..100_000).for_each(|number| peer.write(format!("x{number}: endless\r\n")));
        }),
        failed("HPE_HEADER_OVERFLOW", 0)
    );
}

#[test]
fn whoever_only_ever_says_that_an_answer_will_come_is_not_waited_for() {
    let early = b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100);
    let endless = fate(move |peer| {
        peer.request();
        // Some seconds' worth: until nobody reads it any more.
        (0..2_000_000).for_each(|_| peer.write(&early));
    });
    assert_eq!(endless, failed("ETIMEDOUT", 0));
}

#[test]
fn headers_have_to_come_in_time() {
    let begun = std::time::Instant::now();
    let slow = fate(|peer| {
        peer.request();
        peer.write("HTTP/1.1 200 OK\r\n");
        peer.wait_for_end();
    });
    assert_eq!(slow, failed("ETIMEDOUT", 0));
    assert!(begun.elapsed() > Duration::from_millis(400));
}

#[test]
fn a_body_may_take_its_time_as_long_as_it_comes() {
    // The limit between two parts is 0.4 s in tests.
    let trickling = fate(|peer| {
        peer.request();
        peer.write("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n");
        for _ in 0..8 {
            pause(Duration::from_millis(100));
            peer.write("x");
        }
    });
    assert_eq!(trickling, FINE);
    let stalled = fate(|peer| {
        peer.request();
        peer.write("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nxxx");
        peer.wait_for_end();
    });
    assert_eq!(stalled, failed("ERR_SOCKET_TIMEOUT", 1));
}

/// A server's own slowness: what it is tested with, not what a test waits for.
pub(super) fn pause(span: Duration) {
    let (_kept, silent) = std::sync::mpsc::channel::<()>();
    let _timeout = silent.recv_timeout(span);
}

#[test]
fn all_ways_to_end_a_body_are_understood() {
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nx: trailer\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\n\r\nhello",
        "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
    ] {
        let server = Server::new(move |peer| {
            peer.request();
            peer.write(answer);
        });
        let done = run(&server, &one_user(GET));
        assert_eq!(done.errors(), [], "{answer}");
        assert_eq!(
            (done.codes(), done.report.traffic.bytes),
            (vec![(200, 1)], 5),
            "{answer}"
        );
    }
}

#[test]
fn answers_without_a_body_have_none() {
    let server = Server::new(|peer| {
        while let Some(request) = peer.request() {
            match &*request.line {
                "HEAD /" => peer.write("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"),
                "GET /204" => peer.write("HTTP/1.1 204 No Content\r\n\r\n"),
                _ => peer.write("HTTP/1.1 304 Not Modified\r\ncontent-length: 1000\r\n\r\n"),
            }
        }
    });
    let done = run(
        &server,
        &one_user("      - head: {url: /}\n      - get: {url: /204}\n      - get: {url: /304}\n"),
    );
    assert_eq!(done.codes(), [(200, 1), (204, 1), (304, 1)]);
    assert_eq!((done.errors(), done.report.traffic.bytes), (vec![], 0));
    assert_eq!(server.connections(), 1);
}

#[test]
fn each_user_has_a_connection_of_its_own_and_keeps_it() {
    let server = Server::answering(EMPTY);
    let script = script("phases: [{duration: 100ms, arrivalCount: 3}]", TWO);
    let done = run(&server, &script);
    assert_eq!(done.codes(), [(200, 6)]);
    assert_eq!((server.connections(), done.report.connect.count()), (3, 3));
}

#[test]
fn a_connection_that_the_server_closed_is_opened_anew() {
    for head in [
        "HTTP/1.1 200 OK\r\nconnection: close\r\n",
        "HTTP/1.0 200 OK\r\n",
        "HTTP/1.1 200 OK\r\n",
    ] {
        // Closes after one answer, in the last case without a word.
        let server = Server::new(move |peer| {
            peer.request();
            peer.write(format!("{head}content-length: 2\r\n\r\nok"));
        });
        let done = run(&server, &one_user(TWO));
        assert_eq!(
            (done.codes(), done.errors()),
            (vec![(200, 2)], vec![]),
            "{head}"
        );
        assert_eq!(server.connections(), 2);
        assert_eq!(server.lines(), ["GET /1", "GET /2"]);
    }
}

#[test]
fn a_connection_on_which_something_unasked_for_came_is_not_used_again() {
    let server = Server::new(|peer| {
        peer.request();
        peer.write(format!("{EMPTY}{EMPTY}"));
        peer.wait_for_end();
    });
    let done = run(&server, &one_user(TWO));
    assert_eq!(done.codes(), [(200, 2)]);
    assert_eq!(server.connections(), 2);
}

#[test]
fn a_request_that_may_have_been_acted_upon_is_not_sent_again() {
    let server = Server::new(|peer| {
        peer.request();
        peer.write(EMPTY);
        // Reads the second and dies of it.
        peer.request();
    });
    let done = run(&server, &one_user(TWO));
    assert_eq!(done.errors(), [("ECONNRESET", 1)]);
    assert_eq!(server.lines(), ["GET /1", "GET /2"]);
    assert_eq!(server.connections(), 1);
    assert_eq!(
        (done.report.traffic.requests, done.report.traffic.responses),
        (2, 1)
    );
}

#[test]
fn an_answer_before_all_of_the_request_was_read_is_an_answer() {
    let server = Server::new(|peer| {
        peer.read_line();
        peer.write("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        peer.wait_for_end();
    });
    let body = "x".repeat(3_000_000);
    let done = run(
        &server,
        &one_user(&format!("      - post: {{url: /, body: \"{body}\"}}\n")),
    );
    assert_eq!((done.codes(), done.errors()), (vec![(413, 1)], vec![]));
}

#[test]
fn an_answer_is_read_where_the_server_does_not_take_the_rest_of_the_request() {
    let server = Server::new(|peer| {
        peer.read_line();
        peer.write("HTTP/1.1 401 No\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno");
        // Closes with most of the request unread, which resets the connection.
    });
    let body = "x".repeat(3_000_000);
    let flow = format!(
        "      - loop:\n          - post: {{url: /, body: \"{body}\"}}\n        count: 10\n"
    );
    let done = run(&server, &one_user(&flow));
    assert_eq!((done.codes(), done.errors()), (vec![(401, 10)], vec![]));
    assert_eq!(server.connections(), 10);
}

#[test]
fn a_connection_that_is_over_is_closed_while_its_user_thinks() {
    let closed = std::sync::Arc::new(std::sync::Mutex::new(None));
    let server = Server::new({
        let closed = std::sync::Arc::clone(&closed);
        move |peer| {
            peer.request();
            peer.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            peer.wait_for_end();
            *closed.lock().unwrap() = Some(std::time::Instant::now());
        }
    });
    let flow = "      - get: {url: /}\n      - think: 3\n";
    let done = run(&server, &one_user(flow));
    let ended = std::time::Instant::now();
    assert_eq!((done.codes(), done.errors()), (vec![(200, 1)], vec![]));
    let closed = closed
        .lock()
        .unwrap()
        .expect("closed before its user ended");
    // Long before the user has thought enough.
    assert!(ended - closed > Duration::from_secs(1));
}

mod tls {
    use super::*;

    macro_rules! testdata {
        ($name:literal) => {
            include_bytes!(concat!("../http/tls/testdata/", $name))
        };
    }

    fn answer(peer: &mut Peer) {
        while peer.request().is_some() {
            peer.ok("hello");
        }
    }

    #[test]
    fn servers_whose_authority_is_trusted_are_asked_by_tls() {
        let server = Server::tls(testdata!("good.der"), testdata!("good.key.der"), answer);
        let done = run(&server, &one_user(TWO));
        assert_eq!((done.errors(), done.codes()), (vec![], vec![(200, 2)]));
        assert_eq!(
            (done.report.tls.count(), done.report.connect.count()),
            (1, 1)
        );
        assert_eq!(
            server.received()[0].header("host"),
            Some(&*server.address().to_string())
        );
    }

    #[test]
    fn servers_that_cannot_be_trusted_are_asked_where_that_is_wanted() {
        let server = Server::tls(
            testdata!("expired.der"),
            testdata!("expired.key.der"),
            answer,
        );
        let trusting =
            one_user(TWO).replacen("config:", "config:\n  tls: {rejectUnauthorized: false}", 1);
        assert!(trusting.contains("rejectUnauthorized"), "{trusting}");
        let done = run(&server, &trusting);
        assert_eq!((done.errors(), done.codes()), (vec![], vec![(200, 2)]));
    }

    #[test]
    fn servers_that_cannot_be_trusted_are_named_as_openssl_names_them() {
        let certificates: [(&[u8], &[u8], &str); 3] = [
            (
                testdata!("selfsigned.der"),
                testdata!("selfsigned.key.der"),
                "DEPTH_ZERO_SELF_SIGNED_CERT",
            ),
            (
                testdata!("expired.der"),
                testdata!("expired.key.der"),
                "CERT_HAS_EXPIRED",
            ),
            (
                testdata!("stranger.der"),
                testdata!("stranger.key.der"),
                "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
            ),
        ];
        for (certificate, key, name) in certificates {
            let server = Server::tls(certificate, key, answer);
            let done = run(&server, &one_user(GET));
            assert_eq!(done.errors(), [(name, 1)]);
            assert!(server.lines().is_empty());
            let report = &done.report;
            assert_eq!((report.connect.count(), report.tls.count()), (1, 0));
        }
        let server = Server::tls(testdata!("good.der"), testdata!("good.key.der"), answer);
        let elsewhere = format!("https://localhost:{}", server.address().port());
        let done = run_with(&elsewhere, &one_user(GET), How::default());
        assert_eq!(done.errors(), [("ERR_TLS_CERT_ALTNAME_INVALID", 1)]);
    }

    #[test]
    fn a_server_that_speaks_no_tls_breaks_the_protocol() {
        let server = Server::new(|peer| peer.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
        let done = run_with(
            &server.url().replace("http", "https"),
            &one_user(GET),
            How::default(),
        );
        assert_eq!(done.errors(), [("EPROTO", 1)]);
        let server = Server::new(|_| {});
        let done = run_with(
            &server.url().replace("http", "https"),
            &one_user(GET),
            How::default(),
        );
        assert_eq!(done.errors(), [("ECONNRESET", 1)]);
    }
}
