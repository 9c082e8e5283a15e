//! Connections by TLS: whom users trust, who they are, and what they keep of earlier connections.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rustls::pki_types::CertificateDer;
use rustls::server::{
    ClientHello, ResolvesServerCert, ServerSessionMemoryCache, WebPkiClientVerifier,
};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};

use super::server::{certified, tls_config};
use super::world::{Done, How};
use super::*;

macro_rules! testdata {
    ($name:literal) => {
        include_bytes!(concat!("../http/tls/testdata/", $name)).as_slice()
    };
}

const GET: &str = "      - get: {url: /}\n";

const CLIENT: &str = "{certificate: DIR/client.pem, key: DIR/client.pem}";

fn answer(peer: &mut Peer) {
    while peer.request().is_some() {
        peer.ok("hello");
    }
    // An alert is lost where a connection is closed with something unread.
    peer.wait_for_end_unread();
}

/// The script of one user with this `tls`, in which `DIR/` is where the certificates are.
fn secured(tls: &str, flow: &str) -> String {
    let tls = tls.replace("DIR/", "../http/tls/testdata/");
    one_user(flow).replacen("config:", &format!("config:\n  tls: {tls}"), 1)
}

fn good(versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
    let key = certified(&[testdata!("good.der")], testdata!("good.key.der"));
    tls_config(versions, None, Arc::new(SingleCertAndKey::from(key)))
}

/// A server that wants clients to be members.
fn for_members(version: &'static SupportedProtocolVersion) -> Server {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from(testdata!("members.der")))
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    let key = certified(&[testdata!("good.der")], testdata!("good.key.der"));
    let key = Arc::new(SingleCertAndKey::from(key));
    let config = tls_config(&[version], Some(verifier.build().unwrap()), key);
    Server::by(config, answer)
}

fn of_stranger(chain: &[&[u8]]) -> Server {
    let key = certified(chain, testdata!("stranger.key.der"));
    let key = Arc::new(SingleCertAndKey::from(key));
    Server::by(tls_config(&[&TLS12, &TLS13], None, key), answer)
}

/// Errors and codes, each with its count.
type Fate<'d> = (Vec<(&'d str, u64)>, Vec<(u16, u64)>);

fn fate(done: &Done) -> Fate<'_> {
    (done.errors(), done.codes())
}

#[test]
fn a_server_that_wants_to_know_who_asks_is_told() {
    for version in [&TLS12, &TLS13] {
        let server = for_members(version);
        let done = run(&server, &secured(CLIENT, GET));
        assert_eq!(fate(&done), (vec![], vec![(200, 1)]), "{version:?}");
    }
}

/// Of the older version node hears while it shakes hands, of the newer when it did already.
#[test]
fn without_a_certificate_such_a_server_refuses() {
    let refused = [
        (&TLS12, "EPROTO"),
        (&TLS13, "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"),
    ];
    for (version, name) in refused {
        let server = for_members(version);
        let done = run(&server, &one_user(GET));
        assert_eq!(fate(&done), (vec![(name, 1)], vec![]));
        assert!(server.lines().is_empty());
    }
}

#[test]
fn given_authorities_are_trusted_and_no_others() {
    let server = of_stranger(&[testdata!("stranger.der")]);
    let own = "{certificateAuthority: DIR/unknown.pem}";
    let done = run(&server, &secured(own, GET));
    assert_eq!(fate(&done), (vec![], vec![(200, 1)]));
    let several = "{certificateAuthority: [DIR/client.pem, DIR/unknown.pem]}";
    let done = run(&server, &secured(several, GET));
    assert_eq!(fate(&done), (vec![], vec![(200, 1)]));

    let other = "{certificateAuthority: DIR/client.pem}";
    let done = run(&server, &secured(other, GET));
    let refused = vec![("UNABLE_TO_VERIFY_LEAF_SIGNATURE", 1)];
    assert_eq!(fate(&done), (refused.clone(), vec![]));
    // The usual ones, of which this server's is, are not trusted then.
    let server = Server::by(good(&[&TLS12, &TLS13]), answer);
    let done = run(&server, &secured(own, GET));
    assert_eq!(fate(&done), (refused, vec![]));
}

#[test]
fn an_unknown_authority_that_a_server_shows_is_named_so() {
    let server = of_stranger(&[testdata!("stranger.der"), testdata!("unknown.der")]);
    let done = run(&server, &one_user(GET));
    assert_eq!(done.errors(), [("SELF_SIGNED_CERT_IN_CHAIN", 1)]);
}

