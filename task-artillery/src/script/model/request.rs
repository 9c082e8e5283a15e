//! HTTP requests.

use serde::{Deserialize, Serialize};

use super::super::template::{JsonTemplate, Template};
use super::capture::{Capture, Match};
use super::config::Header;

/// An HTTP request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Request {
    /// The method.
    pub method: Method,
    /// `/path` on the target, or an absolute URL.
    pub url: Template,
    /// The path of [`url`](Self::url) as written, placeholders and all, without its query; before it the host where that is another
    /// than the target's.
    pub endpoint: String,
    /// The name that the script gives it, as written.
    pub name: Option<String>,
    /// Its own headers, in the order written; no name twice.
    pub headers: Vec<Header>,
    /// Its body.
    pub body: Option<Body>,
    /// What is kept of the response.
    pub captures: Vec<Capture>,
    /// What the response has to be.
    pub matches: Vec<Match>,
}

impl Request {
    /// What reports call it: its name, or its endpoint.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.endpoint)
    }
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

/// A request's body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum Body {
    /// `json`: sent as `JSON.stringify` writes it ([`json_text`](crate::script::template::json_text)), with its content type.
    Json(JsonTemplate),
    /// `body`: sent as it is.
    Text(Template),
}
