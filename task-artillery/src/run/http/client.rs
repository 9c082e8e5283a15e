//! One user's HTTP client: its connections, its cookies, and the redirects that it follows.

use std::borrow::Cow;
use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_ENCODING, COOKIE, HOST, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use super::super::meter::Meter;
use super::body::{Keeper, Kept, Received};
use super::connection::{Connection, SendError};
use super::cookies::Jar;
use super::decode::Encoding;
use super::error::RequestError;
use super::http1::Head;
use super::location::Location;
use super::origin::Origin;
use super::outgoing::Outgoing;
use super::parting::Own;
use super::pool::Lease;
use super::request;
use super::resolve::Resolver;
use super::timing::server_timing;
use super::tls::Connector;
use super::watchdog::Watchdog;
use super::{Shared, cookies};
use crate::report::Answered;

/// How many redirects are followed, as in Artillery's HTTP library `got`.
const MOST_REDIRECTS: usize = 10;

/// What Artillery counts a `set-cookie` under that is none; the user goes on.
const BAD_COOKIE: &str = "cookie_parse_error_invalid_cookie";

/// A body may pause for as long as the limit for headers, and for at least so long; tests wait less.
const LEAST_BODY_LIMIT: Duration = Duration::from_secs(if cfg!(test) { 0 } else { 8 });

/// A request to make.
#[derive(Debug)]
pub(in crate::run) struct Call<'s> {
    /// The method.
    pub(in crate::run) method: Method,
    /// Where it goes.
    pub(in crate::run) location: Location,
    /// The headers of every hop, besides `host` and cookies.
    pub(in crate::run) headers: Cow<'s, HeaderMap>,
    /// More of them, which take the place of those.
    pub(in crate::run) rendered: Vec<(&'s HeaderName, HeaderValue)>,
    /// The cookies that the user has from now on, each as a `set-cookie` header of the server has it.
    pub(in crate::run) cookies: Vec<Cow<'s, str>>,
    /// The body; a method that usually has one says so of an empty one too.
    pub(in crate::run) body: Outgoing,
    /// Whether redirects are followed.
    pub(in crate::run) follow: bool,
    /// Whether the body of the (last) response is kept.
    pub(in crate::run) keep: bool,
    /// How long each wait may take, where that is not as long as all requests wait.
    pub(in crate::run) timeout: Option<Duration>,
}

/// The last response to a call.
#[derive(Debug)]
pub(in crate::run) struct Answer {
    /// Its headers.
    pub(in crate::run) headers: HeaderMap,
    /// What was kept of the body.
    pub(in crate::run) body: Kept,
    /// How the body is encoded.
    pub(in crate::run) encoding: Encoding,
    /// What is counted of it.
    pub(in crate::run) answered: Answered,
    /// When all of it was there.
    pub(in crate::run) ended: Duration,
}

/// One user's client. It has one connection to each server, as Artillery's users have by default, and keeps it between requests.
///
/// A user that does several things at once has as many, with one jar, and with sessions of TLS in common.
#[derive(Debug)]
pub(in crate::run) struct Client {
    shared: Rc<Shared>,
    own: Own,
    /// The right to the connection in use, where users share them; there are none of its own then.
    lease: Option<Lease>,
    /// Made when the first cookie comes, or when there are several clients.
    jar: Option<Rc<RefCell<Jar>>>,
    /// Has the sessions that are resumed.
    tls: Connector,
    /// What it knows of names.
    resolver: Resolver,
    watchdog: Watchdog,
    /// Where heads of requests are made.
    head: Vec<u8>,
    /// The other clients of the user, while it does one thing at a time.
    spare: Vec<Self>,
}

impl Client {
    pub(in crate::run) fn new(shared: Rc<Shared>) -> Self {
        Self {
            tls: shared.connector(),
            resolver: shared.resolver(),
            own: Own::new(Rc::clone(&shared.parting)),
            shared,
            lease: None,
            jar: None,
            watchdog: Watchdog::new(),
            head: Vec::new(),
            spare: Vec::new(),
        }
    }

    /// The client as at least so many, for things done at once; the last one has the connections that there are.
    pub(in crate::run) fn split(mut self, width: usize) -> Vec<Self> {
        let mut clients = std::mem::take(&mut self.spare);
        let jar = self.jar();
        while clients.len() + 1 < width {
            clients.push(Self {
                jar: Some(Rc::clone(&jar)),
                tls: self.tls.clone(),
                resolver: self.resolver.clone(),
                ..Self::new(Rc::clone(&self.shared))
            });
        }
        clients.push(self);
        clients
    }

    /// The clients as one again; none of none.
    pub(in crate::run) fn join(mut clients: Vec<Self>) -> Option<Self> {
        let mut client = clients.pop()?;
        client.spare.append(&mut clients);
        Some(client)
    }

