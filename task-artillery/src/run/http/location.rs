//! Where a request goes.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use bytes::Bytes;
use http::HeaderValue;
use http::uri::PathAndQuery;
use url::Url;

use super::credentials;
use super::error::RequestError;
use super::origin::Origin;
use super::proxy::Gates;
use crate::script::address::without_user;
use crate::script::model::Proxies;

/// The most origins that are kept for others to find. A script may make hosts up as it goes.
const MOST_ORIGINS: usize = 4096;

/// The longest path that is taken as it is; what is longer may be too long for any request.
const LONGEST_PLAIN: usize = 32 * 1024;

/// A resolved URL.
#[derive(Clone, Debug)]
pub(in crate::run) struct Location {
    /// Who is asked.
    pub(in crate::run) origin: Rc<Origin>,
    /// What for.
    pub(in crate::run) path: PathAndQuery,
    /// The `authorization` header of a URL with a user in it.
    pub(in crate::run) authorization: Option<HeaderValue>,
}

/// A URL that is none; reads as Artillery's name for it, but without a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid URL - {}", without_user(.0))]
pub(in crate::run) struct UrlError(pub(in crate::run) String);

/// The script's target, and all origins met so far.
#[derive(Debug)]
pub(in crate::run) struct Locations {
    /// The target as written: a URL that begins with `/` is appended to it.
    target: Box<str>,
    base: Location,
    /// The target's path as written, if it needs no normalization.
    prefix: Option<Box<str>>,
    origins: Origins,
}

/// All origins met so far, and the proxies before them.
#[derive(Debug)]
struct Origins {
    known: RefCell<HashMap<Key, Rc<Origin>>>,
    gates: Gates,
}

/// Whether by TLS, the host and the port.
type Key = (bool, Box<str>, u16);

impl Locations {
    /// Those on a target, and elsewhere, behind these proxies.
    ///
    /// # Errors
    /// Where the target is no `http:` or `https:` URL, or nothing can be appended to it.
    pub(in crate::run) fn new(target: &str, proxies: &Proxies) -> Result<Self, UrlError> {
        let invalid = || UrlError(target.to_owned());
        let url = Url::parse(target).map_err(|_| invalid())?;
        if url.query().or(url.fragment()).is_some() {
            return Err(invalid());
        }
        let origins = Origins {
            known: RefCell::default(),
            gates: Gates::new(proxies),
        };
        let base = origins.locate(&url).ok_or_else(invalid)?;
        let after_scheme = target.split_once("://").map_or("", |(_, rest)| rest);
        let prefix = after_scheme
            .find(['/', '?', '#'])
            .map_or("", |at| &after_scheme[at..]);
        let prefix = (prefix.is_empty() || is_plain(prefix)) && url.username().is_empty();
        let prefix = prefix.then(|| after_scheme.find('/').map_or("", |at| &after_scheme[at..]));
        Ok(Self {
            target: target.into(),
            base,
            prefix: prefix.map(Into::into),
            origins,
        })
    }

    /// The target itself.
    pub(in crate::run) fn target(&self) -> &Location {
        &self.base
    }

    /// What a script's URL means: `/path` is appended to the target, `http…` is absolute.
    ///
    /// # Errors
    /// Where it is neither.
    pub(in crate::run) fn locate<'u>(
        &self,
        url: impl Into<Cow<'u, str>>,
    ) -> Result<Location, UrlError> {
        let url = url.into();
        if url.starts_with('/') {
            return self.on_target(url);
        }
        if url.starts_with("http") {
            return self.absolute(&url, &url);
        }
        Err(UrlError(url.into_owned()))
    }

    fn on_target(&self, url: Cow<'_, str>) -> Result<Location, UrlError> {
        let plain = |prefix: &&str| prefix.len() + url.len() <= LONGEST_PLAIN && is_plain(&url);
        let Some(prefix) = self.prefix.as_deref().filter(plain) else {
            return self.absolute(&format!("{}{url}", self.target), &url);
        };
        // Nothing in it would be changed by reading it as a URL, which takes a microsecond.
        let path = match prefix {
            "" => url.into_owned(),
            prefix => [prefix, &url].concat(),
        };
        let path = PathAndQuery::from_maybe_shared(Bytes::from(path));
        Ok(Location {
            origin: Rc::clone(&self.base.origin),
            path: path.map_err(|_| UrlError(self.target.to_string()))?,
            authorization: self.base.authorization.clone(),
        })
    }

    fn absolute(&self, url: &str, written: &str) -> Result<Location, UrlError> {
        let invalid = || UrlError(written.to_owned());
        let url = Url::parse(url).map_err(|_| invalid())?;
        self.origins.locate(&url).ok_or_else(invalid)
    }

    /// Where a redirect from `from` leads.
    ///
    /// # Errors
    /// Where that is no URL, or no HTTP.
    pub(in crate::run) fn follow(
        &self,
        from: &Location,
        location: &str,
    ) -> Result<Location, RequestError> {
        let base = Url::parse(&format!("{}{}", from.origin, from.path));
        let url = base.and_then(|base| base.join(location));
        let url = url.map_err(|_| RequestError::NowhereToGo)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(RequestError::Redirect);
        }
        self.origins.locate(&url).ok_or(RequestError::NowhereToGo)
    }
}

