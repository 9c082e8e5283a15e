//! TLS: how servers are trusted, what they are shown, and what failures are called.

mod credulous;
mod names;
mod security;
mod verifier;

use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::{Connect, TlsConnector};

use credulous::Credulous;
pub(super) use names::{alert_name, error_name};
pub(in crate::run) use security::Security;
use security::Trust;
use verifier::NamingVerifier;

use super::tcp::Tcp;

/// How many sessions a user keeps: of eight servers, of which each gives several.
const SESSIONS: usize = 64;

/// How connections by TLS are opened, but for sessions to resume.
pub(super) fn config(security: &Security) -> ClientConfig {
    let provider = Arc::new(ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = match &security.trust {
        Trust::Usual => Arc::new(NamingVerifier::new(authorities(), &provider)),
        Trust::Only(given) => Arc::new(NamingVerifier::of(given, &provider)),
        Trust::Anybody => Arc::new(Credulous::new(&provider)),
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has cipher suites for both versions of TLS")
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match &security.identity {
        Some(identity) => {
            let identity = SingleCertAndKey::from(Arc::clone(identity));
            builder.with_client_cert_resolver(Arc::new(identity))
        }
        None => builder.with_no_client_auth(),
    };
    // What one connection leaves to the next belongs to a user: see `Connector`.
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
}

/// What opens the connections of one user; made when the first is. A user that comes back to a server resumes its session, as browsers
/// do, and as Artillery's users do. But each stands for somebody who was not here before: resuming another user's session would spare
/// the server most of a handshake, and it would look faster than it is for the people it is tested for.
#[derive(Clone)]
pub(super) struct Connector {
    made: Rc<OnceCell<TlsConnector>>,
    /// How many sessions it keeps.
    sessions: usize,
}

impl Connector {
    /// One that resumes sessions, or never does.
    pub(super) fn new(resumes: bool) -> Self {
        Self {
            made: Rc::default(),
            sessions: if resumes { SESSIONS } else { 0 },
        }
    }

    /// Agrees on TLS with a server of this name.
    pub(super) fn connect<'c>(
        &self,
        config: impl FnOnce() -> &'c ClientConfig,
        name: ServerName<'static>,
        tcp: Tcp,
    ) -> Connect<Tcp> {
        let make = || {
            let mut config = config().clone();
            if self.sessions > 0 {
                config.resumption = Resumption::in_memory_sessions(self.sessions);
            }
            TlsConnector::from(Arc::new(config))
        };
        self.made.get_or_init(make).connect(name, tcp)
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Connector").finish_non_exhaustive()
    }
}

fn authorities() -> RootCertStore {
    let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned();
    #[cfg_attr(
        not(test),
        expect(unused_mut, reason = "tests have an authority of their own")
    )]
    let mut store = RootCertStore {
        roots: roots.collect(),
    };
    #[cfg(test)]
    store
        .add(include_bytes!("tls/testdata/trusted.der").as_slice().into())
        .expect("an authority");
    store
}
