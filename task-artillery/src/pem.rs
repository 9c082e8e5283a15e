//! Certificates and keys as PEM.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::sign::CertifiedKey;
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

/// What begins a part of a PEM text.
pub(crate) const BEGIN: &str = "-----BEGIN ";

/// What is wrong with a PEM text. Of the text itself nothing is said: it may be a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PemError {
    /// The PEM form itself.
    #[error("this is broken PEM")]
    Broken,
    /// It has other things in it, or nothing.
    #[error("there is no certificate in it")]
    NoCertificate,
    /// What is called a certificate is none.
    #[error("a certificate in it cannot be read")]
    Certificate,
    /// It was valid once.
    #[error("a certificate in it has expired")]
    Expired,
    /// It will be valid.
    #[error("a certificate in it is not valid yet")]
    Early,
    /// It has other things in it, or nothing.
    #[error("there is no private key in it")]
    NoKey,
    /// There is a key for which one needs a passphrase.
    #[error("the private key in it is encrypted")]
    Encrypted,
    /// What is called a key is none, or of a kind that is not known.
    #[error("the private key in it cannot be used")]
    Key,
    /// The key belongs to another certificate.
    #[error("the private key in it is not that of the certificate")]
    Mismatch,
}

impl PemError {
    /// What would be right.
    pub(crate) fn help(self) -> &'static str {
        match self {
            Self::Broken => {
                "each line of a PEM file is a line of its own, from `-----BEGIN` to `-----END`"
            }
            Self::NoCertificate => {
                "it begins with `-----BEGIN CERTIFICATE-----`; `openssl x509 -inform DER -in FILE -out FILE.pem` makes that of a DER file"
            }
            Self::NoKey => {
                "it begins with `-----BEGIN PRIVATE KEY-----`; `openssl pkey -inform DER -in FILE -out FILE.pem` makes that of a DER file"
            }
            Self::Encrypted => "`openssl pkey -in FILE -out FILE.pem` makes one that is not",
            Self::Key => "RSA, ECDSA (P-256, P-384) and Ed25519 are known",
            Self::Mismatch => "of several certificates the client's own comes first",
            Self::Certificate | Self::Expired | Self::Early => "",
        }
    }
}

impl From<pem::Error> for PemError {
    fn from(_: pem::Error) -> Self {
        Self::Broken
    }
}

