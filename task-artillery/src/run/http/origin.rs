//! Who is asked: scheme, host and port.

use std::fmt;
use std::rc::Rc;

use http::HeaderValue;
use http::uri::Authority;
use rustls::pki_types::ServerName;

use super::peer::Peer;
use super::proxy::{Gate, Gates};

/// A server, as URLs name it, and how it is reached.
#[derive(Debug)]
pub(in crate::run) struct Origin {
    tls: bool,
    host: Box<str>,
    port: u16,
    /// The `host` header.
    authority: HeaderValue,
    /// The name in certificates; none where no certificate is asked for.
    server_name: Option<ServerName<'static>>,
    /// Whom connections are opened to: the server itself, or the proxy.
    peer: Rc<Peer>,
    /// The proxy, where it is asked through one.
    gate: Option<Rc<Gate>>,
    /// What requests that a proxy passes on say of whom they are for; none where it does not read them.
    passed_on: Option<Authority>,
}

impl Origin {
    /// The server of this host, as URLs write it (an IPv6 address in brackets); none where that is no name for one.
    pub(super) fn new(tls: bool, host: &str, port: u16, gates: &Gates) -> Option<Self> {
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        let authority = if port == default_port(tls) {
            HeaderValue::from_str(host)
        } else {
            HeaderValue::from_str(&format!("{host}:{port}"))
        };
        let authority = authority.ok()?;
        let gate = gates.before(tls, bare, port);
        let passed_on = match &gate {
            Some(_) if !tls => Some(Authority::try_from(authority.as_bytes()).ok()?),
            _ => None,
        };
        let server_name = if tls {
            Some(ServerName::try_from(bare.to_owned()).ok()?)
        } else {
            None
        };
        Some(Self {
            tls,
            host: bare.into(),
            port,
            authority,
            server_name,
            peer: match &gate {
                Some(gate) => Rc::clone(gate.peer()),
                None => Rc::new(Peer::new(bare, port)),
            },
            gate,
            passed_on,
        })
    }

    /// The name or address, without brackets.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// The value of the `host` header.
    pub(in crate::run) fn authority(&self) -> &HeaderValue {
        &self.authority
    }

    /// The name that its certificate must have, if it is asked by TLS.
    pub(super) fn server_name(&self) -> Option<&ServerName<'static>> {
        self.server_name.as_ref()
    }

    /// The host and the port, also where that is the usual one: what a proxy is to connect to.
    pub(super) fn host_and_port(&self) -> String {
        let Self { host, port, .. } = self;
        if host.contains(':') {
            format!("[{host}]:{port}")
        } else {
            format!("{host}:{port}")
        }
    }

    /// Whom connections are opened to.
    pub(super) fn peer(&self) -> &Rc<Peer> {
        &self.peer
    }

    /// The proxy through which it is asked, if it is.
    pub(super) fn gate(&self) -> Option<&Rc<Gate>> {
        self.gate.as_ref()
    }

    /// Whom a request is for, where a proxy reads it.
    pub(super) fn passed_on(&self) -> Option<&Authority> {
        self.passed_on.as_ref()
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
