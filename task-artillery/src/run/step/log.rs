//! Lines to say.

use star_core::printable_lines;

use super::super::mask::Mask;
use super::super::walk::Turn;
use crate::script::path::Path;
use crate::script::template::Template;
use crate::script::{Confidential, Secrets, is_secret_name};

/// A line to say.
#[derive(Debug)]
pub(in crate::run) struct LogStep {
    text: Template,
    /// The variables whose names say that nobody is to read them.
    secrets: Vec<Path>,
    /// Those that the line names, which may hold such.
    named: Vec<Path>,
}

impl LogStep {
    pub(super) fn compile(text: &Template, confidential: &Confidential) -> Self {
        let named: Vec<_> = text.variables().map(|(_, path)| path).collect();
        let paths = confidential.names().map(Path::parse);
        let all = paths.chain(named.iter().cloned());
        let all = all.filter(|path| !Secrets::ROOTS.contains(&path.root()));
        Self {
            text: text.clone(),
            secrets: all
                .filter(|path| path.segments().any(is_secret_name))
                .collect(),
            named,
        }
    }

    /// Says it, without what is the environment's or by its name a secret, and so that no terminal obeys it.
    pub(in crate::run) fn run(&self, turn: &Turn<'_>) {
        let text = self.text.text(turn.vars, &mut turn.draws());
        let mask = Mask::of_names(turn.engine, turn.vars, &self.secrets, &self.named);
        let text = mask.hidden_in(text);
        turn.meter.cx().say(&printable_lines(&text));
    }
}
