//! Connections, and how they end.

use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::client::{Client, start, wait_until};
use crate::target::Target;

#[test]
fn a_reset_is_seen_as_a_reset() {
    let (target, mut client) = start();
    client.write("POST", "/reset", &[], b"abc");
    let (rest, end) = client.read_rest();
    assert_eq!(
        (rest.as_slice(), end),
        (&b""[..], Some(ErrorKind::ConnectionReset))
    );
    let record = target.record();
    assert_eq!(
        (record.len(), record[0].path.as_str(), record[0].length),
        (1, "/reset", 3)
    );
}

#[test]
fn a_close_is_seen_as_the_end_of_the_stream() {
    let (target, mut client) = start();
    client.write("GET", "/close", &[], b"");
    assert_eq!(client.read_rest(), (Vec::new(), None));
    assert_eq!(target.count(), 1);
}

#[test]
fn a_truncated_body_is_shorter_than_it_was_said_to_be() {
    let (_target, mut client) = start();
    client.write("GET", "/truncate", &[], b"");
    let head = client.read_head();
    assert_eq!(
        (head.status, head.header("content-length")),
        (200, Some("100"))
    );
    assert_eq!(client.read_rest(), (b"this is not al".to_vec(), None));
}

#[test]
fn a_connection_serves_one_request_after_the_other() {
    let (target, mut client) = start();
    for _ in 0..100 {
        assert_eq!(client.get("/").status, 200);
    }
    for _ in 0..50 {
        client.write("GET", "/echo?pipelined", &[], b"");
    }
    for _ in 0..50 {
        assert_eq!(client.read("GET").status, 200);
    }
    assert_eq!(
        (target.stats().connections, target.stats().requests),
        (1, 150)
    );
}

#[test]
fn a_request_for_the_last_answer_is_obeyed() {
    let (target, mut client) = start();
    let reply = client.send("GET", "/", &[("connection", "close")], b"");
    assert_eq!(reply.text(), "ok");
    assert_eq!(client.read_rest(), (Vec::new(), None));
    wait_until("the connection is counted as closed", || {
        target.stats().open == 0
    });
}

#[test]
fn what_is_no_request_is_refused_and_counted() {
    let (target, _client) = start();
    let garbage = [
        "\u{0}\u{1}\u{2}\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\nbad header\r\n\r\n",
    ];
    for (i, garbage) in garbage.into_iter().enumerate() {
        let mut client = Client::connect(&target);
        client.stream.write_all(garbage.as_bytes()).unwrap();
        let reply = client.read_head();
        assert!(matches!(reply.status, 400 | 505), "{garbage:?}: {reply:?}");
        assert_eq!(client.read_rest().1, None);
        wait_until("it is counted", || target.stats().malformed == i as u64 + 1);
    }
    assert_eq!(target.count(), 0);
    assert_eq!(
        Client::connect(&target).get("/").status,
        200,
        "others are still served"
    );
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let (target, mut client) = start();
    let limit = 256 * 1024;
    let around = "GET / HTTP/1.1\r\nhost: target\r\nx-large: \r\n\r\n".len();
    let fits = "x".repeat(limit - around);
    assert_eq!(
        client.send("GET", "/", &[("x-large", &fits)], b"").status,
        200
    );
    assert_eq!(target.record()[0].headers["x-large"], fits);

    // The target may answer and close before it has read all of these.
    let too_large = "x".repeat(limit - around + 1);
    let request = format!("GET / HTTP/1.1\r\nhost: target\r\nx-large: {too_large}\r\n\r\n");
    client.stream.write_all(request.as_bytes()).ok();
    assert_eq!(client.read_head().status, 431);
    let mut client = Client::connect(&target);
    let request = format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(101));
    client.stream.write_all(request.as_bytes()).ok();
    assert_eq!(client.read_head().status, 431, "101 headers are too many");
    let mut client = Client::connect(&target);
    let request = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(70_000));
    client.stream.write_all(request.as_bytes()).ok();
    assert_eq!(client.read_head().status, 414);
    wait_until("all are counted", || target.stats().malformed == 3);
    assert_eq!(target.count(), 1);
}

