//! `publish-metrics`, and the plugins of their own that came before it: where figures are sent.

mod cloudwatch;
mod datadog;
mod influx;
mod statsd;

use std::slice;

use http::HeaderValue;
use star_core::document::{Node, Value};
use url::Url;

use super::fields::{Fields, short};
use super::keys::{self, Mapping};
use super::reader::Reader;
use crate::script::model::{Dialect, Sink, SinkKind, Tag};

/// What stands before the names of figures, as in Artillery.
const PREFIX: &str = "artillery.";

/// Types that are carried out.
const TYPES: [&str; 5] = [
    "statsd",
    "datadog",
    "influxdb",
    "influxdb-statsd",
    "cloudwatch",
];

/// Types that Artillery has besides.
const OTHERS: [&str; 9] = [
    "prometheus",
    "newrelic",
    "dynatrace",
    "honeycomb",
    "lightstep",
    "splunk",
    "mixpanel",
    "open-telemetry",
    "opentelemetry",
];

/// The most tags of a sink.
const MOST_TAGS: usize = 30;

impl Reader<'_> {
    /// All sinks that the plugins are.
    pub(super) fn sinks(&mut self, plugins: &Fields<'_>) -> Vec<Sink> {
        let mut sinks = Vec::new();
        if let Some(node) = plugins.get("publish-metrics") {
            let items = match &node.value {
                Value::Map(_) => slice::from_ref(node),
                _ => self.list("publish-metrics", node).unwrap_or_default(),
            };
            for item in items {
                sinks.extend(self.sink(item));
            }
        }
        for (name, mapping) in [
            ("statsd", &keys::OLD_STATSD),
            ("datadog", &keys::OLD_DATADOG),
            ("influxdb", &keys::OLD_INFLUX),
            ("cloudwatch", &keys::CLOUDWATCH),
        ] {
            let node = plugins.get(name);
            let Some(fields) = node.and_then(|node| self.options(name, node, mapping)) else {
                continue;
            };
            sinks.extend(match name {
                "statsd" => self.old_statsd(&fields),
                "datadog" => self.old_datadog(&fields),
                "influxdb" => self.old_influx(&fields),
                _ => self.cloudwatch(&fields),
            });
        }
        sinks
    }

    /// One of `publish-metrics`.
    fn sink(&mut self, node: &Node) -> Option<Sink> {
        let Some(kind) = node.get("type") else {
            if node.as_map().is_none() {
                return self.mismatch("one of `publish-metrics`", node, "a mapping with a `type`");
            }
            let help = "for example `type: statsd`";
            self.error(node.span, "one of `publish-metrics` needs `type`", help);
            return None;
        };
        if let Some(other) = kind.as_str().filter(|kind| OTHERS.contains(kind)) {
            let instead = "`statsd`, `influxdb-statsd`, `datadog`, `influxdb` and `cloudwatch` are";
            self.not_yet(kind.span, &format!("the type `{other}`"), instead);
            return None;
        }
        let kind = self.choice("type", kind, &TYPES)?;
        let mapping: &'static Mapping = match kind {
            "datadog" => &keys::DATADOG,
            "influxdb" => &keys::INFLUX,
            "cloudwatch" => &keys::CLOUDWATCH,
            _ => &keys::STATSD,
        };
        let fields = self.fields("publish-metrics", node, mapping)?;
        match kind {
            "datadog" => self.datadog(&fields),
            "influxdb" => self.influx(&fields),
            "cloudwatch" => self.cloudwatch(&fields),
            "influxdb-statsd" => self.statsd(kind, &fields, Dialect::InName),
            _ => self.statsd(kind, &fields, Dialect::Behind),
        }
    }

    /// The sink, with its tags and what of the figures it is sent. What is wrong with these is told also where the rest is wrong.
    fn filtered(
        &mut self,
        name: &str,
        fields: &Fields<'_>,
        kind: impl FnOnce(&mut Self) -> Option<SinkKind>,
    ) -> Option<Sink> {
        let kind = kind(self);
        let tags = match fields.if_known("tags") {
            Some(node) => self.tags(node),
            None => Some(Vec::new()),
        };
        let include_only = self.names(fields, "includeOnly");
        let excluded = self.names(fields, "excluded");
        Some(Sink {
            tags: tags?,
            include_only: include_only?,
            excluded: excluded?,
            ..unfiltered(name, kind?)
        })
    }

    fn names(&mut self, fields: &Fields<'_>, key: &'static str) -> Option<Vec<String>> {
        let Some(node) = fields.get(key) else {
            return Some(Vec::new());
        };
        let items = self.list(key, node)?;
        items.iter().map(|item| self.text_of(key, item)).collect()
    }

    /// A list of `name:value`, or a mapping.
    fn tags(&mut self, node: &Node) -> Option<Vec<Tag>> {
        let mut tags = Vec::new();
        match &node.value {
            Value::Map(map) => {
                for entry in map.entries() {
                    tags.push(Tag {
                        name: entry.key.clone(),
                        value: self.text_of(&entry.key, &entry.node)?,
                    });
                }
            }
            Value::List(items) => {
                for item in items {
                    let text = self.text_of("tags", item)?;
                    let (name, value) = text.split_once(':').unwrap_or((&text, ""));
                    tags.push(Tag {
                        name: name.trim().to_owned(),
                        value: value.trim().to_owned(),
                    });
                }
            }
            _ => {
                let wanted = "a list such as `[\"team:shop\"]`, or a mapping";
                return self.mismatch("tags", node, wanted);
            }
        }
        if tags.iter().any(|tag| tag.name.is_empty()) {
            self.error(node.span, "a tag has no name", "for example `team:shop`");
            return None;
        }
        if tags.len() > MOST_TAGS {
            let message = format!("`tags` has more than {MOST_TAGS} elements");
            self.error(node.span, message, "");
            return None;
        }
        Some(tags)
    }

    fn port(&mut self, fields: &Fields<'_>, usual: u16) -> Option<u16> {
        match fields.get("port") {
            Some(node) => {
                let port = self.whole("port", node, 1..=65535)?;
                u16::try_from(port).ok()
            }
            None => Some(usual),
        }
    }

    /// What stands before names; nothing, where that is said.
    fn prefix(&mut self, fields: &Fields<'_>) -> Option<String> {
        match fields.get("prefix") {
            Some(node) if node.as_str() == Some("") => Some(String::new()),
            _ => self.sink_text(fields, "prefix", Some(PREFIX)),
        }
    }

    /// A text of a sink, or what is usual; none where there is neither.
    fn sink_text(
        &mut self,
        fields: &Fields<'_>,
        key: &'static str,
        usual: Option<&str>,
    ) -> Option<String> {
        match fields.get(key) {
            Some(node) => self.text_of(key, node),
            None => usual.map(str::to_owned),
        }
    }

    /// A text of one line that says something.
    fn text_of(&mut self, key: &str, node: &Node) -> Option<String> {
        let text = match &node.value {
            Value::String(_) => self.config_text(key, node)?.into_owned(),
            _ => self.words(key, node)?,
        };
        let key = short(key);
        if text.trim().is_empty() {
            self.error(node.span, format!("`{key}` is empty"), "");
            return None;
        }
        if text.contains(char::is_control) {
            let message = format!("`{key}` has a control character in it");
            self.error(node.span, message, "");
            return None;
        }
        Some(text)
    }

    /// A text that can be a header's value.
    fn header_text(&mut self, key: &str, node: &Node) -> Option<String> {
        let text = self.text_of(key, node)?;
        if HeaderValue::from_str(&text).is_err() {
            let message = format!("`{key}` has a character that no header can have");
            self.error(node.span, message, "");
            return None;
        }
        Some(text)
    }

    /// The URL of a server, without who asks.
    fn origin(&mut self, key: &str, node: &Node, text: &str) -> Option<String> {
        let url = Url::parse(text).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let Some(url) = url else {
            let message = format!("`{key}` is not an `http:` or `https:` URL");
            self.error(node.span, message, "for example `http://localhost:8086`");
            return None;
        };
        if !url.username().is_empty() || url.password().is_some() {
            let message = format!("`{key}` says who sends");
            self.error(node.span, message, "`username` and `password` do that");
            return None;
        }
        if url.query().is_some() || url.fragment().is_some() {
            let message = format!("`{key}` has something behind its path that is not sent");
            let help = "leave out `?` or `#` and what follows; other keys say it";
            self.error(node.span, message, help);
            return None;
        }
        Some(url.as_str().trim_end_matches('/').to_owned())
    }
}

fn unfiltered(name: &str, kind: SinkKind) -> Sink {
    Sink {
        name: name.to_owned(),
        kind,
        tags: Vec::new(),
        include_only: Vec::new(),
        excluded: Vec::new(),
    }
}
