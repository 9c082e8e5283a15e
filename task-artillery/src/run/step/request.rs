//! HTTP requests.

mod content;
mod destination;
mod headers;
mod judge;
mod media;
mod parts;
mod urlencoded;

use std::borrow::Cow;
use std::time::Duration;

use http::{HeaderValue, Method};
use star_core::Failure;
use star_core::draw::Draws;

use super::super::engine::{Compiler, Engine};
use super::super::error::UserError;
use super::super::http::{Call, Location, UrlError};
use super::super::meter::Meter;
use super::super::walk::Turn;
use super::capture::Captures;
use super::expect::Expects;
use super::guard::Guard;
use crate::report::{Answered, EndpointKey, ErrorName};
use crate::script::model::Request;
use content::Content;
use destination::Destination;
use headers::{Credentials, Given, Headers};
use judge::{Sent, says_who_asks, unanswered};

/// What a request is called, if it has a name.
type OwnName = Option<String>;

/// An HTTP request. What can be known of it beforehand is made once for all users.
#[derive(Debug)]
pub(in crate::run) struct RequestStep {
    /// Its number in reports.
    pub(in crate::run) number: usize,
    guard: Guard,
    method: Method,
    url: Destination,
    headers: Headers,
    /// Those of them that say who asks and are the same for all users.
    credentials: Vec<HeaderValue>,
    auth: Option<Credentials>,
    signed: bool,
    cookies: Vec<Given>,
    body: Content,
    captures: Captures,
    expects: Expects,
    follow: bool,
    decode: bool,
    timeout: Option<Duration>,
    /// Where the name of its endpoint is made of data: the request's own name.
    made: Option<OwnName>,
}

impl RequestStep {
    pub(super) fn compile(request: &Request, compiler: &mut Compiler<'_>) -> Result<Self, Failure> {
        let (body, content_type) = Content::compile(request.body.as_ref(), compiler)?;
        let method = Method::from_bytes(request.method.as_str().as_bytes())
            .map_err(|error| Failure::because("a method is none", &error))?;
        let headers = Headers::compile(request, content_type, compiler)?;
        let fixed = headers.fixed().iter();
        let secret = fixed.filter(|(name, value)| says_who_asks(name, value));
        let credentials = secret.map(|(_, value)| value.clone()).collect();
        Ok(Self {
            number: compiler.number_of(request),
            guard: Guard::compile(request),
            method,
            url: Destination::compile(request, compiler),
            headers,
            credentials,
            auth: request.auth.as_ref().map(Credentials::compile),
            signed: request.signed,
            cookies: Given::compile_all(request, compiler),
            body,
            captures: Captures::compile(
                &request.captures,
                &request.matches,
                compiler.confidential,
            )?,
            expects: Expects::compile(request, compiler)?,
            follow: request.follow_redirect,
            decode: request.gzip,
            timeout: request.timeout,
            made: compiler
                .naming
                .is_made(request)
                .then(|| request.name.clone()),
        })
    }

