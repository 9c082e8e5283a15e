//! What failures of TLS are called: as node calls them.

use std::io;

use rustls::{AlertDescription, CertificateError, Error};

use super::verifier::Untrusted;

/// Node's name for an error of TLS; none for any other.
pub(in super::super) fn error_name(error: &io::Error) -> Option<&'static str> {
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

/// Node's name for what a server says of a connection that was open already, such as that it wants a certificate: by the newer version
/// of TLS clients are done before servers have looked. Before it was open an alert breaks the protocol, for node.
pub(in super::super) fn alert_name(error: &io::Error) -> Option<&'static str> {
    let Error::AlertReceived(alert) = error.get_ref()?.downcast_ref::<Error>()? else {
        return None;
    };
    Some(match alert {
        AlertDescription::CertificateRequired => "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
        AlertDescription::UnknownCA => "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA",
        AlertDescription::AccessDenied => "ERR_SSL_TLSV1_ALERT_ACCESS_DENIED",
        AlertDescription::DecryptError => "ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR",
        AlertDescription::InternalError => "ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR",
        AlertDescription::HandshakeFailure => "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
        AlertDescription::BadCertificate => "ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE",
        AlertDescription::UnsupportedCertificate => "ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
        AlertDescription::CertificateRevoked => "ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED",
        AlertDescription::CertificateExpired => "ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED",
        AlertDescription::CertificateUnknown => "ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_in_the_reference() {
        let certificates = [
            CertificateError::Expired,
            CertificateError::NotValidYet,
            CertificateError::Revoked,
            CertificateError::NotValidForName,
            CertificateError::BadSignature,
            CertificateError::InvalidPurpose,
            CertificateError::UnknownIssuer,
            CertificateError::BadEncoding,
        ];
        let others = [Error::NoCertificatesPresented, Error::DecryptError];
        let errors = certificates.into_iter().map(Error::InvalidCertificate);
        let names = errors.chain(others).map(|error| {
            let error = io::Error::new(io::ErrorKind::InvalidData, error);
            error_name(&error).unwrap()
        });
        let untrusted = [
            Untrusted::SelfSigned,
            Untrusted::SelfSignedInChain,
            Untrusted::Alone,
            Untrusted::Unfinished,
        ];
        for name in names.chain(untrusted.map(Untrusted::name)) {
            let name = format!("`{name}`");
            let documented = include_str!("../../../../../docs/reports.md").contains(&name);
            assert!(documented, "docs/reports.md lacks {name}");
        }
    }
}
