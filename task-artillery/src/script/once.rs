//! What a script does once per run, and what it leaves to users.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::model::{Script, Step, StepKind};

/// The names of the variables that a flow captures.
pub(crate) fn captured_by(flow: &[Step]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut open: Vec<&Step> = flow.iter().collect();
    while let Some(step) = open.pop() {
        match &step.kind {
            StepKind::Request(request) => {
                let captures = request.captures.iter();
                names.extend(captures.map(|capture| capture.to.root().to_owned()));
            }
            StepKind::Think(_) | StepKind::Log(_) => {}
            StepKind::Loop(repeat) => open.extend(&repeat.flow),
            StepKind::Parallel(parallel) => open.extend(parallel.branches.iter().flatten()),
        }
    }
    names
}

impl Script {
    /// What users know of what `before` captured. Where it is not done, as in a rehearsal, `<name>` stands for each.
    pub(crate) fn known_from_before(&self, rehearsal: bool) -> Cow<'_, Map<String, Value>> {
        if !rehearsal {
            return Cow::Borrowed(&self.captured);
        }
        let names = captured_by(&self.before).into_iter();
        let placeholder = |name: String| {
            let value = Value::from(format!("<{name}>"));
            (name, value)
        };
        Cow::Owned(names.map(placeholder).collect())
    }
}
