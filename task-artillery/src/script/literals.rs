//! What a script itself says of who asks, as it stands there.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use serde_json::Value;
use star_core::document::{is_secret_key, user_in};

use super::model::{
    Auth, Body, Cookie, Header, PartContent, Request, Script, SinkKind, Step, StepKind,
};
use super::secrets::{SHORTEST, forms, longest_first, without};
use super::template::{JsonTemplate, Template};
use crate::run::{basic, password_in};

/// What is in the names of headers whose values say who asks.
const HEADERS: [&str; 9] = [
    "auth",
    "token",
    "secret",
    "key",
    "session",
    "signature",
    "passw",
    "pwd",
    "cookie",
];

/// What is in the names of variables and of fields of bodies whose values do. `keyword` is none of them.
const FIELDS: [&str; 7] = [
    "token",
    "secret",
    "passw",
    "apikey",
    "api_key",
    "api-key",
    "credential",
];

/// How long a piece of a text with placeholders is that is taken for a secret.
const PIECE: usize = 8;

/// What stands for them.
pub(crate) const INSTEAD: &str = "(credentials)";

/// The credentials that a script has in its text: a target may send them back. Debugging shows none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Literals(BTreeSet<String>);

/// Whether a header of such a name says who asks.
pub(crate) fn says_who_asks(header: &str) -> bool {
    is_secret_key(header) || has_one_of(&HEADERS, header)
}

fn has_one_of(parts: &[&str], name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    parts.iter().any(|part| name.contains(part))
}

impl Literals {
    /// Those of a script.
    pub fn of(script: &Script) -> Self {
        let mut found = Self::default();
        found.headers(&script.headers);
        found.cookies(&script.cookies);
        found.url(&script.target);
        for variable in &script.variables {
            found.json(&variable.name, &variable.value);
        }
        let flows = script.scenarios.iter().map(|scenario| &scenario.flow);
        for flow in flows.chain([&script.before, &script.after]) {
            found.flow(flow);
        }
        let proxies = &script.http.proxies;
        for proxy in [&proxies.http, &proxies.https].into_iter().flatten() {
            found.user(&proxy.user, &proxy.password);
        }
        if let Some(signing) = &script.signing {
            found.text(&signing.access_key_id.0);
            found.text(&signing.secret_access_key.0);
            if let Some(token) = &signing.session_token {
                found.text(&token.0);
            }
        }
        for sink in &script.reporting.sinks {
            match &sink.kind {
                SinkKind::Datadog { api_key, .. } => found.text(&api_key.0),
                SinkKind::Influx {
                    authorization: Some(authorization),
                    ..
                } => found.behind_scheme(&authorization.0),
                SinkKind::Influx { .. } | SinkKind::Statsd { .. } | SinkKind::CloudWatch { .. } => {
                }
            }
        }
        found
    }

    /// Each, with what stands for it.
    pub(crate) fn hidden(&self) -> impl Iterator<Item = (String, String)> {
        let texts = self.0.iter().flat_map(|text| forms(text));
        texts.map(|text| (text, INSTEAD.to_owned()))
    }

    /// A text for people, without them.
    pub fn redact(&self, text: String) -> String {
        let hidden = longest_first(self.hidden());
        without(text.into(), &hidden).into_owned()
    }

    fn text(&mut self, text: &str) {
        let text = text.trim();
        if text.len() >= SHORTEST {
            self.0.insert(text.to_owned());
        }
    }

    /// A header's value: what stands behind `Bearer` and the like may be sent back without that.
    fn behind_scheme(&mut self, value: &str) {
        self.text(value);
        if let Some((_, rest)) = value.trim().split_once(' ') {
            self.text(rest);
        }
        if let Some(password) = password_in(value) {
            self.text(&password);
        }
    }

    /// What of a text with placeholders stands around them.
    fn pieces(&mut self, template: &Template) {
        let mut rest = template.source();
        let mut piece = |text: &str| {
            let words = text.split_whitespace();
            let long = words.filter(|word| word.len() >= PIECE);
            long.for_each(|word| self.text(word));
        };
        while let Some((before, behind)) = rest.split_once("{{") {
            piece(before);
            rest = behind.split_once("}}").map_or("", |(_, rest)| rest);
        }
        piece(rest);
    }

    fn template(&mut self, template: &Template) {
        match template.as_fixed() {
            Some(text) => self.behind_scheme(text),
            None => self.pieces(template),
        }
    }

