//! What an answer should be: the checks of Artillery's plugin `expect`.
//!
//! They are looked at after captures, so that they see what those found. Each draws as often whatever the answer is.

use std::borrow::Cow;
use std::cell::OnceCell;

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::Value;
use star_core::Failure;
use star_core::draw::Draws;

use super::super::engine::Compiler;
use super::capture::{Expression, joined};
use super::undefined;
use crate::jsonpath::expression::Search;
use crate::script::model::{Expectation, Request};
use crate::script::path::Path;
use crate::script::template::{JsonTemplate, Template, json_text};
use crate::script::{Confidential, INSTEAD, Vars, says_who_asks};

/// Content types of bodies that are read as JSON.
const JSON: [&str; 3] = [
    "application/json",
    "application/problem+json",
    "application/ld+json",
];

/// What is said of values that are all empty, and none of them since the script says so.
const NOTHING_TO_COMPARE: &str = "values that are all empty";

/// Headers in which caches in front of a target say whether they had the answer.
const CACHES: [&str; 3] = ["cf-cache-status", "x-cache", "x-vercel-cache"];

/// The expectations of a request.
#[derive(Debug)]
pub(super) struct Expects {
    all: Vec<Expect>,
    /// Whether the user ends where one fails.
    pub(super) as_errors: bool,
    /// What such an error calls the request, where that is not its URL.
    pub(super) name: Option<String>,
}

/// One of them, compiled.
#[derive(Debug)]
struct Expect {
    expectation: Expectation,
    /// What Artillery's counters call it.
    kind: String,
    /// Of a regular expression.
    pattern: Option<Expression<Search>>,
    /// Of `JMESPath`.
    query: Option<jmespath::Expression<'static>>,
    /// What is said of what it expects where that is made of what is not to be shown.
    written: Option<String>,
}

/// An answer that is looked at.
pub(super) struct Looked<'a> {
    pub(super) status: u16,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
    json: OnceCell<Option<Value>>,
}

/// What came of an expectation.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outcome<'e> {
    /// What Artillery's counters call it.
    pub(super) kind: &'e str,
    pub(super) held: bool,
    pub(super) expected: String,
    pub(super) got: String,
}

impl Expects {
    pub(super) fn compile(request: &Request, compiler: &Compiler<'_>) -> Result<Self, Failure> {
        let checking = compiler.checking;
        let mut wanted = request.expectations.clone();
        if wanted.is_empty() && checking.default_200 {
            wanted.push(Expectation::StatusCode(JsonTemplate::Fixed(200.into())));
        }
        let all = wanted.into_iter().map(|expectation| {
            let pattern = match &expectation {
                Expectation::MatchesRegexp(pattern) => Some(Expression::compile(pattern, read)?),
                _ => None,
            };
            let query = match &expectation {
                Expectation::Jmespath(query, _) => Some(query_of(query)?),
                _ => None,
            };
            Ok(Expect {
                query,
                written: written(&expectation, compiler.confidential),
                kind: kind(&expectation),
                expectation,
                pattern,
            })
        });
        Ok(Self {
            all: all.collect::<Result<_, Failure>>()?,
            as_errors: checking.failures_as_errors,
            name: request.name.clone().filter(|_| checking.only_request_names),
        })
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether an error may have to say where the request went.
    pub(super) fn tell_urls(&self) -> bool {
        !self.all.is_empty() && self.as_errors && self.name.is_none()
    }

    /// Whether one of them looks at the body.
    pub(super) fn need_body(&self) -> bool {
        self.all.iter().any(|one| looks_at_body(&one.expectation))
    }

    /// Looks at an answer; at none in a rehearsal, where all hold.
    pub(super) fn look(
        &self,
        looked: Option<&Looked<'_>>,
        vars: &Vars,
        draws: &mut Draws,
    ) -> Vec<Outcome<'_>> {
        self.all
            .iter()
            .map(|one| one.look(looked, vars, draws))
            .collect()
    }
}

