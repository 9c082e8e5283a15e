//! `/cookies`.

use std::collections::BTreeMap;

use http::header::{COOKIE, SET_COOKIE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde_json::json;

use super::{Call, query};
use crate::target::answer::{self, Answer};

impl Call<'_> {
    pub(super) fn cookies(&self) -> Answer {
        let cookies: BTreeMap<_, _> = received(self.head).collect();
        answer::json(StatusCode::OK, &json!({ "cookies": cookies }))
    }

    pub(super) fn set_cookies(&self) -> Answer {
        let mut answer = answer::json(StatusCode::OK, &json!({ "set": query::object(self.head) }));
        for (name, value) in query::pairs(self.head) {
            let Some(cookie) = cookie(&name, &value) else {
                let message = format_args!("`{name}={value}` is not fit for a cookie");
                return answer::problem(StatusCode::BAD_REQUEST, message);
            };
            answer.headers_mut().append(SET_COOKIE, cookie);
        }
        answer
    }
}

/// The names and values of the cookies sent.
pub(super) fn received(head: &Parts) -> impl Iterator<Item = (&str, &str)> {
    let values = head
        .headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// A cookie for the whole site, if name and value are such as RFC 6265 lets a server send.
pub(super) fn cookie(name: &str, value: &str) -> Option<HeaderValue> {
    let octet = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\');
    let separator = |byte: u8| br#"()<>@,;:\"/[]?={}"#.contains(&byte);
    let fit = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !separator(byte))
        && value.bytes().all(octet);
    let cookie = fit.then(|| format!("{name}={value}; Path=/"))?;
    HeaderValue::from_str(&cookie).ok()
}
