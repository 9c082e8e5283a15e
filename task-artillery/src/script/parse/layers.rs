//! What is laid over a script before it is read, in Artillery's order: other files (`-i`, `-c`), one of its environments (`-e`), a target
//! (`-t`), overrides (`--overrides`), variables (`-v`), the choice of a scenario (`--scenario-name`) or of a single user (`-s`), and another payload (`-p`).
//!
//! All of it works on trees, so every value keeps the place where it was written.

use std::path::Path;

use regex::Regex;
use star_core::document::{
    Diagnostic, Document, Entry, Lists, Map, Node, Sources, Span, Value, closest,
};

use super::includes::Includes;
use super::lay;
use crate::script::environment::Environment;
use crate::script::model::Trial;

/// What a script knows that stands in none of its files.
#[derive(Debug, Default)]
pub(super) struct Outside {
    /// Where the variables of `$env` are looked up.
    pub(super) environment: Environment,
    /// Which of `config.environments` was chosen.
    pub(super) environment_name: Option<String>,
    /// The target that was typed, unless an override has one.
    pub(super) target: Option<String>,
    /// What the run is for, if that was typed.
    pub(super) trial: Option<Trial>,
    /// Whether there is only one scenario because it was chosen: then its weight does not matter.
    pub(super) one_scenario: bool,
}

/// The script as the command line means it, what it knows besides, and what was wrong on the way.
pub(super) fn apply(document: &mut Document, root: &Node) -> (Node, Outside, Vec<Diagnostic>) {
    let mut outside = Outside {
        environment: Environment::of(document.environment().cloned()),
        ..Outside::default()
    };
    let mut includes = Includes::new(document, root.span.file);
    let mut layers = Layers {
        root: includes.script(document, root.clone()),
        faults: Vec::new(),
    };
    for option in ["input", "config"] {
        for path in document.options.take_all(option) {
            match includes.input(document, Path::new(&path)) {
                Ok(file) => lay::script(&mut layers.root, &file, Lists::ByIndex),
                Err(fault) => layers.faults.push(typed(fault, &path)),
            }
        }
    }
    for path in document.options.take_all("env-file") {
        if let Err(fault) = add_file(&mut document.sources, &mut outside.environment, &path) {
            layers.faults.push(fault);
        }
    }
    outside.environment_name = document.options.take("environment");
    if let Some(name) = &outside.environment_name {
        layers.environment(name);
    }
    outside.target = document.options.take("target");
    if document.options.take("insecure").is_some() {
        layers.under_config_text(
            &mut document.sources,
            ("tls", "--insecure"),
            "{ rejectUnauthorized: false }",
        );
    }
    for text in document.options.take_all("overrides") {
        match star_yaml::read(&mut document.sources, "--overrides", &text) {
            Ok(overrides) => {
                let target = overrides
                    .get("config")
                    .and_then(|config| config.get("target"));
                if target.is_some() {
                    outside.target = None;
                }
                lay::script(&mut layers.root, &overrides, Lists::Replaced);
            }
            Err(fault) => layers.faults.push(fault),
        }
    }
    for text in document.options.take_all("variables") {
        match variables(&mut document.sources, &text) {
            Ok(variables) => layers.variables(&variables),
            Err(fault) => layers.faults.push(fault),
        }
    }
    if let Some(name) = document.options.take("scenario-name") {
        outside.one_scenario = true;
        layers.only_scenario(&name);
    }
    for (option, trial) in [
        ("acceptance", Trial::Acceptance),
        ("monitoring", Trial::Monitoring),
    ] {
        if document.options.take(option).is_some() {
            outside.trial = Some(trial);
        }
    }
    if document.options.take("solo").is_some() {
        // One user, at once.
        layers.under_config_text(
            &mut document.sources,
            ("phases", "--solo"),
            "[{ duration: 1, arrivalCount: 1 }]",
        );
    }
    if let Some(path) = document.options.take("payload") {
        layers.payload(&mut document.sources, &path);
    }
    includes.steps(document, &mut layers.root);
    layers.faults.extend(includes.finish());
    (layers.root, outside, layers.faults)
}

