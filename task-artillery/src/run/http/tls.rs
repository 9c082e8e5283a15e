//! TLS: how servers are trusted, and what failures are called.

mod credulous;
mod verifier;

use std::io;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring;
use rustls::{CertificateError, ClientConfig, Error, RootCertStore};
use tokio_rustls::TlsConnector;

use credulous::Credulous;
use verifier::{NamingVerifier, Untrusted};

/// Which servers are trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::run) enum Trust {
    /// Those with a certificate of one of Mozilla's list of authorities.
    Authorities,
    /// All: only that a server has the key of the certificate that it shows is checked.
    Anybody,
}

/// What opens TLS connections.
pub(super) fn connector(trust: Trust) -> TlsConnector {
    let provider = Arc::new(ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = match trust {
        Trust::Authorities => Arc::new(NamingVerifier::new(authorities(), &provider)),
        Trust::Anybody => Arc::new(Credulous::new(&provider)),
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has cipher suites for both versions of TLS")
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    // Each virtual user stands for somebody who was not here before. Resuming another user's session would spare the server most of
    // a handshake, and it would look faster than it is for the people it is tested for.
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsConnector::from(Arc::new(config))
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

/// Node's name for an error of TLS; none for any other.
pub(super) fn error_name(error: &io::Error) -> Option<&'static str> {
    let error = error.get_ref()?.downcast_ref::<Error>()?;
    Some(match error {
        Error::InvalidCertificate(reason) => certificate_error_name(reason),
        Error::NoCertificatesPresented => "UNABLE_TO_GET_ISSUER_CERT",
        _ => "EPROTO",
    })
}

fn certificate_error_name(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "CERT_HAS_EXPIRED",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "CERT_NOT_YET_VALID"
        }
        CertificateError::Revoked => "CERT_REVOKED",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "ERR_TLS_CERT_ALTNAME_INVALID"
        }
        CertificateError::BadSignature => "CERT_SIGNATURE_FAILURE",
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "INVALID_PURPOSE"
        }
        CertificateError::UnknownIssuer => "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        CertificateError::Other(other) => match other.0.downcast_ref::<Untrusted>() {
            Some(untrusted) => untrusted.name(),
            None => "CERT_REJECTED",
        },
        _ => "CERT_REJECTED",
    }
}
