//! What stands for something that is not there: for requests it is as it is, but no check is made of it.

use super::{Binding, Vars};
use crate::script::model::Variable;
use crate::script::path::Path;
use crate::script::template::{JsonTemplate, Template};

/// Why a value stands for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// A capture found nothing.
    NotFound,
    /// The script made it of what is undefined.
    Undefined,
}

/// A place where something is that stands for nothing.
#[derive(Debug)]
pub(super) struct Hole {
    path: Path,
    /// Only for users that have this element of the variable.
    choice: Option<usize>,
    why: Lack,
}

impl Hole {
    /// The places in what a variable is made of, as far as what is `known` says.
    pub(super) fn of(variable: &Variable, known: &Vars) -> Vec<Self> {
        let at = Path::of_name(&variable.name);
        let mut holes = Vec::new();
        let mut note = |value: &JsonTemplate, choice: Option<usize>| {
            let mut paths = Vec::new();
            look(value, &at, known, &mut paths);
            holes.extend(paths.into_iter().map(|path| Self {
                path,
                choice,
                why: Lack::Undefined,
            }));
        };
        match &variable.value {
            JsonTemplate::List(items) => {
                let items = items.iter().enumerate();
                items.for_each(|(number, item)| note(item, Some(number)));
            }
            value => note(value, None),
        }
        holes
    }

    /// A place of which a capture of `before` found nothing.
    pub(super) fn not_found(path: Path) -> Self {
        Self {
            path,
            choice: None,
            why: Lack::NotFound,
        }
    }
}

impl Vars {
    /// Notes that a capture found nothing, whatever is kept of it.
    pub fn note_nothing(&mut self, path: &Path) {
        self.nothing.push(path.clone());
    }

    /// Where captures found nothing, and something is kept all the same.
    pub fn nothing(&self) -> &[Path] {
        &self.nothing
    }

    /// Why what is at a path stands for nothing, if it does: it, or something within.
    pub fn lack_at(&self, path: &Path) -> Option<Lack> {
        if path.is_deep() && self.named(path.source()).is_some() {
            return self.lack(&Path::of_name(path.source()));
        }
        self.lack(path)
    }

    fn lack(&self, path: &Path) -> Option<Lack> {
        if self.nothing.iter().any(|hole| touch(hole, path)) {
            return Some(Lack::NotFound);
        }
        if let Some(branch) = &self.branch {
            let is_set = branch.set.iter().any(|set| path.is_within(set));
            return if is_set {
                None
            } else {
                branch.under.lack(path)
            };
        }
        let root = path.root();
        if self.own.contains_key(root) || self.undefined.contains(root) {
            return None;
        }
        let chosen = match self.globals.variables.get(root) {
            Some(Binding::OneOf(number, _)) => self.choices.get(*number).copied(),
            _ => None,
        };
        let mut holes = self.globals.holes.iter();
        let hole = holes.find(|hole| {
            touch(&hole.path, path) && (hole.choice.is_none() || hole.choice == chosen)
        });
        hole.map(|hole| hole.why)
    }

    /// Something else is set there.
    pub(super) fn forget_nothing(&mut self, path: &Path) {
        self.nothing.retain(|hole| !touch(hole, path));
    }
}

/// Whether one lies within the other.
fn touch(one: &Path, other: &Path) -> bool {
    one.is_within(other) || other.is_within(one)
}

fn look(value: &JsonTemplate, at: &Path, known: &Vars, holes: &mut Vec<Path>) {
    match value {
        JsonTemplate::Fixed(_) => {}
        JsonTemplate::Text(text) => {
            if lacks(text, known) {
                holes.push(at.clone());
            }
        }
        JsonTemplate::List(items) => {
            for (number, item) in items.iter().enumerate() {
                look(item, &at.inner(&number.to_string()), known, holes);
            }
        }
        JsonTemplate::Map(entries) => {
            for (key, value) in entries {
                if lacks(key, known) {
                    holes.push(at.clone());
                }
                match key.as_fixed() {
                    Some(key) => look(value, &at.inner(key), known, holes),
                    // Where that is, is known only of a user.
                    None => look(value, at, known, holes),
                }
            }
        }
    }
}

/// Whether a text is made of what is undefined.
fn lacks(text: &Template, known: &Vars) -> bool {
    let is_undefined = |(_, path): (&str, Path)| known.get(&path).is_none();
    text.as_fixed().is_none()
        && (text.variables().any(is_undefined) || text.unknown_calls().next().is_some())
}
