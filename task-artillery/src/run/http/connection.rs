//! A user's connection to a server.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::task::coop;
use tokio_rustls::Connect;

use super::super::Cx;
use super::body::{Keeper, Received};
use super::error::RequestError;
use super::http1::{Asked, ExchangeError, Head, Http1, Part};
use super::origin::Origin;
use super::outgoing::Outgoing;
use super::resolve::Resolver;
use super::stream::Stream;
use super::tcp::Tcp;
use super::watchdog::Watchdog;
use crate::report::Note;

/// A connection that carries one request after another. What it has to do, reading, writing, noticing its end, it does while its
/// user waits for it: a task of its own would have to be woken twice a request.
#[derive(Debug)]
pub(super) struct Connection {
    origin: Rc<Origin>,
    /// In a box: connections are handed about.
    http: Box<Http1>,
    /// Whether it has carried a request.
    used: bool,
    /// There while a request is answered.
    awaited: Option<Awaited>,
}

thread_local! {
    /// How many requests are being answered, of all users of this thread's worker.
    static AWAITED: Cell<u64> = const { Cell::new(0) };
}

/// A request that is being answered, for as long as it is counted so.
#[derive(Debug)]
struct Awaited;

impl Awaited {
    fn new() -> Self {
        AWAITED.set(AWAITED.get() + 1);
        Self
    }

    /// Whether there is any.
    fn any() -> bool {
        AWAITED.get() > 0
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        AWAITED.set(AWAITED.get() - 1);
    }
}

/// Why there is no response.
pub(super) enum SendError {
    /// The connection had ended before anything was sent: another may be tried.
    Unsent,
    /// The request may have been acted upon.
    Failed(RequestError),
}

