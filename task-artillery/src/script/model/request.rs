//! HTTP requests.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::as_nanos;

use super::super::template::Template;
use super::capture::{Capture, Match};
use super::checks::Expectation;
use super::config::Header;
use super::content::{Auth, Body, Cookie, Field};
use crate::condition::Condition;

/// An HTTP request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Request {
    /// The method.
    pub method: Method,
    /// `/path` on the target, or an absolute URL.
    pub url: Template,
    /// Its query, where that is not the URL's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<Vec<Field>>,
    /// The name that the script gives it, as written.
    pub name: Option<String>,
    /// Its own headers, in the order written; no name twice.
    pub headers: Vec<Header>,
    /// Who asks, where that is not the URL's own user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<Auth>,
    /// Whether it is signed as the script says.
    #[serde(default, skip_serializing_if = "is_no")]
    pub signed: bool,
    /// The cookies that the user has from then on, besides those that it has at every request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<Cookie>,
    /// Its body.
    pub body: Option<Body>,
    /// Whether redirects are followed.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub follow_redirect: bool,
    /// Whether a compressed answer is asked for, and unpacked.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub gzip: bool,
    /// How long it waits for the response's headers, where that is not as long as all requests do.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "as_nanos::option"
    )]
    pub timeout: Option<Duration>,
    /// What is kept of the response.
    pub captures: Vec<Capture>,
    /// What the response has to be.
    pub matches: Vec<Match>,
    /// What the response should be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expectations: Vec<Expectation>,
    /// Of a hundred times that a user comes to it, how often it is made; always where nothing is said.
    pub probability: Option<f64>,
    /// Only where this holds it is made.
    pub condition: Option<Condition>,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_no(value: &bool) -> bool {
    !*value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_yes(value: &bool) -> bool {
    *value
}

/// The methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "each is the method of that name")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
    Head,
    Options,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Get,
        Self::Post,
        Self::Put,
        Self::Patch,
        Self::Delete,
        Self::Head,
        Self::Options,
    ];

    /// Its name on the wire: `GET`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
        }
    }
}
