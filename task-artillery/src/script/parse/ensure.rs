//! `ensure`: what should hold of the report.

use star_core::document::{Node, Span};

use super::fields::Fields;
use super::keys;
use super::reader::Reader;
use crate::condition::Condition;
use crate::script::model::{Checking, Ensure};

/// The figures of response times that the old form knows.
const TIMES: [&str; 5] = ["min", "max", "median", "p95", "p99"];

/// The variable of the environment that lets nothing be ensured.
const DISABLED: &str = "ARTILLERY_DISABLE_ENSURE";

/// The most that a threshold may be.
const MOST: f64 = 1e15;

impl Reader<'_> {
    /// `config.ensure` and the options of the plugin: both, where both are there.
    pub(super) fn ensure(
        &mut self,
        config: &Fields<'_>,
        plugins: Option<&Fields<'_>>,
        checking: &mut Checking,
    ) {
        let of_plugin = plugins.and_then(|plugins| plugins.get("ensure"));
        let mut all = Vec::new();
        for node in [config.get("ensure"), of_plugin].into_iter().flatten() {
            if let Some(fields) = self.options("ensure", node, &keys::ENSURE) {
                self.thresholds(&fields, &mut all);
                self.conditions(&fields, &mut all);
                self.old_form(&fields, &mut all);
            }
        }
        if self.environment.get(DISABLED).is_none() {
            checking.ensure = all;
        }
    }

    /// `thresholds: [{ "http.response_time.p99": 500 }]`
    fn thresholds(&mut self, fields: &Fields<'_>, all: &mut Vec<Ensure>) {
        let items = fields.get("thresholds");
        let items = items.and_then(|node| self.list("thresholds", node));
        for item in items.unwrap_or_default() {
            let Some(map) = item.as_map() else {
                let wanted = "a figure and what it has to stay below, such as `\"http.response_time.p99\": 500`";
                self.mismatch::<()>("a threshold", item, wanted);
                continue;
            };
            if map.entries().is_empty() {
                let help = "for example `\"http.response_time.p99\": 500`";
                self.error(
                    item.span,
                    "a threshold is empty, so any report meets it",
                    help,
                );
            }
            for entry in map.entries() {
                let Some(most) = self.most(&entry.key, &entry.node) else {
                    continue;
                };
                let text = format!("{} < {most}", entry.key);
                let expression = format!("{} < {most}", quoted(&entry.key));
                all.extend(self.ensured(text, &expression, true, entry.key_span));
            }
        }
    }

    /// `conditions: [{ expression: "…", strict: false }]`
    fn conditions(&mut self, fields: &Fields<'_>, all: &mut Vec<Ensure>) {
        let items = fields.get("conditions");
        let items = items.and_then(|node| self.list("conditions", node));
        for item in items.unwrap_or_default() {
            let Some(fields) = self.fields("a condition", item, &keys::CONDITION) else {
                continue;
            };
            let strict = match fields.get("strict") {
                Some(node) => self.boolean("strict", node),
                None => Some(true),
            };
            let example = "expression: \"vusers.failed < 1\"";
            let Some(node) = self.required(&fields, "expression", example) else {
                continue;
            };
            let Some(text) = self.config_text("expression", node) else {
                continue;
            };
            let text = text.into_owned();
            if let (Some(strict), Some(one)) =
                (strict, self.ensured(text.clone(), &text, true, node.span))
            {
                all.push(Ensure { strict, ..one });
            }
        }
    }

    /// The form of Artillery 1: `p95: 200`, `maxErrorRate: 1`.
    fn old_form(&mut self, fields: &Fields<'_>, all: &mut Vec<Ensure>) {
        for key in TIMES {
            if let Some(node) = fields.get(key)
                && let Some(most) = self.most(key, node)
            {
                let expression = format!("http.response_time.{key} < {most}");
                all.extend(self.ensured(format!("{key} < {most}"), &expression, true, node.span));
            }
        }
        if let Some(node) = fields.get("maxErrorRate")
            && let Some(most) = self.most("maxErrorRate", node)
        {
            if !(0.0..=100.0).contains(&most) {
                let message = format!("`maxErrorRate` is so many of a hundred users, not {most}");
                self.error(node.span, message, "it may be 0 to 100");
                return;
            }
            let expression =
                format!("((vusers.created - vusers.completed) / vusers.created * 100) <= {most}");
            let text = format!("maxErrorRate < {most}");
            all.extend(self.ensured(text, &expression, true, node.span));
        }
    }

    /// What something has to stay below.
    fn most(&mut self, key: &str, node: &Node) -> Option<f64> {
        let most = self.number(key, node, "a number")?;
        if most > MOST {
            self.error(node.span, format!("`{key}` is too large"), "");
            return None;
        }
        Some(most)
    }

    fn ensured(
        &mut self,
        text: String,
        expression: &str,
        strict: bool,
        at: Span,
    ) -> Option<Ensure> {
        match Condition::parse(expression) {
            Ok(condition) => Some(Ensure {
                text,
                condition,
                strict,
            }),
            Err(error) => {
                let message = format!("`{text}` cannot be read: {}", error.message);
                self.error(at, message, error.help);
                None
            }
        }
    }
}

/// The name of a figure in a condition: in quotes where it is not made of what names there are made of.
fn quoted(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._$".contains(letter);
    if name.chars().all(plain) && !name.starts_with(|first: char| first.is_ascii_digit()) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\\', "\\\\").replace('\'', "\\'"))
    }
}
