//! `before` and `after`: flows that are carried out once per run.

use star_core::document::{Node, Span};

use super::fields::{Fields, short};
use super::keys;
use super::reader::Reader;
use super::scenario::names_set;
use crate::script::model::Step;
use crate::script::once::captured_by;

impl Reader<'_> {
    /// Makes known what `before` may capture, for what is read before it is.
    pub(super) fn announce_before(&mut self, script: &Fields<'_>) {
        let flow = script.get("before").and_then(|before| before.get("flow"));
        self.scope.bring(names_set(flow));
    }

    /// `before`, with its steps numbered from `next` on; makes known what it captures.
    pub(super) fn before(&mut self, script: &Fields<'_>, next: &mut u32) -> Option<Vec<Step>> {
        let Some(node) = script.get("before") else {
            return Some(Vec::new());
        };
        // What it captures it does not know before.
        let announced = self.scope.bring([]);
        self.scope.set_before(true);
        let flow = self.once("before", node, next);
        self.scope.set_before(false);
        // Where the flow is wrong, what it would capture is not unknown as well.
        let captured = flow.as_deref().map_or(announced, captured_by);
        self.scope.bring(captured);
        flow
    }

    /// `after`, with its steps numbered from `next` on.
    pub(super) fn after(&mut self, script: &Fields<'_>, next: &mut u32) -> Option<Vec<Step>> {
        match script.get("after") {
            Some(node) => self.once("after", node, next),
            None => Some(Vec::new()),
        }
    }

    fn once(&mut self, name: &'static str, node: &Node, next: &mut u32) -> Option<Vec<Step>> {
        let fields = self.fields(name, node, &keys::ONCE)?;
        self.scope.announce(names_set(fields.get("flow")));
        if let Some(engine) = fields.get("engine") {
            self.engine(engine);
        }
        let flow = self.required(&fields, "flow", "flow: [{ get: { url: \"/\" } }]")?;
        self.flow("flow", flow, next, 0)
    }

    /// Says that users will not see what `before` captures under this name, where they have another value of it.
    pub(super) fn captured_in_vain(&mut self, name: &str, at: Span) {
        if !self.scope.is_outranked(name) {
            return;
        }
        let name = short(name);
        let message = format!("users do not see the `{name}` that `before` captures");
        let help = "`config.variables` or a `payload` has a variable of that name, which wins, as in Artillery: rename one of them";
        self.warn(at, message, help);
    }
}
