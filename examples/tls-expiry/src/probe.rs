//! Asks a host for its certificate.

use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use star_core::Failure;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

/// The port where none is said.
const HTTPS: u16 = 443;

/// A host's name, and its port.
pub(crate) fn address(host: &str) -> Result<(ServerName<'static>, String), String> {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => {
            let port = port.parse().ok().filter(|port| *port > 0_u16);
            let none =
                || format!("`{host}` has no port behind its colon: a whole number from 1 to 65535");
            (name, port.ok_or_else(none)?)
        }
        _ => (host, HTTPS),
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let server = ServerName::try_from(bare.to_owned());
    let server = server.map_err(|_| match name {
        "" => "the name of the host is missing".to_owned(),
        name => format!("`{name}` is no host's name"),
    })?;
    let name = if bare.contains(':') {
        format!("[{bare}]")
    } else {
        bare.to_owned()
    };
    Ok((server, format!("{name}:{port}")))
}

/// When a host's certificate expires, from the beginning of 1970.
pub(crate) async fn expires(host: &str) -> Result<Duration, Failure> {
    let (name, address) = address(host).map_err(Failure::new)?;
    let stream = TcpStream::connect(&address)
        .await
        .map_err(|error| Failure::because("cannot connect", &error))?;
    let tls = TlsConnector::from(Arc::new(config()?))
        .connect(name, stream)
        .await
        .map_err(|error| Failure::because("no TLS", &error))?;
    let (_, connection) = tls.get_ref();
    let certificates = connection.peer_certificates().unwrap_or_default();
    let first = certificates
        .first()
        .ok_or_else(|| Failure::new("it has no certificate"))?;
    let certificate = Certificate::from_der(first)
        .map_err(|error| Failure::because("its certificate cannot be read", &error))?;
    let validity = certificate.tbs_certificate.validity;
    Ok(validity.not_after.to_unix_duration())
}

fn config() -> Result<ClientConfig, Failure> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(AnyCertificate(Arc::clone(&provider)));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure::because("TLS cannot be used", &error))?;
    Ok(config
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
}

/// Takes any certificate: it is looked at, and nothing is entrusted to whoever has it. One that has expired is what is looked for.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