impl Origins {
    fn locate(&self, url: &Url) -> Option<Location> {
        let tls = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let host = url.host_str()?;
        let origin = self.find(tls, host, url.port_or_known_default()?)?;
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let path = PathAndQuery::from_maybe_shared(Bytes::from(path)).ok()?;
        Some(Location {
            origin,
            path,
            authorization: credentials::authorization(url),
        })
    }

    fn find(&self, tls: bool, host: &str, port: u16) -> Option<Rc<Origin>> {
        let key = (tls, host.into(), port);
        let mut known = self.known.borrow_mut();
        if let Some(origin) = known.get(&key) {
            return Some(Rc::clone(origin));
        }
        let origin = Rc::new(Origin::new(tls, host, port, &self.gates)?);
        if known.len() >= MOST_ORIGINS {
            known.clear();
        }
        known.insert(key, Rc::clone(&origin));
        Some(origin)
    }
}

/// Whether reading a path (and query) as a URL would leave it as it is: nothing to encode, no fragment, no `.` or `..` in between.
fn is_plain(path: &str) -> bool {
    let bytes = path.as_bytes();
    let query_at = bytes
        .iter()
        .position(|byte| *byte == b'?')
        .unwrap_or(bytes.len());
    let (path, query) = bytes.split_at(query_at);
    let in_path = |byte: &u8| PLAIN[usize::from(*byte)].0;
    let in_query = |byte: &u8| PLAIN[usize::from(*byte)].1;
    path.iter().all(in_path)
        && query.iter().all(in_query)
        && !path.windows(2).any(|pair| pair == b"/.")
}

/// Of every byte, whether a path and whether a query may have it.
const PLAIN: [(bool, bool); 256] = {
    let mut plain = [(false, false); 256];
    let mut byte = 0;
    while byte < 128 {
        let letter = (byte as u8).is_ascii_alphanumeric();
        let in_path = letter || is_among(b"-_~!$&*+,;=:@/().", byte as u8);
        plain[byte] = (in_path, in_path || is_among(b"?%[]|", byte as u8));
        byte += 1;
    }
    plain
};

