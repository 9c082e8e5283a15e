//! HTTP requests.

use star_core::document::{Entry, Node, Value as Tree};

use super::config::absolute;
use super::fields::{Fields, short};
use super::keys;
use super::reader::Reader;
use super::scope::Place;
use crate::script::model::{Body, Method, Request};
use crate::script::template::Template;

/// Switches that are on, as in Artillery, and that this version cannot turn off; with what it does.
const SWITCHES: [(&str, &str); 2] = [
    ("followRedirect", "redirects are followed"),
    ("gzip", "compressed answers are asked for, and unpacked"),
];

impl Reader<'_> {
    pub(super) fn request(&mut self, method: Method, entry: &Entry) -> Option<Request> {
        let key = &entry.key;
        if let Some(url) = entry.node.as_str() {
            let help = format!("for example `{key}: {{ url: \"{}\" }}`", short(url));
            self.error(
                entry.node.span,
                format!("`{key}` must be a mapping, not text"),
                help,
            );
            return None;
        }
        let fields = self.fields(key, &entry.node, &keys::REQUEST)?;
        for (key, instead) in SWITCHES {
            if let Some(node) = fields.get(key)
                && self.boolean(key, node) == Some(false)
            {
                self.not_yet(node.span, &format!("`{key}: false`"), instead);
            }
        }
        let url = self
            .required(&fields, "url", "url: \"/\"")
            .map(|node| self.url(node));
        let name = fields.get("name").map(|node| self.words("name", node));
        let headers = match fields.get("headers") {
            Some(node) => self.headers("headers", node, Place::Flow),
            None => Vec::new(),
        };
        let body = self.body(method, &fields);
        let captures = match fields.get("capture") {
            Some(node) => self.captures(node)?,
            None => Vec::new(),
        };
        let url = url??;
        let name = match name {
            Some(name) => Some(name?),
            None => None,
        };
        Some(Request {
            method,
            url,
            name,
            headers,
            body: body?,
            captures,
        })
    }

    fn url(&mut self, node: &Node) -> Option<Template> {
        let Some(text) = node.as_str() else {
            return self.mismatch("url", node, "text");
        };
        let url = self.template(text, node.span, Place::Flow)?;
        let has = |start: &str| {
            text.get(..start.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(start))
        };
        let good = if has("http://") || has("https://") {
            url.as_fixed().is_none() || absolute(text).is_some()
        } else {
            // A placeholder at the start may be anything.
            text.starts_with('/') || text.starts_with("{{")
        };
        if !good {
            let message = format!("the URL `{}` cannot be requested", short(text));
            let help =
                "it must start with `/`, then it is on the target, or with `http://` or `https://`";
            self.error(node.span, message, help);
        }
        good.then_some(url)
    }

    /// The body: none inside where there is none, none outside where it is not good.
    #[expect(clippy::option_option, reason = "no body is not a bad body")]
    fn body(&mut self, method: Method, fields: &Fields<'_>) -> Option<Option<Body>> {
        let Some(at) = fields.key_span("json").or_else(|| fields.key_span("body")) else {
            return Some(None);
        };
        if matches!(method, Method::Get | Method::Head) {
            let message = format!("a {} request has no body", method.as_str());
            let help = "`post`, `put`, `patch`, `delete` and `options` may have one";
            self.error(at, message, help);
            return None;
        }
        match (fields.get("json"), fields.get("body")) {
            (Some(node), text) => {
                if let (Some(_), Some(at)) = (text, fields.key_span("body")) {
                    self.warn(at, "`body` has no effect beside `json`", "");
                }
                if matches!(node.value, Tree::Null) {
                    return self.mismatch("json", node, "a value to send");
                }
                self.json("json", node, Place::Flow)
                    .map(|json| Some(Body::Json(json)))
            }
            (None, Some(node)) => self.text_body(node).map(|text| Some(Body::Text(text))),
            (None, None) => Some(None),
        }
    }

    fn text_body(&mut self, node: &Node) -> Option<Template> {
        if matches!(node.value, Tree::Map(_) | Tree::List(_)) {
            let message = format!("`body` must be text, not {}", node.describe());
            self.error(node.span, message, "`json` sends such a value");
            return None;
        }
        let text = self.words("body", node)?;
        self.template(&text, node.span, Place::Flow)
    }
}