    /// A name is shown, and is no secret, unless it is all that says who asks: as a token is.
    fn user(&mut self, user: &str, password: &str) {
        if password.is_empty() {
            self.text(user);
        }
        self.text(password);
        let header = basic(user.as_bytes(), password.as_bytes());
        if let Some(Ok(value)) = header.as_ref().map(|header| header.to_str()) {
            self.behind_scheme(value);
        }
    }

    /// The user in a URL, as it is written and as it is meant.
    fn url(&mut self, url: &str) {
        let Some(user) = user_in(url).filter(|_| url.contains("://")) else {
            return;
        };
        let user = &url[user];
        if user.contains("{{") {
            return;
        }
        let (user, password) = user.split_once(':').unwrap_or((user, ""));
        let decoded = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
        self.user(user, password);
        self.user(&decoded(user), &decoded(password));
    }

    fn headers(&mut self, headers: &[Header]) {
        for header in headers {
            if !says_who_asks(&header.name) {
                continue;
            }
            self.template(&header.value);
            if header.name == "cookie" {
                let pairs = header.value.as_fixed().unwrap_or_default().split(';');
                let values = pairs.filter_map(|pair| pair.split_once('='));
                values.for_each(|(_, value)| self.text(value));
            }
        }
    }

    fn cookies(&mut self, cookies: &[Cookie]) {
        for cookie in cookies {
            match cookie.value.as_fixed() {
                // Attributes may stand behind it.
                Some(value) => self.text(value.split(';').next().unwrap_or_default()),
                None => self.pieces(&cookie.value),
            }
        }
    }

    fn auth(&mut self, Auth { user, pass }: &Auth) {
        let fixed = |template: &Option<Template>| match template {
            Some(template) => template.as_fixed().map(str::to_owned),
            None => Some(String::new()),
        };
        if let (Some(user), Some(pass)) = (fixed(user), fixed(pass)) {
            return self.user(&user, &pass);
        }
        for template in [user, pass].into_iter().flatten() {
            self.template(template);
        }
    }

    /// A value, where its name says that it says who asks; else what is in it by such names.
    fn json(&mut self, name: &str, json: &JsonTemplate) {
        let secret = is_secret_key(name) || has_one_of(&FIELDS, name);
        match json {
            JsonTemplate::Fixed(value) => self.value(secret, value),
            JsonTemplate::Text(text) if secret => self.template(text),
            JsonTemplate::Text(_) => {}
            JsonTemplate::List(items) => items.iter().for_each(|item| self.json(name, item)),
            JsonTemplate::Map(entries) => entries.iter().for_each(|(key, value)| {
                let key = if secret { name } else { key.source() };
                self.json(key, value);
            }),
        }
    }

    fn value(&mut self, secret: bool, value: &Value) {
        match value {
            Value::String(text) if secret => self.behind_scheme(text),
            Value::Number(number) if secret => self.text(&number.to_string()),
            Value::Array(items) => items.iter().for_each(|item| self.value(secret, item)),
            Value::Object(map) => map.iter().for_each(|(key, value)| {
                let secret = secret || is_secret_key(key) || has_one_of(&FIELDS, key);
                self.value(secret, value);
            }),
            _ => {}
        }
    }

    fn flow(&mut self, flow: &[Step]) {
        for step in flow {
            match &step.kind {
                StepKind::Request(request) => self.request(request),
                StepKind::Loop(repeat) => self.flow(&repeat.flow),
                StepKind::Parallel(parallel) => {
                    parallel.branches.iter().for_each(|flow| self.flow(flow));
                }
                StepKind::Think(_) | StepKind::Log(_) => {}
            }
        }
    }

    fn request(&mut self, request: &Request) {
        self.url(request.url.source());
        self.headers(&request.headers);
        self.cookies(&request.cookies);
        if let Some(auth) = &request.auth {
            self.auth(auth);
        }
        let form = match &request.body {
            Some(Body::Form(fields)) => &**fields,
            _ => &[],
        };
        for field in request.query.iter().flatten().chain(form) {
            self.json(field.name.source(), &field.value);
        }
        match &request.body {
            Some(Body::Json(json)) => self.json("", json),
            Some(Body::Parts(parts)) => {
                for part in parts {
                    if let PartContent::Value(value) = &part.content {
                        self.json(part.name.source(), value);
                    }
                }
            }
            Some(Body::Text(_) | Body::Form(_)) | None => {}
        }
    }
}

impl std::fmt::Debug for Literals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} credentials", self.0.len())
    }
}

#[cfg(test)]
mod tests;
