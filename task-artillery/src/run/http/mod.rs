//! HTTP/1.1, spoken by each user on connections of its own, or on those of a [`Pool`](pool::Pool) that all users share.
//!
//! Looking up the name, connecting, the TLS handshake, sending, the response's headers and its body are each a wait of their own, so
//! each is measured and limited by itself:
//!
//! | wait | limit | error |
//! |---|---|---|
//! | name, connecting, the proxy's answer and TLS together | `http.timeout`, or the request's own (Artillery leaves it to the operating system) | `ETIMEDOUT` |
//! | the response's headers, from when the request was sent | the same | `ETIMEDOUT` |
//! | a free connection of a pool | none, as in Artillery | |
//! | each next part of a body | the longer of the same and 8 s | `ERR_SOCKET_TIMEOUT` |
//! | all of a body | `http.bodyTimeout` (Artillery waits for ever) | `ERR_BODY_TIMEOUT` |
//!
//! What has come by the time that a limit is seen to have run out counts, also where the worker stood still meanwhile.

mod body;
mod client;
mod connection;
mod cookies;
mod credentials;
mod decode;
mod dial;
mod error;
mod http1;
mod location;
mod origin;
mod outgoing;
mod parting;
mod peer;
mod pool;
mod proxy;
mod request;
mod resolve;
mod stream;
mod tcp;
mod timing;
mod tls;
mod watchdog;

use std::cell::OnceCell;
use std::rc::Rc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio_rustls::Connect;

pub(super) use body::Kept;
use body::{MOST_KEPT, Room};
pub(super) use client::{Answer, Call, Client};
pub(crate) use credentials::{base64, basic, password_in};
pub(super) use decode::{DecodeError, Encoding};
pub(super) use error::RequestError;
pub(super) use location::{Location, Locations, UrlError};
pub(super) use outgoing::Outgoing;
use parting::Parting;
use pool::Pool;
use resolve::Resolver;
use tcp::Tcp;
use tls::Connector;
pub(super) use tls::Security;

use super::Cx;
use crate::script::model::{HttpSettings, Lookups};

/// What the clients of a worker's users share.
pub(super) struct Shared {
    locations: Locations,
    settings: HttpSettings,
    security: Security,
    /// The connections that all users share, where they have none of their own.
    pool: Option<Pool>,
    /// Made when the first `https:` URL occurs: it takes a millisecond and some memory.
    tls: OnceCell<ClientConfig>,
    /// What opens the connections that users share.
    connector: Connector,
    /// What may still be kept of bodies.
    room: Rc<Room>,
    /// The connections of users that have ended.
    parting: Rc<Parting>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("locations", &self.locations)
            .finish_non_exhaustive()
    }
}

impl Shared {
    /// What clients share that reach the target at `locations`, have these settings, and are this secure; with `pool` they share so many
    /// connections to each server.
    pub(super) fn new(
        locations: Locations,
        settings: HttpSettings,
        security: Security,
        pool: Option<usize>,
    ) -> Self {
        Self {
            locations,
            settings,
            pool: pool.map(Pool::new),
            tls: OnceCell::new(),
            connector: Connector::new(security.resumes),
            security,
            room: Room::new(MOST_KEPT),
            parting: Rc::default(),
        }
    }

    /// Where URLs lead.
    pub(super) fn locations(&self) -> &Locations {
        &self.locations
    }

    fn tls(&self) -> &ClientConfig {
        self.tls.get_or_init(|| tls::config(&self.security))
    }

    /// What a further user opens connections by TLS with: sessions belong to whom connections belong to.
    fn connector(&self) -> Connector {
        match self.pool {
            Some(_) => self.connector.clone(),
            None => Connector::new(self.security.resumes),
        }
    }

    /// What a further user knows of names.
    fn resolver(&self) -> Resolver {
        Resolver::new(self.settings.dns)
    }

    /// Agrees on TLS with a server that URLs call so.
    fn handshake(
        &self,
        connector: &Connector,
        name: &ServerName<'static>,
        tcp: Tcp,
    ) -> Connect<Tcp> {
        let name = self.security.server_name.as_ref().unwrap_or(name);
        connector.connect(|| self.tls(), name.clone(), tcp)
    }

    /// From now on connections whose users have ended may be open a moment longer: see [`parting`].
    pub(super) fn let_linger(&self) {
        self.parting.begin();
    }

    /// Looks the target's name up and sets TLS up, so that the first user has not to wait for either.
    pub(super) async fn warm_up(&self, cx: &Cx) {
        let origin = &self.locations.target().origin;
        if origin.server_name().is_some() {
            self.tls();
        }
        if origin.peer().address().is_none() && self.settings.dns == Lookups::Run {
            let found = Resolver::Shared.addresses(origin.peer(), cx);
            let limit = tokio::time::timeout(self.settings.timeout, found);
            // Users that need a name which is not to be had fail by themselves.
            let _found_or_not = limit.await;
        }
    }
}
