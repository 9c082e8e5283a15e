//! HTTP requests.

mod content;
mod destination;
mod headers;
mod media;
mod parts;
mod urlencoded;

use std::borrow::Cow;
use std::io::ErrorKind;
use std::time::Duration;

use http::header::SET_COOKIE;
use http::{HeaderName, HeaderValue, Method};
use star_core::Failure;
use star_core::draw::Draws;

use super::super::engine::{Compiler, Engine};
use super::super::error::UserError;
use super::super::http::{Answer, Call, Client, Encoding, Kept, Location, UrlError};
use super::super::mask::{Exchanged, Mask};
use super::super::meter::Meter;
use super::super::walk::Turn;
use super::capture::Captures;
use super::expect::{Expects, Looked};
use super::guard::Guard;
use crate::report::{Answered, EndpointKey, ErrorName, FailedCheck};
use crate::script::model::Request;
use content::Content;
use destination::Destination;
use headers::{Credentials, Given, Headers};

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
    pub(in crate::run) async fn run(&self, mut turn: Turn<'_>) -> Result<(), UserError> {
        if !self.guard.lets_pass(&turn)? {
            return Ok(());
        }
        let mut draws = turn.draws();
        let sampled = turn.engine.sampling().is_some();
        let call = self.call(&turn, &mut draws).inspect_err(|error| {
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
        let answer = client.call(call, &turn.meter).await.inspect_err(|error| {
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
            Some(sent) => self.judge(&mut turn, client, answer, &sent, wanted, &mut draws),
            None => Ok(()),
        }
    }

    /// Keeps what is to be captured of an answer, and looks whether it is as it should be.
    ///
    /// # Errors
    /// Where it is not, and that ends the user.
    fn judge(
        &self,
        turn: &mut Turn<'_>,
        client: &Client,
        mut answer: Answer,
        sent: &Sent,
        wanted: Option<String>,
        draws: &mut Draws,
    ) -> Result<(), UserError> {
        if !self.decode {
            answer.encoding = Encoding::Identity;
        }
        let body = body(&answer).inspect_err(|error| {
            if matches!(error, UserError::NoRoom) {
                turn.meter.cx().refused(&ErrorKind::OutOfMemory.into());
            }
            if let Some(wanted) = wanted {
                let wanted = format!("{wanted} with a body that can be read");
                unanswered(&turn.meter, turn.number, wanted, error.name());
            }
        })?;
        let mut dropped = Vec::new();
        let (headers, vars) = (&answer.headers, &mut *turn.vars);
        let kept = self
            .captures
            .keep(headers, &body, vars, draws, &mut dropped);
        let mask = || {
            let answered = headers.iter().filter(|(name, value)| {
                // Of cookies the values are known.
                *name != SET_COOKIE && says_who_asks(name, value)
            });
            let credentials = self.credentials.iter().chain(&sent.credentials);
            let exchanged = Exchanged {
                credentials: credentials
                    .chain(answered.map(|(_, value)| value))
                    .collect(),
                cookies: client.cookie_values(headers),
                dropped: &dropped,
            };
            Mask::new(turn.engine, turn.vars, &exchanged)
        };
        let failed = |check: &str, expected: &str| FailedCheck {
            check: check.to_owned(),
            expected: turn.engine.redacted(Cow::Borrowed(expected)).into_owned(),
            user: turn.number,
            ..FailedCheck::default()
        };
        if let Err(unmet) = &kept {
            let failed = failed(&unmet.check, &unmet.expected);
            turn.meter.check_failed(failed, || match &unmet.got {
                Some(got) => mask().shown(got),
                None => "nothing".to_owned(),
            });
        }
        // As in Artillery they are looked at also where a capture failed.
        let looked = Looked::new(answer.answered.status, &answer.headers, &body);
        let mut all_held = true;
        for outcome in self.expects.look(Some(&looked), turn.vars, draws) {
            turn.meter.expected(outcome.kind, outcome.held);
            if outcome.held {
                continue;
            }
            all_held = false;
            let failed = failed(outcome.kind, &outcome.expected);
            let got = || mask().shown(&outcome.got);
            turn.meter.check_failed(failed, got);
        }
        if kept.is_err() {
            return Err(UserError::Capture);
        }
        if all_held || !self.expects.as_errors {
            return Ok(());
        }
        let name = self
            .expects
            .name
            .clone()
            .unwrap_or_else(|| self.url.legible(sent.url.clone().unwrap_or_default()));
        Err(UserError::Expectations(name))
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

/// What is to be known of a request when its answer is there.
struct Sent {
    /// Where it went, where an error may have to say so.
    url: Option<String>,
    /// What it said about who asks, besides what all users say.
    credentials: Vec<HeaderValue>,
}

impl Sent {
    fn of(call: &Call<'_>, named: bool) -> Self {
        let rendered = call.rendered.iter();
        let secret = rendered.filter(|(name, value)| says_who_asks(name, value));
        let location = &call.location;
        Self {
            url: (!named).then(|| format!("{}{}", location.origin, location.path)),
            credentials: secret
                .map(|(_, value)| value.clone())
                .chain(location.authorization.clone())
                .collect(),
        }
    }
}

/// Whether a header's value is not to be shown.
fn says_who_asks(name: &HeaderName, value: &HeaderValue) -> bool {
    value.is_sensitive() || crate::script::says_who_asks(name.as_str())
}

/// Tells of a sample which request had no answer, or none that can be read.
fn unanswered(meter: &Meter<'_>, user: u64, expected: String, error: ErrorName) {
    let failed = FailedCheck {
        check: "answer".to_owned(),
        expected,
        user,
        ..FailedCheck::default()
    };
    meter.check_failed(failed, || error.into_owned());
}

/// The body of an answer, decoded.
fn body(answer: &Answer) -> Result<Cow<'_, [u8]>, UserError> {
    match &answer.body {
        Kept::All(body) => Ok(answer.encoding.decode(body)?),
        Kept::Nothing => Ok(Cow::Borrowed(&[])),
        Kept::TooLong => Err(UserError::BodyTooLong),
        Kept::NoRoom => Err(UserError::NoRoom),
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
