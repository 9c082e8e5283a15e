//! A user's connection to a server.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::Connect;

use super::super::Cx;
use super::body::{Keeper, Received};
use super::error::RequestError;
use super::origin::Origin;
use super::outgoing::Outgoing;
use super::resolve::Resolver;
use super::stream::{Stream, Watched, Wrote};
use super::watchdog::Watchdog;
use crate::report::Connected;

/// The most that is buffered of what comes in and goes out; also the most that a response's headers may take.
const BUFFER: usize = 64 * 1024;

/// The most headers that a response may have.
const MOST_HEADERS: usize = 1000;

/// In a box: it is large, and a connection goes from hand to hand with each request.
type Driver = Box<http1::Connection<TokioIo<Watched>, Outgoing>>;

/// A connection that carries one request after another. What it has to do, reading, writing, noticing its end, it does while its
/// user waits for it: a task of its own would have to be woken twice a request.
#[derive(Debug)]
pub(super) struct Connection {
    origin: Rc<Origin>,
    sender: SendRequest<Outgoing>,
    /// None when it has ended.
    driver: Option<Driver>,
    wrote: Wrote,
}

/// Why there is no response.
pub(super) enum SendError {
    /// The connection had ended before anything was sent: another may be tried.
    Unsent(Box<Request<Outgoing>>),
    /// The request may have been acted upon.
    Failed(RequestError),
}

impl Connection {
    /// Opens a connection: resolves the name, connects to the first of its addresses that accepts, has a proxy connect on where there is
    /// one, and agrees on TLS. That takes at most `limit` in all, which Artillery leaves to the operating system.
    pub(super) async fn open(
        origin: &Rc<Origin>,
        resolver: &Resolver,
        tls: impl FnOnce(&ServerName<'static>, TcpStream) -> Connect<TcpStream>,
        limit: Duration,
        watchdog: &mut Watchdog,
        cx: &Cx,
    ) -> Result<Self, RequestError> {
        let opening = async {
            let stream = connect(origin, resolver, tls, cx).await?;
            let wrote = Wrote::default();
            let io = TokioIo::new(Watched::new(stream, wrote.clone()));
            let mut builder = http1::Builder::new();
            builder
                .max_buf_size(BUFFER)
                .max_header_size(BUFFER)
                .max_headers(MOST_HEADERS);
            let (sender, driver) = builder
                .handshake(io)
                .await
                .map_err(RequestError::Exchange)?;
            Ok(Self {
                origin: Rc::clone(origin),
                sender,
                driver: Some(Box::new(driver)),
                wrote,
            })
        };
        watchdog
            .limit(limit, opening)
            .await
            .unwrap_or(Err(RequestError::TimedOut))
    }

    /// Whether it leads to this server.
    pub(super) fn is_to(&self, origin: &Origin) -> bool {
        self.origin.is(origin)
    }

    /// Whether it can take a request now, so far as can be told. An end that came while nobody looked is noticed when a request is given
    /// to it, before any of that is sent.
    pub(super) async fn is_ready(&mut self, limit: Duration, watchdog: &mut Watchdog) -> bool {
        if self.sender.is_ready() {
            return true;
        }
        watchdog.set(limit);
        poll_fn(|cx| {
            self.poll_driver(cx);
            match self.sender.poll_ready(cx) {
                Poll::Ready(ready) => Poll::Ready(ready.is_ok()),
                Poll::Pending if self.driver.is_none() => Poll::Ready(false),
                // The other side still takes in the request that it has answered already.
                Poll::Pending => watchdog.poll(cx).map(|_| false),
            }
        })
        .await
    }

    /// Sends a request and waits for the response's headers, from when the request was sent for at most `limit`. The response, when the
    /// request was sent, and when the response came.
    pub(super) async fn send(
        &mut self,
        request: Request<Outgoing>,
        limit: Duration,
        watchdog: &mut Watchdog,
        cx: &Cx,
    ) -> Result<(Response<Incoming>, Duration, Duration), SendError> {
        self.wrote.take();
        watchdog.set(limit);
        let mut sent = cx.now();
        let mut response = pin!(self.sender.try_send_request(request));
        let driver = &mut self.driver;
        let answered = poll_fn(|task| {
            poll_driver(driver, task);
            if self.wrote.take() {
                sent = cx.now();
                watchdog.set(limit);
            }
            match response.as_mut().poll(task) {
                Poll::Ready(answered) => Poll::Ready(Some(answered)),
                Poll::Pending => watchdog.poll(task).map(|_| None),
            }
        });
        match answered.await {
            Some(Ok(response)) => Ok((response, sent, cx.now())),
            Some(Err(mut error)) => Err(match error.take_message() {
                Some(request) => SendError::Unsent(Box::new(request)),
                None => SendError::Failed(RequestError::Exchange(error.into_error())),
            }),
            None => Err(SendError::Failed(RequestError::TimedOut)),
        }
    }

    /// Reads a body to its end; each part of it has to come within `limit` after the one before, and all of it within `in_all`. With
    /// `keep` it is kept, up to [`LONGEST_BODY`](super::body::LONGEST_BODY).
    pub(super) async fn receive(
        &mut self,
        mut body: Incoming,
        keep: bool,
        limit: Duration,
        in_all: Duration,
        watchdog: &mut Watchdog,
    ) -> (Received, Result<(), RequestError>) {
        let mut keeper = Keeper::new(keep);
        let mut bytes = 0;
        watchdog.set_in_all(limit, in_all);
        while !body.is_end_stream() {
            let frame = poll_fn(|cx| {
                // What came with the headers is there already.
                if bytes == 0
                    && let Poll::Ready(frame) = Pin::new(&mut body).poll_frame(cx)
                {
                    return Poll::Ready(Ok(frame));
                }
                self.poll_driver(cx);
                match Pin::new(&mut body).poll_frame(cx) {
                    Poll::Ready(frame) => Poll::Ready(Ok(frame)),
                    Poll::Pending => watchdog.poll(cx).map(Err),
                }
            });
            let ended = match frame.await {
                Ok(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        bytes += data.len() as u64;
                        keeper.keep(data);
                        watchdog.set_next(limit);
                    }
                    continue;
                }
                Ok(None) => break,
                Ok(Some(Err(error))) => RequestError::Exchange(error),
                Err(_elapsed) if watchdog.is_over_in_all() => RequestError::Endless,
                Err(_elapsed) => RequestError::Stalled,
            };
            return (
                Received {
                    bytes,
                    kept: keeper.done(),
                },
                Err(ended),
            );
        }
        (
            Received {
                bytes,
                kept: keeper.done(),
            },
            Ok(()),
        )
    }

