//! Who is asked: scheme, host and port.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;

use http::HeaderValue;
use rustls::pki_types::ServerName;

use super::resolve::Lookup;

/// A server, as URLs name it, and what is known of its addresses.
#[derive(Debug)]
pub(in crate::run) struct Origin {
    tls: bool,
    host: Box<str>,
    port: u16,
    /// The `host` header.
    authority: HeaderValue,
    /// The name in certificates; none where no certificate is asked for.
    server_name: Option<ServerName<'static>>,
    /// The address, where the host is one.
    address: Option<IpAddr>,
    /// The latest look-up of the name.
    pub(super) lookup: RefCell<Rc<Lookup>>,
    /// Which of the addresses was the last to accept a connection.
    pub(super) accepting: Cell<usize>,
}

impl Origin {
    /// The server of this host, as URLs write it (an IPv6 address in brackets); none where that is no name for one.
    pub(super) fn new(tls: bool, host: &str, port: u16) -> Option<Self> {
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        let authority = if port == default_port(tls) {
            HeaderValue::from_str(host)
        } else {
            HeaderValue::from_str(&format!("{host}:{port}"))
        };
        let address: Option<IpAddr> = bare.parse().ok();
        let server_name = if tls {
            Some(ServerName::try_from(bare.to_owned()).ok()?)
        } else {
            None
        };
        Some(Self {
            tls,
            host: bare.into(),
            port,
            authority: authority.ok()?,
            server_name,
            address,
            lookup: RefCell::default(),
            accepting: Cell::default(),
        })
    }

    /// The name or address, without brackets.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// The value of the `host` header.
    pub(in crate::run) fn authority(&self) -> &HeaderValue {
        &self.authority
    }

    /// The name that its certificate must have, if it is asked by TLS.
    pub(super) fn server_name(&self) -> Option<&ServerName<'static>> {
        self.server_name.as_ref()
    }

    /// The address, where none has to be looked up.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.address
            .map(|address| SocketAddr::new(address, self.port))
    }

    /// Whether a connection to the one serves for the other.
    pub(super) fn is(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || (self.tls, self.port, &self.host) == (other.tls, other.port, &other.host)
    }
}

fn default_port(tls: bool) -> u16 {
    if tls { 443 } else { 80 }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        let authority = self.authority.to_str().unwrap_or(&self.host);
        write!(f, "{scheme}://{authority}")
    }
}
