//! `config.environments`: what may be laid over `config`.

use std::slice;

use star_core::document::{Entry, Map, Node};

use super::fields::short;
use super::keys::{self, Mapping, Status};
use super::reader::Reader;

/// The mappings in `config` that have keys of their own: in which, under which key, and what stands there or in a list there.
static INNER: [(&Mapping, &str, &Mapping); 13] = [
    (&keys::CONFIG, "phases", &keys::PHASE),
    (&keys::CONFIG, "payload", &keys::PAYLOAD),
    (&keys::CONFIG, "defaults", &keys::DEFAULTS),
    (&keys::CONFIG, "http", &keys::HTTP),
    (&keys::CONFIG, "tls", &keys::TLS),
    (&keys::CONFIG, "plugins", &keys::PLUGINS),
    (&keys::CONFIG, "apdex", &keys::APDEX),
    (&keys::DEFAULTS, "think", &keys::DEFAULT_THINK),
    (&keys::HTTP, "defaults", &keys::DEFAULTS),
    (&keys::HTTP, "cookieJarOptions", &keys::COOKIE_JAR),
    (&keys::PAYLOAD, "options", &keys::CSV),
    (&keys::PLUGINS, "metrics-by-endpoint", &keys::ENDPOINTS),
    (&keys::PLUGINS, "apdex", &keys::APDEX),
];

impl Reader<'_> {
    /// Each is laid over `config` when it is chosen, and read then. Of the others only the keys are looked at: what is wrong with them
    /// has no effect on this run.
    pub(super) fn environments(&mut self, node: &Node) {
        let Some(map) = node.as_map() else {
            let wanted = "a mapping of names to what changes in `config`";
            self.mismatch::<()>("environments", node, wanted);
            return;
        };
        for environment in map.entries() {
            if environment.node.as_map().is_none() {
                let name = format!("the environment `{}`", short(&environment.key));
                let wanted = "a mapping of what changes in `config`";
                self.mismatch::<()>(&name, &environment.node, wanted);
            }
            if self.environment_name.as_ref() != Some(&environment.key) {
                self.keys_in_environment(&environment.node, &keys::CONFIG);
            }
        }
    }

    fn keys_in_environment(&mut self, node: &Node, mapping: &'static Mapping) {
        for entry in node.as_map().map_or(&[][..], Map::entries) {
            self.key_in_environment(entry, mapping);
            let inner = INNER.iter().find(|(outer, key, _)| {
                std::ptr::eq(*outer, mapping) && *key == entry.key.as_str()
            });
            let Some((_, _, inner)) = inner else {
                continue;
            };
            let items = entry.node.as_list();
            for item in items.unwrap_or(slice::from_ref(&entry.node)) {
                self.keys_in_environment(item, inner);
            }
        }
    }

    fn key_in_environment(&mut self, entry: &Entry, mapping: &Mapping) {
        let key = short(&entry.key);
        let (message, help) = match mapping.status(&entry.key) {
            None => {
                let help = match self.closest(&entry.key, mapping.own()) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => keys::home(&entry.key).unwrap_or_else(|| mapping.list()),
                };
                let place = if mapping.noun == keys::CONFIG.noun {
                    "an environment".to_owned()
                } else {
                    format!("{} of an environment", mapping.noun)
                };
                (format!("unknown key `{key}` in {place}"), help)
            }
            Some(Status::Elsewhere(place)) => {
                let message = format!("`{key}` is in the wrong place in an environment");
                (message, place.to_owned())
            }
            Some(_) => return,
        };
        self.warn(entry.key_span, message, help);
    }
}
