//! Answering requests.

mod about;
mod cookies;
mod echo;
mod items;
mod login;
mod pages;
mod query;
mod redirect;

use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, CONTENT_LENGTH};
use http::request::Parts;
use http::{HeaderValue, Request, StatusCode};
use hyper::body::Incoming;
use serde_json::json;

use super::abort::Abort;
use super::answer::{self, Answer};
use super::payload::{CUT_SHORT_LENGTH, CutShort, Payload};
use super::reception::{BodyError, Content, Keep, Reception};
use super::route::{ROUTES, Route, RouteError};
use super::state::State;

/// What most routes answer, so that scripts have something to match.
const OK: &str = "ok";

/// A request that was received in full.
struct Call<'a> {
    state: &'a State,
    head: &'a Parts,
    content: &'a Content,
}

/// Answers a request that came on the connection with that number, or ends the connection.
pub(super) async fn answer(
    state: &Arc<State>,
    connection: u32,
    request: Request<Incoming>,
) -> Result<Answer, Abort> {
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    if path.starts_with("/_") {
        return Ok(about::answer(state, &head));
    }
    let reception = Reception::open(state, connection, &head);
    let route = Route::parse(path);
    let keep = route.as_ref().map_or(Keep::Nothing, |route| route.keep());
    let content = match reception.read(body, keep).await {
        Ok(content) => content,
        Err(error) => return Ok(unread(&error)),
    };
    match route {
        Ok(route) => {
            Call {
                state,
                head: &head,
                content: &content,
            }
            .answer(route)
            .await
        }
        Err(error) => Ok(unrouted(&error)),
    }
}

impl Call<'_> {
    async fn answer(&self, route: Route) -> Result<Answer, Abort> {
        Ok(match route {
            Route::Home => answer::text(StatusCode::OK, OK),
            Route::Static(bytes) => fill(bytes),
            Route::Echo => self.echo(),
            Route::Items => self.items(),
            Route::Item(id) => self.item(id),
            Route::Status(status) => bare(status),
            Route::Delay(delay) => delayed(delay).await,
            Route::SlowBody { interval, chunks } => slow(interval, chunks),
            Route::Reset => return Err(Abort::Reset),
            Route::Close => return Err(Abort::Close),
            Route::Truncate => truncated(),
            Route::Redirect(hops) => redirect::hop(hops),
            Route::RedirectTo => self.redirect_to(),
            Route::Cookies => self.cookies(),
            Route::SetCookies => self.set_cookies(),
            Route::Login => self.log_in(),
            Route::Private => self.private(),
            Route::Html => pages::html(),
            Route::Xml => pages::xml(),
        })
    }
}

fn fill(bytes: u64) -> Answer {
    let content_type = HeaderValue::from_static("application/octet-stream");
    answer::with_type(StatusCode::OK, content_type, Payload::Fill(bytes))
}

fn bare(status: StatusCode) -> Answer {
    match status {
        // These have no body, by their definition.
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED => {
            answer::empty(status)
        }
        _ => answer::text_owned(status, format!("{status}\n")),
    }
}

async fn delayed(delay: Duration) -> Answer {
    tokio::time::sleep(delay).await;
    answer::text(StatusCode::OK, OK)
}

fn slow(interval: Duration, chunks: u64) -> Answer {
    answer::with_type(
        StatusCode::OK,
        answer::TEXT,
        Payload::drip(interval, chunks),
    )
}

fn truncated() -> Answer {
    let payload = Payload::CutShort(CutShort::Unsent);
    let mut answer = answer::with_type(StatusCode::OK, answer::TEXT, payload);
    answer
        .headers_mut()
        .insert(CONTENT_LENGTH, CUT_SHORT_LENGTH.into());
    answer
}

fn unrouted(error: &RouteError) -> Answer {
    match error {
        RouteError::Unknown(_) => answer::json(
            StatusCode::NOT_FOUND,
            &json!({ "error": error.to_string(), "routes": ROUTES }),
        ),
        RouteError::UnknownItem(_) => answer::problem(StatusCode::NOT_FOUND, error),
        RouteError::Number { .. } => answer::problem(StatusCode::BAD_REQUEST, error),
    }
}

/// Ends the connection as well: where its next request would begin is not known.
fn unread(error: &BodyError) -> Answer {
    let status = match error {
        BodyError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        BodyError::Broken(_) => StatusCode::BAD_REQUEST,
    };
    let mut answer = answer::problem(status, error);
    answer
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}
