//! `/login` and `/private`.

use http::header::{AUTHORIZATION, CONTENT_TYPE, SET_COOKIE, WWW_AUTHENTICATE};
use http::{HeaderValue, Method, StatusCode};
use serde::Deserialize;
use serde_json::json;
use url::form_urlencoded;

use super::{Call, cookies};
use crate::target::answer::{self, Answer};

/// The cookie that `/login` sets.
const COOKIE: &str = "session";

#[derive(Default, Deserialize)]
struct Credentials {
    user: Option<String>,
    password: Option<String>,
}

impl Call<'_> {
    pub(super) fn log_in(&self) -> Answer {
        if self.head.method != Method::POST {
            return answer::not_allowed(&self.head.method, "POST");
        }
        let credentials = match self.credentials() {
            Ok(credentials) => credentials,
            Err(error) => {
                let message =
                    format_args!("the body is no JSON object with `user` and `password`: {error}");
                return answer::problem(StatusCode::BAD_REQUEST, message);
            }
        };
        let (user, password) = match (credentials.user, credentials.password) {
            (Some(user), Some(password)) => (user, password),
            (None, _) => return unauthorized("`user` is missing"),
            (_, None) => return unauthorized("`password` is missing"),
        };
        let token = self.state.sessions().log_in(&user, &password).to_string();
        let mut answer = answer::json(StatusCode::OK, &json!({ "token": token }));
        if let Some(cookie) = cookies::cookie(COOKIE, &token) {
            answer.headers_mut().append(SET_COOKIE, cookie);
        }
        answer
    }

    pub(super) fn private(&self) -> Answer {
        let sessions = self.state.sessions();
        let header = self
            .head
            .headers
            .get(AUTHORIZATION)
            .map(HeaderValue::as_bytes);
        let bearer = header.and_then(|value| value.strip_prefix(b"Bearer "));
        let cookie = || cookies::received(self.head).find(|(name, _)| *name == COOKIE);
        if bearer.is_some_and(|token| sessions.admits(token)) {
            answer::json(StatusCode::OK, &json!({ "admitted": "token" }))
        } else if cookie().is_some_and(|(_, token)| sessions.admits(token.as_bytes())) {
            answer::json(StatusCode::OK, &json!({ "admitted": "cookie" }))
        } else {
            unauthorized("neither the token nor the cookie of `/login` was sent")
        }
    }

    fn credentials(&self) -> serde_json::Result<Credentials> {
        let content_type = self
            .head
            .headers
            .get(CONTENT_TYPE)
            .map(HeaderValue::as_bytes);
        if !content_type
            .is_some_and(|value| value.starts_with(b"application/x-www-form-urlencoded"))
        {
            return serde_json::from_slice(&self.content.bytes);
        }
        let mut credentials = Credentials::default();
        for (name, value) in form_urlencoded::parse(&self.content.bytes) {
            match name.as_ref() {
                "user" => credentials.user = Some(value.into_owned()),
                "password" => credentials.password = Some(value.into_owned()),
                _ => {}
            }
        }
        Ok(credentials)
    }
}

fn unauthorized(message: &str) -> Answer {
    let mut answer = answer::problem(StatusCode::UNAUTHORIZED, message);
    answer
        .headers_mut()
        .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    answer
}