impl Connection {
    /// Opens a connection: resolves the name, connects to the first of its addresses that accepts, has a proxy connect on where there is
    /// one, and agrees on TLS. That takes at most `limit` in all, which Artillery leaves to the operating system.
    pub(super) async fn open(
        origin: &Rc<Origin>,
        resolver: &Resolver,
        tls: impl FnOnce(&ServerName<'static>, Tcp) -> Connect<Tcp>,
        limit: Duration,
        watchdog: &mut Watchdog,
        cx: &Cx,
    ) -> Result<Self, RequestError> {
        let opening = pin!(connect(origin, resolver, tls, cx));
        let opened = watchdog.limit(limit, opening).await;
        let stream = opened.unwrap_or(Err(RequestError::TimedOut))?;
        Ok(Self {
            origin: Rc::clone(origin),
            http: Box::new(Http1::new(stream)),
            used: false,
            awaited: None,
        })
    }

    /// One that nothing was asked on yet.
    #[cfg(test)]
    pub(super) fn to_nobody(tcp: Tcp) -> Self {
        let gates = super::proxy::Gates::default();
        let origin = Origin::new(false, "localhost", 80, &gates);
        Self {
            origin: Rc::new(origin.expect("that is a host")),
            http: Box::new(Http1::new(Stream::Plain(tcp))),
            used: false,
            awaited: None,
        }
    }

    /// Whether it leads to this server.
    pub(super) fn is_to(&self, origin: &Origin) -> bool {
        self.origin.is(origin)
    }

    /// Whether it can take a request now, so far as can be told. An end that came while nobody looked is noticed when a request is given
    /// to it, before any of that is sent.
    pub(super) async fn is_ready(&mut self, limit: Duration, watchdog: &mut Watchdog) -> bool {
        if !self.http.stays() {
            return false;
        }
        if self.http.is_sent() {
            return true;
        }
        // The other side still takes in the request that it has answered already.
        watchdog.set(limit);
        poll_fn(|cx| {
            if self.http.send_on(cx) {
                watchdog.set(limit);
            }
            if self.http.is_sent() {
                return Poll::Ready(self.http.stays());
            }
            watchdog.poll(cx).map(|_| false)
        })
        .await
    }

    /// Whether nothing is under way on it.
    pub(super) fn is_idle(&self) -> bool {
        self.http.stays() && self.http.is_sent()
    }

    /// Whether it can carry nothing more.
    pub(super) fn is_ended(&self) -> bool {
        self.http.is_ended()
    }

    /// Sends a request, whose head is taken, and waits for the response's head, from when the request was sent for at most `limit`. The
    /// head, when the request was sent, and when the response came.
    pub(super) async fn send(
        &mut self,
        head: &mut Vec<u8>,
        body: &Outgoing,
        asked: Asked,
        limit: Duration,
        watchdog: &mut Watchdog,
        cx: &Cx,
    ) -> Result<(Head, Duration, Duration), SendError> {
        if self.used {
            if Awaited::any() {
                others_first().await;
            }
            if poll_fn(|task| Poll::Ready(self.http.poll_ended(task).is_ready())).await {
                return Err(SendError::Unsent);
            }
        }
        self.used = true;
        self.http.begin(head, body, asked);
        self.awaited = Some(Awaited::new());
        watchdog.set(limit);
        let http = &mut self.http;
        let mut sent = None;
        let answered = poll_fn(|task| {
            if !http.is_sent() && http.send_on(task) {
                sent = Some(cx.now());
                watchdog.set(limit);
            }
            match http.poll_head(task) {
                Poll::Ready(answered) => Poll::Ready(Some(answered)),
                Poll::Pending => watchdog.poll(task).map(|_| None),
            }
        });
        match answered.await {
            Some(Ok(head)) => {
                let came = cx.now();
                Ok((head, sent.unwrap_or(came), came))
            }
            Some(Err(ExchangeError::Io(_))) if http.is_unsent() => Err(SendError::Unsent),
            Some(Err(error)) => Err(SendError::Failed(RequestError::Exchange(error))),
            None => Err(SendError::Failed(RequestError::TimedOut)),
        }
    }

    /// Reads a body to its end; each part of it has to come within `limit` after the one before, and all of it within `in_all`. What is to
    /// be kept of it is up to `keeper`.
    pub(super) async fn receive(
        &mut self,
        mut keeper: Keeper,
        limit: Duration,
        in_all: Duration,
        watchdog: &mut Watchdog,
    ) -> (Received, Result<(), RequestError>) {
        let mut bytes = 0;
        watchdog.set_in_all(limit, in_all);
        let ended = loop {
            match poll_fn(|cx| self.poll_part(cx, keeper.wants(), watchdog)).await {
                Some(Ok(Some((length, part)))) => {
                    bytes += length as u64;
                    keeper.keep(part);
                    watchdog.set_next(limit);
                }
                Some(Ok(None)) => break Ok(()),
                Some(Err(error)) => break Err(RequestError::Exchange(error)),
                None if watchdog.is_over_in_all() => break Err(RequestError::Endless),
                None => break Err(RequestError::Stalled),
            }
        };
        self.awaited = None;
        let kept = keeper.done();
        (Received { bytes, kept }, ended)
    }

    /// The next part of a body; nothing where it took too long. Meanwhile the rest of the request is sent, where the other side answers
    /// before it has all of it.
    fn poll_part(
        &mut self,
        cx: &mut Context<'_>,
        keep: bool,
        watchdog: &mut Watchdog,
    ) -> Poll<Option<Result<Part, ExchangeError>>> {
        if !self.http.is_sent() {
            self.http.send_on(cx);
        }
        // A peer may send tiny parts without end: after some of them, others have their turn, and the limit is looked at.
        let Poll::Ready(budget) = coop::poll_proceed(cx) else {
            return watchdog.poll(cx).map(|_| None);
        };
        match self.http.poll_part(cx, keep) {
            Poll::Ready(part) => {
                budget.made_progress();
                Poll::Ready(Some(part))
            }
            Poll::Pending => watchdog.poll(cx).map(|_| None),
        }
    }
}

/// Lets all other users go on who can. So answers that are there are read, and their times taken, before anything new is sent: sending
/// takes several times as long.
async fn others_first() {
    let mut waited = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

async fn connect(
    origin: &Origin,
    resolver: &Resolver,
    tls: impl FnOnce(&ServerName<'static>, Tcp) -> Connect<Tcp>,
    cx: &Cx,
) -> Result<Stream, RequestError> {
    let (tcp, opened) = connect_tcp(origin, resolver, cx).await?;
    let Some(name) = origin.server_name() else {
        return Ok(Stream::Plain(tcp));
    };
    // In a box, as what a proxy is told below: most connections need no room for either.
    let stream = Box::pin(tls(name, tcp)).await;
    let stream = stream.map_err(RequestError::Connection)?;
    let agreed = cx.now();
    cx.record(|report| report.secured(agreed, agreed.saturating_sub(opened)));
    Ok(Stream::Tls(Box::new(stream)))
}

/// Connects to a server, perhaps through a proxy, and says when that was done. How long it took is without the look-up of a name.
async fn connect_tcp(
    origin: &Origin,
    resolver: &Resolver,
    cx: &Cx,
) -> Result<(Tcp, Duration), RequestError> {
    if let Some(gate) = origin.gate() {
        cx.record(|report| report.through(gate.name()));
    }
    let peer = origin.peer();
    let (begun, connected) = if let Some(address) = peer.address() {
        (cx.now(), Tcp::connect(address).await)
    } else {
        let addresses = resolver.addresses(peer, cx).await?;
        (cx.now(), addresses.connect().await)
    };
    let mut tcp = connected.map_err(RequestError::Connection)?;
    if let Some(gate) = origin.gate()
        && origin.server_name().is_some()
    {
        Box::pin(gate.tunnel(&mut tcp, origin)).await?;
    }
    let opened = cx.now();
    cx.record(|report| report.note(opened, Note::Connected(opened.saturating_sub(begun))));
    Ok((tcp, opened))
}
