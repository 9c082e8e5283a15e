//! Requests through a proxy, which keeps a record.

use std::net::{SocketAddr, TcpListener};

use super::world::{Done, How};
use super::*;
use crate::script::model::{Exception, Hosts, Proxies, Proxy};

macro_rules! testdata {
    ($name:literal) => {
        include_bytes!(concat!("../http/tls/testdata/", $name)).as_slice()
    };
}

const GET: &str = "      - get: {url: \"/a?b=c\"}\n";

const TWO: &str = "      - get: {url: /1}\n      - get: {url: /2}\n";

/// For all servers the proxy at this address, which robert asks.
fn through(address: SocketAddr) -> Proxies {
    let proxy = Proxy {
        host: address.ip().to_string(),
        port: address.port(),
        user: "robert".to_owned(),
        password: "p@ss word".to_owned(),
    };
    Proxies {
        http: Some(proxy.clone()),
        https: Some(proxy),
        except: Vec::new(),
    }
}

/// `robert:p@ss word`
const ROBERT: Option<&str> = Some("Basic cm9iZXJ0OnBAc3Mgd29yZA==");

fn run_through(proxies: Proxies, target: &str, script: &str) -> Done {
    let how = How {
        proxies,
        ..How::default()
    };
    run_with(target, script, how)
}

fn tls_server() -> Server {
    Server::tls(testdata!("good.der"), testdata!("good.key.der"), |peer| {
        while peer.request().is_some() {
            peer.ok("hello");
        }
    })
}

/// A proxy that connects on to this server, whatever it is asked for.
fn tunnel_to(server: SocketAddr) -> Server {
    Server::new(move |peer| {
        if peer.request().is_some() {
            peer.write("HTTP/1.1 200 Connection established\r\nvia: us\r\n\r\n");
            peer.carry_on_to(server);
        }
    })
}

#[test]
fn a_proxy_is_told_all_of_a_url_and_who_asks() {
    let proxy = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
    // Only a proxy knows this name.
    let done = run_through(
        through(proxy.address()),
        "http://nowhere.invalid",
        &one_user(GET),
    );
    assert_eq!((done.errors(), done.codes()), (vec![], vec![(200, 1)]));
    let [received] = &*proxy.received() else {
        panic!("{:?}", proxy.lines());
    };
    assert_eq!(received.line, "GET http://nowhere.invalid/a?b=c");
    assert_eq!(received.header("host"), Some("nowhere.invalid"));
    assert_eq!(received.header("proxy-authorization"), ROBERT);
    assert_eq!(done.report.dns.count(), 0);
    let proxies: Vec<_> = done.report.proxies.iter().cloned().collect();
    assert_eq!(proxies, [format!("http://{}", proxy.address())]);
}

#[test]
fn a_connection_to_a_proxy_is_kept_as_any_other() {
    let proxy = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
    let done = run_through(
        through(proxy.address()),
        "http://a.invalid:81",
        &one_user(TWO),
    );
    assert_eq!(done.codes(), [(200, 2)]);
    assert_eq!(
        proxy.lines(),
        ["GET http://a.invalid:81/1", "GET http://a.invalid:81/2"]
    );
    assert_eq!(proxy.connections(), 1);
}

#[test]
fn a_proxy_connects_to_servers_that_are_asked_by_tls_and_reads_nothing() {
    let server = tls_server();
    let proxy = tunnel_to(server.address());
    let done = run_through(through(proxy.address()), &server.url(), &one_user(TWO));
    assert_eq!((done.errors(), done.codes()), (vec![], vec![(200, 2)]));
    let [asked] = &*proxy.received() else {
        panic!("{:?}", proxy.lines());
    };
    let address = server.address().to_string();
    assert_eq!(asked.line, format!("CONNECT {address}"));
    assert_eq!(asked.header("host"), Some(&*address));
    assert_eq!(asked.header("proxy-authorization"), ROBERT);
    assert_eq!(server.lines(), ["GET /1", "GET /2"]);
    for received in server.received() {
        assert_eq!(received.header("proxy-authorization"), None);
    }
    assert_eq!(
        (done.report.tls.count(), done.report.connect.count()),
        (1, 1)
    );
}

