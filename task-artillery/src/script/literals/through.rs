//! Credentials that a request has from variables.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use super::Literals;
use crate::script::model::{Rounds, Script, Step, StepKind};
use crate::script::path::Path;
use crate::script::template::{JsonTemplate, Template};

/// The variables of which requests say who asks, and what they are made of.
#[derive(Default)]
pub(super) struct Through {
    /// Names, and where in their values the credential lies.
    paths: BTreeSet<Vec<String>>,
    waiting: VecDeque<Vec<String>>,
}

impl Through {
    /// Those in a text.
    pub(super) fn add(&mut self, template: &Template) {
        for (_, path) in template.variables() {
            self.follow(path.segments().map(ToOwned::to_owned).collect());
        }
    }

    fn follow(&mut self, path: Vec<String>) {
        if self.paths.insert(path.clone()) {
            self.waiting.push_back(path);
        }
    }

    /// Finds what a script's variables and loops give them.
    pub(super) fn resolve(mut self, script: &Script, found: &mut Literals) {
        let mut loops = BTreeMap::new();
        let scenarios = script.scenarios.iter().map(|scenario| &scenario.flow);
        for flow in scenarios.chain([&script.before, &script.after]) {
            loops_in(flow, &mut loops);
        }
        while let Some(path) = self.waiting.pop_front() {
            let Some((root, inner)) = path.split_first() else {
                continue;
            };
            for variable in &script.variables {
                if variable.name == *root || variable.name == path.join(".") {
                    self.look(&variable.value, inner, found);
                }
            }
            for rounds in loops.get(root.as_str()).into_iter().flatten() {
                match rounds {
                    Rounds::Each(values) => {
                        for value in values {
                            self.look(value, inner, found);
                        }
                    }
                    Rounds::EachOf(list) => {
                        let list = list.segments().map(ToOwned::to_owned);
                        self.follow(list.chain(inner.iter().cloned()).collect());
                    }
                    Rounds::Range(..) | Rounds::Template(_) => {}
                }
            }
        }
    }

    /// All that may lie there: a list is one of which users draw, or go through, or has it by its index.
    fn look(&mut self, json: &JsonTemplate, path: &[String], found: &mut Literals) {
        match json {
            JsonTemplate::Fixed(value) => look_in(value, path, found),
            JsonTemplate::Text(text) => {
                found.pieces(text);
                self.add(text);
            }
            JsonTemplate::List(items) => {
                let inner = behind_index(path);
                for item in items {
                    self.look(item, inner, found);
                }
            }
            JsonTemplate::Map(entries) => {
                for (key, value) in entries {
                    match path.split_first() {
                        Some((name, inner)) if key.source() == name => {
                            self.look(value, inner, found);
                        }
                        Some(_) => {}
                        None => self.look(value, path, found),
                    }
                }
            }
        }
    }
}

fn look_in(value: &Value, path: &[String], found: &mut Literals) {
    match (value, path.split_first()) {
        (Value::Array(items), _) => {
            let inner = behind_index(path);
            for item in items {
                look_in(item, inner, found);
            }
        }
        (Value::Object(map), Some((name, inner))) => {
            if let Some(value) = map.get(name) {
                look_in(value, inner, found);
            }
        }
        _ => found.value(true, value),
    }
}

fn behind_index(path: &[String]) -> &[String] {
    match path.split_first() {
        Some((index, inner)) if index.parse::<usize>().is_ok() => inner,
        _ => path,
    }
}

/// The loops of a flow, by the variable that holds the round's element.
fn loops_in<'s>(flow: &'s [Step], loops: &mut BTreeMap<String, Vec<&'s Rounds>>) {
    for step in flow {
        match &step.kind {
            StepKind::Loop(repeat) => {
                let element = Path::parse(&repeat.element).root().to_owned();
                loops.entry(element).or_default().push(&repeat.rounds);
                loops_in(&repeat.flow, loops);
            }
            StepKind::Parallel(parallel) => {
                for branch in &parallel.branches {
                    loops_in(branch, loops);
                }
            }
            StepKind::Request(_) | StepKind::Think(_) | StepKind::Log(_) => {}
        }
    }
}