#[test]
fn a_certificate_that_is_its_own_authority_is_trusted_when_it_is_given() {
    let key = certified(
        &[testdata!("selfsigned.der")],
        testdata!("selfsigned.key.der"),
    );
    let key = Arc::new(SingleCertAndKey::from(key));
    let server = Server::by(tls_config(&[&TLS12, &TLS13], None, key), answer);
    let given = "{certificateAuthority: DIR/selfsigned.pem}";
    let done = run(&server, &secured(given, GET));
    assert_eq!(fate(&done), (vec![], vec![(200, 1)]));
    let elsewhere = format!("https://localhost:{}", server.address().port());
    let done = run_with(&elsewhere, &secured(given, GET), How::default());
    assert_eq!(done.errors(), [("ERR_TLS_CERT_ALTNAME_INVALID", 1)]);
}

/// Notes the names that a server is asked for.
#[derive(Debug)]
struct Noting {
    key: Arc<CertifiedKey>,
    asked: Arc<Mutex<Vec<Option<String>>>>,
}

impl ResolvesServerCert for Noting {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name().map(str::to_owned);
        self.asked.lock().unwrap().push(name);
        Some(Arc::clone(&self.key))
    }
}

#[test]
fn servers_are_asked_for_by_name_and_not_by_address() {
    let key = certified(&[testdata!("good.der")], testdata!("good.key.der"));
    let asked = Arc::default();
    let noting = Noting {
        key: Arc::new(key),
        asked: Arc::clone(&asked),
    };
    let server = Server::by(
        tls_config(&[&TLS12, &TLS13], None, Arc::new(noting)),
        answer,
    );
    let by_name = format!("https://localhost:{}", server.address().port());
    let anybody = "{rejectUnauthorized: false}";
    run_with(&by_name, &secured(anybody, GET), How::default());
    run(&server, &secured(anybody, GET));
    let named = "{rejectUnauthorized: false, serverName: a.example}";
    run(&server, &secured(named, GET));
    let strict = run(&server, &secured("{serverName: a.example}", GET));
    assert_eq!(strict.errors(), [("ERR_TLS_CERT_ALTNAME_INVALID", 1)]);
    let names = asked.lock().unwrap().clone();
    let names: Vec<_> = names.iter().map(Option::as_deref).collect();
    let other = Some("a.example");
    assert_eq!(names, [Some("localhost"), None, other, other]);
}

/// How many connections a server had, and how many of them did not resume a session. Connections end with each answer.
fn handshakes(version: &'static SupportedProtocolVersion, script: &str) -> (usize, usize) {
    let mut config = good(&[version]);
    config.session_storage = ServerSessionMemoryCache::new(64);
    let full = Arc::new(AtomicUsize::new(0));
    let server = Server::counting(config, Arc::clone(&full), |peer| {
        if peer.request().is_some() {
            peer.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    let done = run(&server, script);
    assert_eq!(done.errors(), []);
    (server.connections(), full.load(Ordering::SeqCst))
}

#[test]
fn each_user_shakes_hands_in_full_once_and_resumes_its_session_after_that() {
    let three = "      - get: {url: /1}\n      - get: {url: /2}\n      - get: {url: /3}\n";
    for version in [&TLS12, &TLS13] {
        let users = script("phases: [{duration: 100ms, arrivalCount: 4}]", three);
        assert_eq!(handshakes(version, &users), (12, 4), "{version:?}");
    }
}

#[test]
fn users_who_share_connections_share_sessions() {
    let users = script("phases: [{duration: 500ms, arrivalCount: 4}]", GET);
    let pooled = users.replacen("timeout: 0.4", "timeout: 0.4, pool: 1", 1);
    assert_eq!(handshakes(&TLS13, &users), (4, 4));
    assert_eq!(handshakes(&TLS13, &pooled), (4, 1));
}

#[test]
fn users_who_resume_nothing_shake_hands_in_full_each_time() {
    let two = "      - get: {url: /1}\n      - get: {url: /2}\n";
    for version in [&TLS12, &TLS13] {
        let script = secured("{resumeSessions: false}", two);
        assert_eq!(handshakes(version, &script), (2, 2), "{version:?}");
    }
}
