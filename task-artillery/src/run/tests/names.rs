//! Names and addresses of servers.

use super::world::How;
use super::*;

const GET: &str = "      - get: {url: /}\n";

const TEN: &str = "phases: [{duration: 100ms, arrivalCount: 10}]";

fn ok(peer: &mut Peer) {
    while peer.request().is_some() {
        peer.ok("hello");
    }
}

/// A script whose users each look names up, and make two requests on connections of their own.
fn looking_up(flow: &str) -> String {
    script(TEN, flow).replacen("timeout: 0.4", "timeout: 5, dns: user", 1)
}

#[test]
fn each_user_looks_a_name_up_once_where_that_is_wanted() {
    let server = Server::new(|peer| {
        peer.request();
        peer.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    });
    let target = format!("http://localhost:{}", server.address().port());
    let twice = "      - get: {url: /1}\n      - get: {url: /2}\n";
    let done = run_with(&target, &looking_up(twice), How::default());
    assert_eq!(done.codes(), [(200, 20)]);
    assert_eq!(
        (done.report.dns.count(), done.report.connect.count()),
        (10, 20)
    );
}

#[test]
fn what_a_user_does_at_once_shares_its_look_up() {
    let server = Server::new(ok);
    let target = format!("http://localhost:{}", server.address().port());
    let parallel = "      - parallel: [{get: {url: /1}}, {get: {url: /2}}, {get: {url: /3}}]\n";
    let done = run_with(&target, &looking_up(parallel), How::default());
    assert_eq!(
        (done.codes(), done.report.dns.count()),
        (vec![(200, 30)], 10)
    );
}

#[test]
fn a_name_that_does_not_exist_is_looked_up_by_each_and_found_by_none() {
    // No resolver is asked for a label of 64 letters.
    let target = format!("http://{}", "a".repeat(64));
    let done = run_with(&target, &looking_up(GET), How::default());
    assert_eq!(
        (done.errors(), done.report.dns.count()),
        (vec![("ENOTFOUND", 10)], 0)
    );
}

#[test]
fn an_address_of_the_sixth_version_is_one() {
    let server = Server::of_six(ok);
    let done = run(&server, &one_user(GET));
    assert_eq!((done.errors(), done.codes()), (vec![], vec![(200, 1)]));
    let host = format!("[::1]:{}", server.address().port());
    assert_eq!(server.url(), format!("http://{host}"));
    assert_eq!(server.received()[0].header("host"), Some(&*host));
    assert_eq!(done.report.dns.count(), 0);
}
