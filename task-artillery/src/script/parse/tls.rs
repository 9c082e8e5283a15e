//! `config.tls`: whom connections trust, and who they say they are.

use std::slice;

use bytes::Bytes;
use rustls::pki_types::DnsName;
use star_core::document::Node;

use super::fields::Fields;
use super::keys;
use super::reader::Reader;
use crate::pem::{self, PemError};
use crate::script::model::{Identity, Pem, TlsSettings};

/// What may stand where PEM does.
const WANTED: &str = "PEM text, or the path of a PEM file";

/// What certificates and keys are called.
struct Names {
    authority: &'static str,
    certificate: &'static str,
    key: &'static str,
}

const NAMES: Names = Names {
    authority: "certificateAuthority",
    certificate: "certificate",
    key: "key",
};

/// The names under `client`.
const OLD_NAMES: Names = Names {
    authority: "ca",
    certificate: "cert",
    key: "key",
};

impl Reader<'_> {
    /// `tls`.
    pub(super) fn tls(&mut self, config: &Fields<'_>) -> TlsSettings {
        let mut settings = TlsSettings::default();
        let fields = config
            .get("tls")
            .and_then(|node| self.fields("tls", node, &keys::TLS));
        let Some(fields) = fields else {
            return settings;
        };
        if let Some(node) = fields.get("rejectUnauthorized")
            && let Some(given) = self.boolean("rejectUnauthorized", node)
        {
            settings.reject_unauthorized = given;
        }
        if let Some(node) = fields.get("resumeSessions")
            && let Some(given) = self.boolean("resumeSessions", node)
        {
            settings.resume_sessions = given;
        }
        let name = fields.get("serverName");
        settings.server_name = name.and_then(|node| self.server_name(node));
        self.pems(&fields, &NAMES, &mut settings);
        if let Some(node) = fields.get("client")
            && let Some(client) = self.fields("client", node, &keys::TLS_CLIENT)
        {
            self.pems(&client, &OLD_NAMES, &mut settings);
            let Names {
                authority,
                certificate,
                key,
            } = NAMES;
            if fields.means(&[authority, certificate, key]) {
                let message = "`client` has no place beside other certificates and keys";
                let help =
                    "it is how older versions say `certificateAuthority`, `certificate` and `key`";
                self.error(node.span, message, help);
            }
        }
        settings
    }

    fn pems(&mut self, fields: &Fields<'_>, names: &Names, settings: &mut TlsSettings) {
        if let Some(node) = fields.get(names.authority) {
            settings.authorities = self.authorities(names.authority, node);
            let reject = settings.reject_unauthorized;
            if !reject && let Some(at) = fields.key_span(names.authority) {
                let message = format!("`{}` has no effect here", names.authority);
                let help = "`rejectUnauthorized: false`, or `-k`, trusts every server";
                self.warn(at, message, help);
            }
        }
        if let Some(identity) = self.identity(fields, names) {
            settings.identity = Some(identity);
        }
    }

    /// Authorities, of which each text may hold several.
    fn authorities(&mut self, name: &'static str, node: &Node) -> Vec<Pem> {
        let items = node.as_list().unwrap_or(slice::from_ref(node));
        if items.is_empty() {
            let help = "leave it out to trust the usual authorities";
            self.error(node.span, format!("`{name}` is an empty list"), help);
        }
        let authority = |item| {
            let (pem, text) = self.pem(name, item)?;
            let found = pem::certificates(&text);
            let good = found.and_then(|found| pem::are_valid_now(&found));
            self.good_pem(name, item, good)?;
            Some(pem)
        };
        items.iter().filter_map(authority).collect()
    }

    fn identity(&mut self, fields: &Fields<'_>, names: &Names) -> Option<Identity> {
        let given = (fields.get(names.certificate), fields.get(names.key));
        let certificate = given.0.map(|node| self.pem(names.certificate, node));
        let key = given.1.map(|node| self.pem(names.key, node));
        for (one, other, there) in [
            (names.certificate, names.key, given.1),
            (names.key, names.certificate, given.0),
        ] {
            if let Some(at) = fields.key_span(one)
                && there.is_none()
                && !fields.means(&[other])
            {
                let message = format!("`{one}` needs `{other}` beside it");
                self.error(at, message, "both may be in one file");
            }
        }
        let chain = certificate.flatten().and_then(|(pem, text)| {
            let found = pem::certificates(&text)
                .and_then(|found| pem::are_valid_now(&found).map(|()| found));
            let found = self.good_pem(names.certificate, given.0?, found)?;
            Some((pem, found))
        });
        let key = key.flatten().and_then(|(pem, text)| {
            let found = self.good_pem(names.key, given.1?, pem::key(&text))?;
            Some((pem, found))
        });
        let ((certificate, chain), (key, found)) = (chain?, key?);
        self.good_pem(names.key, given.1?, pem::identity(chain, &found))?;
        Some(Identity { certificate, key })
    }

    /// What stands at a place, or in the file that is named there.
    fn pem(&mut self, name: &'static str, node: &Node) -> Option<(Pem, Bytes)> {
        if node.as_str().is_none() {
            return self.mismatch(name, node, WANTED);
        }
        let text = self.config_text(name, node)?.into_owned();
        if text.contains(pem::BEGIN) {
            let bytes = Bytes::copy_from_slice(text.as_bytes());
            return Some((Pem::Text(text), bytes));
        }
        if !may_be_path(&text) {
            // It may be a key without what belongs around it.
            self.document.sources.conceal(node.span);
            let message = format!("`{name}` must be {WANTED}");
            self.error(node.span, message, "PEM text begins with `-----BEGIN`");
            return None;
        }
        let blob = match self.document.file(&text, node.span) {
            Ok(blob) => blob,
            Err(error) => {
                self.tell(error);
                return None;
            }
        };
        let mut file = blob.reference;
        file.name = self.config_name(name, node)?;
        Some((Pem::File(file), blob.bytes))
    }

    /// What was found in a PEM text; says what is wrong with it.
    fn good_pem<T>(
        &mut self,
        name: &'static str,
        node: &Node,
        found: Result<T, PemError>,
    ) -> Option<T> {
        found
            .map_err(|error| self.error(node.span, format!("`{name}`: {error}"), error.help()))
            .ok()
    }

    fn server_name(&mut self, node: &Node) -> Option<String> {
        let name = self.config_text("serverName", node)?.into_owned();
        if DnsName::try_from(name.as_str()).is_err() {
            let message = "`serverName` must be a host's name";
            let help = "without a port; an address is no name";
            self.error(node.span, message, help);
            return None;
        }
        Some(name)
    }
}

/// Whether a text could name a file, and is no key without its first and last line.
fn may_be_path(text: &str) -> bool {
    const SHORTEST_KEY: usize = 64;
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let bare_key = text.len() >= SHORTEST_KEY && text.bytes().all(base64);
    !text.is_empty() && !text.contains(['\n', '\r', '\0']) && !bare_key
}
