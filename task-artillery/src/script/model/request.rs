//! HTTP requests.

use serde::{Deserialize, Serialize};

use super::super::path::Path;
use super::super::template::{JsonTemplate, Template};
use super::config::Header;

/// An HTTP request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Request {
    /// The method.
    pub method: Method,
    /// `/path` on the target, or an absolute URL.
    pub url: Template,
    /// The name that the script gives it, as written.
    pub name: Option<String>,
    /// Its own headers, in the order written; no name twice.
    pub headers: Vec<Header>,
    /// Its body.
    pub body: Option<Body>,
    /// What is kept of the response.
    pub captures: Vec<Capture>,
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