    /// Makes a request and follows where it is redirected, after which the call is the last hop's. Each hop is counted as a request, and its
    /// answer as a response.
    pub(in crate::run) async fn call(
        &mut self,
        call: &mut Call<'_>,
        meter: &Meter<'_>,
    ) -> Result<Answer, RequestError> {
        for cookie in &call.cookies {
            self.take_cookie(cookie, &call.location, meter);
        }
        let limit = call.timeout.unwrap_or(self.shared.settings.timeout);
        for _ in 0..=MOST_REDIRECTS {
            let begun = meter.now();
            // Nothing is asked of anybody while a user waits for its turn.
            let waited = self.wait_for_turn(&call.location.origin).await;
            let pending = meter.request(if waited { meter.now() } else { begun });
            let (head, sent, came) = self.exchange(call, limit, meter).await?;
            pending.answered();
            let latency = came.saturating_sub(sent);
            let (status, waited) = (head.status.as_u16(), sent.saturating_sub(begun));
            meter.response(came, status, latency, waited);
            self.take_cookies(&head, &call.location, meter);
            let next = self.redirect(&head, call);
            let keep = call.keep && matches!(next, Ok(None));
            let (received, ended) = self.receive(&call.location, keep, limit).await;
            let now = meter.now();
            let total = ended.is_ok().then(|| now.saturating_sub(begun));
            meter.body(now, received.bytes, total);
            ended?;
            self.give_back();
            let Some(location) = next? else {
                let answered = Answered {
                    status,
                    latency,
                    total: total.unwrap_or_default(),
                    server_timing: server_timing(&head.headers),
                };
                return Ok(Answer {
                    body: received.kept,
                    encoding: Encoding::of(head.headers.get(CONTENT_ENCODING)),
                    headers: head.headers,
                    answered,
                    ended: now,
                });
            };
            turn_to(call, location, head.status);
        }
        Err(RequestError::TooManyRedirects)
    }

    /// Sends a request on the user's connection to its server, which is opened where there is none or it has ended. A request is never
    /// sent twice: where nobody knows whether it was acted upon, the user fails.
    async fn exchange(
        &mut self,
        call: &Call<'_>,
        limit: Duration,
        meter: &Meter<'_>,
    ) -> Result<(Head, Duration, Duration), RequestError> {
        let cookies = self
            .jar
            .as_ref()
            .and_then(|jar| jar.borrow().header(&call.location, meter.time()));
        // A server may close a connection at any time; one that was opened for this request it has no reason to.
        let mut reused = self.take_connection(&call.location.origin, limit).await;
        loop {
            let asked = request::head(&mut self.head, call, cookies.as_deref())?;
            let fresh = reused.is_none();
            let mut connection = match reused.take() {
                Some(connection) => connection,
                None => self.open(&call.location.origin, limit, meter).await?,
            };
            let (head, watchdog) = (&mut self.head, &mut self.watchdog);
            let sent = connection.send(head, &call.body, asked, limit, watchdog, meter.cx());
            let answered = self.shared.parting.close_while(pin!(sent)).await;
            match answered {
                Ok(answered) => {
                    self.own.connections.push(connection);
                    return Ok(answered);
                }
                Err(SendError::Unsent) if !fresh => {}
                Err(SendError::Unsent) => {
                    let reset = std::io::ErrorKind::ConnectionReset.into();
                    return Err(RequestError::Connection(reset));
                }
                Err(SendError::Failed(error)) => return Err(error),
            }
        }
    }

    /// Waits for one of the connections to a server, where users share them. Whether they do.
    async fn wait_for_turn(&mut self, origin: &Rc<Origin>) -> bool {
        // One that was left after a failure is free for others.
        self.lease = None;
        if let Some(pool) = &self.shared.pool {
            self.lease = Some(pool.lease(origin).await);
        }
        self.lease.is_some()
    }

    /// The user's connection to a server, if it has one that still is one; or one of those that users share, and that is its own now.
    async fn take_connection(
        &mut self,
        origin: &Rc<Origin>,
        limit: Duration,
    ) -> Option<Connection> {
        let Some(lease) = self.lease.take() else {
            let mut connections = self.own.connections.iter();
            let at = connections.position(|connection| connection.is_to(origin))?;
            let connection = self.own.connections.swap_remove(at);
            return self.still_open(connection, limit).await;
        };
        while let Some(idle) = lease.take() {
            if let Some(connection) = self.still_open(idle, limit).await {
                self.lease = Some(lease);
                return Some(connection);
            }
        }
        self.lease = Some(lease);
        None
    }

    async fn still_open(
        &mut self,
        mut connection: Connection,
        limit: Duration,
    ) -> Option<Connection> {
        let ready = connection.is_ready(limit, &mut self.watchdog).await;
        ready.then_some(connection)
    }

    /// Leaves a connection that users share to the next of them.
    fn give_back(&mut self) {
        if let Some(lease) = self.lease.take()
            && let Some(connection) = self.own.connections.pop()
        {
            lease.give_back(connection);
        }
    }

