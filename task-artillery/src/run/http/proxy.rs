//! Requests that go through a proxy: by `http:` they say in full whom they are for; to `https:` servers the proxy connects blindly.

use std::io;
use std::rc::Rc;

use http::HeaderValue;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::credentials::basic;
use super::error::RequestError;
use super::origin::Origin;
use super::peer::Peer;
use super::tcp::Tcp;
use crate::script::model::{Proxies, Proxy};

/// The longest head of a proxy's answer.
const LONGEST_HEAD: usize = 16 * 1024;

/// The proxies of a script.
#[derive(Debug, Default)]
pub(super) struct Gates {
    http: Option<Rc<Gate>>,
    https: Option<Rc<Gate>>,
    proxies: Proxies,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Gate {
    peer: Rc<Peer>,
    /// What reports call it.
    name: String,
    /// Who asks it.
    authorization: Option<HeaderValue>,
}

impl Gates {
    pub(super) fn new(proxies: &Proxies) -> Self {
        let gate = |proxy: &Option<Proxy>| proxy.as_ref().map(|proxy| Rc::new(Gate::new(proxy)));
        let http = gate(&proxies.http);
        let https = if proxies.http == proxies.https {
            http.clone()
        } else {
            gate(&proxies.https)
        };
        Self {
            http,
            https,
            proxies: proxies.clone(),
        }
    }

    /// The proxy before a server, whose host is without brackets; none where it is asked directly.
    pub(super) fn before(&self, tls: bool, host: &str, port: u16) -> Option<Rc<Gate>> {
        let gate = if tls { &self.https } else { &self.http };
        let gate = gate.as_ref().filter(|_| !self.proxies.spare(host, port));
        gate.map(Rc::clone)
    }
}

impl Gate {
    fn new(proxy: &Proxy) -> Self {
        let host = proxy.host.strip_prefix('[');
        let host = host.and_then(|host| host.strip_suffix(']'));
        Self {
            peer: Rc::new(Peer::new(host.unwrap_or(&proxy.host), proxy.port)),
            name: proxy.to_string(),
            authorization: basic(proxy.user.as_bytes(), proxy.password.as_bytes()),
        }
    }

    /// Whom connections are opened to.
    pub(super) fn peer(&self) -> &Rc<Peer> {
        &self.peer
    }

    /// What reports call it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The `proxy-authorization` header.
    pub(super) fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }

    /// Lets the proxy connect to a server. What goes over the connection after that, it does not read.
    ///
    /// # Errors
    /// Where it does not, or breaks the protocol.
    pub(super) async fn tunnel(&self, tcp: &mut Tcp, origin: &Origin) -> Result<(), RequestError> {
        let server = origin.host_and_port();
        let mut request = format!("CONNECT {server} HTTP/1.1\r\nhost: {server}\r\n").into_bytes();
        if let Some(value) = &self.authorization {
            request.extend_from_slice(b"proxy-authorization: ");
            request.extend_from_slice(value.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        let written = tcp.write_all(&request).await;
        written.map_err(RequestError::Connection)?;
        let head = read_head(tcp).await?;
        match status(&head) {
            Some(200..=299) => Ok(()),
            Some(status) => Err(RequestError::Refused(status)),
            None => Err(RequestError::Proxy),
        }
    }
}

/// Reads the head of an answer and nothing behind it: what follows is the server's.
async fn read_head(tcp: &mut Tcp) -> Result<Vec<u8>, RequestError> {
    const END: &[u8] = b"\r\n\r\n";
    let (mut head, mut seen) = (Vec::new(), [0; 1024]);
    while head.len() <= LONGEST_HEAD {
        let known = head.len();
        let length = tcp.peek(&mut seen).await;
        head.extend_from_slice(&seen[..length.map_err(RequestError::Connection)?]);
        if head.len() == known {
            let ended = io::ErrorKind::UnexpectedEof.into();
            return Err(RequestError::Connection(ended));
        }
        let mut fours = head.windows(END.len());
        let end = fours.position(|four| four == END).map(|at| at + END.len());
        head.truncate(end.unwrap_or(head.len()));
        let read = tcp.read_exact(&mut seen[..head.len() - known]).await;
        read.map_err(RequestError::Connection)?;
        if end.is_some() {
            return Ok(head);
        }
    }
    Err(RequestError::Proxy)
}

/// The status that the head of an answer has.
fn status(head: &[u8]) -> Option<u16> {
    let rest = head.strip_prefix(b"HTTP/1.")?;
    let digits = rest.get(1..)?.strip_prefix(b" ")?.get(..3)?;
    let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (100..1000).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_that_of_the_first_line() {
        for (head, expected) in [
            ("HTTP/1.1 200 Connection established\r\n\r\n", Some(200)),
            ("HTTP/1.0 407 \r\n\r\n", Some(407)),
            ("HTTP/1.1 20\r\n\r\n", None),
            ("HTTP/1.1 +99 x\r\n\r\n", None),
            ("HTTP/2 200 x\r\n\r\n", None),
            ("garbage\r\n\r\n", None),
            ("", None),
        ] {
            assert_eq!(status(head.as_bytes()), expected, "{head}");
        }
    }
}
