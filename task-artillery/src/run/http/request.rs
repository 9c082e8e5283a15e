//! The head of a request, as it goes out.

use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, HOST, HeaderName, HeaderValue,
    PROXY_AUTHORIZATION,
};
use http::{HeaderMap, Method};

use super::client::Call;
use super::error::RequestError;
use super::http1::Asked;
use super::location::Location;

/// So long heads are as a rule: room for them is made at once.
const USUAL: usize = 512;

/// Writes the head of a request into an empty buffer, or one whose content is no longer needed. What the answer depends on is returned.
///
/// Headers that are made for this request take the place of others of that name, and those of the user's jar and of credentials in URLs
/// that of all.
///
/// # Errors
/// Where cookies can't be in a header.
pub(super) fn head(
    out: &mut Vec<u8>,
    call: &Call<'_>,
    cookies: Option<&str>,
) -> Result<Asked, RequestError> {
    let mut head = Writing {
        out,
        closes: false,
        hosts: false,
    };
    head.out.clear();
    head.out.reserve(USUAL);
    head.first_line(&call.method, &call.location);
    let authorization = call.location.authorization.as_ref();
    let made = |name: &HeaderName| {
        (authorization.is_some() && *name == AUTHORIZATION)
            || (cookies.is_some() && *name == COOKIE)
    };
    for (name, value) in &*call.headers {
        if !made(name) && !call.rendered.iter().any(|(other, _)| *other == name) {
            head.header(name, value);
        }
    }
    for (at, (name, value)) in call.rendered.iter().enumerate() {
        let later = &call.rendered[at + 1..];
        if !made(name) && !later.iter().any(|(other, _)| other == name) {
            head.header(name, value);
        }
    }
    if !head.hosts {
        head.header(&HOST, call.location.origin.authority());
    }
    head.length(call);
    if let Some(asking) = proxy_authorization(call) {
        head.header(&PROXY_AUTHORIZATION, asking);
    }
    if let Some(user) = authorization {
        head.header(&AUTHORIZATION, user);
    }
    if let Some(cookies) = cookies {
        let cookies = HeaderValue::from_bytes(cookies.as_bytes());
        head.header(&COOKIE, &cookies.map_err(|_| RequestError::Header)?);
    }
    head.out.extend_from_slice(b"\r\n");
    Ok(Asked {
        head: call.method == Method::HEAD,
        close: head.closes,
    })
}

/// What a proxy that passes the request on wants to know of who asks.
fn proxy_authorization<'c>(call: &'c Call<'_>) -> Option<&'c HeaderValue> {
    call.location.origin.passed_on()?;
    let asking = call.location.origin.gate()?.authorization()?;
    (!has(&call.headers, call, &PROXY_AUTHORIZATION)).then_some(asking)
}

fn has(fixed: &HeaderMap, call: &Call<'_>, name: &HeaderName) -> bool {
    fixed.contains_key(name) || call.rendered.iter().any(|(other, _)| *other == name)
}

struct Writing<'o> {
    out: &'o mut Vec<u8>,
    closes: bool,
    hosts: bool,
}

impl Writing<'_> {
    /// A proxy that passes the request on has to be told all of the URL.
    fn first_line(&mut self, method: &Method, location: &Location) {
        self.out.extend_from_slice(method.as_str().as_bytes());
        self.out.push(b' ');
        if let Some(authority) = location.origin.passed_on() {
            self.out.extend_from_slice(b"http://");
            self.out.extend_from_slice(authority.as_str().as_bytes());
        }
        self.out
            .extend_from_slice(location.path.as_str().as_bytes());
        self.out.extend_from_slice(b" HTTP/1.1\r\n");
    }

    fn header(&mut self, name: &HeaderName, value: &HeaderValue) {
        if *name == HOST {
            self.hosts = true;
        } else if *name == CONNECTION {
            let mut options = value.as_bytes().split(|byte| *byte == b',');
            self.closes |= options.any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"));
        }
        self.line(name, value.as_bytes());
    }

    /// Says how long the body is; a method that usually has one says so of an empty one too.
    fn length(&mut self, call: &Call<'_>) {
        let length = call.body.len();
        if length > 0 || matches!(call.method, Method::POST | Method::PUT | Method::PATCH) {
            self.line(&CONTENT_LENGTH, length.to_string().as_bytes());
        }
    }

    fn line(&mut self, name: &HeaderName, value: &[u8]) {
        self.out.extend_from_slice(name.as_str().as_bytes());
        self.out.extend_from_slice(b": ");
        self.out.extend_from_slice(value);
        self.out.extend_from_slice(b"\r\n");
    }
}
