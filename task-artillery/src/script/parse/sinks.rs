//! `publish-metrics`, and the plugins of their own that came before it: where figures are sent.

use std::slice;

use http::HeaderValue;
use star_core::document::{Node, Value};
use url::Url;

use super::fields::{Fields, short};
use super::keys::{self, Mapping};
use super::reader::Reader;
use crate::run::basic;
use crate::script::model::{Agent, Dialect, Hidden, Sink, SinkKind, Tag};

/// What stands before the names of figures, as in Artillery.
const PREFIX: &str = "artillery.";

/// Where Datadog's API is.
const DATADOG: &str = "https://api.datadoghq.com";

/// The variable of the environment that the plugin `datadog` reads.
const DATADOG_KEY: &str = "DATADOG_API_KEY";

/// The variable of the environment that says where the agent of `CloudWatch` is.
const AGENT: &str = "AWS_EMF_AGENT_ENDPOINT";

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

    fn statsd(&mut self, name: &str, fields: &Fields<'_>, dialect: Dialect) -> Option<Sink> {
        self.filtered(name, fields, |reader| {
            let host = reader.sink_text(fields, "host", Some("127.0.0.1"));
            let port = reader.port(fields, 8125);
            let prefix = reader.prefix(fields);
            Some(SinkKind::Statsd {
                host: host?,
                port: port?,
                prefix: prefix?,
                dialect,
            })
        })
    }

    /// To the agent, or with a key to the API.
    fn datadog(&mut self, fields: &Fields<'_>) -> Option<Sink> {
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

    fn influx(&mut self, fields: &Fields<'_>) -> Option<Sink> {
        self.filtered("influxdb", fields, |reader| reader.influx_kind(fields))
    }

    fn influx_kind(&mut self, fields: &Fields<'_>) -> Option<SinkKind> {
        let url = self.required(fields, "url", "url: \"http://localhost:8086\"");
        let url = url.and_then(|node| {
            let text = self.text_of("url", node)?;
            self.origin("url", node, &text)
        });
        let measurement = self.sink_text(fields, "measurement", Some("artillery"));
        let texts = ["database", "username", "password", "org", "bucket", "token"];
        let texts = texts.map(|key| fields.get(key).map(|node| self.header_text(key, node)));
        let [database, username, password, org, bucket, token] = texts;
        let newer = org.is_some() || bucket.is_some() || token.is_some();
        if database.is_some() == newer || newer && bucket.is_none() {
            let message = "a sink of the type `influxdb` needs either `database` or `bucket`";
            let help =
                "`database` is that of InfluxDB 1; InfluxDB 2 has `org`, `bucket` and `token`";
            self.error(fields.span, message, help);
            return None;
        }
        let mut url = Url::parse(&url?).ok()?;
        let authorization = if let Some(database) = database {
            write_to(&mut url, "write", &[("db", database?)]);
            let (user, pass) = (username.flatten(), password.flatten());
            basic_of(user.as_deref(), pass.as_deref())
        } else {
            let pairs = [("org", org), ("bucket", bucket)];
            let pairs = pairs
                .into_iter()
                .filter_map(|(key, text)| Some(text?.map(|text| (key, text))));
            write_to(
                &mut url,
                "api/v2/write",
                &pairs.collect::<Option<Vec<_>>>()?,
            );
            token.flatten().map(|token| format!("Token {token}"))
        };
        Some(SinkKind::Influx {
            url: url.into(),
            authorization: authorization.map(Hidden),
            measurement: measurement?,
        })
    }

    /// A sink of that type, and the old plugin.
    fn cloudwatch(&mut self, fields: &Fields<'_>) -> Option<Sink> {
        let name = self.sink_text(fields, "name", Some("loadtest"));
        let dimensions = match fields.get("dimensions") {
            Some(node) => self.dimensions(node),
            None => Some(Vec::new()),
        };
        let sink = self.filtered("cloudwatch", fields, |reader| {
            let namespace = reader.sink_text(fields, "namespace", Some("artillery"));
            let extended = match fields.get("extended") {
                Some(node) => reader.boolean("extended", node),
                None => Some(false),
            };
            let agent = reader.agent(fields);
            Some(SinkKind::CloudWatch {
                namespace: namespace?,
                extended: extended?,
                agent: agent?,
            })
        })?;
        let mut tags = vec![Tag {
            name: "Name".to_owned(),
            value: name?,
        }];
        tags.extend(dimensions?);
        Some(Sink { tags, ..sink })
    }

    fn dimensions(&mut self, node: &Node) -> Option<Vec<Tag>> {
        let items = self.list("dimensions", node)?;
        if items.len() >= MOST_TAGS {
            let message = format!("`dimensions` has more than {} elements", MOST_TAGS - 1);
            self.error(node.span, message, "");
            return None;
        }
        let mut tags = Vec::new();
        for item in items {
            let (Some(name), Some(value)) = (item.get("name"), item.get("value")) else {
                let message = "one of `dimensions` needs `name` and `value`";
                let help = "for example `{ name: service, value: shop }`";
                self.error(item.span, message, help);
                return None;
            };
            let name = self.text_of("name", name);
            let value = self.text_of("value", value);
            tags.push(Tag {
                name: name?,
                value: value?,
            });
        }
        Some(tags)
    }

    /// The agent that the environment names, or the usual one.
    fn agent(&mut self, fields: &Fields<'_>) -> Option<Agent> {
        let Some(endpoint) = self.environment.get(AGENT) else {
            return Some(Agent {
                host: "127.0.0.1".to_owned(),
                port: 25888,
                udp: false,
            });
        };
        let url = Url::parse(&endpoint).ok();
        let agent = url.as_ref().and_then(|url| {
            Some(Agent {
                host: url.host_str()?.to_owned(),
                port: url.port()?,
                udp: match url.scheme() {
                    "udp" => true,
                    "tcp" => false,
                    _ => return None,
                },
            })
        });
        if agent.is_none() {
            let message = format!("the variable `{AGENT}` of the environment names no agent");
            self.error(fields.span, message, "for example `tcp://127.0.0.1:25888`");
        }
        agent
    }

    fn old_statsd(&mut self, fields: &Fields<'_>) -> Option<Sink> {
        let host = self.sink_text(fields, "host", Some("127.0.0.1"));
        let port = self.port(fields, 8125);
        let prefix = self.sink_text(fields, "prefix", Some("artillery"));
        let kind = SinkKind::Statsd {
            host: host?,
            port: port?,
            prefix: format!("{}.", prefix?.trim_end_matches('.')),
            dialect: Dialect::Behind,
        };
        Some(unfiltered("statsd", kind))
    }

    fn old_datadog(&mut self, fields: &Fields<'_>) -> Option<Sink> {
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

    fn old_influx(&mut self, fields: &Fields<'_>) -> Option<Sink> {
        let measurement = self.sink_text(fields, "measurementName", Some("artillery"));
        let mut tags = match fields.get("tags") {
            Some(node) => self.tags(node),
            None => Some(Vec::new()),
        };
        for key in ["testName", "test_name", "testRunId"] {
            let Some(node) = fields.get(key) else {
                continue;
            };
            let name = if key == "test_name" { "testName" } else { key };
            let value = self.text_of(key, node);
            tags = tags.zip(value).map(|(mut tags, value)| {
                let name = name.to_owned();
                tags.push(Tag { name, value });
                tags
            });
        }
        let node = self.required(
            fields,
            "influx",
            "influx: { host: localhost, database: tests }",
        )?;
        let server = self.fields("influx", node, &keys::INFLUX_SERVER)?;
        let host = self.sink_text(&server, "host", Some("127.0.0.1"));
        let port = self.port(&server, 8086);
        let protocol = match server.get("protocol") {
            Some(node) => self.choice("protocol", node, &["http", "https"]),
            None => Some("http"),
        };
        let example = "database: tests";
        let database = self.required(&server, "database", example);
        let database = database.and_then(|node| self.text_of("database", node));
        let [username, password] =
            ["username", "password"].map(|key| self.sink_text(&server, key, None));
        let text = format!("{}://{}:{}", protocol?, host?, port?);
        let mut url = Url::parse(&self.origin("host", node, &text)?).ok()?;
        write_to(&mut url, "write", &[("db", database?)]);
        let kind = SinkKind::Influx {
            url: url.into(),
            authorization: basic_of(username.as_deref(), password.as_deref()).map(Hidden),
            measurement: measurement?,
        };
        Some(Sink {
            tags: tags?,
            ..unfiltered("influxdb", kind)
        })
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

/// Where lines are written to on a server.
fn write_to(url: &mut Url, path: &str, pairs: &[(&str, String)]) {
    let base = url.path().trim_end_matches('/');
    let path = format!("{base}/{path}");
    url.set_path(&path);
    let mut query = url.query_pairs_mut();
    query.clear().extend_pairs(pairs);
    query.append_pair("precision", "ns");
}

fn basic_of(user: Option<&str>, pass: Option<&str>) -> Option<String> {
    let value = basic(
        user.unwrap_or_default().as_bytes(),
        pass.unwrap_or_default().as_bytes(),
    )?;
    value.to_str().ok().map(str::to_owned)
}
