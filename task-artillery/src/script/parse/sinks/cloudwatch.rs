//! `CloudWatch`, by documents of its embedded metric format.

use star_core::document::Node;
use url::Url;

use super::super::fields::Fields;
use super::super::reader::Reader;
use super::MOST_TAGS;
use crate::script::model::{Agent, Sink, SinkKind, Tag};

/// The variable of the environment that says where the agent of `CloudWatch` is.
const AGENT: &str = "AWS_EMF_AGENT_ENDPOINT";

impl Reader<'_> {
    /// A sink of that type, and the old plugin.
    pub(super) fn cloudwatch(&mut self, fields: &Fields<'_>) -> Option<Sink> {
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
}
