//! HTTP requests.

mod content;
mod destination;
mod headers;
mod media;
mod parts;
mod urlencoded;

use std::time::Duration;

use http::Method;
use star_core::Failure;
use star_core::draw::Draws;

use super::super::engine::Compiler;
use super::super::error::UserError;
use super::super::http::{Call, Encoding};
use super::super::meter::Meter;
use super::super::user::Turn;
use super::capture::Captures;
use crate::script::model::Request;
use content::Content;
use destination::Destination;
use headers::{Credentials, Given, Headers};

/// An HTTP request. What can be known of it beforehand is made once for all users.
#[derive(Debug)]
pub(in crate::run) struct RequestStep {
    /// Its number in reports.
    pub(in crate::run) number: usize,
    method: Method,
    url: Destination,
    headers: Headers,
    auth: Option<Credentials>,
    cookies: Vec<Given>,
    body: Content,
    captures: Captures,
    follow: bool,
    decode: bool,
    timeout: Option<Duration>,
}

impl RequestStep {
    pub(super) fn compile(request: &Request, compiler: &mut Compiler<'_>) -> Result<Self, Failure> {
        let (body, content_type) = Content::compile(request.body.as_ref(), compiler)?;
        let method = Method::from_bytes(request.method.as_str().as_bytes())
            .map_err(|error| Failure::because("a method is none", &error))?;
        Ok(Self {
            number: compiler.number_of(request),
            method,
            url: Destination::compile(request, compiler),
            headers: Headers::compile(request, content_type, compiler)?,
            auth: request.auth.as_ref().map(Credentials::compile),
            cookies: Given::compile_all(request, compiler),
            body,
            captures: Captures::compile(&request.captures)?,
            follow: request.follow_redirect,
            decode: request.gzip,
            timeout: request.timeout,
        })
    }

    /// Makes the request, and keeps what is to be captured of the answer.
    ///
    /// # Errors
    /// Where it can't be made, is not answered, or a capture fails.
    pub(in crate::run) async fn run(&self, turn: Turn<'_>) -> Result<(), UserError> {
        let mut draws = turn.draws();
        let call = self.call(&turn, &mut draws)?;
        let Some(client) = turn.client else {
            rehearse(&turn.meter);
            self.captures.rehearse(turn.vars, &mut draws);
            return Ok(());
        };
        let mut answer = client.call(call, &turn.meter).await?;
        if self.captures.is_empty() {
            return Ok(());
        }
        if !self.decode {
            answer.encoding = Encoding::Identity;
        }
        self.captures.keep(&answer, turn.vars, &mut draws)
    }

    /// What one user sends. It draws in this order, whatever comes of it.
    fn call(&self, turn: &Turn<'_>, draws: &mut Draws) -> Result<Call<'_>, UserError> {
        let vars = &*turn.vars;
        let locations = turn.engine.http().locations();
        let mut location = self.url.render(locations, vars, draws)?;
        let headers = self.headers.render(vars, draws)?;
        if let Some(auth) = &self.auth
            && let Some(value) = auth.render(vars, draws)
        {
            location.authorization = Some(value);
        }
        let cookies = self.cookies.iter();
        let cookies = cookies.map(|cookie| cookie.render(vars, draws)).collect();
        let body = self.body.render(vars, draws)?;
        Ok(Call {
            method: self.method.clone(),
            location,
            headers,
            cookies,
            body,
            follow: self.follow,
            keep: !self.captures.is_empty(),
            timeout: self.timeout,
        })
    }
}

/// Counts an exchange that nobody had a part in: a 200 without a body, in no time.
fn rehearse(meter: &Meter<'_>) {
    let now = meter.now();
    meter.request(now);
    meter.response(200, Duration::ZERO);
    meter.body(now, 0, Some(Duration::ZERO));
}
