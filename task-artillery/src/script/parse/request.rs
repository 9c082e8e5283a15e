//! HTTP requests.

mod body;
mod fields;

use star_core::document::{Entry, Node};

use super::fields::short;
use super::keys;
use super::reader::Reader;
use super::scope::Place;
use super::target::absolute;
use crate::script::address::without_user;
use crate::script::model::{Method, Request};
use crate::script::template::Template;

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
        self.http2(&fields);
        let url = self
            .required(&fields, "url", "url: \"/\"")
            .map(|node| self.url(node));
        let name = fields.get("name").map(|node| self.words("name", node));
        let headers = match fields.get("headers") {
            Some(node) => self.headers("headers", node, Place::Flow),
            None => Vec::new(),
        };
        let query = self.query(&fields);
        let auth = self.auth(&fields);
        let signed = self.before_request(&fields) || self.signatures.asked;
        let cookies = match fields.get("cookie") {
            Some(node) => {
                self.without_effect(&fields, "cookie", "cookie");
                self.cookies("cookie", node, Place::Flow)
            }
            None => Vec::new(),
        };
        let follow_redirect = self.flag(&fields, "followRedirect", true);
        let gzip = self.flag(&fields, "gzip", true);
        let timeout = self.request_timeout(&fields);
        let body = self.request_body(method, &fields, &headers);
        let captures = match fields.get("capture") {
            Some(node) => self.captures(node),
            None => Some(Vec::new()),
        };
        let matches = match fields.get("match") {
            Some(node) => self.matches(node),
            None => Some(Vec::new()),
        };
        let expectations = match fields.get("expect") {
            Some(node) => self.expectations(node),
            None => Some(Vec::new()),
        };
        let probability = fields.get("probability");
        let probability = probability.map(|node| self.probability(node));
        let condition = fields.get("ifTrue").map(|node| self.condition(node));
        let url = url??;
        let name = match name {
            Some(name) => Some(name?),
            None => None,
        };
        Some(Request {
            method,
            url,
            query,
            name,
            headers,
            auth,
            signed,
            cookies,
            body: body?,
            follow_redirect: follow_redirect?,
            gzip: gzip?,
            timeout,
            captures: captures?,
            matches: matches?,
            expectations: expectations?,
            probability: match probability {
                Some(probability) => Some(probability?),
                None => None,
            },
            condition: match condition {
                Some(condition) => Some(condition?),
                None => None,
            },
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
            let shown = without_user(text);
            let message = format!("the URL `{}` cannot be requested", short(&shown));
            let help =
                "it must start with `/`, then it is on the target, or with `http://` or `https://`";
            self.error(node.span, message, help);
        }
        good.then_some(url)
    }
}
