//! `expect` of requests, and the plugin's options.

use std::slice;

use star_core::document::{Entry, Map, Node, Value as Tree};

use super::fields::{Fields, short};
use super::keys;
use super::reader::Reader;
use super::scope::Place;
use crate::script::model::{Checking, Expectation};
use crate::script::template::{JsonTemplate, Template};

/// The longest expression of `JMESPath`, in bytes: it is read and evaluated by recursion.
const LONGEST_EXPRESSION: usize = 1_000;

impl Reader<'_> {
    /// The expectations of a request: a mapping, or a list of them.
    pub(super) fn expectations(&mut self, node: &Node) -> Option<Vec<Expectation>> {
        let items = node.as_list().unwrap_or(slice::from_ref(node));
        let mut all = Vec::new();
        let mut good = true;
        if items.is_empty() {
            self.expects_nothing(node);
            good = false;
        }
        for item in items {
            let Some(map) = item.as_map() else {
                let wanted = "a mapping such as `{ statusCode: 200 }`, or a list of them";
                self.mismatch::<()>("expect", item, wanted);
                good = false;
                continue;
            };
            if map.entries().is_empty() {
                self.expects_nothing(item);
                good = false;
                continue;
            }
            let whole = self.fields("expect", item, &keys::EXPECT).is_some();
            let known = |entry: &&Entry| keys::EXPECT.done().any(|key| key == entry.key);
            let described = self.description(map, &mut good);
            for entry in map.entries().iter().filter(known) {
                if entry.key == "description" {
                    continue;
                }
                match self.expectation(&entry.key, &entry.node) {
                    Some(Expectation::Jmespath(expression, _)) => {
                        all.push(Expectation::Jmespath(expression, described.clone()));
                    }
                    Some(one) => all.push(one),
                    None => good = false,
                }
            }
            good &= whole;
        }
        good.then_some(all)
    }

    /// An expectation that any answer meets is not what somebody meant who wrote it.
    fn expects_nothing(&mut self, node: &Node) {
        let help =
            "for example `expect: { statusCode: 200 }`; without `expect` nothing is expected";
        self.error(node.span, "`expect` is empty, so any answer meets it", help);
    }

    /// What people read of an expression of `JMESPath`, where that is said.
    fn description(&mut self, map: &Map, good: &mut bool) -> Option<String> {
        let entry = map.entry("description")?;
        let text = self.filled("description", &entry.node);
        if map.get("jmespath").is_none() && map.get("jpath").is_none() {
            let help = "it belongs to `jmespath`";
            let message = "`description` is in the wrong place";
            self.error(entry.key_span, message, help);
            *good = false;
        }
        *good &= text.is_some();
        text
    }

    fn expectation(&mut self, key: &str, node: &Node) -> Option<Expectation> {
        Some(match key {
            "statusCode" => Expectation::StatusCode(self.statuses(key, node)?),
            "notStatusCode" => Expectation::NotStatusCode(self.statuses(key, node)?),
            "contentType" => Expectation::ContentType(self.wanted_text(key, node)?),
            "hasProperty" => Expectation::HasProperty(self.wanted_text(key, node)?),
            "notHasProperty" => Expectation::NotHasProperty(self.wanted_text(key, node)?),
            "hasHeader" => Expectation::HasHeader(self.wanted_header(key, node)?),
            "matchesRegexp" => Expectation::MatchesRegexp(self.wanted_pattern(node)?),
            "cdnHit" => Expectation::CdnHit(self.boolean(key, node)?),
            "jmespath" | "jpath" => Expectation::Jmespath(self.jmespath(key, node)?, None),
            "headerEquals" => {
                let [name, value] = self.list(key, node)? else {
                    let help = "for example `headerEquals: [\"x-served-by\", \"cache-1\"]`";
                    let message = "`headerEquals` needs a header's name and its value";
                    self.error(node.span, message, help);
                    return None;
                };
                let name = self.wanted_header(key, name);
                Expectation::HeaderEquals(name?, self.wanted_text(key, value)?)
            }
            _ => {
                let items = self.list(key, node)?;
                if items.len() < 2 {
                    let help = "for example `equals: [\"{{ id }}\", \"7\"]`";
                    self.error(node.span, "`equals` needs two values at least", help);
                    return None;
                }
                let items: Vec<_> = items
                    .iter()
                    .map(|item| self.json(key, item, Place::Flow))
                    .collect();
                Expectation::Equals(items.into_iter().collect::<Option<_>>()?)
            }
        })
    }

    /// An expression of `JMESPath`, as it stands.
    fn jmespath(&mut self, key: &str, node: &Node) -> Option<String> {
        let text = self.filled(key, node)?;
        let fault = if text.len() > LONGEST_EXPRESSION {
            format!("it is longer than {LONGEST_EXPRESSION} bytes")
        } else if let Err(error) = jmespath::compile(&text) {
            let reason = error.reason.to_string();
            format!("{}, at letter {}", reason.to_lowercase(), error.offset + 1)
        } else {
            if let Some(placeholder) = placeholder(&text) {
                let message = format!("`{placeholder}` is not filled in within `{key}`");
                let help = "it stands for itself there; `equals`, `hasProperty`, `matchesRegexp` and `match` have their placeholders filled in";
                self.warn(node.span, message, help);
            }
            return Some(text);
        };
        let message = format!("`{}` cannot be read: {fault}", short(&text));
        self.error(node.span, message, "for example `a.b[?c == 'd'] | [0]`");
        None
    }

    /// A status, or a list of them.
    fn statuses(&mut self, key: &str, node: &Node) -> Option<JsonTemplate> {
        let items = node.as_list().unwrap_or(slice::from_ref(node));
        let mut good = !items.is_empty();
        if !good {
            self.error(node.span, format!("`{key}` is an empty list"), "");
        }
        for item in items {
            let is_status = match &item.value {
                Tree::Number(number) => number.as_u64().is_some_and(is_status),
                Tree::String(text) if text.contains("{{") => true,
                Tree::String(text) => text.trim().parse().is_ok_and(is_status),
                Tree::Null | Tree::Bool(_) | Tree::List(_) | Tree::Map(_) => false,
            };
            if matches!(item.value, Tree::Null) {
                self.mismatch::<()>(key, item, "a status, or a list of them");
                good = false;
            } else if !is_status {
                let message = format!(
                    "`{key}` is a status, or a list of them, not {}",
                    item.describe()
                );
                let help = format!("for example `{key}: [200, 201]`");
                self.error(item.span, message, help);
                good = false;
            }
        }
        let read = self.json(key, node, Place::Flow);
        read.filter(|_| good)
    }

    fn wanted_text(&mut self, key: &str, node: &Node) -> Option<Template> {
        let text = self.filled(key, node)?;
        self.template(&text, node.span, Place::Flow)
    }

    fn wanted_header(&mut self, key: &str, node: &Node) -> Option<Template> {
        self.filled(key, node)?;
        self.header_name(node)
    }

    fn wanted_pattern(&mut self, node: &Node) -> Option<Template> {
        let text = self.wanted_text("matchesRegexp", node)?;
        let Some(fixed) = text.as_fixed() else {
            return Some(text);
        };
        if let Err(error) = crate::jsonpath::expression::Search::parse(fixed, "") {
            let message = format!(
                "`{}` is no regular expression: {}",
                short(fixed),
                error.message
            );
            self.error(node.span, message, error.help);
            return None;
        }
        Some(text)
    }

    /// The options of the plugin `expect`.
    pub(super) fn expect_plugin(&mut self, plugins: &Fields<'_>, checking: &mut Checking) {
        let Some(node) = plugins.get("expect") else {
            return;
        };
        let Some(fields) = self.options("expect", node, &keys::EXPECT_PLUGIN) else {
            return;
        };
        let switches = [
            ("expectDefault200", &mut checking.default_200),
            ("reportFailuresAsErrors", &mut checking.failures_as_errors),
            ("useOnlyRequestNames", &mut checking.only_request_names),
        ];
        for (key, switch) in switches {
            if let Some(node) = fields.get(key)
                && let Some(on) = self.switch(key, node)
            {
                *switch = on;
            }
        }
    }

    /// True or false, or one of them as text.
    fn switch(&mut self, key: &str, node: &Node) -> Option<bool> {
        match node.as_str() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => self.boolean(key, node),
        }
    }
}

/// The first placeholder in a text that is taken as it stands.
fn placeholder(text: &str) -> Option<&str> {
    let from = text.find("{{")?;
    let length = text[from..].find("}}")?;
    text.get(from..from + length + 2)
}

fn is_status(number: u64) -> bool {
    (100..1000).contains(&number)
}
