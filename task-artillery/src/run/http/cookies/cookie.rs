//! A `set-cookie` header.

use star_core::Time;

use super::{date, seconds};

/// A cookie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cookie {
    pub(super) name: String,
    pub(super) value: String,
    /// The domain that it is for, in lower case; where there is none it is for [`host`](Self::host) alone.
    pub(super) domain: Option<String>,
    /// The host that set it; empty where it has a domain.
    pub(super) host: String,
    /// The path that it is for and all below; empty where it has none of its own.
    pub(super) path: String,
    /// Whether it is for TLS only.
    pub(super) secure: bool,
    /// In seconds after the Unix epoch.
    pub(super) expires: Option<i64>,
}

/// Reads a header (RFC 6265, section 5.2). None where it has no name and value; with `loose` a value is enough.
pub(super) fn read(header: &str, now: Time, loose: bool) -> Option<Cookie> {
    let mut parts = header.split(';');
    let pair = parts.next()?.trim();
    let (name, value) = if loose {
        let pair = pair.strip_prefix('=').unwrap_or(pair);
        pair.split_once('=').unwrap_or(("", pair))
    } else {
        pair.split_once('=')?
    };
    let name = name.trim();
    if name.is_empty() && (pair.is_empty() || !loose) {
        return None;
    }
    let mut cookie = Cookie {
        name: name.to_owned(),
        value: value.trim().to_owned(),
        ..Cookie::default()
    };
    let (mut expires, mut max_age) = (None, None);
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "expires" => expires = date::parse(value).or(expires),
            "max-age" => max_age = parse_age(value).or(max_age),
            "domain" => {
                let domain = value
                    .strip_prefix('.')
                    .unwrap_or(value)
                    .to_ascii_lowercase();
                cookie.domain = (!domain.is_empty()).then_some(domain);
            }
            "path" => {
                cookie.path = if value.starts_with('/') {
                    value.to_owned()
                } else {
                    String::new()
                };
            }
            "secure" => cookie.secure = true,
            _ => {}
        }
    }
    cookie.expires = max_age
        .map(|age| seconds(now).saturating_add(age))
        .or(expires);
    Some(cookie)
}

/// A number of seconds; zero and below mean that it has expired.
fn parse_age(value: &str) -> Option<i64> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| {
        let most = if value.starts_with('-') {
            i64::MIN
        } else {
            i64::MAX
        };
        value.parse().unwrap_or(most)
    })
}
