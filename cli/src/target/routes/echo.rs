//! `/echo`.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Call, query};
use crate::target::answer::{self, Answer};
use crate::target::digest::hex;
use crate::target::headers::joined;

#[derive(Serialize)]
struct Echo<'a> {
    method: &'a str,
    path: &'a str,
    query: Map<String, Value>,
    headers: BTreeMap<&'a str, String>,
    /// The body as text, if it is UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    /// The body in hexadecimal digits, if it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    body_hex: Option<String>,
    /// The body as JSON, if it is that; so that a capture can reach into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    json: Option<Value>,
}

impl Call<'_> {
    pub(super) fn echo(&self) -> Answer {
        let bytes = &self.content.bytes;
        let body = std::str::from_utf8(bytes).ok();
        let headers = self.head.headers.iter();
        answer::json(
            StatusCode::OK,
            &Echo {
                method: self.head.method.as_str(),
                path: self.head.uri.path(),
                query: query::object(self.head),
                headers: joined(headers.map(|(name, value)| (name.as_str(), value.as_bytes()))),
                body,
                body_hex: body.is_none().then(|| hex(bytes)),
                json: body.and_then(|text| serde_json::from_str(text).ok()),
            },
        )
    }
}
