//! Reads values of a tree, and gathers all that is wrong with them.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use star_core::document::{Diagnostic, Diagnostics, Map, Node, Span, Value, closest};

use super::variable::{Environment, Variables};
use super::{Given, Placed};

/// What is read, and what was found wrong meanwhile.
pub(super) struct Reader<'r> {
    faults: Diagnostics,
    pub(super) given: &'r Given,
    pub(super) variables: Variables<'r>,
    /// What the file calls the topic of alerts.
    pub(super) topic: Option<String>,
}

impl<'r> Reader<'r> {
    pub(super) fn new(given: &'r Given, environment: Environment<'r>) -> Self {
        Self {
            faults: Diagnostics::default(),
            given,
            variables: Variables::new(given, environment),
            topic: None,
        }
    }

    /// What was read, where nothing is wrong with it.
    pub(super) fn end<T>(self, read: Option<T>) -> Result<T, Diagnostics> {
        match read {
            Some(read) if self.faults.is_empty() => Ok(read),
            _ => Err(self.faults),
        }
    }

    pub(super) fn fault(&mut self, fault: Diagnostic) {
        // A value that is looked at twice is wrong once.
        if !self.faults.iter().any(|known| *known == fault) {
            self.faults.push(fault);
        }
    }

    /// Says what is wrong with a value, and what would be right.
    pub(super) fn wrong(&mut self, span: Span, message: impl Into<String>, right: &str) {
        self.fault(Diagnostic::error(message).at(span, "").help(right));
    }