struct Layers {
    root: Node,
    faults: Vec<Diagnostic>,
}

impl Layers {
    fn environment(&mut self, name: &str) {
        let environments = self
            .root
            .get("config")
            .and_then(|config| config.get("environments"));
        let Some(environments) = environments else {
            let message = format!(
                "there is no environment `{name}`: the script has no `config.environments`"
            );
            let place = self.root.get("config").unwrap_or(&self.root).span;
            self.faults.push(Diagnostic::error(message).at(place, ""));
            return;
        };
        if let Some(chosen) = environments.get(name).cloned() {
            // What else it may be is said where it is read.
            if chosen.as_map().is_some()
                && let Some(config) = self.config()
            {
                lay::config(config, &chosen, Lists::ByIndex);
            }
            return;
        }
        let map = environments.as_map();
        let known: Vec<&str> = map
            .into_iter()
            .flat_map(|map| map.entries().iter().map(|entry| entry.key.as_str()))
            .collect();
        let help = match closest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are: {}", known.join(", ")),
        };
        let fault = Diagnostic::error(format!("there is no environment `{name}`"));
        self.faults
            .push(fault.at(environments.span, "not among these").help(help));
    }

    fn config(&mut self) -> Option<&mut Node> {
        let Value::Map(root) = &mut self.root.value else {
            return None;
        };
        root.get_mut("config")
    }

    /// Lays something over a key of `config`, which is made where it is not there.
    fn under_config(&mut self, key: &str, node: &Node, lists: Lists) {
        let inner = map_of(key, node.clone());
        self.root.merge(&map_of("config", inner), lists);
    }

    /// Sets variables. Each takes the place of what was there, also where both are mappings, as in Artillery.
    fn variables(&mut self, given: &Node) {
        let config = self.config().map(|config| &mut config.value);
        if let Some(Value::Map(config)) = config
            && let Some(Value::Map(there)) = config.get_mut("variables").map(|node| &mut node.value)
        {
            for entry in given.as_map().map_or(&[][..], Map::entries) {
                there.insert(entry.clone());
            }
            return;
        }
        self.under_config("variables", given, Lists::Replaced);
    }

    fn only_scenario(&mut self, wanted: &str) {
        let Value::Map(root) = &mut self.root.value else {
            return;
        };
        let Some(Node {
            value: Value::List(scenarios),
            span,
        }) = root.get_mut("scenarios")
        else {
            return;
        };
        let name = |scenario: &Node| {
            scenario
                .get("name")
                .and_then(Node::as_str)
                .map(str::to_owned)
        };
        let exact = scenarios
            .iter()
            .any(|scenario| name(scenario).as_deref() == Some(wanted));
        let pattern = Regex::new(wanted).ok();
        let matches = |scenario: &Node| {
            name(scenario).is_some_and(|name| match &pattern {
                _ if exact => name == wanted,
                Some(pattern) => pattern.is_match(&name),
                None => false,
            })
        };
        let found = scenarios
            .iter()
            .filter(|scenario| matches(scenario))
            .count();
        if found == 1 {
            scenarios.retain(matches);
            return;
        }
        let names: Vec<String> = scenarios.iter().filter_map(name).collect();
        let message = match found {
            0 => format!("no scenario is called `{wanted}`"),
            _ => format!("{found} scenarios match `{wanted}`"),
        };
        let help = match names.len() {
            0 => "no scenario of this script has a `name`".to_owned(),
            _ => format!("they are called: {}", names.join(", ")),
        };
        self.faults
            .push(Diagnostic::error(message).at(*span, "").help(help));
    }

    /// Lays over a key of `config` what an option stands for.
    fn under_config_text(
        &mut self,
        sources: &mut Sources,
        (key, option): (&str, &str),
        text: &str,
    ) {
        match star_yaml::read(sources, option, text) {
            Ok(node) => self.under_config(key, &node, Lists::Replaced),
            Err(fault) => self.faults.push(fault),
        }
    }

    /// Another file for the one payload.
    fn payload(&mut self, sources: &mut Sources, path: &str) {
        // A path in a script is relative to the script, one that is typed is not.
        let full = std::path::absolute(path).unwrap_or_else(|_| path.into());
        let full = full.display().to_string();
        let file = sources.add("--payload", full.as_str());
        let span = Span::new(file, 0, full.len());
        let value = Value::String(full);
        let node = map_of("path", Node { value, span });
        let there = self
            .root
            .get("config")
            .and_then(|config| config.get("payload"));
        let list = there.and_then(Node::as_list);
        match list.map(<[Node]>::len) {
            Some(1) => {
                let value = Value::List(vec![node]);
                let over = map_of("payload", Node { value, span });
                self.root.merge(&map_of("config", over), Lists::ByIndex);
            }
            Some(several) if several > 1 => {
                let message =
                    format!("the script has {several} payloads, and `--payload` names one file");
                let fault = Diagnostic::error(message).at(span, "");
                self.faults
                    .push(fault.help("change the one that is meant by `--overrides`"));
            }
            Some(_) | None => self.under_config("payload", &node, Lists::Replaced),
        }
    }
}

