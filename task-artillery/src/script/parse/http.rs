//! `config.http`: how requests are made, but for what they have by default.

use std::num::NonZeroU32;
use std::time::Duration;

use super::fields::Fields;
use super::reader::Reader;
use crate::script::model::{CookieSettings, HttpSettings, Lookups};

/// The most connections that users may share.
const MOST_CONNECTIONS: u64 = 1_000_000;

impl Reader<'_> {
    /// `http`, and the proxies of the environment.
    pub(super) fn http_settings(
        &mut self,
        config: &Fields<'_>,
        http: Option<&Fields<'_>>,
        cookies: CookieSettings,
    ) -> HttpSettings {
        let usual = HttpSettings::default();
        let body = http.and_then(|http| http.get("bodyTimeout"));
        let body = body.and_then(|node| self.wait("bodyTimeout", node));
        HttpSettings {
            timeout: self.timeout(config, http).unwrap_or(usual.timeout),
            cookies,
            pool: http.and_then(|http| self.pool(http)),
            body_timeout: body.unwrap_or(usual.body_timeout),
            dns: http.map(|http| self.lookups(http)).unwrap_or_default(),
            proxies: self.proxies(),
        }
    }

    /// `http.pool`: how many connections all users share.
    fn pool(&mut self, http: &Fields<'_>) -> Option<NonZeroU32> {
        let node = http.get("pool")?;
        let connections = self.whole("pool", node, 1..=MOST_CONNECTIONS)?;
        u32::try_from(connections).ok().and_then(NonZeroU32::new)
    }

    /// `http.dns`: who looks names up.
    fn lookups(&mut self, http: &Fields<'_>) -> Lookups {
        let node = http.get("dns");
        match node.and_then(|node| self.choice("dns", node, &["run", "user"])) {
            Some("user") => Lookups::User,
            _ => Lookups::Run,
        }
    }

    /// The timeout of requests: `config.timeout`, or `config.http.timeout`.
    fn timeout(&mut self, config: &Fields<'_>, http: Option<&Fields<'_>>) -> Option<Duration> {
        let inner = http.and_then(|http| http.get("timeout"));
        let (name, node) = match (config.get("timeout"), inner) {
            (Some(node), _) => ("timeout", node),
            (None, Some(node)) => ("http.timeout", node),
            (None, None) => return None,
        };
        self.wait(name, node)
    }
}
