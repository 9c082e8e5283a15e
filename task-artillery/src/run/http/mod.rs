//! HTTP/1.1, spoken by each user on connections of its own.
//!
//! Looking up the name, connecting, the TLS handshake, sending, the response's headers and its body are each a wait of their own, so
//! each is measured and limited by itself:
//!
//! | wait | limit | error |
//! |---|---|---|
//! | name, connecting and TLS together | `http.timeout`, or the request's own (Artillery leaves it to the operating system) | `ETIMEDOUT` |
//! | the response's headers, from when the request was sent | the same | `ETIMEDOUT` |
//! | each next part of a body | the longer of the same and 8 s | `ERR_SOCKET_TIMEOUT` |

mod body;
mod client;
mod connection;
mod cookies;
mod credentials;
mod decode;
mod error;
mod location;
mod origin;
mod outgoing;
mod resolve;
mod stream;
mod tls;
mod watchdog;

use std::cell::OnceCell;

use tokio_rustls::TlsConnector;

pub(super) use body::Kept;
pub(super) use client::{Answer, Call, Client};
pub(super) use credentials::basic;
pub(super) use decode::{DecodeError, Encoding};
pub(super) use error::RequestError;
pub(super) use location::{Location, Locations, UrlError};
pub(super) use outgoing::Outgoing;
pub(super) use tls::Trust;

use super::Cx;
use crate::script::model::HttpSettings;

/// What the clients of a worker's users share.
pub(super) struct Shared {
    locations: Locations,
    settings: HttpSettings,
    trust: Trust,
    /// Made when the first `https:` URL occurs: it takes a millisecond and some memory.
    tls: OnceCell<TlsConnector>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("locations", &self.locations)
            .finish_non_exhaustive()
    }
}

impl Shared {
    /// What clients share that reach the target at `locations`, have these settings, and trust these servers.
    pub(super) fn new(locations: Locations, settings: HttpSettings, trust: Trust) -> Self {
        Self {
            locations,
            settings,
            trust,
            tls: OnceCell::new(),
        }
    }

    /// Where URLs lead.
    pub(super) fn locations(&self) -> &Locations {
        &self.locations
    }

    fn tls(&self) -> TlsConnector {
        let make = || tls::connector(self.trust);
        self.tls.get_or_init(make).clone()
    }

    /// Looks the target's name up and sets TLS up, so that the first user has not to wait for either.
    pub(super) async fn warm_up(&self, cx: &Cx) {
        let origin = &self.locations.target().origin;
        if origin.server_name().is_some() {
            self.tls();
        }
        if origin.address().is_none() {
            let limit = tokio::time::timeout(self.settings.timeout, origin.addresses(cx));
            // Users that need a name which is not to be had fail by themselves.
            let _found_or_not = limit.await;
        }
    }
}
