//! `scenarios`, and the names that their flows set.

use std::collections::BTreeSet;
use std::slice;

use star_core::document::{Map, Node};

use super::keys;
use super::reader::Reader;
use super::step::is_method;
use crate::script::model::Scenario;
use crate::script::path::Path;

/// The largest weight.
const MAX_WEIGHT: u64 = 1_000_000;

impl Reader<'_> {
    pub(super) fn scenarios(&mut self, node: &Node) -> Option<Vec<Scenario>> {
        let items = self.list("scenarios", node)?;
        if items.is_empty() {
            let help = "for example `scenarios: [{ flow: [{ get: { url: \"/\" } }] }]`";
            self.error(node.span, "there are no scenarios", help);
            return None;
        }
        let mut scenarios = Vec::new();
        for (index, item) in items.iter().enumerate() {
            scenarios.extend(self.scenario(index, item));
        }
        let whole = scenarios.len() == items.len();
        if self.one_scenario {
            for scenario in &mut scenarios {
                scenario.weight = scenario.weight.max(1);
            }
        }
        if whole && scenarios.iter().all(|scenario| scenario.weight == 0) {
            let message = "every scenario has the weight 0, so none could be chosen";
            self.error(node.span, message, "give one at least a `weight` above 0");
        }
        whole.then_some(scenarios)
    }

    fn scenario(&mut self, index: usize, node: &Node) -> Option<Scenario> {
        let fields = self.fields(&format!("scenarios[{index}]"), node, &keys::SCENARIO)?;
        self.scope.announce(names_set(fields.get("flow")));
        if let Some(engine) = fields.get("engine") {
            self.engine(engine);
        }
        let name = fields.get("name").map(|node| self.words("name", node));
        let weight = match fields.get("weight") {
            Some(node) => self.whole("weight", node, 0..=MAX_WEIGHT),
            None => Some(1),
        };
        self.signatures.asked = self.before_request(&fields);
        let flow = self.required(&fields, "flow", "flow: [{ get: { url: \"/\" } }]");
        let flow = flow.and_then(|flow| self.flow("flow", flow, &mut 0, 0));
        self.signatures.asked = false;
        let name = match name {
            Some(name) => Some(name?),
            None => None,
        };
        Some(Scenario {
            name,
            weight: u32::try_from(weight?).ok()?,
            flow: flow?,
        })
    }

    pub(super) fn engine(&mut self, node: &Node) {
        if let Some(engine) = self.words("engine", node)
            && engine != "http"
        {
            let what = format!("the engine `{engine}`");
            self.not_yet(node.span, &what, "`http` is, and needs no `engine`");
        }
    }

    /// Makes known what any scenario sets.
    pub(super) fn announce_all(&mut self, scenarios: &Node) {
        for scenario in scenarios.as_list().unwrap_or_default() {
            self.scope.announce(names_set(scenario.get("flow")));
        }
    }
}

/// The variables that a flow sets: captures, and the numbers and elements of loops.
pub(super) fn names_set(flow: Option<&Node>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut open: Vec<&Node> = flow.into_iter().collect();
    while let Some(node) = open.pop() {
        if let Some(items) = node.as_list() {
            open.extend(items);
            continue;
        }
        for entry in node.as_map().map_or(&[][..], Map::entries) {
            if is_method(&entry.key) {
                let captures = entry.node.get("capture");
                let captures =
                    captures.map_or(&[][..], |one| one.as_list().unwrap_or(slice::from_ref(one)));
                let captured = captures
                    .iter()
                    .filter_map(|capture| capture.get("as")?.as_str());
                names.extend(captured.map(|name| Path::parse(name).root().to_owned()));
            }
            if entry.key == "loop" {
                let name = |key| node.get(key).and_then(Node::as_str);
                names.insert(name("loopValue").unwrap_or("$loopCount").to_owned());
                names.insert(name("loopElement").unwrap_or("$loopElement").to_owned());
                open.push(&entry.node);
            }
            if entry.key == "parallel" {
                open.push(&entry.node);
            }
        }
    }
    names
}