const fn is_among(bytes: &[u8], byte: u8) -> bool {
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == byte {
            return true;
        }
        at += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(target: &str, url: &str) -> Result<String, String> {
        let locations = Locations::new(target, &Proxies::default()).unwrap();
        match locations.locate(url) {
            Ok(location) => Ok(format!("{}{}", location.origin, location.path)),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn a_path_is_appended_to_the_target_and_an_absolute_url_stands_alone() {
        for (target, url, expected) in [
            ("http://a.test", "/x", "http://a.test/x"),
            ("http://a.test/", "/x", "http://a.test//x"),
            (
                "http://a.test:8080/base",
                "/x?y=1",
                "http://a.test:8080/base/x?y=1",
            ),
            ("https://a.test:443", "/x", "https://a.test/x"),
            ("http://a.test", "http://b.test/y", "http://b.test/y"),
            ("http://a.test", "https://b.test", "https://b.test/"),
            ("http://[::1]:80", "/", "http://[::1]/"),
            ("http://A.Test", "/", "http://a.test/"),
        ] {
            assert_eq!(
                found(target, url).as_deref(),
                Ok(expected),
                "{target} {url}"
            );
        }
    }

    #[test]
    fn what_a_browser_would_encode_is_encoded() {
        for (url, expected) in [
            ("/a b?c d", "http://a.test/a%20b?c%20d"),
            ("/ä", "http://a.test/%C3%A4"),
            ("/a/../b/./c", "http://a.test/b/c"),
            ("/a%2Fb", "http://a.test/a%2Fb"),
            ("/%2e%2e/b", "http://a.test/b"),
            ("/x#part", "http://a.test/x"),
            ("/x?q=\"'<>", "http://a.test/x?q=%22%27%3C%3E"),
            ("/x?q=%20[1]|", "http://a.test/x?q=%20[1]|"),
            ("/.hidden", "http://a.test/.hidden"),
            ("/{id}", "http://a.test/%7Bid%7D"),
        ] {
            assert_eq!(
                found("http://a.test", url).as_deref(),
                Ok(expected),
                "{url}"
            );
        }
    }

    #[test]
    fn plain_paths_are_what_reading_them_as_urls_gives() {
        for byte in 0x20..0x7f_u8 {
            for url in [
                format!("/a{}b", char::from(byte)),
                format!("/a?b{}c", char::from(byte)),
            ] {
                if is_plain(&url) {
                    let read = Url::parse(&format!("http://a.test{url}")).unwrap();
                    assert_eq!(read.as_str(), format!("http://a.test{url}"));
                }
            }
        }
    }

    #[test]
    fn what_is_no_url_is_named_as_artillery_names_it() {
        assert_eq!(found("http://a.test", "x").unwrap_err(), "Invalid URL - x");
        assert_eq!(
            found("http://a.test", "ftp://b.test").unwrap_err(),
            "Invalid URL - ftp://b.test"
        );
        assert_eq!(
            found("http://a.test", "http://").unwrap_err(),
            "Invalid URL - http://"
        );
        assert_eq!(
            found("http://a.test", "httpx://b/").unwrap_err(),
            "Invalid URL - httpx://b/"
        );
        assert_eq!(
            found("http://a.test", "http://me:secret@b.test:x/").unwrap_err(),
            "Invalid URL - http://…@b.test:x/"
        );
        for target in ["a.test", "http://a.test?x", "http://a.test/#x"] {
            assert!(
                Locations::new(target, &Proxies::default()).is_err(),
                "{target}"
            );
        }
    }

    #[test]
    fn redirects_lead_on_from_where_they_are() {
        let locations = Locations::new("http://a.test", &Proxies::default()).unwrap();
        let from = locations.locate("/x/y?z").unwrap();
        let to = |location: &str| {
            let to = locations.follow(&from, location);
            to.map(|to| format!("{}{}", to.origin, to.path))
                .map_err(|error| error.name())
        };
        for (location, expected) in [
            ("/w", "http://a.test/w"),
            ("w", "http://a.test/x/w"),
            ("//b.test:81/w", "http://b.test:81/w"),
            ("https://b.test", "https://b.test/"),
        ] {
            assert_eq!(to(location).as_deref(), Ok(expected));
        }
        for elsewhere in ["mailto:a@b", "ftp://b.test/"] {
            assert_eq!(to(elsewhere).unwrap_err(), "ERR_UNSUPPORTED_PROTOCOL");
        }
        for none in ["http://[::zz/", "http://", "//", "http://b.test:99999/"] {
            assert_eq!(to(none).unwrap_err(), "ERR_INVALID_URL", "{none}");
        }
    }

    #[test]
    fn a_user_in_the_url_becomes_a_header() {
        let locations = Locations::new("http://me:p%40ss@a.test", &Proxies::default()).unwrap();
        for location in [locations.target().clone(), locations.locate("/x").unwrap()] {
            let value = location.authorization.unwrap();
            assert_eq!(value, "Basic bWU6cEBzcw==");
        }
        assert_eq!(
            locations.locate("http://a.test/").unwrap().authorization,
            None
        );
    }

    #[test]
    fn origins_that_a_script_makes_up_are_not_kept_for_ever() {
        let locations = Locations::new("http://a.test", &Proxies::default()).unwrap();
        for n in 0..3 * MOST_ORIGINS {
            locations.locate(format!("http://h{n}.test/")).unwrap();
        }
        assert!(locations.origins.known.borrow().len() <= MOST_ORIGINS);
    }
}
