//! Where a script wants its figures sent.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::super::secrets::Secrets;

/// Somewhere that figures are sent to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Sink {
    /// What people call it, such as `statsd`.
    pub name: String,
    /// Where it is, and in which words it is told.
    pub kind: SinkKind,
    /// What all of its figures are tagged with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// What the names of figures begin with that are sent; all are where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include_only: Vec<String>,
    /// What the names of figures begin with that are not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<String>,
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Tag {
    /// Its name; never empty.
    pub name: String,
    /// Its value; empty where it has none.
    pub value: String,
}

/// Where a sink is, and in which words it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum SinkKind {
    /// Datagrams of lines `name:value|type`.
    #[serde(rename_all = "camelCase")]
    Statsd {
        /// A name or an address.
        host: String,
        /// The UDP port.
        port: u16,
        /// What stands before the names of figures.
        prefix: String,
        /// How tags are written.
        dialect: Dialect,
    },
    /// Datadog's HTTP API.
    #[serde(rename_all = "camelCase")]
    Datadog {
        /// Its origin.
        url: String,
        /// Who sends.
        api_key: Hidden,
        /// What stands before the names of figures.
        prefix: String,
        /// The host that the figures are said to be of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        host: Option<String>,
    },
    /// `InfluxDB`'s line protocol, over HTTP.
    #[serde(rename_all = "camelCase")]
    Influx {
        /// Where lines are posted to.
        url: String,
        /// The `authorization` header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        authorization: Option<Hidden>,
        /// What all lines are measurements of.
        measurement: String,
    },
    /// `CloudWatch`'s embedded metric format.
    #[serde(rename_all = "camelCase")]
    CloudWatch {
        /// The namespace of the metrics.
        namespace: String,
        /// Whether all that is known of times is sent, and not only what is usual.
        extended: bool,
        /// The agent that takes it where the run is no function's.
        agent: Agent,
    },
}

/// How tags are written in datagrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Dialect {
    /// Behind the line, as Datadog's agent reads them.
    Behind,
    /// Behind the name, as Telegraf reads them.
    InName,
}

/// The agent of `CloudWatch`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Agent {
    /// A name or an address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether it listens for datagrams, and not for connections.
    pub udp: bool,
}

/// A text that nothing shows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hidden(pub String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Sink {
    /// Whether a figure is sent.
    pub fn takes(&self, figure: &str) -> bool {
        let begins = |names: &[String]| names.iter().any(|name| figure.starts_with(&**name));
        if self.include_only.is_empty() {
            !begins(&self.excluded)
        } else {
            begins(&self.include_only)
        }
    }

    /// What people read of where it is: without who sends, and where it is made of the environment, the variable instead.
    pub fn shown_place(&self, secrets: &Secrets) -> String {
        let place = self.place();
        if let SinkKind::Datadog { url, .. } | SinkKind::Influx { url, .. } = &self.kind {
            // A variable may have all of the URL, of which the place is not enough to be known by.
            let shown = secrets.redact(url);
            let variable = shown.find("{{").zip(shown.find("}}"));
            if let Some((from, to)) = variable.filter(|_| !shown.contains(&place)) {
                return shown[from..to + 2].to_owned();
            }
        }
        secrets.redact(place).into_owned()
    }

    /// Where it is, without who sends.
    fn place(&self) -> String {
        match &self.kind {
            SinkKind::Statsd { host, port, .. } => format!("{host}:{port}"),
            SinkKind::Datadog { url, .. } | SinkKind::Influx { url, .. } => {
                let place = url::Url::parse(url).ok();
                let host = place
                    .as_ref()
                    .and_then(|url| Some((url.host_str()?, url.port())));
                match host {
                    Some((host, Some(port))) => format!("{host}:{port}"),
                    Some((host, None)) => host.to_owned(),
                    None => String::new(),
                }
            }
            SinkKind::CloudWatch { namespace, .. } => namespace.clone(),
        }
    }
}
