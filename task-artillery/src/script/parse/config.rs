//! `config` and `_split`.

use std::time::Duration;

use serde_json::Value;
use star_core::document::{Map, Node, Value as Tree};
use star_core::draw::Draws;

use super::fields::{Fields, short};
use super::headers::Defaults;
use super::keys;
use super::reader::Reader;
use super::scope::Place;
use crate::script::model::{
    Checking, Cookie, Header, HttpSettings, Payload, Phase, Reporting, Signing, TlsSettings,
    Variable,
};
use crate::script::split::{self, Limit, Split};
use crate::script::template::JsonTemplate;

/// What `config` says.
pub(super) struct Config {
    pub(super) target: String,
    pub(super) phases: Vec<Phase>,
    pub(super) http: HttpSettings,
    pub(super) tls: TlsSettings,
    pub(super) headers: Vec<Header>,
    pub(super) cookies: Vec<Cookie>,
    pub(super) variables: Vec<Variable>,
    pub(super) payloads: Vec<Payload>,
    pub(super) reporting: Reporting,
    pub(super) checking: Checking,
    pub(super) signing: Option<Signing>,
}

impl Reader<'_> {
    /// `_split`: sets the limits.
    pub(super) fn read_split(&mut self, node: &Node) {
        if let Err(fault) = split::mapping(node) {
            return self.tell(fault);
        }
        if let Some(fields) = self.fields("_split", node, &keys::SPLIT) {
            self.split = Split {
                max_script_duration_in_seconds: self.limit(&fields, &split::MAX_SCRIPT_DURATION),
                max_chunk_duration_in_seconds: self.limit(&fields, &split::MAX_CHUNK_DURATION),
                max_script_requests_per_second: self.limit(&fields, &split::MAX_SCRIPT_RATE),
                max_chunk_requests_per_second: self.limit(&fields, &split::MAX_CHUNK_RATE),
                time_buffer_in_milliseconds: self.limit(&fields, &split::TIME_BUFFER),
            };
        }
    }

    fn limit(&mut self, fields: &Fields<'_>, limit: &Limit) -> Option<u32> {
        let node = fields.get(limit.key)?;
        limit.read(node).map_err(|fault| self.tell(fault)).ok()
    }

    /// `config`; makes known the names that placeholders may use.
    pub(super) fn config(
        &mut self,
        script: &Fields<'_>,
        scenarios: Option<&Node>,
    ) -> Option<Config> {
        // A script may do without when its target is given on the command line.
        let none = Node {
            value: Tree::Map(Map::default()),
            span: script.span,
        };
        let node = match script.get("config") {
            Some(node) => node,
            // Whatever is wrong at the top may be what was meant for `config`.
            None if self.has_errors() => return None,
            None => &none,
        };
        let fields = self.fields("config", node, &keys::CONFIG)?;
        let variables = fields.get("variables").map(|node| self.variables(node));
        let payloads = fields.get("payload").map(|node| self.payloads(node));
        if let Some(scenarios) = scenarios {
            self.announce_all(scenarios);
        }
        let mode = fields.get("mode").map(|mode| self.arrival_mode(mode));
        if let Some(environments) = fields.get("environments") {
            self.environments(environments);
        }
        let target = self.target(&fields);
        let phases = self.phases(fields.get("phases"), mode.unwrap_or_default());
        let http = fields
            .get("http")
            .and_then(|node| self.fields("http", node, &keys::HTTP));
        let jar = self.cookie_settings(http.as_ref());
        let settings = self.http_settings(&fields, http.as_ref(), jar);
        let (reporting, checking, signing) = self.reporting(&fields, http.as_ref());
        let tls = self.tls(&fields);
        let Defaults { headers, cookies } = self.defaults(&fields, http.as_ref());
        Some(Config {
            target: target?,
            phases: phases?,
            http: settings,
            tls,
            headers,
            cookies,
            variables: variables.unwrap_or_default(),
            payloads: payloads.unwrap_or_default(),
            reporting,
            checking,
            signing,
        })
    }

    fn variables(&mut self, node: &Node) -> Vec<Variable> {
        let mut variables = Vec::new();
        for entry in self.named_values("variables", node) {
            // Also a variable that is wrong is known: one fault is told once.
            self.scope.share(&entry.key);
            if entry.node.as_list().is_some_and(<[_]>::is_empty) {
                let message = format!("`{}` is an empty list", short(&entry.key));
                let help = "each user gets one of its elements, so it needs some";
                self.error(entry.node.span, message, help);
                continue;
            }
            let Some(value) = self.json(&entry.key, &entry.node, Place::Variables) else {
                continue;
            };
            if let Some(value) = self.plain_value(&value) {
                self.scope.share_plain(&entry.key, &value);
            }
            variables.push(Variable {
                name: entry.key.clone(),
                value,
            });
        }
        variables
    }

    /// The value of a variable that is the same for all users and known before the run.
    fn plain_value(&self, value: &JsonTemplate) -> Option<Value> {
        let value = match value {
            JsonTemplate::Fixed(value) => value.clone(),
            JsonTemplate::Text(text) if !text.has_calls() => {
                // There are no calls in it, so nothing is drawn.
                let mut draws = Draws::new(0, 0, 0, 0);
                text.value(self.scope.plain(), &mut draws)?.into_owned()
            }
            JsonTemplate::Text(_) | JsonTemplate::List(_) | JsonTemplate::Map(_) => return None,
        };
        (!value.is_array()).then_some(value)
    }

    /// How long something is waited for.
    pub(super) fn wait(&mut self, name: &str, node: &Node) -> Option<Duration> {
        let timeout = self.duration(name, node)?;
        if timeout.is_zero() {
            self.error(node.span, format!("`{name}` must be longer than zero"), "");
            return None;
        }
        Some(timeout)
    }
}
