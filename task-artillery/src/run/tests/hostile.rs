//! Servers that send too much, or read too little.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use super::connection::pause;
use super::world::{Done, How};
use super::*;

const GET: &str = "      - get: {url: /}\n";

/// One user with these settings of `http`.
fn with_http(settings: &str, flow: &str) -> String {
    one_user(flow).replacen("timeout: 0.4", settings, 1)
}

/// Errors and codes, each with its count.
type Fate<'d> = (Vec<(&'d str, u64)>, Vec<(u16, u64)>);

fn fate(done: &Done) -> Fate<'_> {
    (done.errors(), done.codes())
}

#[test]
fn a_thousand_headers_are_read_and_not_one_more() {
    for (count, expected) in [
        (999, (vec![], vec![(200, 1)])),
        (1000, (vec![("HPE_HEADER_OVERFLOW", 1)], vec![])),
    ] {
        let server = Server::new(move |peer| {
            peer.request();
            let mut headers = String::new();
            for number in 0..count {
                let _infallible = write!(headers, "x{number}: y\r\n");
            }
            peer.write(format!(
                "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n{headers}\r\n"
            ));
        });
        let done = run(&server, &one_user(GET));
        assert_eq!(fate(&done), expected, "{count}");
    }
}

#[test]
fn a_body_that_never_ends_is_ended_and_counted_once() {
    let sending: [(&str, &str); 2] = [
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            "5\r\nhello\r\n",
        ),
        ("HTTP/1.1 200 OK\r\n\r\n", "hello"),
    ];
    for (head, part) in sending {
        let server = Server::new(move |peer| {
            peer.request();
            peer.write(head);
            let parts = part.repeat(1000);
            while peer.sends(&parts) {
                pause(Duration::from_millis(1));
            }
        });
        let script = with_http("timeout: 0.4, bodyTimeout: 0.5", GET);
        let done = run(&server, &script);
        let expected = (vec![("ERR_BODY_TIMEOUT", 1)], vec![(200, 1)]);
        assert_eq!(fate(&done), expected);
        assert_eq!(done.report.total.count(), 0);
        assert!(done.report.traffic.bytes > 0);
        assert_eq!(
            (done.report.users.completed, done.report.users.failed),
            (0, 1)
        );
    }
}

#[test]
fn a_body_that_trickles_for_too_long_is_ended() {
    let server = Server::new(|peer| {
        peer.request();
        peer.write("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
        while peer.sends("x") {
            pause(Duration::from_millis(50));
        }
    });
    let done = run(&server, &with_http("timeout: 0.4, bodyTimeout: 0.5", GET));
    assert_eq!(done.errors(), [("ERR_BODY_TIMEOUT", 1)]);
}

#[test]
fn a_body_too_long_to_keep_fails_its_capture_and_nothing_else() {
    let server = Server::new(|peer| {
        while peer.request().is_some() {
            let length = 17_000_000;
            peer.write(format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n"
            ));
            peer.write(vec![b'x'; length]);
        }
    });
    let done = run(&server, &with_http("timeout: 20", GET));
    assert_eq!(fate(&done), (vec![], vec![(200, 1)]));
    assert_eq!(done.report.traffic.bytes, 17_000_000);
    let capturing = "      - get: {url: /, capture: {regexp: x, as: x}}\n";
    let done = run(&server, &with_http("timeout: 20", capturing));
    let expected = (vec![("ERR_BODY_TOO_LONG", 1)], vec![(200, 1)]);
    assert_eq!(fate(&done), expected);
}

#[test]
fn bodies_too_long_together_to_keep_fail_some_captures_and_the_generator_is_to_blame() {
    let server = Server::new(|peer| {
        peer.request();
        let length = 6_000_000;
        peer.write(format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n"
        ));
        peer.write(vec![b'x'; length - 1]);
        // By then the others have come as far.
        pause(Duration::from_millis(500));
        peer.write("x");
    });
    let eight = |flow: &str| {
        let config = "phases: [{duration: 10ms, arrivalCount: 8}]";
        script(config, flow).replacen("timeout: 0.4", "timeout: 20", 1)
    };
    let done = run(&server, &eight(GET));
    assert_eq!(fate(&done), (vec![], vec![(200, 8)]));
    let capturing = "      - get: {url: /, capture: {regexp: x, as: x}}\n";
    let done = run(&server, &eight(capturing));
    let (errors, codes) = fate(&done);
    let [("ERR_BODIES_TOO_LONG", failed)] = *errors else {
        panic!("{errors:?}")
    };
    // Three have room.
    assert!((1..=5).contains(&failed), "{failed}");
    assert_eq!(codes, [(200, 8)]);
    assert_eq!(done.facts.health.no_memory, failed);
    assert!(done.facts.trust().is_lost());
}

/// A listener whose connections are open before anybody accepts them, with room for so many of them and for a little of what they send.
fn listening(room: i32) -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    socket.bind(&any.into()).unwrap();
    socket.listen(room).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, address)
}

#[test]
fn a_server_that_reads_nothing_is_not_waited_for() {
    let (_listener, address) = listening(16);
    let body = "x".repeat(3_000_000);
    let post = one_user(&format!("      - post: {{url: /, body: \"{body}\"}}\n"));
    let done = run_with(&format!("http://{address}"), &post, How::default());
    assert_eq!(fate(&done), (vec![("ETIMEDOUT", 1)], vec![]));
    assert_eq!(done.report.connect.count(), 1);
}

#[test]
fn a_server_that_accepts_nobody_is_not_waited_for() {
    let (_listener, address) = listening(0);
    let soon = Duration::from_millis(100);
    let connect = || std::net::TcpStream::connect_timeout(&address, soon).ok();
    let _filling: Vec<_> = std::iter::from_fn(connect).collect();
    let done = run_with(&format!("http://{address}"), &one_user(GET), How::default());
    assert_eq!(fate(&done), (vec![("ETIMEDOUT", 1)], vec![]));
    assert_eq!(done.report.connect.count(), 0);
}
