//! What reports call requests and their endpoints, as Artillery's plugin `metrics-by-endpoint` does.

use std::borrow::Cow;

use crate::report::RequestName;
use crate::script::model::{EndpointNames, Request};

/// Names endpoints.
#[derive(Debug)]
pub(super) struct Naming {
    names: EndpointNames,
    /// The target's host, without a port, in lower case.
    host: String,
    /// The target's port, where it is written.
    port: Option<String>,
}

/// A URL's parts, as they are written.
struct Parts<'u> {
    host: Option<&'u str>,
    port: Option<&'u str>,
    path: &'u str,
    query: &'u str,
}

impl<'u> Parts<'u> {
    fn of(url: &'u str) -> Self {
        let url = url.split_once('#').map_or(url, |(url, _)| url);
        let (address, query) = url.split_at(url.find('?').unwrap_or(url.len()));
        let Some((_, rest)) = address.split_once("://") else {
            return Self {
                host: None,
                port: None,
                path: address,
                query,
            };
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let authority = authority.rsplit_once('@').map_or(authority, |(_, at)| at);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => {
                (host, Some(port).filter(|port| !port.is_empty()))
            }
            _ => (authority, None),
        };
        Self {
            host: Some(host),
            port,
            path: if path.is_empty() { "/" } else { path },
            query,
        }
    }
}

impl Naming {
    pub(super) fn new(names: &EndpointNames, target: &str) -> Self {
        let Parts { host, port, .. } = Parts::of(target);
        Self {
            names: names.clone(),
            host: host.unwrap_or_default().to_ascii_lowercase(),
            port: port.map(str::to_owned),
        }
    }

    /// What reports call a request.
    pub(super) fn of(&self, request: &Request) -> RequestName {
        let (url, name) = (request.url.source(), request.name.as_deref());
        let (method, base) = (request.method.as_str(), self.base(url));
        let label = match name {
            Some(name) => format!("{method} {base} ({name})"),
            None => format!("{method} {base}"),
        };
        let endpoint = self.endpoint(url, name);
        RequestName {
            label,
            endpoint: endpoint.filter(|_| !self.is_made(request)),
        }
    }

    /// Whether the name of a request's endpoint is made of data.
    pub(super) fn is_made(&self, request: &Request) -> bool {
        let names = &self.names;
        let by_url = match request.name {
            Some(_) => !names.use_only_request_names,
            None => !names.ignore_unnamed_requests,
        };
        !names.group_dynamic_urls && by_url && request.url.as_fixed().is_none()
    }

    /// What Artillery's figures call an endpoint, if they have it.
    pub(super) fn endpoint(&self, url: &str, name: Option<&str>) -> Option<String> {
        match name {
            Some(name) if self.names.use_only_request_names => Some(name.to_owned()),
            Some(name) => Some(format!("{} ({name})", self.base(url))),
            None if self.names.ignore_unnamed_requests => None,
            None => Some(self.base(url)),
        }
    }

    /// The path, before it host and port where the URL names others than the target's, and behind it the query if that counts.
    fn base(&self, url: &str) -> String {
        let parts = Parts::of(url);
        let mut base = String::new();
        if let Some(host) = parts.host
            && !host.eq_ignore_ascii_case(&self.host)
        {
            base.push_str(&host.to_ascii_lowercase());
        }
        if let Some(port) = parts.port
            && self.port.as_deref() != Some(port)
        {
            base.push(':');
            base.push_str(port);
        }
        base.push_str(parts.path);
        if !self.names.strip_query_string {
            base.push_str(parts.query);
        }
        decoded(&base).into_owned()
    }
}

/// A text without percent signs, as people read it; as it is where it was not encoded.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = after;
            continue;
        }
        let digit = |at: usize| {
            after
                .get(at)
                .and_then(|byte| char::from(*byte).to_digit(16))
        };
        let (Some(high), Some(low)) = (digit(0), digit(1)) else {
            return Cow::Borrowed(text);
        };
        bytes.push((high * 16 + low) as u8);
        rest = &after[2..];
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &EndpointNames, url: &str, name: Option<&str>) -> Option<String> {
        Naming::new(names, "http://T.example:8080/base").endpoint(url, name)
    }

    #[test]
    fn an_endpoint_is_the_path_with_the_host_and_port_that_are_not_the_target_s() {
        let cases = [
            ("/items/{{ id }}?q={{ q }}#top", "/items/{{ id }}"),
            ("http://t.example:8080/a", "/a"),
            ("http://t.example/a", "/a"),
            ("http://t.example:81/a", ":81/a"),
            ("https://Other.example/a?x", "other.example/a"),
            (
                "https://user:secret@other.example:444",
                "other.example:444/",
            ),
            ("http://[::1]:9/a", "[::1]:9/a"),
            ("/a%20b/%C3%A4", "/a b/ä"),
            ("{{ base }}/a?b", "{{ base }}/a"),
            ("/100%/%zz", "/100%/%zz"),
            ("/%ff", "/%ff"),
        ];
        for (url, endpoint) in cases {
            let named = named(&EndpointNames::default(), url, None);
            assert_eq!(named.as_deref(), Some(endpoint), "{url}");
        }
    }

    #[test]
    fn options_say_what_is_in_a_name() {
        let plugin = EndpointNames::of_plugin;
        let url = "/items?page=2";
        assert_eq!(named(&plugin(), url, None).as_deref(), Some(url));
        let both = |names: &EndpointNames| {
            let named = |name| named(names, url, name).unwrap_or_default();
            (named(None), named(Some("list")))
        };
        let text = |unnamed: &str, with_name: &str| (unnamed.to_owned(), with_name.to_owned());
        assert_eq!(both(&plugin()), text(url, "/items?page=2 (list)"));
        assert_eq!(
            both(&EndpointNames::default()),
            text("/items", "/items (list)")
        );
        let only = EndpointNames {
            use_only_request_names: true,
            ..plugin()
        };
        assert_eq!(both(&only), text(url, "list"));
        let named_only = EndpointNames {
            ignore_unnamed_requests: true,
            ..only
        };
        assert_eq!(both(&named_only), text("", "list"));
    }
}
