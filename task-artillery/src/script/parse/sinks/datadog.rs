//! Datadog: its agent, or its API.

use star_core::document::Node;

use super::super::fields::Fields;
use super::super::reader::Reader;
use super::unfiltered;
use crate::script::model::{Dialect, Hidden, Sink, SinkKind};

/// Where Datadog's API is.
const DATADOG: &str = "https://api.datadoghq.com";

/// The variable of the environment that the plugin `datadog` reads.
const DATADOG_KEY: &str = "DATADOG_API_KEY";

impl Reader<'_> {
    /// To the agent, or with a key to the API.
    pub(super) fn datadog(&mut self, fields: &Fields<'_>) -> Option<Sink> {
        let site = fields.get("apiHost").map(|node| self.site(node));
        let Some(key) = fields.get("apiKey") else {
            let sink = self.statsd("datadog", fields, Dialect::Behind);
            return sink.filter(|_| site.is_none_or(|site| site.is_some()));
        };
        self.filtered("datadog", fields, |reader| {
            let api_key = reader.header_text("apiKey", key);
            let prefix = reader.prefix(fields);
            let agent = reader.sink_text(fields, "host", Some(""));
            let agent = agent.zip(reader.port(fields, 8125));
            if let Some(host) = fields.get("host") {
                let message = "`host` has no effect here: with `apiKey` no agent is asked";
                reader.warn(host.span, message, "");
            }
            agent?;
            Some(SinkKind::Datadog {
                url: site.unwrap_or_else(|| Some(DATADOG.to_owned()))?,
                api_key: Hidden(api_key?),
                prefix: prefix?,
                host: None,
            })
        })
    }

    /// One of Datadog's sites, or the URL of another server that speaks as they do.
    fn site(&mut self, node: &Node) -> Option<String> {
        let host = self.text_of("apiHost", node)?;
        let whole = if host.contains("://") {
            host
        } else if host.starts_with("api.") {
            format!("https://{host}")
        } else {
            format!("https://api.{host}")
        };
        self.origin("apiHost", node, &whole)
    }

    pub(super) fn old_datadog(&mut self, fields: &Fields<'_>) -> Option<Sink> {
        let prefix = self.prefix(fields);
        let host = match fields.get("host") {
            Some(node) if node.as_str() == Some("") => None,
            Some(node) => Some(self.text_of("host", node)),
            None => None,
        };
        let tags = match fields.get("tags") {
            Some(node) => self.tags(node),
            None => Some(Vec::new()),
        };
        let Some(key) = self.environment.get(DATADOG_KEY) else {
            let message = format!("the environment has no variable `{DATADOG_KEY}`");
            let help =
                "the plugin `datadog` sends by it; `publish-metrics` knows the agent as well";
            self.error(fields.span, message, help);
            return None;
        };
        self.scope.keep_secret(DATADOG_KEY, key.clone());
        let kind = SinkKind::Datadog {
            url: DATADOG.to_owned(),
            api_key: Hidden(key),
            prefix: prefix?,
            host: host.map_or(Some(None), |host| host.map(Some))?,
        };
        Some(Sink {
            tags: tags?,
            ..unfiltered("datadog", kind)
        })
    }
}
