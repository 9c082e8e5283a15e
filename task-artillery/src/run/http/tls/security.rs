//! What of a script's settings connections by TLS are opened with.

use std::sync::Arc;

use bytes::Bytes;
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, DnsName, ServerName};
use rustls::sign::CertifiedKey;
use star_core::Failure;

use super::super::super::Cx;
use crate::pem::{self, PemError};
use crate::script::model::{Identity, Pem, TlsSettings};

/// How connections by TLS are opened. Debugging shows no keys.
pub(in crate::run) struct Security {
    pub(super) trust: Trust,
    /// What is shown to servers that ask.
    pub(super) identity: Option<Arc<CertifiedKey>>,
    /// The name that servers are asked for, and must have, instead of that in the URL.
    pub(in super::super) server_name: Option<ServerName<'static>>,
    /// Whether sessions are resumed.
    pub(in super::super) resumes: bool,
}

/// Which servers are trusted.
pub(super) enum Trust {
    /// Those with a certificate of one of Mozilla's list of authorities.
    Usual,
    /// Those with a certificate of one of these authorities.
    Only(RootsGiven),
    /// All: only that a server has the key of the certificate that it shows is checked.
    Anybody,
}

/// Authorities that a script gives; at least one.
pub(super) struct RootsGiven {
    pub(super) roots: RootCertStore,
    pub(super) certificates: Vec<CertificateDer<'static>>,
}

impl RootsGiven {
    fn new(certificates: Vec<CertificateDer<'static>>) -> Result<Self, PemError> {
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            let added = roots.add(certificate.clone());
            added.map_err(|_| PemError::Certificate)?;
        }
        Ok(Self {
            roots,
            certificates,
        })
    }
}

impl Security {
    /// What a script's settings and its files come to.
    ///
    /// # Errors
    /// Where a file is not there, or a text not what it was when the script was read.
    pub(in crate::run) async fn new(settings: &TlsSettings, cx: &Cx) -> Result<Self, Failure> {
        let trust = if !settings.reject_unauthorized {
            Trust::Anybody
        } else if settings.authorities.is_empty() {
            Trust::Usual
        } else {
            let mut all = Vec::new();
            for authority in &settings.authorities {
                let text = text(authority, cx).await?;
                all.append(&mut pem::certificates(&text).map_err(bad)?);
            }
            Trust::Only(RootsGiven::new(all).map_err(bad)?)
        };
        let identity = match &settings.identity {
            Some(Identity { certificate, key }) => {
                let (chain, key) = (text(certificate, cx).await?, text(key, cx).await?);
                let identity = identity(&chain, &key).map_err(bad)?;
                Some(Arc::new(identity))
            }
            None => None,
        };
        Ok(Self {
            trust,
            identity,
            server_name: server_name(settings).map_err(Failure::new)?,
            resumes: settings.resume_sessions,
        })
    }

    /// Whether settings are good, apart from what is in files.
    ///
    /// # Errors
    /// One sentence.
    pub(in crate::run) fn check(settings: &TlsSettings) -> Result<(), String> {
        server_name(settings)?;
        let bad = |error: PemError| bad(error).to_string();
        for authority in &settings.authorities {
            if let Pem::Text(text) = authority {
                let certificates = pem::certificates(text.as_bytes()).map_err(bad)?;
                RootsGiven::new(certificates).map_err(bad)?;
            }
        }
        if let Some(Identity {
            certificate: Pem::Text(chain),
            key: Pem::Text(key),
        }) = &settings.identity
        {
            identity(chain.as_bytes(), key.as_bytes()).map_err(bad)?;
        }
        Ok(())
    }
}

async fn text(pem: &Pem, cx: &Cx) -> Result<Bytes, Failure> {
    match pem {
        Pem::Text(text) => Ok(Bytes::copy_from_slice(text.as_bytes())),
        Pem::File(file) => cx.blob(file).await,
    }
}

fn identity(chain: &[u8], key: &[u8]) -> Result<CertifiedKey, PemError> {
    pem::identity(pem::certificates(chain)?, &pem::key(key)?)
}

fn bad(error: PemError) -> Failure {
    Failure::because("`tls` is not as it was when the script was read", &error)
}

fn server_name(settings: &TlsSettings) -> Result<Option<ServerName<'static>>, String> {
    let Some(name) = &settings.server_name else {
        return Ok(None);
    };
    match DnsName::try_from(name.clone()) {
        Ok(name) => Ok(Some(ServerName::DnsName(name))),
        Err(_) => Err("`tls.serverName` is no host's name".to_owned()),
    }
}