#[test]
fn a_proxy_that_refuses_is_an_answer_by_http_and_an_error_by_tls() {
    for status in [407_u16, 502] {
        let proxy = Server::new(move |peer| {
            while peer.request().is_some() {
                peer.write(format!(
                    "HTTP/1.1 {status} No\r\ncontent-length: 2\r\n\r\nno"
                ));
            }
        });
        let through = || through(proxy.address());
        let plain = run_through(through(), "http://a.invalid", &one_user(GET));
        assert_eq!((plain.errors(), plain.codes()), (vec![], vec![(status, 1)]));
        let by_tls = run_through(through(), "https://a.invalid", &one_user(GET));
        let name = format!("ERR_PROXY_{status}");
        assert_eq!(
            (by_tls.errors(), by_tls.codes()),
            (vec![(&*name, 1)], vec![])
        );
        assert_eq!(by_tls.report.connect.count(), 0);
    }
}

#[test]
fn a_proxy_that_speaks_no_http_or_is_not_there_is_named() {
    let endless = "x".repeat(1_000_000);
    let head = format!("HTTP/1.1 200 OK\r\nx: {endless}");
    let answers = [
        ("garbage\r\n\r\n", "ERR_PROXY"),
        (&*head, "ERR_PROXY"),
        ("HTTP/1.1 200 OK\r\nx", "ECONNRESET"),
    ];
    for (answer, name) in answers {
        let answer = answer.to_owned();
        let proxy = Server::new(move |peer| {
            peer.request();
            peer.write(&answer);
        });
        let done = run_through(
            through(proxy.address()),
            "https://a.invalid",
            &one_user(GET),
        );
        assert_eq!(done.errors(), [(name, 1)]);
    }
    let silent = Server::new(|peer| {
        peer.request();
        peer.wait_for_end();
    });
    let done = run_through(
        through(silent.address()),
        "https://a.invalid",
        &one_user(GET),
    );
    assert_eq!(done.errors(), [("ETIMEDOUT", 1)]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    for target in ["http://a.invalid", "https://a.invalid"] {
        let done = run_through(through(nobody), target, &one_user(GET));
        assert_eq!(done.errors(), [("ECONNREFUSED", 1)]);
    }
}

#[test]
fn who_is_excepted_is_asked_directly() {
    let proxy = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let server = Server::answering("HTTP/1.1 204 No Content\r\n\r\n");
    let proxies = Proxies {
        except: vec![Exception {
            hosts: Hosts::Network("127.0.0.0".parse().unwrap(), 8),
            port: None,
        }],
        ..through(proxy.address())
    };
    let flow = "      - get: {url: /direct}\n      - get: {url: \"http://a.invalid/by-proxy\"}\n";
    let done = run_through(proxies, &server.url(), &one_user(flow));
    assert_eq!(done.codes(), [(200, 1), (204, 1)]);
    assert_eq!(server.lines(), ["GET /direct"]);
    assert_eq!(proxy.lines(), ["GET http://a.invalid/by-proxy"]);
    assert_eq!(server.received()[0].header("proxy-authorization"), None);
}

#[test]
fn a_redirect_goes_through_the_proxy_that_is_for_where_it_leads() {
    let server = tls_server();
    let to = server.url();
    let proxy = Server::new(move |peer| {
        while let Some(request) = peer.request() {
            if request.line.starts_with("CONNECT ") {
                peer.write("HTTP/1.1 200 OK\r\n\r\n");
                peer.carry_on_to(to.strip_prefix("https://").unwrap().parse().unwrap());
            } else {
                let head = format!("HTTP/1.1 302 Found\r\nlocation: {to}/there\r\n");
                peer.write(format!("{head}content-length: 0\r\n\r\n"));
            }
        }
    });
    let done = run_through(through(proxy.address()), "http://a.invalid", &one_user(GET));
    assert_eq!(done.codes(), [(200, 1), (302, 1)]);
    assert_eq!(server.lines(), ["GET /there"]);
    assert_eq!(proxy.lines().len(), 2);
}
