//! Answers of the usual kinds.

use std::fmt::Display;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Method, Response, StatusCode};
use serde::Serialize;
use serde_json::json;

use super::payload::Payload;

/// What a route answers with.
pub(super) type Answer = Response<Payload>;

/// Plain text.
pub(super) const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// An answer with a body of that type.
pub(super) fn with_type(status: StatusCode, content_type: HeaderValue, payload: Payload) -> Answer {
    let mut answer = Response::new(payload);
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, content_type);
    answer
}

/// Plain text that is known beforehand.
pub(super) fn text(status: StatusCode, text: &'static str) -> Answer {
    with_type(
        status,
        TEXT,
        Payload::Whole(Bytes::from_static(text.as_bytes())),
    )
}

/// Plain text.
pub(super) fn text_owned(status: StatusCode, text: String) -> Answer {
    with_type(status, TEXT, Payload::Whole(text.into()))
}

/// A value as JSON.
pub(super) fn json<T: Serialize + ?Sized>(status: StatusCode, value: &T) -> Answer {
    let document =
        serde_json::to_vec(value).expect("answers have text keys, and memory takes any write");
    document_of(status, document.into())
}

/// A JSON document that is at hand.
pub(super) fn document_of(status: StatusCode, document: Bytes) -> Answer {
    with_type(status, JSON, Payload::Whole(document))
}

/// No body.
pub(super) fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(Payload::EMPTY);
    *answer.status_mut() = status;
    answer
}

/// What is wrong with a request.
pub(super) fn problem(status: StatusCode, message: impl Display) -> Answer {
    json(status, &json!({ "error": message.to_string() }))
}

/// 405: the route does not take the method of the request.
pub(super) fn not_allowed(method: &Method, allowed: &'static str) -> Answer {
    let message = format!("`{method}` is not allowed here; allowed: {allowed}");
    let mut answer = problem(StatusCode::METHOD_NOT_ALLOWED, message);
    answer
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(allowed));
    answer
}
