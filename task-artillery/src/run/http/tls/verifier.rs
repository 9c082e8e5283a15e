//! Says of a chain that leads to no trusted authority what is the matter with it.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};
use webpki::EndEntityCert;

use super::security::RootsGiven;

/// Decides as rustls does. rustls has one error for all chains without a trusted end, and node has four.
#[derive(Debug)]
pub(super) struct NamingVerifier {
    inner: Arc<WebPkiServerVerifier>,
    /// Certificates that are trusted as they stand, also where a server has one of them for its own.
    given: Vec<CertificateDer<'static>>,
}

/// Why a chain leads to no trusted authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Untrusted {
    /// The server's certificate was signed by its own key.
    #[error("the certificate is self-signed")]
    SelfSigned,
    /// An authority in the chain was, and is not trusted.
    #[error("an authority in the chain is self-signed")]
    SelfSignedInChain,
    /// There is nothing but the server's certificate.
    #[error("the certificate's authority is unknown")]
    Alone,
    /// The chain ends at an unknown authority.
    #[error("the chain's authority is unknown")]
    Unfinished,
}

impl Untrusted {
    /// OpenSSL's name for it, and so node's.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SelfSigned => "DEPTH_ZERO_SELF_SIGNED_CERT",
            Self::SelfSignedInChain => "SELF_SIGNED_CERT_IN_CHAIN",
            Self::Alone => "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
            Self::Unfinished => "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
        }
    }

    fn of(end_entity: &CertificateDer<'_>, intermediates: &[CertificateDer<'_>]) -> Self {
        if is_self_issued(end_entity) {
            Self::SelfSigned
        } else if intermediates.iter().any(is_self_issued) {
            Self::SelfSignedInChain
        } else if intermediates.is_empty() {
            Self::Alone
        } else {
            Self::Unfinished
        }
    }
}

fn is_self_issued(certificate: &CertificateDer<'_>) -> bool {
    EndEntityCert::try_from(certificate)
        .is_ok_and(|certificate| certificate.issuer() == certificate.subject())
}

impl NamingVerifier {
    pub(super) fn new(roots: RootCertStore, provider: &Arc<CryptoProvider>) -> Self {
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
                .build()
                .expect("there are authorities, and no revocation lists to be wrong");
        Self {
            inner: verifier,
            given: Vec::new(),
        }
    }

    /// One that trusts these authorities; there is at least one.
    pub(super) fn of(given: &RootsGiven, provider: &Arc<CryptoProvider>) -> Self {
        Self {
            given: given.certificates.clone(),
            ..Self::new(given.roots.clone(), provider)
        }
    }

    /// Whether a certificate that only was not expected to be an authority's is itself one of those given: so are self-signed ones
    /// that a server and its clients share. When that was found out, it had been seen to be valid now.
    fn is_given(&self, end_entity: &CertificateDer<'_>, error: &Error) -> bool {
        let Error::InvalidCertificate(CertificateError::Other(OtherError(error))) = error else {
            return false;
        };
        let authority = webpki::Error::CaUsedAsEndEntity;
        error.downcast_ref::<webpki::Error>() == Some(&authority) && self.given.contains(end_entity)
    }
}

impl ServerCertVerifier for NamingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.inner.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        if let Err(error) = &verified
            && self.is_given(end_entity, error)
        {
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            return Ok(ServerCertVerified::assertion());
        }
        let without_end = |error: &CertificateError| match error {
            CertificateError::UnknownIssuer => true,
            // A self-signed certificate is often marked as an authority's.
            CertificateError::Other(_) => is_self_issued(end_entity),
            _ => false,
        };
        verified.map_err(|error| match error {
            Error::InvalidCertificate(reason) if without_end(&reason) => {
                let untrusted = Untrusted::of(end_entity, intermediates);
                CertificateError::Other(OtherError(Arc::new(untrusted))).into()
            }
            error => error,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
