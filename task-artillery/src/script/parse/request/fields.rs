//! What a request carries in its URL and its headers, and how it waits.

use std::time::Duration;

use star_core::document::{Entry, Map, Node, Value as Tree};

use super::super::fields::{Fields, short};
use super::super::keys;
use super::super::reader::Reader;
use super::super::scope::Place;
use crate::script::model::{Auth, Field};
use crate::script::template::Template;

/// What a name may stand for.
const VALUES: &str = "text, a number or a list of them";

/// What a name without a value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Empty {
    /// An empty text.
    IsText,
    /// A slip.
    IsMissing,
}

impl Reader<'_> {
    /// `qs`: the query that stands for that of the URL.
    pub(super) fn query(&mut self, fields: &Fields<'_>) -> Option<Vec<Field>> {
        let node = fields.get("qs")?;
        if let Some(url) = fields.get("url")
            && url.as_str().is_some_and(|url| url.contains('?'))
        {
            let help = "`qs` stands for all of the query";
            self.warn(
                url.span,
                "the query of `url` has no effect beside `qs`",
                help,
            );
        }
        Some(self.pairs("qs", node, Empty::IsText))
    }

    /// A mapping of names to values or lists of values.
    pub(super) fn pairs(&mut self, name: &str, node: &Node, empty: Empty) -> Vec<Field> {
        let entries = self.named_values(name, node).iter();
        entries
            .filter_map(|entry| self.pair(entry, empty))
            .collect()
    }

    fn pair(&mut self, entry: &Entry, empty: Empty) -> Option<Field> {
        let name = self.template(&entry.key, entry.key_span, Place::Flow);
        let node = &entry.node;
        let good = match &node.value {
            Tree::Null => empty == Empty::IsText || self.no_value(&entry.key, node, VALUES),
            Tree::Map(_) => self.no_value(&entry.key, node, VALUES),
            Tree::List(items) => items.iter().all(|item| match item.value {
                Tree::Map(_) | Tree::List(_) => self.no_value(&entry.key, item, "text or a number"),
                _ => true,
            }),
            Tree::Bool(_) | Tree::Number(_) | Tree::String(_) => true,
        };
        let value = self.json(&entry.key, node, Place::Flow)?;
        Some(Field { name: name?, value }).filter(|_| good)
    }

    fn no_value(&mut self, name: &str, node: &Node, wanted: &str) -> bool {
        self.mismatch::<()>(&short(name), node, wanted);
        false
    }

    /// `auth`.
    pub(super) fn auth(&mut self, fields: &Fields<'_>) -> Option<Auth> {
        let inner = self.fields("auth", fields.get("auth")?, &keys::AUTH)?;
        if fields
            .get("auth")
            .and_then(Node::as_map)
            .is_some_and(Map::is_empty)
        {
            let help = "for example `auth: { user: \"ada\", pass: \"{{ $env.PASSWORD }}\" }`";
            self.error(inner.span, "`auth` names nobody", help);
        }
        let mut read = |key| {
            let node = inner.get(key)?;
            self.text(key, node)
        };
        let (user, pass) = (read("user"), read("pass"));
        self.without_effect(fields, "authorization", "auth");
        Some(Auth { user, pass })
    }

    fn text(&mut self, name: &str, node: &Node) -> Option<Template> {
        let text = self.words(name, node)?;
        self.template(&text, node.span, Place::Flow)
    }

    /// Says that a header of a request is not sent for another key of it.
    pub(super) fn without_effect(&mut self, fields: &Fields<'_>, header: &str, beside: &str) {
        let headers = fields.get("headers").and_then(Node::as_map);
        let entries = headers.map_or(&[][..], Map::entries);
        let found = entries
            .iter()
            .find(|entry| entry.key.eq_ignore_ascii_case(header));
        if let Some(entry) = found {
            let message = format!("the header `{header}` has no effect beside `{beside}`");
            self.warn(entry.key_span, message, "");
        }
    }

    /// `timeout`.
    pub(super) fn request_timeout(&mut self, fields: &Fields<'_>) -> Option<Duration> {
        let node = fields.get("timeout")?;
        self.wait("timeout", node)
    }

    /// A switch that stands one way, and cannot be turned the other.
    pub(super) fn http2(&mut self, fields: &Fields<'_>) {
        if let Some(node) = fields.get("http2")
            && self.boolean("http2", node) == Some(true)
        {
            self.not_yet(node.span, "`http2: true`", "this version speaks HTTP/1.1");
        }
    }
}
