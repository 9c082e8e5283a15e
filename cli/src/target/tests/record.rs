//! What the record says.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::SystemTime;

use super::client::{Client, start, wait_until};
use crate::target::{Received, Stats};

/// `printf '' | sha256sum`.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// `printf abc | sha256sum`.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn now_ns() -> u64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_nanos() as u64
}

#[test]
fn a_request_is_recorded_as_it_arrived() {
    let (target, mut client) = start();
    let before = now_ns();
    client.send(
        "POST",
        "/echo?a=1&b=%20",
        &[("X-Run", "7"), ("x-run", "8")],
        b"abc",
    );
    let after = now_ns();
    client.get("/");
    let record = target.record();
    assert_eq!(record.len(), 2);
    let headers = [
        ("content-length", "3"),
        ("host", "target"),
        ("x-run", "7, 8"),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(
        record[0],
        Received {
            sequence: 0,
            arrived_ns: record[0].arrived_ns,
            connection: 0,
            method: "POST".to_owned(),
            path: "/echo?a=1&b=%20".to_owned(),
            headers: BTreeMap::from(headers),
            sha256: ABC.to_owned(),
            length: 3,
            complete: true,
        }
    );
    // The two clocks may part by what the system corrects meanwhile.
    let slack = 50_000_000;
    assert!(record[0].arrived_ns > before - slack && record[0].arrived_ns < after + slack);
    assert_eq!(
        (
            record[1].sequence,
            record[1].sha256.as_str(),
            record[1].length
        ),
        (1, EMPTY, 0)
    );
    assert!(record[1].arrived_ns > record[0].arrived_ns);
}

#[test]
fn the_order_is_that_of_arrival_whatever_the_bodies_take() {
    let (target, mut slow) = start();
    let mut quick = Client::connect(&target);
    let head = "POST /items HTTP/1.1\r\nhost: target\r\ncontent-length: 3\r\n\r\n1";
    slow.stream.write_all(head.as_bytes()).unwrap();
    wait_until("the slow request has begun", || {
        target.stats().requests == 1
    });
    quick.get("/quick");
    assert_eq!(
        target.record().len(),
        1,
        "a request is recorded when its body is over"
    );
    assert_eq!(target.record()[0].sequence, 1);
    slow.stream.write_all(b"23").unwrap();
    assert_eq!(slow.read("POST").status, 201);
    let record = target.record();
    assert_eq!(
        [record[0].path.as_str(), record[1].path.as_str()],
        ["/items", "/quick"]
    );
    assert_eq!([record[0].connection, record[1].connection], [0, 1]);
    assert!(record[0].arrived_ns <= record[1].arrived_ns);
}

#[test]
fn a_request_that_breaks_off_is_recorded_as_far_as_it_came() {
    let (target, mut client) = start();
    let request = "POST /items HTTP/1.1\r\nhost: target\r\ncontent-length: 100\r\n\r\nabc";
    client.stream.write_all(request.as_bytes()).unwrap();
    wait_until("the request has begun", || target.stats().requests == 1);
    drop(client);
    wait_until("the request is recorded", || target.count() == 1);
    let received = &target.record()[0];
    assert!(!received.complete);
    assert_eq!((received.length, received.sha256.as_str()), (3, ABC));
}

#[test]
fn the_record_can_be_had_as_an_array_and_as_lines() {
    let (target, mut client) = start();
    for i in 0..600 {
        client.send(
            "POST",
            &format!("/echo/{i}"),
            &[("x-index", &i.to_string())],
            b"abc",
        );
    }
    let array = client.get("/_record?headers=x-index,%20HOST,x-none");
    assert_eq!(array.header("content-type"), Some("application/json"));
    assert_eq!(array.header("x-record-dropped"), Some("0"));
    let array: Vec<Received> = serde_json::from_slice(&array.body).unwrap();
    assert_eq!(array.len(), 600);
    for (i, received) in array.iter().enumerate() {
        assert_eq!(
            (received.sequence, &received.path),
            (i as u64, &format!("/echo/{i}"))
        );
        assert_eq!(
            received.headers.keys().collect::<Vec<_>>(),
            ["host", "x-index"]
        );
        assert_eq!(received.headers["x-index"], i.to_string());
    }

    let lines = client.get("/_record?format=jsonl&headers=*");
    assert_eq!(lines.header("content-type"), Some("application/x-ndjson"));
    let lines: Vec<Received> = lines
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        lines,
        target.record(),
        "over HTTP and in process it is the same record"
    );

    let plain: Vec<Received> = serde_json::from_slice(&client.get("/_record").body).unwrap();
    assert!(plain.iter().all(|received| received.headers.is_empty()));
    assert_eq!(client.get("/_record?format=xml").status, 400);
}

#[test]
fn an_empty_record_is_an_empty_document() {
    let (_target, mut client) = start();
    assert_eq!(client.get("/_record").text(), "[]\n");
    assert_eq!(client.get("/_record?format=jsonl").text(), "");
    assert_eq!(client.get("/_record/count").json(), 0);
}

#[test]
fn requests_about_the_target_leave_no_trace() {
    let (target, mut client) = start();
    for path in ["/_record", "/_record/count", "/_stats", "/_nothing"] {
        client.get(path);
    }
    assert_eq!((target.count(), target.stats().requests), (0, 0));
    assert_eq!(client.get("/_nothing").status, 404);
    client.get("/");
    assert_eq!(client.get("/_record/count").json(), 1);
}

#[test]
fn clearing_begins_the_record_anew() {
    let (target, mut client) = start();
    let mut slow = Client::connect(&target);
    slow.stream
        .write_all(b"POST / HTTP/1.1\r\nhost: target\r\ncontent-length: 1\r\n\r\n")
        .unwrap();
    wait_until("the slow request has begun", || {
        target.stats().requests == 1
    });
    client.get("/before");
    let cleared = client.send("DELETE", "/_record", &[], b"");
    assert_eq!((cleared.status, target.count()), (204, 0));
    client.get("/after");
    slow.stream.write_all(b"x").unwrap();
    assert_eq!(slow.read("POST").status, 200);
    let record = target.record();
    assert_eq!(record.len(), 1, "what began before is not recorded after");
    assert_eq!((record[0].sequence, record[0].path.as_str()), (0, "/after"));
    target.clear();
    assert_eq!(target.record(), []);
}

#[test]
fn a_listing_that_is_cleared_under_way_breaks_off() {
    let (target, mut client) = start();
    let padding = "x".repeat(50_000);
    for i in 0..600 {
        client.send("GET", "/", &[("x-padding", &format!("{i}{padding}"))], b"");
    }
    // Some 30 MB, of which the sockets' buffers take a part only.
    client.write("GET", "/_record?headers=*", &[], b"");
    assert_eq!(client.read_head().status, 200);
    target.clear();
    let (rest, _) = client.read_rest();
    assert!(
        !rest.ends_with(b"0\r\n\r\n"),
        "a part must not look like the whole"
    );
}

#[test]
fn the_statistics_count_requests_and_connections() {
    let (target, mut client) = start();
    client.get("/");
    let mut other = Client::connect(&target);
    other.get("/");
    other.get("/status/500");
    let stats: Stats = serde_json::from_slice(&client.get("/_stats").body).unwrap();
    let expected = Stats {
        requests: 3,
        open: 2,
        connections: 2,
        malformed: 0,
        refused: 0,
        recorded: 3,
        dropped: 0,
    };
    assert_eq!(stats, expected);
    assert_eq!(target.stats(), expected);
    drop(other);
    wait_until("one is closed", || target.stats().open == 1);
}