    fn poll_driver(&mut self, cx: &mut Context<'_>) {
        poll_driver(&mut self.driver, cx);
    }
}

/// Lets a connection do what it has to. Its errors reach whoever waits for a response or a body.
fn poll_driver(driver: &mut Option<Driver>, cx: &mut Context<'_>) {
    let ended = driver
        .as_mut()
        .is_some_and(|driver| Pin::new(driver).poll(cx).is_ready());
    if ended {
        *driver = None;
    }
}

async fn connect(
    origin: &Origin,
    resolver: &Resolver,
    tls: impl FnOnce(&ServerName<'static>, TcpStream) -> Connect<TcpStream>,
    cx: &Cx,
) -> Result<Stream, RequestError> {
    let (tcp, connect) = connect_tcp(origin, resolver, cx).await?;
    let Some(name) = origin.server_name() else {
        let connected = Connected { connect, tls: None };
        cx.record(|report| report.connected(cx.now(), connected));
        return Ok(Stream::Plain(tcp));
    };
    let begun = cx.now();
    let stream = tls(name, tcp).await.map_err(RequestError::Connection)?;
    let handshake = cx.now().saturating_sub(begun);
    let connected = Connected {
        connect,
        tls: Some(handshake),
    };
    cx.record(|report| report.connected(cx.now(), connected));
    Ok(Stream::Tls(Box::new(stream)))
}

/// Connects to a server, perhaps through a proxy, and says how long that took without the look-up of a name.
async fn connect_tcp(
    origin: &Origin,
    resolver: &Resolver,
    cx: &Cx,
) -> Result<(TcpStream, Duration), RequestError> {
    if let Some(gate) = origin.gate() {
        cx.record(|report| report.through(gate.name()));
    }
    let peer = origin.peer();
    let (begun, connected) = if let Some(address) = peer.address() {
        (cx.now(), TcpStream::connect(address).await)
    } else {
        let addresses = resolver.addresses(peer, cx).await?;
        (cx.now(), addresses.connect().await)
    };
    let mut tcp = connected.map_err(RequestError::Connection)?;
    tcp.set_nodelay(true).map_err(RequestError::Connection)?;
    if let Some(gate) = origin.gate()
        && origin.server_name().is_some()
    {
        gate.tunnel(&mut tcp, origin).await?;
    }
    Ok((tcp, cx.now().saturating_sub(begun)))
}
