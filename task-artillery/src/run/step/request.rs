//! HTTP requests.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING, USER_AGENT,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use star_core::Failure;
use star_core::draw::Draws;

use super::super::engine::Compiler;
use super::super::error::UserError;
use super::super::http::{Call, Encoding, Location, RequestError, UrlError};
use super::super::meter::Meter;
use super::super::user::Turn;
use super::capture::Captures;
use crate::script::Vars;
use crate::script::model::{Body, Header, Request};
use crate::script::template::{JsonTemplate, Template, json_text};

/// Artillery's `user-agent`.
const ARTILLERY: HeaderValue = HeaderValue::from_static("Artillery (https://artillery.io)");

/// Ours, where Artillery's HTTP library would send its own: where the script has any default headers.
const OURS: HeaderValue = HeaderValue::from_static(concat!("slsart/", env!("CARGO_PKG_VERSION")));

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// An HTTP request. What can be known of it beforehand is made once for all users.
#[derive(Debug)]
pub(in crate::run) struct RequestStep {
    /// Its number in reports.
    pub(in crate::run) number: usize,
    method: Method,
    url: Destination,
    headers: HeaderMap,
    /// Headers that have placeholders.
    rendered: Vec<(HeaderName, Template)>,
    body: Content,
    captures: Captures,
    follow: bool,
}

#[derive(Debug)]
enum Destination {
    Fixed(Location),
    Template(Template),
}

#[derive(Debug)]
enum Content {
    Fixed(Bytes),
    Json(JsonTemplate),
    Text(Template),
}

impl RequestStep {
    pub(super) fn compile(request: &Request, compiler: &mut Compiler<'_>) -> Result<Self, Failure> {
        let url = match request
            .url
            .as_fixed()
            .map(|url| compiler.locations.locate(url))
        {
            Some(Ok(location)) => Destination::Fixed(location),
            // A URL that is none fails the users that come to it.
            Some(Err(_)) | None => Destination::Template(request.url.clone()),
        };
        let (headers, rendered) = compile_headers(request, compiler)?;
        let method = Method::from_bytes(request.method.as_str().as_bytes())
            .map_err(|error| Failure::because("a method is none", &error))?;
        Ok(Self {
            number: compiler.number_of(request),
            method,
            url,
            headers,
            rendered,
            body: Content::compile(request.body.as_ref()),
            captures: Captures::compile(&request.captures)?,
            follow: true,
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
        let answer = client.call(call, &turn.meter).await?;
        if self.captures.is_empty() {
            return Ok(());
        }
        self.captures.keep(&answer, turn.vars, &mut draws)
    }

    fn call(&self, turn: &Turn<'_>, draws: &mut Draws) -> Result<Call<'_>, UserError> {
        let vars = &*turn.vars;
        let location = match &self.url {
            Destination::Fixed(location) => location.clone(),
            Destination::Template(template) => {
                let url = template.text(vars, draws);
                let located = turn.engine.http().locations().locate(&url);
                located.map_err(|UrlError(url)| UrlError(turn.engine.legible(template, url)))?
            }
        };
        let mut headers = Cow::Borrowed(&self.headers);
        for (name, template) in &self.rendered {
            let Some(value) = template.optional_text(vars, draws) else {
                continue;
            };
            let value = header_value(&value).ok_or(RequestError::Header)?;
            headers.to_mut().insert(name.clone(), value);
        }
        let body = self.body.render(vars, draws);
        let keep = !self.captures.is_empty();
        Ok(Call {
            method: self.method.clone(),
            location,
            headers,
            body,
            follow: self.follow,
            keep,
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

impl Content {
    fn compile(body: Option<&Body>) -> Self {
        match body {
            None => Self::Fixed(Bytes::new()),
            Some(Body::Json(json)) => match json.as_fixed() {
                Some(value) => Self::Fixed(json_text(value).into()),
                None => Self::Json(json.clone()),
            },
            Some(Body::Text(text)) => match text.as_fixed() {
                Some(text) => Self::Fixed(Bytes::copy_from_slice(text.as_bytes())),
                None => Self::Text(text.clone()),
            },
        }
    }

    fn render(&self, vars: &Vars, draws: &mut Draws) -> Bytes {
        match self {
            Self::Fixed(bytes) => bytes.clone(),
            Self::Json(json) => {
                let value = json.value(vars, draws);
                value.map_or_else(Bytes::new, |value| json_text(&value).into())
            }
            Self::Text(text) => text.text(vars, draws).into_owned().into(),
        }
    }
}

/// The headers that are the same for all users, and those that are not. A request's own come before the script's defaults, and those
/// before what is sent anyway. Lengths are counted, whatever the script says.
fn compile_headers(
    request: &Request,
    compiler: &Compiler<'_>,
) -> Result<(HeaderMap, Vec<(HeaderName, Template)>), Failure> {
    let defaults = compiler.globals.headers();
    let mut fixed = HeaderMap::new();
    // Most requests go to the target; for others the host is set when they are made.
    let on_target = request.url.source().starts_with('/');
    if on_target {
        fixed.insert(HOST, compiler.locations.target().origin.authority().clone());
    }
    fixed.insert(
        USER_AGENT,
        if defaults.is_empty() { ARTILLERY } else { OURS },
    );
    fixed.insert(ACCEPT_ENCODING, Encoding::ACCEPTED);
    if matches!(request.body, Some(Body::Json(_))) {
        fixed.insert(CONTENT_TYPE, JSON);
    }
    let mut rendered = Vec::new();
    let own = request.headers.iter();
    let overridden = |name: &str| request.headers.iter().any(|header| header.name == name);
    let kept = defaults.iter().filter(|header| !overridden(&header.name));
    for Header { name, value } in kept.chain(own) {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| {
            Failure::because(format!("no header can be called `{name}`"), &error)
        })?;
        if name == CONTENT_LENGTH || name == TRANSFER_ENCODING {
            continue;
        }
        match value.as_fixed().and_then(header_value) {
            Some(value) => {
                fixed.insert(name, value);
            }
            // Also a value that no header can have: it fails the users that come to it.
            None => rendered.push((name, value.clone())),
        }
    }
    Ok((fixed, rendered))
}

/// A header's value as node sends it: each character is one byte, so there are none beyond U+00FF.
fn header_value(text: &str) -> Option<HeaderValue> {
    if text.is_ascii() {
        return HeaderValue::from_str(text).ok();
    }
    let bytes = text
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).ok());
    HeaderValue::from_bytes(&bytes.collect::<Option<Vec<u8>>>()?).ok()
}
