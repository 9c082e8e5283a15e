//! What the target says about itself.

use std::sync::Arc;

use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode};

use super::query;
use crate::target::answer::{self, Answer};
use crate::target::payload::Payload;
use crate::target::record::{Format, HeaderSelection, Listing};
use crate::target::state::State;

/// How many requests did not fit in the record.
const DROPPED: HeaderName = HeaderName::from_static("x-record-dropped");

/// Answers a request whose path begins with `/_`. Its body is not read.
pub(super) fn answer(state: &Arc<State>, head: &Parts) -> Answer {
    let reading = matches!(head.method, Method::GET | Method::HEAD);
    match head.uri.path() {
        "/_record" if reading => list(state, head),
        "/_record" if head.method == Method::DELETE => {
            state.record().clear();
            answer::empty(StatusCode::NO_CONTENT)
        }
        "/_record" => answer::not_allowed(&head.method, "GET, HEAD, DELETE"),
        "/_record/count" if reading => {
            let count = state.record().count();
            with_dropped(state, answer::json(StatusCode::OK, &count))
        }
        "/_stats" if reading => answer::json(StatusCode::OK, &state.stats()),
        "/_record/count" | "/_stats" => answer::not_allowed(&head.method, "GET, HEAD"),
        path => {
            let message =
                format_args!("no route `{path}`; there are /_record, /_record/count and /_stats");
            answer::problem(StatusCode::NOT_FOUND, message)
        }
    }
}

fn list(state: &Arc<State>, head: &Parts) -> Answer {
    let (format, content_type) = match query::value(head, "format").as_deref() {
        None | Some("json") => (Format::Array, "application/json"),
        Some("jsonl") => (Format::Lines, "application/x-ndjson"),
        Some(other) => {
            let message = format_args!("`format` is `{other}`; it must be `json` or `jsonl`");
            return answer::problem(StatusCode::BAD_REQUEST, message);
        }
    };
    let headers = match query::value(head, "headers").as_deref() {
        None => HeaderSelection::Named(Vec::new()),
        Some("*") => HeaderSelection::All,
        Some(names) => {
            let names = names
                .split(',')
                .map(|name| name.trim().to_ascii_lowercase());
            HeaderSelection::Named(names.collect())
        }
    };
    let listing = Listing::new(Arc::clone(state), format, headers);
    let payload = Payload::Listing(listing);
    with_dropped(
        state,
        answer::with_type(
            StatusCode::OK,
            HeaderValue::from_static(content_type),
            payload,
        ),
    )
}

fn with_dropped(state: &State, mut answer: Answer) -> Answer {
    answer
        .headers_mut()
        .insert(DROPPED, state.record().dropped().into());
    answer
}
