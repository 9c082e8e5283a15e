//! One user's cookies.
//!
//! They follow RFC 6265, with two limits: no list of public suffixes is asked, so a server of `shop.co.uk` may set a cookie for
//! `co.uk` (but none for `uk`), which matters to nobody who tests their own servers; and a jar holds 200 cookies. The crate
//! `cookie_store` reads the system's clock, where expiry here follows the run's own, and would bring a dozen crates.

mod cookie;
mod date;

use http::uri::PathAndQuery;
use star_core::Time;

use super::location::Location;
use super::origin::Origin;
use crate::script::model::CookieSettings;
use cookie::Cookie;

/// The most cookies of a jar; beyond that the oldest is forgotten.
const MOST: usize = 200;

/// One user's cookies, in the order in which they were first set.
#[derive(Debug, Default)]
pub(super) struct Jar {
    cookies: Vec<Cookie>,
    settings: CookieSettings,
}

/// A `set-cookie` header that can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoCookie;

impl Jar {
    /// A jar that takes such cookies.
    pub(super) fn new(settings: CookieSettings) -> Self {
        Self {
            settings,
            ..Self::default()
        }
    }

    /// Takes the cookie of a `set-cookie` header. One for another server is passed over.
    ///
    /// # Errors
    /// Where there is no cookie in it.
    pub(super) fn take(
        &mut self,
        header: &str,
        from: &Location,
        now: Time,
    ) -> Result<(), NoCookie> {
        let cookie = cookie::read(header, now, self.settings.loose).ok_or(NoCookie)?;
        let Some(cookie) = cookie.of(&from.origin, &from.path) else {
            return Ok(());
        };
        if !self.settings.any_prefix && !cookie.is_as_its_name_says() {
            return Ok(());
        }
        let known = self.cookies.iter().position(|known| known.is_same(&cookie));
        if cookie.has_expired(now) {
            if let Some(at) = known {
                self.cookies.remove(at);
            }
            return Ok(());
        }
        if let Some(at) = known {
            // It keeps its place: the order of cookies is that of their creation.
            self.cookies[at] = cookie;
            return Ok(());
        }
        if self.cookies.len() >= MOST {
            self.cookies.remove(0);
        }
        self.cookies.push(cookie);
        Ok(())
    }

    /// The values of all.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.cookies.iter().map(|cookie| &*cookie.value)
    }

    /// The `cookie` header of a request; none if there is no cookie for it. Those of longer paths come first.
    pub(super) fn header(&self, to: &Location, now: Time) -> Option<String> {
        let mut fitting: Vec<&Cookie> = self
            .cookies
            .iter()
            .filter(|cookie| !cookie.has_expired(now))
            .filter(|cookie| cookie.is_for(&to.origin, &to.path))
            .collect();
        fitting.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> = fitting
            .iter()
            .map(|cookie| match &*cookie.name {
                "" => cookie.value.clone(),
                name => format!("{name}={}", cookie.value),
            })
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

/// The value of the cookie in a `set-cookie` header, whoever takes it.
pub(super) fn value(header: &str) -> Option<String> {
    cookie::read(header, Time::from_nanos(0), true).map(|cookie| cookie.value)
}

fn seconds(now: Time) -> i64 {
    (now.as_nanos() / 1_000_000_000).cast_signed()
}

/// The path up to its last slash.
fn default_path(path: &PathAndQuery) -> &str {
    let path = path.path();
    match path.rfind('/') {
        None | Some(0) => "/",
        Some(at) => &path[..at],
    }
}

/// Whether a host is a domain or under it.
fn is_within(host: &str, domain: &str) -> bool {
    host == domain
        || host
            .strip_suffix(domain)
            .is_some_and(|below| below.ends_with('.'))
            && host.parse::<std::net::IpAddr>().is_err()
}

impl Cookie {
    /// The cookie as the server's that set it; none where it may not set such a one.
    fn of(mut self, origin: &Origin, path: &PathAndQuery) -> Option<Self> {
        match &self.domain {
            Some(domain) => {
                let whole = domain.contains('.') || *domain == origin.host();
                if !whole || !is_within(origin.host(), domain) {
                    return None;
                }
            }
            None => origin.host().clone_into(&mut self.host),
        }
        if self.path.is_empty() {
            default_path(path).clone_into(&mut self.path);
        }
        Some(self)
    }

    /// Whether it has what its name promises (RFC 6265bis, section 4.1.3). Case counts, as it does for Artillery's jar.
    fn is_as_its_name_says(&self) -> bool {
        if self.name.starts_with("__Host-") {
            return self.secure && self.domain.is_none() && self.path == "/";
        }
        self.secure || !self.name.starts_with("__Secure-")
    }

    fn has_expired(&self, now: Time) -> bool {
        self.expires.is_some_and(|expires| expires <= seconds(now))
    }

    /// Whether it replaces another.
    fn is_same(&self, other: &Self) -> bool {
        (&self.name, &self.domain, &self.host, &self.path)
            == (&other.name, &other.domain, &other.host, &other.path)
    }

    /// Whether it goes with a request.
    fn is_for(&self, origin: &Origin, path: &PathAndQuery) -> bool {
        let host = match &self.domain {
            Some(domain) => is_within(origin.host(), domain),
            None => self.host == origin.host(),
        };
        let path = path.path().strip_prefix(&*self.path).is_some_and(|below| {
            below.is_empty() || below.starts_with('/') || self.path.ends_with('/')
        });
        host && path && (!self.secure || origin.server_name().is_some())
    }
}

#[cfg(test)]
mod tests;
