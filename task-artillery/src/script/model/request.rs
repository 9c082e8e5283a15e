//! HTTP requests.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::as_nanos;

use super::super::path::Path;
use super::super::template::Template;
use super::config::Header;
use super::content::{Auth, Body, Cookie, Field};

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
    /// The path of [`url`](Self::url) as written, placeholders and all, without its query; before it the host where that is another
    /// than the target's.
    pub endpoint: String,
    /// The name that the script gives it, as written.
    pub name: Option<String>,
    /// Its own headers, in the order written; no name twice.
    pub headers: Vec<Header>,
    /// Who asks, where that is not the URL's own user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<Auth>,
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
}

impl Request {
    /// What reports call it: its name, or its endpoint.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.endpoint)
    }
}

fn yes() -> bool {
    true
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

/// Something to keep of a response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Capture {
    /// What is looked for.
    pub from: CaptureSource,
    /// The variable, or the place in one, that it goes to.
    pub to: Path,
    /// Whether the user fails when it is not found.
    pub strict: bool,
}

/// Where a capture looks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum CaptureSource {
    /// A `JSONPath` in the body; checked when read where it has no placeholders.
    Json(Template),
}