fn query_of(text: &str) -> Result<jmespath::Expression<'static>, Failure> {
    jmespath::compile(text).map_err(|error| {
        let reason = error.reason;
        Failure::new(format!("the expression `{text}` cannot be read: {reason}"))
    })
}

fn read(text: &str) -> Result<Search, Failure> {
    Search::parse(text, "").map_err(|error| {
        Failure::because(
            format!("the regular expression `{text}` cannot be read"),
            &error,
        )
    })
}

/// As [`read`]; but of nothing, in which all is found, nothing is read.
fn read_filled(text: &str) -> Result<Search, Failure> {
    if text.is_empty() {
        return Err(Failure::new("the regular expression is empty"));
    }
    read(text)
}

impl<'a> Looked<'a> {
    pub(super) fn new(status: u16, headers: &'a HeaderMap, body: &'a [u8]) -> Self {
        Self {
            status,
            headers,
            body,
            json: OnceCell::new(),
        }
    }

    fn header(&self, name: &str) -> Option<String> {
        joined(self.headers, name)
    }

    fn content_type(&self) -> Option<String> {
        self.header(CONTENT_TYPE.as_str())
    }

    /// The body, if it says that it is JSON, and is; and whether it says so.
    fn json(&self) -> (bool, Option<&Value>) {
        let content_type = self.content_type().unwrap_or_default();
        let says = JSON.iter().any(|json| content_type.contains(json));
        let read = || serde_json::from_slice(self.body).ok();
        let body = says.then(|| self.json.get_or_init(read).as_ref());
        (says, body.flatten())
    }

    /// The body, if it is a mapping or a list.
    fn object(&self) -> Option<&Value> {
        let (_, body) = self.json();
        body.filter(|body| body.is_object() || body.is_array())
    }
}