    /// Makes the request, unless it is not to be made, and keeps what is to be captured of the answer.
    ///
    /// # Errors
    /// Where it can't be made, is not answered, or a capture fails.
    pub(in crate::run) async fn run(&self, turn: &mut Turn<'_>) -> Result<(), UserError> {
        if !self.guard.lets_pass(turn)? {
            return Ok(());
        }
        let mut draws = turn.draws();
        let sampled = turn.engine.sampling().is_some();
        let mut call = self.call(turn, &mut draws).inspect_err(|error| {
            if sampled {
                let wanted = self.wanted(turn.engine, self.url.source());
                let error = turn.engine.shown_error(error.name());
                unanswered(&turn.meter, turn.number, wanted, error);
            }
        })?;
        let sent = self
            .looks_at_answers()
            .then(|| Sent::of(&call, !self.expects.tell_urls()));
        let made = self.made_endpoint(turn.engine, &call.location);
        let endpoint = match &self.made {
            Some(_) => made.as_deref().map(EndpointKey::Made),
            None => Some(EndpointKey::Number(self.number)),
        };
        let Some(client) = turn.client.take() else {
            rehearse(&turn.meter, endpoint);
            turn.meter.matched(self.captures.matches());
            self.captures.rehearse(turn.vars, &mut draws);
            for outcome in self.expects.look(None, turn.vars, &mut draws) {
                turn.meter.expected(outcome.kind, outcome.held);
            }
            return Ok(());
        };
        let wanted = sampled.then(|| {
            let location = &call.location;
            let url = format!("{}{}", location.origin, location.path);
            self.wanted(turn.engine, self.url.legible(url))
        });
        let answer = client
            .call(&mut call, &turn.meter)
            .await
            .inspect_err(|error| {
                if let Some(cause) = error.system() {
                    turn.meter.cx().refused(cause);
                }
                let error = turn.engine.shown_error(error.name());
                turn.meter.unanswered(endpoint, &error);
                if let Some(wanted) = &wanted {
                    unanswered(&turn.meter, turn.number, wanted.clone(), error);
                }
            })?;
        turn.meter
            .answered(answer.ended, endpoint, &answer.answered);
        turn.meter.matched(self.captures.matches());
        match sent {
            Some(sent) => self.judge(turn, client, answer, &sent, wanted, &mut draws),
            None => Ok(()),
        }
    }

    /// What is wanted of a request to this place, for people.
    fn wanted(&self, engine: &Engine, url: String) -> String {
        format!("one to `{} {}`", self.method, engine.redacted(url.into()))
    }

    /// Whether anything is to be found in answers.
    fn looks_at_answers(&self) -> bool {
        !(self.captures.is_empty() && self.expects.is_empty())
    }

    /// What reports call the endpoint of a request to this place, where that is made of data.
    fn made_endpoint(&self, engine: &Engine, location: &Location) -> Option<ErrorName> {
        let name = self.made.as_ref()?;
        let url = format!("{}{}", location.origin, location.path);
        let endpoint = engine.naming().endpoint(&url, name.as_deref())?;
        Some(engine.shown(endpoint.into()))
    }

    /// What one user sends. It draws in this order, whatever comes of it.
    fn call(&self, turn: &Turn<'_>, draws: &mut Draws) -> Result<Call<'_>, UserError> {
        let vars = &*turn.vars;
        let locations = turn.engine.http().locations();
        let located = self.url.render(locations, vars, draws);
        let mut location = located.map_err(|error| match self.url.template() {
            Some(url) => UrlError(turn.engine.legible(url, error.0)),
            None => error,
        })?;
        let rendered = self.headers.render(vars, draws)?;
        if let Some(auth) = &self.auth
            && let Some(value) = auth.render(vars, draws)
        {
            location.authorization = Some(value);
        }
        let cookies = self.cookies.iter();
        let cookies = cookies.map(|cookie| cookie.render(vars, draws)).collect();
        let body = self.body.render(vars, draws)?;
        let keep = self.captures.need_body() || self.expects.need_body();
        let mut call = Call {
            method: self.method.clone(),
            location,
            headers: Cow::Borrowed(self.headers.fixed()),
            rendered,
            cookies,
            body,
            follow: self.follow,
            keep,
            timeout: self.timeout,
        };
        if let Some(signer) = turn.engine.signer().filter(|_| self.signed)
            && turn.client.is_some()
        {
            signer.sign(&mut call, turn.meter.time())?;
        }
        Ok(call)
    }
}

/// Counts an exchange that nobody had a part in: a 200 without a body, in no time.
fn rehearse(meter: &Meter<'_>, endpoint: Option<EndpointKey<'_>>) {
    let now = meter.now();
    meter.request(now).answered();
    meter.response(now, 200, Duration::ZERO, Duration::ZERO);
    meter.body(now, 0, Some(Duration::ZERO));
    let answered = Answered {
        status: 200,
        latency: Duration::ZERO,
        total: Duration::ZERO,
        server_timing: None,
    };
    meter.answered(now, endpoint, &answered);
}
