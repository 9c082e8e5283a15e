//! Where in a script something says who asks.

use percent_encoding::percent_decode_str;
use star_core::document::user_in;

use super::Literals;
use super::names::{is_secret_name, says_who_asks};
use super::pairs::{as_json, query_of, secrets_of_members, secrets_of_pairs};
use super::through::Through;
use crate::script::model::{
    Auth, Body, CaptureSource, Cookie, Expectation, Header, PartContent, Request, Script, SinkKind,
    Step, StepKind,
};
use crate::script::template::{JsonTemplate, Template};

/// What is found, and which variables have more.
#[derive(Default)]
struct Search {
    found: Literals,
    through: Through,
}

/// All of a script.
pub(super) fn all(script: &Script) -> Literals {
    let mut found = Search::default();
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
        found.found.user(&proxy.user, &proxy.password);
    }
    if let Some(signing) = &script.signing {
        found.found.text(&signing.access_key_id.0);
        found.found.text(&signing.secret_access_key.0);
        if let Some(token) = &signing.session_token {
            found.found.text(&token.0);
        }
    }
    for sink in &script.reporting.sinks {
        match &sink.kind {
            SinkKind::Datadog { api_key, .. } => found.found.text(&api_key.0),
            SinkKind::Influx {
                authorization: Some(authorization),
                ..
            } => found.found.behind_scheme(&authorization.0),
            SinkKind::Influx { .. } | SinkKind::Statsd { .. } | SinkKind::CloudWatch { .. } => {}
        }
    }
    found.through.resolve(script, &mut found.found);
    found.found
}

impl Search {
    /// A text that says who asks, and what it has from variables.
    fn template(&mut self, template: &Template) {
        match template.as_fixed() {
            Some(text) => self.found.behind_scheme(text),
            None => self.found.pieces(template),
        }
        self.through.add(template);
    }

    fn source(&mut self, text: &str) {
        if let Ok(template) = Template::parse(text) {
            self.template(&template);
        }
    }

    /// The user in a URL, as it is written and as it is meant.
    fn url(&mut self, url: &str) {
        let Some(user) = user_in(url).filter(|_| url.contains("://")) else {
            return;
        };
        let user = &url[user];
        let (user, password) = user.split_once(':').unwrap_or((user, ""));
        if user.contains("{{") || password.contains("{{") {
            return self.source(if password.is_empty() { user } else { password });
        }
        let decoded = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
        self.found.user(user, password);
        self.found.user(&decoded(user), &decoded(password));
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
                values.for_each(|(_, value)| self.found.text(value));
            }
        }
    }

    fn cookies(&mut self, cookies: &[Cookie]) {
        for cookie in cookies {
            match cookie.value.as_fixed() {
                // Attributes may stand behind it.
                Some(value) => self.found.text(value.split(';').next().unwrap_or_default()),
                None => self.template(&cookie.value),
            }
        }
    }

    fn auth(&mut self, Auth { user, pass }: &Auth) {
        let fixed = |template: &Option<Template>| match template {
            Some(template) => template.as_fixed().map(str::to_owned),
            None => Some(String::new()),
        };
        if let (Some(user), Some(pass)) = (fixed(user), fixed(pass)) {
            return self.found.user(&user, &pass);
        }
        // As everywhere a name is none where a password may go with it.
        if let Some(template) = pass.as_ref().or(user.as_ref()) {
            self.template(template);
        }
    }

    fn secret(&mut self, json: &JsonTemplate) {
        match json {
            JsonTemplate::Fixed(value) => self.found.value(true, value),
            JsonTemplate::Text(text) => self.template(text),
            JsonTemplate::List(items) => items.iter().for_each(|item| self.secret(item)),
            JsonTemplate::Map(entries) => {
                for (_, value) in entries {
                    self.secret(value);
                }
            }
        }
    }

    /// A value, where its name says that it says who asks; else what is in it by such names.
    fn json(&mut self, name: &str, json: &JsonTemplate) {
        if is_secret_name(name) {
            return self.secret(json);
        }
        match json {
            JsonTemplate::Fixed(value) => self.found.value(false, value),
            JsonTemplate::Text(_) => {}
            JsonTemplate::List(items) => items.iter().for_each(|item| self.json(name, item)),
            JsonTemplate::Map(entries) => entries
                .iter()
                .for_each(|(key, value)| self.json(key.source(), value)),
        }
    }

    fn pairs(&mut self, text: &str) {
        for secret in secrets_of_pairs(text) {
            self.source(&secret);
        }
    }

    /// A body's text: JSON, maybe but for its placeholders, or a form.
    fn body(&mut self, text: &str) {
        match as_json(text).map(JsonTemplate::parse) {
            Some(Ok(json)) => self.json("", &json),
            _ if text.trim_start().starts_with(['{', '[']) => {
                for secret in secrets_of_members(text) {
                    self.source(&secret);
                }
            }
            _ => self.pairs(text),
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
        self.pairs(query_of(request.url.source()));
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
            Some(Body::Text(text)) => self.body(text.source()),
            Some(Body::Form(_)) | None => {}
        }
        self.wanted(request);
    }

    /// What answers are to say of who asks.
    fn wanted(&mut self, request: &Request) {
        for wanted in &request.matches {
            if let CaptureSource::Header(name) = &wanted.from
                && says_who_asks(name.source())
            {
                self.secret(&wanted.value);
            }
        }
        for expectation in &request.expectations {
            if let Expectation::HeaderEquals(name, value) = expectation
                && says_who_asks(name.source())
            {
                self.template(value);
            }
        }
    }
}