/// The certificates in a text, in their order; at least one.
///
/// # Errors
/// Where there is none, or one that is none.
pub(crate) fn certificates(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, PemError> {
    let certificates = CertificateDer::pem_slice_iter(text).collect::<Result<Vec<_>, _>>()?;
    if certificates.is_empty() {
        return Err(PemError::NoCertificate);
    }
    for certificate in &certificates {
        anchor_from_trusted_cert(certificate).map_err(|_| PemError::Certificate)?;
    }
    Ok(certificates)
}

/// Whether certificates are valid now.
///
/// # Errors
/// Where one is not any more, or not yet.
pub(crate) fn are_valid_now(certificates: &[CertificateDer<'_>]) -> Result<(), PemError> {
    for certificate in certificates {
        // Those of X.509's first version are not looked into.
        let Ok(certificate) = EndEntityCert::try_from(certificate) else {
            continue;
        };
        // Nobody is trusted, so there is always an error; when a certificate is valid is looked at before who signed it.
        let (now, usage) = (UnixTime::now(), KeyUsage::client_auth());
        let verified = certificate.verify_for_usage(&[], &[], &[], now, usage, None, None);
        match verified.err() {
            Some(webpki::Error::CertExpired { .. }) => return Err(PemError::Expired),
            Some(webpki::Error::CertNotValidYet { .. }) => return Err(PemError::Early),
            _ => {}
        }
    }
    Ok(())
}

/// The first private key in a text.
///
/// # Errors
/// Where there is none, or one that cannot be read.
pub(crate) fn key(text: &[u8]) -> Result<PrivateKeyDer<'static>, PemError> {
    const MARKS: [&[u8]; 2] = [b"BEGIN ENCRYPTED PRIVATE KEY", b"Proc-Type: 4,ENCRYPTED"];
    let has = |mark: &[u8]| text.windows(mark.len()).any(|part| part == mark);
    if MARKS.into_iter().any(has) {
        return Err(PemError::Encrypted);
    }
    PrivateKeyDer::from_pem_slice(text).map_err(|error| match error {
        pem::Error::NoItemsFound => PemError::NoKey,
        _ => PemError::Broken,
    })
}

/// What a client shows and proves: a certificate, those that lead from it to an authority, and its key.
///
/// # Errors
/// Where the key cannot be used, or is another's.
pub(crate) fn identity(
    chain: Vec<CertificateDer<'static>>,
    key: &PrivateKeyDer<'static>,
) -> Result<CertifiedKey, PemError> {
    let own = chain.first().ok_or(PemError::NoCertificate)?;
    let anchor = anchor_from_trusted_cert(own).map_err(|_| PemError::Certificate)?;
    let key = ring::sign::any_supported_type(key).map_err(|_| PemError::Key)?;
    // The one has the sequence around it, the other has not.
    let public = key.public_key().ok_or(PemError::Key)?;
    if !public.ends_with(&anchor.subject_public_key_info) {
        return Err(PemError::Mismatch);
    }
    Ok(CertifiedKey::new(chain, Arc::clone(&key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! testdata {
        ($name:literal) => {
            include_bytes!(concat!("run/http/tls/testdata/", $name))
        };
    }

    const CLIENT: &[u8] = testdata!("client.pem");
    const EXPIRED: &[u8] = testdata!("expired.pem");
    const AUTHORITY: &[u8] = testdata!("unknown.pem");
    const ENCRYPTED: &[u8] = testdata!("encrypted.pem");

    #[test]
    fn certificates_and_keys_are_found_in_one_text() {
        let chain = certificates(CLIENT).unwrap();
        assert_eq!((chain.len(), are_valid_now(&chain)), (1, Ok(())));
        let key = key(CLIENT).unwrap();
        assert!(identity(chain, &key).is_ok());
        let both = [CLIENT, AUTHORITY].concat();
        assert_eq!(certificates(&both).unwrap().len(), 2);
    }

    #[test]
    fn what_is_not_in_a_text_is_missed() {
        assert_eq!(certificates(b""), Err(PemError::NoCertificate));
        assert_eq!(certificates(ENCRYPTED), Err(PemError::NoCertificate));
        assert_eq!(key(AUTHORITY).unwrap_err(), PemError::NoKey);
        assert_eq!(key(ENCRYPTED).unwrap_err(), PemError::Encrypted);
        let old = b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
        assert_eq!(key(old).unwrap_err(), PemError::Encrypted);
    }

    #[test]
    fn broken_texts_are_told_from_empty_ones() {
        let cut = &CLIENT[..CLIENT.len() / 4];
        assert_eq!(certificates(cut), Err(PemError::Broken));
        let none = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(certificates(none), Err(PemError::Certificate));
        let one_line = String::from_utf8_lossy(CLIENT).replace('\n', "\\n");
        assert!(certificates(one_line.as_bytes()).is_err());
        let none = key(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").unwrap();
        let identity = identity(certificates(CLIENT).unwrap(), &none);
        assert_eq!(identity.unwrap_err(), PemError::Key);
    }

    #[test]
    fn certificates_are_valid_for_a_time_and_keys_for_one_certificate() {
        let expired = certificates(EXPIRED).unwrap();
        assert_eq!(are_valid_now(&expired), Err(PemError::Expired));
        assert_eq!(are_valid_now(&certificates(AUTHORITY).unwrap()), Ok(()));
        let mismatch = identity(expired, &key(CLIENT).unwrap());
        assert_eq!(mismatch.unwrap_err(), PemError::Mismatch);
    }
}
