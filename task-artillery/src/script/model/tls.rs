//! `config.tls`.

use std::fmt;

use serde::{Deserialize, Serialize};
use star_core::document::BlobRef;

/// `config.tls`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TlsSettings {
    /// Whether a server has to prove who it is.
    pub reject_unauthorized: bool,
    /// The authorities that are trusted instead of the usual ones; empty where those are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorities: Vec<Pem>,
    /// What is shown to servers that ask who the client is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// The name that servers are asked for and must have, instead of that in the URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// Whether a user that comes back to a server resumes its session.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub resume_sessions: bool,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_yes(flag: &bool) -> bool {
    *flag
}

impl Default for TlsSettings {
    fn default() -> Self {
        Self {
            reject_unauthorized: true,
            authorities: Vec::new(),
            identity: None,
            server_name: None,
            resume_sessions: true,
        }
    }
}

/// A client's certificate, and its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Identity {
    /// The certificate, and those that lead from it to an authority.
    pub certificate: Pem,
    /// The private key.
    pub key: Pem,
}

/// Certificates or a key, as PEM. It may be a secret, so debugging does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Pem {
    /// As it stands.
    Text(String),
    /// In a file that travels with the script.
    File(BlobRef),
}

impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text"),
            Self::File(file) => f.debug_tuple("File").field(&file.name).finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debugging_shows_no_key() {
        let pem = Pem::Text("hunter2".to_owned());
        let identity = Identity {
            certificate: pem.clone(),
            key: pem,
        };
        let shown = format!("{identity:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
