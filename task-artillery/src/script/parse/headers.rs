//! Headers, of all requests and of one.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue};
use star_core::document::{Entry as Pair, Node};

use super::fields::{Fields, short};
use super::keys;
use super::reader::Reader;
use super::scope::Place;
use crate::script::model::{Cookie, Header};

/// What every request has that does not say otherwise.
#[derive(Debug)]
pub(super) struct Defaults {
    pub(super) headers: Vec<Header>,
    pub(super) cookies: Vec<Cookie>,
}

impl Reader<'_> {
    /// `config.http.defaults`, or for what that does not have `config.defaults`: the headers and cookies, and whether captures are
    /// strict.
    pub(super) fn defaults(&mut self, config: &Fields<'_>, http: Option<&Fields<'_>>) -> Defaults {
        let inner = http.and_then(|http| http.get("defaults"));
        let inner = inner.and_then(|node| self.fields("http.defaults", node, &keys::DEFAULTS));
        let outer = config.get("defaults");
        let outer = outer.and_then(|node| self.fields("defaults", node, &keys::DEFAULTS));
        let either = |key| {
            inner
                .iter()
                .chain(&outer)
                .find_map(|fields| fields.get(key))
        };
        if let Some(node) = either("strictCapture") {
            self.strict_capture = self.boolean("strictCapture", node).unwrap_or(true);
        }
        if let Some(node) = either("think") {
            self.default_think(node);
        }
        let (headers, cookies) = (either("headers"), either("cookie"));
        let headers = headers.map(|node| self.headers("defaults.headers", node, Place::Headers));
        let cookies = cookies.map(|node| self.cookies("defaults.cookie", node, Place::Headers));
        let headers = headers.unwrap_or_default();
        self.default_content_type = headers.iter().any(|header| header.name == "content-type");
        Defaults {
            headers,
            cookies: cookies.unwrap_or_default(),
        }
    }

    /// A mapping of names to values. Of one that is spelled in two ways the last is meant, as in Artillery.
    pub(super) fn headers(&mut self, name: &str, node: &Node, place: Place) -> Vec<Header> {
        let mut places = HashMap::new();
        let mut headers: Vec<Header> = Vec::new();
        for entry in self.named_values(name, node) {
            let Some(header) = self.header(entry, place) else {
                continue;
            };
            if [CONTENT_LENGTH, TRANSFER_ENCODING]
                .iter()
                .any(|length| *length == *header.name)
            {
                let message = format!("the header `{}` has no effect here", header.name);
                let help = "the length of what is sent is always counted and said";
                self.warn(entry.key_span, message, help);
                continue;
            }
            match places.entry(header.name.clone()) {
                Entry::Vacant(place) => {
                    place.insert(headers.len());
                    headers.push(header);
                }
                Entry::Occupied(place) => {
                    let message = format!(
                        "the header `{}` is given twice: this one is sent",
                        header.name
                    );
                    let help = "upper and lower case mean the same header";
                    self.warn(entry.key_span, message, help);
                    headers[*place.get()] = header;
                }
            }
        }
        headers
    }

    fn header(&mut self, entry: &Pair, place: Place) -> Option<Header> {
        let Ok(name) = HeaderName::from_bytes(entry.key.as_bytes()) else {
            let message = format!("`{}` cannot be the name of a header", short(&entry.key));
            self.error(
                entry.key_span,
                message,
                "a name is made of letters, digits and hyphens",
            );
            return None;
        };
        let text = self.words(&entry.key, &entry.node)?;
        let value = self.template(&text, entry.node.span, place)?;
        let fixed = value
            .as_fixed()
            .map(|text| HeaderValue::from_bytes(text.as_bytes()));
        if let Some(Err(_)) = fixed {
            let message = format!("the header `{name}` has a value that cannot be sent");
            let help = "a value has no line breaks and no control characters";
            self.error(entry.node.span, message, help);
            return None;
        }
        Some(Header {
            name: name.as_str().to_owned(),
            value,
        })
    }
}
