//! Lines to say.

use star_core::printable_lines;

use super::super::walk::Turn;
use crate::script::template::Template;

/// A line to say.
#[derive(Debug)]
pub(in crate::run) struct LogStep {
    text: Template,
}

impl LogStep {
    pub(super) fn compile(text: &Template) -> Self {
        Self { text: text.clone() }
    }

    /// Says it, without what is the environment's, and so that no terminal obeys it.
    pub(in crate::run) fn run(&self, turn: &Turn<'_>) {
        let text = self.text.text(turn.vars, &mut turn.draws());
        let text = turn.engine.redacted(text);
        turn.meter.cx().say(&printable_lines(&text));
    }
}
