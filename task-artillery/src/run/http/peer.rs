//! Whom connections are opened to: a server, or a proxy.

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;

use super::resolve::Lookup;

/// Whom connections are opened to, and what is known of its addresses.
#[derive(Debug)]
pub(super) struct Peer {
    host: Box<str>,
    port: u16,
    /// The address, where the host is one.
    address: Option<IpAddr>,
    /// The latest look-up of the name for all users.
    pub(super) lookup: RefCell<Rc<Lookup>>,
}

impl Peer {
    /// The one of this host, an IPv6 address without brackets.
    pub(super) fn new(host: &str, port: u16) -> Self {
        Self {
            host: host.into(),
            port,
            address: host.parse().ok(),
            lookup: RefCell::default(),
        }
    }

    /// The name or address, without brackets.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// The address, where none has to be looked up.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.address
            .map(|address| SocketAddr::new(address, self.port))
    }
}
