//! `config.http.pool`: connections that all users share.

use std::sync::mpsc;
use std::time::Duration;

use super::world::How;
use super::*;
use star_core::Limits;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// A script whose users share so many connections.
fn shared(pool: u32, config: &str, flow: &str) -> String {
    let own = format!("http: {{timeout: 2, pool: {pool}}}");
    script(config, flow).replace("http: {timeout: 0.4}", &own)
}

/// Lets a server's thread do nothing for a while.
fn pause(millis: u64) {
    let (_kept, silent) = mpsc::channel::<()>();
    let _timeout = silent.recv_timeout(Duration::from_millis(millis));
}

/// A server that takes its time for each answer.
fn slow(millis: u64) -> Server {
    Server::new(move |peer| {
        while peer.request().is_some() {
            pause(millis);
            peer.write(OK);
        }
    })
}

#[test]
fn users_share_so_many_connections_whatever_the_number_of_workers() {
    for workers in [1, 2, 3, 8] {
        let server = slow(20);
        let how = How {
            limits: Limits {
                late: Duration::from_secs(10),
                ..Limits::here(workers)
            },
            ..How::default()
        };
        let config = "phases: [{duration: 20ms, arrivalCount: 21}]";
        let flow = "      - get: {url: /}\n      - get: {url: /}\n";
        let done = run_with(&server.url(), &shared(3, config, flow), how);
        assert_eq!(done.codes(), [(200, 42)], "{workers}");
        assert_eq!(server.connections(), 3, "{workers}");
        assert_eq!(done.report.connect.count(), 3, "{workers}");
    }
}

#[test]
fn users_wait_in_the_order_in_which_they_came() {
    let server = slow(10);
    let config = "payload: {path: people.csv, fields: [name], order: sequence}\n  phases: [{duration: 20ms, arrivalCount: 4}]";
    let flow = "      - get: {url: \"/{{ name }}\"}\n";
    run(&server, &shared(1, config, flow));
    let all: Vec<_> = server.received().into_iter().map(|one| one.line).collect();
    let alone = Server::answering(OK);
    let unhurried = config.replace("20ms", "400ms");
    run(&alone, &shared(4, &unhurried, flow));
    let expected: Vec<_> = alone.received().into_iter().map(|one| one.line).collect();
    assert_eq!(all, expected);
}

#[test]
fn waiting_for_a_connection_is_part_of_the_time_from_when_due_and_not_of_the_response_time() {
    let server = slow(50);
    let config = "phases: [{duration: 10ms, arrivalCount: 4}]";
    let done = run(&server, &shared(1, config, "      - get: {url: /}\n"));
    let report = &done.report;
    assert_eq!(report.total.count(), 4);
    // The second waits for one answer, the third for two, the fourth for three; all came within 10 ms.
    for whole in [&report.total, &report.due_latency] {
        let waited = whole.sum() - report.traffic.response_time.sum();
        assert!(waited > 6 * 50_000 - 4 * 10_000, "{waited}");
    }
}

#[test]
fn a_cookie_belongs_to_a_user_and_not_to_a_connection() {
    let server =
        Server::answering("HTTP/1.1 200 OK\r\nset-cookie: id=1\r\ncontent-length: 0\r\n\r\n");
    let config = "phases: [{duration: 60ms, arrivalCount: 5}]";
    let flow = "      - get: {url: /first}\n      - get: {url: /second}\n";
    run(&server, &shared(1, config, flow));
    let received = server.received();
    assert_eq!((received.len(), server.connections()), (10, 1));
    for one in received {
        let expected = (one.line == "GET /second").then_some("id=1");
        assert_eq!(one.header("cookie"), expected, "{}", one.line);
    }
}

#[test]
fn a_connection_that_has_ended_is_replaced() {
    let server = Server::new(|peer| {
        if peer.request().is_some() {
            peer.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    let config = "phases: [{duration: 30ms, arrivalCount: 6}]";
    let done = run(&server, &shared(2, config, "      - get: {url: /}\n"));
    assert_eq!(done.codes(), [(200, 6)]);
    assert_eq!(server.connections(), 6);
}

#[test]
fn a_user_that_fails_leaves_its_place_and_not_its_connection() {
    let server = Server::new(|peer| {
        while peer.request().is_some() {
            if peer.connection() == 0 {
                return peer.wait_for_end();
            }
            peer.write(OK);
        }
    });
    let config = "phases: [{duration: 20ms, arrivalCount: 3}]";
    let script = shared(1, config, "      - get: {url: /}\n").replace("timeout: 2", "timeout: 0.3");
    let done = run(&server, &script);
    assert_eq!(done.errors(), [("ETIMEDOUT", 1)]);
    assert_eq!(done.codes(), [(200, 2)]);
    assert_eq!(server.connections(), 2);
}

#[test]
fn a_stop_reaches_users_who_wait() {
    let server = Server::new(|peer| {
        if peer.request().is_some() {
            peer.wait_for_end();
        }
    });
    let config = "phases: [{duration: 20ms, arrivalCount: 3}]";
    let script = shared(1, config, "      - get: {url: /}\n").replace("timeout: 2", "timeout: 30");
    let how = How {
        stop_when: Some(3),
        ..How::default()
    };
    let done = run_with(&server.url(), &script, how);
    assert_eq!(done.errors(), [("cut_off", 3)]);
    // Two of them never came to ask for anything.
    assert_eq!(
        (done.report.traffic.requests, server.received().len()),
        (1, 1)
    );
}

#[test]
fn a_request_counts_when_there_is_a_connection_for_it() {
    let server = slow(150);
    let config = "phases: [{duration: 10ms, arrivalCount: 4}]";
    let done = run(&server, &shared(1, config, "      - get: {url: /}\n"));
    // All came within 10 ms, and the fourth waited for three answers.
    let span = done.report.requesting.length();
    assert!(span > Duration::from_millis(400), "{span:?}");
    let received = server.received().len() as u64;
    assert_eq!((done.report.traffic.requests, received), (4, 4));
}