#[test]
fn a_body_that_is_too_long_is_refused_unread() {
    let (target, mut client) = start();
    let head = "POST /items HTTP/1.1\r\nhost: target\r\ncontent-length: 67108865\r\n\r\n";
    client.stream.write_all(head.as_bytes()).unwrap();
    let reply = client.read("POST");
    assert_eq!(
        (reply.status, reply.header("connection")),
        (413, Some("close"))
    );
    wait_until("the connection is closed", || target.stats().open == 0);
    let record = target.record();
    assert_eq!(
        (record.len(), record[0].length, record[0].complete),
        (1, 0, false)
    );
}

#[test]
fn a_chunked_body_that_turns_out_too_long_is_refused() {
    let (target, mut client) = start();
    let head = "POST / HTTP/1.1\r\nhost: target\r\ntransfer-encoding: chunked\r\n\r\n";
    client.stream.write_all(head.as_bytes()).unwrap();
    let mut chunk = format!("{:x}\r\n", 8 << 20).into_bytes();
    chunk.resize(chunk.len() + (8 << 20), b'x');
    chunk.extend_from_slice(b"\r\n");
    for _ in 0..8 {
        client.stream.write_all(&chunk).unwrap();
    }
    client.stream.write_all(b"1\r\nx\r\n").unwrap();
    assert_eq!(client.read("POST").status, 413);
    let record = target.record();
    assert_eq!((record[0].length, record[0].complete), (64 << 20, false));
}

#[test]
fn a_body_whose_chunks_are_malformed_is_refused() {
    let (target, mut client) = start();
    let request = "POST /echo HTTP/1.1\r\nhost: target\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n";
    client.stream.write_all(request.as_bytes()).unwrap();
    assert_eq!(client.read("POST").status, 400);
    wait_until("the connection is closed", || target.stats().open == 0);
    let record = target.record();
    assert_eq!(
        (record.len(), record[0].length, record[0].complete),
        (1, 3, false)
    );
}

#[test]
fn a_peer_that_waits_to_be_asked_for_its_body_is_asked() {
    let (target, mut client) = start();
    let head =
        "POST /echo HTTP/1.1\r\nhost: target\r\ncontent-length: 3\r\nexpect: 100-continue\r\n\r\n";
    client.stream.write_all(head.as_bytes()).unwrap();
    assert_eq!(client.read_head().status, 100);
    client.stream.write_all(b"abc").unwrap();
    assert_eq!(client.read("POST").json()["body"], "abc");
    assert_eq!(target.count(), 1);
}

#[test]
fn hundreds_of_connections_are_held_at_a_time() {
    let target = Target::start(0).unwrap();
    let mut clients: Vec<_> = (0..200).map(|_| Client::connect(&target)).collect();
    for client in &mut clients {
        client.write("GET", "/", &[], b"");
    }
    for client in &mut clients {
        assert_eq!(client.read("GET").text(), "ok");
    }
    assert_eq!(
        (target.stats().open, target.stats().connections),
        (200, 200)
    );
    drop(clients);
    wait_until("all are closed", || target.stats().open == 0);
}

#[test]
fn dropping_a_target_closes_idle_connections_and_its_port() {
    let (target, mut client) = start();
    let mut unused = Client::connect(&target);
    assert_eq!(client.get("/").status, 200);
    wait_until("both are accepted", || target.stats().open == 2);
    let addr = target.addr();
    drop(target);
    assert_eq!(client.read_rest(), (Vec::new(), None));
    assert_eq!(unused.read_rest(), (Vec::new(), None));
    assert!(TcpStream::connect(addr).is_err());
    drop(Target::start(addr.port()).expect("the port is free again"));
}

#[test]
fn dropping_a_target_lets_answers_under_way_end_but_not_for_long() {
    let (target, mut soon) = start();
    let mut late = Client::connect(&target);
    soon.write("GET", "/delay/100", &[], b"");
    late.write("GET", "/delay/60000", &[], b"");
    wait_until("both are under way", || target.count() == 2);
    let begun = Instant::now();
    drop(target);
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(soon.read("GET").text(), "ok");
    assert_eq!(late.read_rest().0, b"");
}