/// What is said of a file that cannot be read, where its path was typed.
fn typed(fault: Diagnostic, path: &str) -> Diagnostic {
    if fault.primary.is_some() || fault.help.is_some() || Path::new(path).is_absolute() {
        return fault;
    }
    fault.help("a path that is typed is relative to the current folder")
}

/// Adds the variables of a file, of which nothing is shown.
fn add_file(
    sources: &mut Sources,
    environment: &mut Environment,
    path: &str,
) -> Result<(), Diagnostic> {
    let bytes = std::fs::read(path).map_err(|error| {
        typed(
            Diagnostic::error(format!("cannot read `{path}`: {error}")),
            path,
        )
    })?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Diagnostic::error(format!("`{path}` is not UTF-8")))?;
    environment.add(&text).map_err(|error| {
        let line = text.split_inclusive('\n').take(error.line - 1);
        let start = line.map(str::len).sum::<usize>();
        let rest = text.get(start..).unwrap_or_default();
        let length = rest.find(['\r', '\n']).unwrap_or(rest.len());
        let file = sources.add(path, text.as_str());
        sources.conceal(Span::new(file, 0, text.len()));
        let fault = Diagnostic::error(error.to_string());
        fault
            .at(Span::new(file, start, start + length), "")
            .help("a value that has several lines stands in quotes")
    })
}

fn map_of(key: &str, node: Node) -> Node {
    let span = node.span;
    let entry = Entry {
        key: key.to_owned(),
        key_span: span,
        node,
    };
    Node {
        value: Value::Map(Map::new([entry])),
        span,
    }
}

/// Variables as `-v` gives them: a JSON object, or `name=value`, where the value is text, a number or a boolean as in a script.
fn variables(sources: &mut Sources, text: &str) -> Result<Node, Diagnostic> {
    const SOURCE: &str = "--variables";
    if text.trim_start().starts_with('{') {
        return star_yaml::read(sources, SOURCE, text);
    }
    let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
        let fault = Diagnostic::error(format!("`{text}` gives no variable"));
        return Err(fault.help("write `-v name=value`, or `-v '{\"name\": \"value\"}'`"));
    };
    let number = value.parse::<serde_json::Number>().ok();
    let value = match (value, number) {
        ("true", _) => Value::Bool(true),
        ("false", _) => Value::Bool(false),
        (_, Some(number)) => Value::Number(number),
        (text, None) => Value::String(text.to_owned()),
    };
    let file = sources.add(SOURCE, text);
    let span = Span::new(file, name.len() + 1, text.len());
    Ok(map_of(name, Node { value, span }))
}