impl Expect {
    fn look(&self, looked: Option<&Looked<'_>>, vars: &Vars, draws: &mut Draws) -> Outcome<'_> {
        let (expected, found) = self.held(looked, vars, draws);
        // In a rehearsal all is as it should be.
        let (held, got) = match found {
            None => (true, String::new()),
            Some(found) => match undefined::of_expectation(&self.expectation, vars) {
                Some(why) => (false, why),
                None => found,
            },
        };
        Outcome {
            kind: &self.kind,
            held,
            expected: self.written.clone().unwrap_or(expected),
            got,
        }
    }

    /// What is expected, and of an answer whether it is so, and what it is.
    fn held(
        &self,
        looked: Option<&Looked<'_>>,
        vars: &Vars,
        draws: &mut Draws,
    ) -> (String, Option<(bool, String)>) {
        let text = |template: &Template, draws: &mut Draws| template.text(vars, draws).into_owned();
        // What is made of templates is made before the answer is looked at.
        match &self.expectation {
            Expectation::StatusCode(wanted) | Expectation::NotStatusCode(wanted) => {
                let wanted = statuses(wanted, vars, draws);
                let among = matches!(&self.expectation, Expectation::StatusCode(_));
                let expected = shown(&wanted, among);
                let found = looked.map(|looked| {
                    let status = f64::from(looked.status);
                    // What is no number is no status to be held against.
                    let are_statuses = !wanted.is_empty() && wanted.iter().all(Option::is_some);
                    let held = are_statuses && wanted.contains(&Some(status)) == among;
                    (held, looked.status.to_string())
                });
                (expected, found)
            }
            Expectation::ContentType(wanted) => {
                let wanted = text(wanted, draws);
                let found = looked.map(|looked| content_type(looked, &wanted));
                (wanted, found)
            }
            Expectation::HasProperty(wanted) => {
                let wanted = text(wanted, draws);
                let found = looked.map(|looked| property(looked, &wanted, true));
                (wanted, found)
            }
            Expectation::NotHasProperty(wanted) => {
                let wanted = text(wanted, draws);
                let found = looked.map(|looked| property(looked, &wanted, false));
                (format!("no {wanted}"), found)
            }
            Expectation::Equals(wanted) => {
                let all: Vec<_> = wanted.iter().map(|one| as_text(one, vars, draws)).collect();
                let made_empty = wanted
                    .iter()
                    .zip(&all)
                    .all(|(one, rendered)| undefined::is_made_empty(one, rendered));
                let found = looked.map(|_| {
                    if made_empty {
                        return (false, NOTHING_TO_COMPARE.to_owned());
                    }
                    (all.iter().all(|one| *one == all[0]), all.join(", "))
                });
                ("all values to be equal".to_owned(), found)
            }
            Expectation::HasHeader(name) => {
                let name = text(name, draws);
                let found = looked.map(|looked| match looked.header(&name) {
                    Some(value) if !value.is_empty() => (true, name.clone()),
                    _ => (false, format!("response has no {name} header")),
                });
                (name, found)
            }
            Expectation::HeaderEquals(name, value) => {
                let (name, value) = (text(name, draws), text(value, draws));
                let found = looked.map(|looked| match looked.header(&name) {
                    Some(found) if !found.is_empty() => (found == value, legible(&name, found)),
                    _ => (false, format!("response has no {name} header")),
                });
                (value, found)
            }
            Expectation::MatchesRegexp(pattern) => {
                let expression = self.pattern.as_ref();
                let search = expression.and_then(|one| one.get(vars, draws, read_filled));
                let expected = format!("a match of {}", pattern.source());
                let found = looked.map(|looked| {
                    let body = String::from_utf8_lossy(looked.body);
                    let held = search.is_some_and(|search| search.find(&body, 0).is_some());
                    (held, body.into_owned())
                });
                (expected, found)
            }
            Expectation::CdnHit(hit) => {
                let what = if *hit { "hit" } else { "miss" };
                let found = looked.map(|looked| cache(looked, *hit));
                (format!("a cache header indicating a cache {what}"), found)
            }
            Expectation::Jmespath(query, description) => {
                let found = looked.map(|looked| found(looked, self.query.as_ref()));
                (description.as_ref().unwrap_or(query).clone(), found)
            }
        }
    }
}

/// A header's value as people may read it: none that says who asks, nor a session that a target begins.
fn legible(name: &str, value: String) -> String {
    if says_who_asks(name) {
        return INSTEAD.to_owned();
    }
    value
}

/// The statuses that are meant, as JavaScript makes numbers of them.
fn statuses(wanted: &JsonTemplate, vars: &Vars, draws: &mut Draws) -> Vec<Option<f64>> {
    let number = |value: &Value| match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    match wanted.value(vars, draws).as_deref() {
        Some(Value::Array(all)) => all.iter().map(number).collect(),
        Some(one) => vec![number(one)],
        None => vec![None],
    }
}

fn shown(statuses: &[Option<f64>], among: bool) -> String {
    let all = statuses.iter().map(|one| match one {
        Some(status) => status.to_string(),
        None => "no number".to_owned(),
    });
    let all = all.collect::<Vec<_>>().join(" or ");
    if among { all } else { format!("not {all}") }
}

fn as_text(value: &JsonTemplate, vars: &Vars, draws: &mut Draws) -> String {
    let value = value.value(vars, draws);
    match value.as_deref() {
        None => "undefined".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => json_text(value),
    }
}

fn content_type(looked: &Looked<'_>, wanted: &str) -> (bool, String) {
    let given = looked.content_type();
    let told = given.clone();
    let told = told.unwrap_or_else(|| "no content-type header".to_owned());
    if wanted == "json" {
        let (says, body) = looked.json();
        return match body {
            Some(_) if looked.object().is_some() => (true, "json".to_owned()),
            Some(Value::Null) | None if says => {
                (false, "could not parse response body as JSON".to_owned())
            }
            Some(_) if says => (
                false,
                "JSON that is neither an object nor a list".to_owned(),
            ),
            _ if given.is_some() => (false, format!("content-type {told}")),
            _ => (false, told),
        };
    }
    let is_it = |given: String| given.to_lowercase() == wanted.to_lowercase();
    (!wanted.is_empty() && given.is_some_and(is_it), told)
}

fn property(looked: &Looked<'_>, wanted: &str, there: bool) -> (bool, String) {
    if wanted.is_empty() {
        return (false, "the name of a property is empty".to_owned());
    }
    let Some(body) = looked.object() else {
        return (false, "response body is not an object".to_owned());
    };
    let dot = if wanted.starts_with('[') { "" } else { "." };
    let path = Path::parse(&format!("body{dot}{wanted}"));
    let has = body.get(wanted).is_some() || path.get(Cow::Borrowed(body)).is_some();
    let no = if has { "" } else { "no " };
    let got = format!("response body has {no}{wanted} property");
    (has == there, got)
}

/// Whether what a query finds is true as JavaScript has it, and what that is.
fn found(looked: &Looked<'_>, query: Option<&jmespath::Expression<'static>>) -> (bool, String) {
    let (Some(body), Some(query)) = (looked.object(), query) else {
        return (false, "response body is not an object".to_owned());
    };
    let value = match query.search(body) {
        Ok(value) => serde_json::to_value(&*value).unwrap_or_default(),
        Err(error) => return (false, error.reason.to_string()),
    };
    let held = match &value {
        Value::Null => false,
        Value::Bool(held) => *held,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    };
    (held, json_text(&value))
}

fn cache(looked: &Looked<'_>, hit: bool) -> (bool, String) {
    let wanted: &[&str] = if hit { &["hit", "stale"] } else { &["miss"] };
    let said = CACHES
        .iter()
        .find_map(|name| Some((name, looked.header(name)?)));
    let Some((name, value)) = said else {
        return (false, "cache status header not found".to_owned());
    };
    let lower = value.to_lowercase();
    let held = wanted.iter().any(|start| lower.starts_with(start));
    (held, format!("{name} is {value}"))
}

/// What Artillery's counters call an expectation.
fn kind(expectation: &Expectation) -> String {
    let kind = match expectation {
        Expectation::StatusCode(_) => "statusCode",
        Expectation::NotStatusCode(_) => "notStatusCode",
        Expectation::ContentType(_) => "contentType",
        Expectation::HasProperty(_) => "hasProperty",
        Expectation::NotHasProperty(_) => "notHasProperty",
        Expectation::Equals(_) => "equals",
        Expectation::HasHeader(_) => "hasHeader",
        Expectation::HeaderEquals(name, _) => {
            return format!("header {} values equals", name.source());
        }
        Expectation::MatchesRegexp(_) => "matchesRegexp",
        Expectation::CdnHit(_) => "cdnHit",
        Expectation::Jmespath(..) => "jmespath",
    };
    kind.to_owned()
}

/// What is said of what is expected, where that is made of what is not to be shown.
fn written(expectation: &Expectation, confidential: &Confidential) -> Option<String> {
    let one = |text: &Template| confidential.is_in(text).then(|| text.source().to_owned());
    match expectation {
        Expectation::StatusCode(JsonTemplate::Text(text))
        | Expectation::NotStatusCode(JsonTemplate::Text(text))
        | Expectation::ContentType(text)
        | Expectation::HasProperty(text)
        | Expectation::NotHasProperty(text)
        | Expectation::HasHeader(text)
        | Expectation::HeaderEquals(_, text) => one(text),
        // Of these nothing is said that was rendered, or only numbers.
        Expectation::StatusCode(_)
        | Expectation::NotStatusCode(_)
        | Expectation::Equals(_)
        | Expectation::MatchesRegexp(_)
        | Expectation::Jmespath(..)
        | Expectation::CdnHit(_) => None,
    }
}

/// Whether an expectation looks at the body.
fn looks_at_body(expectation: &Expectation) -> bool {
    match expectation {
        Expectation::ContentType(wanted) => wanted.as_fixed().is_none_or(|wanted| wanted == "json"),
        Expectation::HasProperty(_)
        | Expectation::NotHasProperty(_)
        | Expectation::Jmespath(..)
        | Expectation::MatchesRegexp(_) => true,
        _ => false,
    }
}
