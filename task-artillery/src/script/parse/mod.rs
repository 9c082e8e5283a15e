//! From a document to a script.
//!
//! [`Reader`] keeps what is wrong and goes on, so that a script's faults are told in one go; what it needs to know of the language
//! stands in tables ([`keys`]). Each of the other files reads one noun.

mod capture;
mod conceal;
mod condition;
mod config;
mod cookies;
mod csv;
mod ensure;
mod environments;
mod expect;
mod expression;
mod fields;
mod headers;
mod http;
mod includes;
mod jitter;
mod keys;
mod lay;
mod layers;
mod once;
mod parallel;
mod payload;
mod phase;
mod proxy;
mod reader;
mod reporting;
mod request;
mod rounds;
mod sampling;
mod scenario;
mod schema;
mod scope;
mod signing;
mod sinks;
mod step;
mod target;
mod template;
mod tls;

use star_core::document::{Diagnostic, Diagnostics, Document, Entry, Map, Node, Value};
use star_core::job::{Manner, SIMULATION, TRACE};

use super::model::Script;
use config::Config;
use fields::Fields;
use reader::Reader;
pub use schema::schema;
pub(super) use target::absolute;

/// Whether a document looks like an Artillery script.
pub fn claims(root: &Node) -> bool {
    ["config", "scenarios", "includes"]
        .iter()
        .any(|key| root.get(key).is_some())
}

/// Reads a script, with what the document's options lay over it (`input`, `config`, `environment`, `overrides`, `variables`, `scenario-name`,
/// `solo`, `payload`, `insecure`). Variables of the environment that it names are looked up in the process's, and in the files of the option
/// `env-file`). The option `target`, where it is given, is meant instead of `config.target`. Payloads are read and
/// checked as well, and travel with the document. What is harmless becomes a warning of the document.
///
/// # Errors
/// All that is wrong, in the order of the places.
pub fn parse(document: &mut Document) -> Result<Script, Diagnostics> {
    // The tree is taken out, so that the document can be written to meanwhile.
    let nothing = Node {
        value: Value::Null,
        span: document.root.span,
    };
    let root = std::mem::replace(&mut document.root, nothing);
    let (layered, outside, faults) = layers::apply(document, &root);
    conceal::credentials(&mut document.sources, &layered);
    if !faults.is_empty() {
        // What is missing from a layer would show as faults of the script; but a mistyped key may be why it is missing.
        let mut reader = Reader::new(document, outside);
        for fault in faults {
            reader.tell(fault);
        }
        reader.keys_at_the_top(&layered);
        let errors = reader.finish();
        document.root = root;
        return Err(errors);
    }
    let mut reader = Reader::new(document, outside);
    let script = reader.script(&layered);
    let errors = reader.finish();
    document.root = root;
    match script {
        Some(script) if errors.is_empty() => Ok(script),
        _ if errors.is_empty() => Err(Diagnostic::error("the script cannot be read").into()),
        _ => Err(errors),
    }
}

impl Reader<'_> {
    fn script(&mut self, root: &Node) -> Option<Script> {
        if matches!(root.value, Value::Null) {
            let help = "it needs `config` with a `target`, and `scenarios`";
            self.error(root.span, "the script is empty", help);
            return None;
        }
        let Some(map) = root.as_map() else {
            return self.mismatch("the script", root, "a mapping");
        };
        let mut fields = Fields::unchecked(map, root.span, &keys::SCRIPT);
        for entry in own_keys(map) {
            fields.slip(self.key(entry, &keys::SCRIPT));
        }
        if let Some(split) = fields.get("_split") {
            self.read_split(split);
        }
        let sampled = self.sampling(&fields);
        // There weights mean nothing either.
        self.one_scenario |= sampled.is_some();
        let mut manner = Manner::default();
        for key in [SIMULATION, TRACE] {
            if let Some(node) = fields.get(key)
                && let Err(fault) = manner.set(key, node)
            {
                self.tell(fault);
            }
        }
        self.document.set_manner(manner);
        let example = "scenarios: [{ flow: [{ get: { url: \"/\" } }] }]";
        let scenarios = self.required(&fields, "scenarios", example);
        self.announce_before(&fields);
        let config = self.config(&fields, scenarios);
        let mut once = 0;
        let before = self.before(&fields, &mut once);
        let scenarios = scenarios.and_then(|node| self.scenarios(node));
        let number = scenarios.as_ref().map(Vec::len);
        let sampling = sampled
            .zip(number)
            .map(|(sampled, number)| self.check_sampling(sampled, number));
        let after = self.after(&fields, &mut once);
        let Config {
            target,
            phases,
            http,
            tls,
            headers,
            cookies,
            variables,
            payloads,
            reporting,
            checking,
            signing,
        } = config?;
        let (mut scenarios, mut before, mut after) = (scenarios?, before?, after?);
        if signing.is_some() {
            signing::sign_all(&mut scenarios, [&mut before, &mut after]);
        }
        Some(Script {
            target,
            seed: None,
            phases,
            http,
            tls,
            headers,
            cookies,
            constants: self.scope.take_constants(),
            secrets: self.scope.secrets().clone(),
            variables,
            payloads,
            scenarios,
            before,
            after,
            captured: serde_json::Map::new(),
            not_found: Vec::new(),
            sampling,
            split: self.split,
            reporting,
            checking,
            signing,
        })
    }

    /// Says what is wrong with the keys of a script, of its `config` and of its scenarios.
    fn keys_at_the_top(&mut self, root: &Node) {
        let config = root.get("config").and_then(Node::as_map);
        let scenarios = root.get("scenarios").and_then(Node::as_list);
        let scenarios = scenarios.unwrap_or_default().iter();
        for entry in root.as_map().into_iter().flat_map(own_keys) {
            self.key(entry, &keys::SCRIPT);
        }
        for entry in config.map_or(&[][..], Map::entries) {
            self.key(entry, &keys::CONFIG);
        }
        for entry in scenarios.filter_map(Node::as_map).flat_map(Map::entries) {
            self.key(entry, &keys::SCENARIO);
        }
    }
}

/// The entries of a script but those that begin with `x-`: there stands what is used elsewhere by its anchor.
fn own_keys(script: &Map) -> impl Iterator<Item = &Entry> {
    let entries = script.entries().iter();
    entries.filter(|entry| !entry.key.starts_with("x-"))
}

#[cfg(test)]
mod tests;