    async fn open(
        &mut self,
        origin: &Rc<Origin>,
        limit: Duration,
        meter: &Meter<'_>,
    ) -> Result<Connection, RequestError> {
        loop {
            let tls = |name: &_, tcp| self.shared.handshake(&self.tls, name, tcp);
            let (resolver, watchdog) = (&self.resolver, &mut self.watchdog);
            let opened = Connection::open(origin, resolver, tls, limit, watchdog, meter.cx());
            match opened.await {
                // What users had who are gone must not be missed.
                Err(error) if error.is_for_want_of_descriptors() && self.shared.parting.close() => {
                }
                opened => return opened,
            }
        }
    }

    /// Where a response leads on to, if it does.
    fn redirect(&self, head: &Head, call: &Call<'_>) -> Result<Option<Location>, RequestError> {
        let redirects = matches!(head.status.as_u16(), 300..=304 | 307 | 308);
        if !(call.follow && redirects) {
            return Ok(None);
        }
        let Some(location) = head.headers.get(LOCATION) else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(location.as_bytes());
        let next = self.shared.locations.follow(&call.location, &text);
        next.map(Some)
    }

    /// The values of the user's cookies, and of those that came with an answer.
    pub(in crate::run) fn cookie_values(&self, answered: &HeaderMap) -> Vec<String> {
        let mut values: Vec<String> = Vec::new();
        if let Some(jar) = &self.jar {
            values.extend(jar.borrow().values().map(str::to_owned));
        }
        let headers = answered.get_all(SET_COOKIE).into_iter();
        let headers = headers.map(|header| String::from_utf8_lossy(header.as_bytes()));
        values.extend(headers.filter_map(|header| cookies::value(&header)));
        values
    }

    /// The user's jar, which is made when it is needed first.
    fn jar(&mut self) -> Rc<RefCell<Jar>> {
        let make = || Rc::new(RefCell::new(Jar::new(self.shared.settings.cookies)));
        Rc::clone(self.jar.get_or_insert_with(make))
    }

    fn take_cookies(&mut self, head: &Head, from: &Location, meter: &Meter<'_>) {
        for header in head.headers.get_all(SET_COOKIE) {
            self.take_cookie(&String::from_utf8_lossy(header.as_bytes()), from, meter);
        }
    }

    fn take_cookie(&mut self, header: &str, from: &Location, meter: &Meter<'_>) {
        let jar = self.jar();
        let taken = jar.borrow_mut().take(header, from, meter.time());
        if let Err(cookies::NoCookie) = taken {
            meter.mishap(BAD_COOKIE);
        }
    }

    /// Reads a body from the connection to `from`.
    async fn receive(
        &mut self,
        from: &Location,
        keep: bool,
        limit: Duration,
    ) -> (Received, Result<(), RequestError>) {
        let limit = limit.max(LEAST_BODY_LIMIT);
        let in_all = self.shared.settings.body_timeout;
        let keeper = Keeper::new(keep.then(|| Rc::clone(&self.shared.room)));
        let mut connections = self.own.connections.iter();
        let Some(at) = connections.position(|connection| connection.is_to(&from.origin)) else {
            return (Received::default(), Ok(()));
        };
        let connection = &mut self.own.connections[at];
        let received = connection.receive(keeper, limit, in_all, &mut self.watchdog);
        let received = received.await;
        // The other side is not kept waiting for its end while the user thinks.
        if connection.is_ended() {
            self.own.connections.swap_remove(at);
        }
        received
    }
}

/// How headers begin that only those should see for whom a request was signed.
const SIGNED: &str = "x-amz-";

/// Turns a call to where it was redirected, as Artillery's HTTP library does: only at 303 it becomes a GET without a body, unless it is one
/// already, and at all others it is repeated as it is; another server gets neither credentials nor the name of the first.
fn turn_to(call: &mut Call<'_>, mut location: Location, status: StatusCode) {
    if status == StatusCode::SEE_OTHER && !matches!(call.method, Method::GET | Method::HEAD) {
        call.method = Method::GET;
        call.body = Outgoing::default();
    }
    if location.origin.is(&call.location.origin) {
        location.authorization = call.location.authorization.take();
    } else {
        let others = [HOST, COOKIE, AUTHORIZATION];
        call.rendered.retain(|(name, _)| !others.contains(name));
        for name in others {
            call.headers.to_mut().remove(name);
        }
        // What a signature for AWS goes with: a session's token is a credential too.
        call.rendered
            .retain(|(name, _)| !name.as_str().starts_with(SIGNED));
        let signed: Vec<_> = call.headers.keys().cloned().collect();
        let signed = signed
            .iter()
            .filter(|name| name.as_str().starts_with(SIGNED));
        for name in signed {
            call.headers.to_mut().remove(name);
        }
    }
    call.location = location;
}
