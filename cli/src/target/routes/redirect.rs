//! `/redirect`.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};

use super::{Call, OK, query};
use crate::target::answer::{self, Answer};

/// One hop less than `hops`.
pub(super) fn hop(hops: u64) -> Answer {
    let Some(left) = hops.checked_sub(1) else {
        return answer::text(StatusCode::OK, OK);
    };
    let location = HeaderValue::from_str(&format!("/redirect/{left}"));
    let location = location.expect("letters, digits and slashes are fit for a header");
    to(StatusCode::FOUND, location)
}

impl Call<'_> {
    pub(super) fn redirect_to(&self) -> Answer {
        let Some(url) = query::value(self.head, "url") else {
            return answer::problem(StatusCode::BAD_REQUEST, "`url` is missing in the query");
        };
        let Ok(location) = HeaderValue::from_str(&url) else {
            return answer::problem(StatusCode::BAD_REQUEST, "`url` is not fit for a header");
        };
        let status = query::value(self.head, "status");
        match status.as_deref().map_or(Ok(StatusCode::FOUND), str::parse) {
            Ok(status) if status.is_redirection() => to(status, location),
            _ => answer::problem(StatusCode::BAD_REQUEST, "`status` must be from 300 to 399"),
        }
    }
}

fn to(status: StatusCode, location: HeaderValue) -> Answer {
    let mut answer = answer::empty(status);
    answer.headers_mut().insert(LOCATION, location);
    answer
}