    /// A mapping that may have these keys.
    pub(super) fn map<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        known: &[&str],
    ) -> Option<&'n Map> {
        let map = self.any_map(node, what)?;
        for entry in map.entries() {
            let key = entry.key.as_str();
            if known.contains(&key) {
                continue;
            }
            let help = match (answer(key), closest(key, known.iter().copied())) {
                (Some(answer), _) => answer.to_owned(),
                (None, Some(near)) => format!("did you mean `{near}`?"),
                (None, None) => format!("known here: {}", listed(known, "and")),
            };
            let fault = Diagnostic::error(format!("unknown key `{key}` in {what}"));
            self.fault(fault.at(entry.key_span, "").help(help));
        }
        Some(map)
    }

    /// A mapping that may have any keys.
    pub(super) fn any_map<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n Map> {
        let map = node.as_map();
        if map.is_none() {
            self.misfit(node, what, "a mapping");
        }
        map
    }

    pub(super) fn misfit(&mut self, node: &Node, what: &str, wanted: &str) {
        let given = node.describe();
        self.fault(
            Diagnostic::error(format!("{what} must be {wanted}, not {given}")).at(node.span, ""),
        );
    }

    /// A text, with the values of its variables.
    pub(super) fn text(&mut self, node: &Node, what: &str) -> Option<String> {
        let Some(text) = node.as_str() else {
            self.misfit(node, what, "text");
            return None;
        };
        match self.variables.resolve(text) {
            Ok(text) => Some(text),
            Err(why) => {
                self.wrong(node.span, why.message, &why.help);
                None
            }
        }
    }

    /// A text of which there are only these.
    pub(super) fn one_of(&mut self, node: &Node, what: &str, known: &[&str]) -> Option<String> {
        let text = self.text(node, what)?;
        if known.contains(&text.as_str()) {
            return Some(text);
        }
        let right = format!("it can be {}", listed(known, "or"));
        self.wrong(node.span, format!("{what} cannot be `{text}`"), &right);
        None
    }

    pub(super) fn flag(&mut self, node: &Node, what: &str) -> Option<bool> {
        if let Value::Bool(flag) = node.value {
            return Some(flag);
        }
        self.misfit(node, what, "`true` or `false`");
        None
    }

    /// A whole number in a range.
    pub(super) fn whole(
        &mut self,
        node: &Node,
        what: &str,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        let given = match &node.value {
            Value::Number(number) => number.as_u64(),
            _ => None,
        };
        let given = given.and_then(|given| u32::try_from(given).ok());
        let fits = given.filter(|given| range.contains(given));
        if fits.is_none() {
            let (least, most) = (range.start(), range.end());
            let fault = format!("{what} must be a whole number from {least} to {most}");
            self.fault(Diagnostic::error(fault).at(node.span, ""));
        }
        fits
    }

    /// A list; what is none is wrong.
    pub(super) fn list<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        let list = node.as_list();
        if list.is_none() {
            self.misfit(node, what, "a list");
        }
        list.unwrap_or_default()
    }

    /// A list of texts, each with its place.
    pub(super) fn texts(&mut self, node: &Node, what: &str) -> Vec<Placed<String>> {
        let each = format!("each of {what}");
        let items = self.list(node, what).iter();
        items
            .filter_map(|node| {
                let value = self.text(node, &each)?;
                let span = node.span;
                Some(Placed { value, span })
            })
            .collect()
    }

    /// A mapping of names to texts, each with its place. Numbers and booleans are the texts that they are written as.
    pub(super) fn texts_by_name(
        &mut self,
        node: &Node,
        what: &str,
    ) -> BTreeMap<String, Placed<String>> {
        let Some(map) = self.any_map(node, what) else {
            return BTreeMap::new();
        };
        let entries = map.entries().iter();
        entries
            .filter_map(|entry| {
                let name = format!("`{}` in {what}", entry.key);
                let value = match &entry.node.value {
                    Value::Number(number) => Some(number.to_string()),
                    Value::Bool(flag) => Some(flag.to_string()),
                    _ => self.text(&entry.node, &name),
                };
                let span = entry.node.span;
                Some((
                    entry.key.clone(),
                    Placed {
                        value: value?,
                        span,
                    },
                ))
            })
            .collect()
    }

    /// Any value at its place, with the values of the variables in its texts.
    pub(super) fn resolved(&mut self, node: &Node) -> Node {
        let mut resolved = node.clone();
        match &mut resolved.value {
            Value::String(text) => *text = self.text(node, "it").unwrap_or_default(),
            Value::List(items) => {
                for item in items {
                    *item = self.resolved(item);
                }
            }
            Value::Map(map) => {
                let keys: Vec<_> = map
                    .entries()
                    .iter()
                    .map(|entry| entry.key.clone())
                    .collect();
                for key in keys {
                    if let Some(node) = map.get_mut(&key) {
                        *node = self.resolved(node);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
        resolved
    }

    /// Any value, with the values of the variables in its texts.
    pub(super) fn json(&mut self, node: &Node) -> serde_json::Value {
        self.resolved(node).to_json()
    }
}

/// Names as a sentence lists them, the last after this word.
pub(super) fn listed(names: &[&str], word: &str) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {word} {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// What is to be said of keys that the framework has, and a deployment has not.
fn answer(key: &str) -> Option<&'static str> {
    Some(match key {
        "plugins" => "plugins of the framework are not carried out",
        "profile" => "name it with `--aws-profile`, or in `AWS_PROFILE`",
        "limits" => "it belongs under `custom`",
        "iamRoleStatements" => "they are `iam: { role: { statements: […] } }` now",
        "iamManagedPolicies" => "they are `iam: { role: { managedPolicies: […] } }` now",
        "rolePermissionsBoundary" => "it is `iam: { role: { permissionsBoundary: … } }` now",
        "stackTags" => "`tags` are those of all resources",
        "artifact" => "the code is this program, or that of `--worker FILE`",
        "include" | "exclude" => "name the files in `patterns`",
        "deploymentBucket" => {
            "the code goes through the bucket of the ledger, which `slsart deploy` makes"
        }
        "maxScriptDurationInSeconds" | "maxScriptRequestsPerSecond" => {
            "a script says it of itself, in `_split`"
        }
        "reservedConcurrency" => {
            "a script says in `_split` how far it is cut, and so how many functions run at once"
        }
        _ => return None,
    })
}
