//! Whether a request is made: `probability` and `ifTrue`.

use std::collections::HashSet;

use star_core::document::{Node, Span};

use super::fields::short;
use super::reader::Reader;
use super::scope::{Known, Place};
use crate::condition::{Condition, Named};

/// The names of one condition that are told to be none.
const TOLD: usize = 20;

/// What people take for values, and what is one.
const WORDS: [(&str, &str); 5] = [
    ("true", "write 1, or the variable alone"),
    ("false", "write 0, or `not` before the variable"),
    (
        "null",
        "`not` before the variable is true where it has no value",
    ),
    (
        "undefined",
        "`not` before the variable is true where it has no value",
    ),
    ("NaN", "no condition needs it"),
];

impl Reader<'_> {
    /// Of a hundred times, how often.
    pub(super) fn probability(&mut self, node: &Node) -> Option<f64> {
        const WANTED: &str = "a number from 0 to 100";
        let probability = self.number("probability", node, WANTED)?;
        if probability > 100.0 {
            self.error(node.span, format!("`probability` must be {WANTED}"), "");
            return None;
        }
        if probability == 0.0 {
            self.warn(node.span, "this request is never made", "");
        } else if probability < 1.0 {
            let message = format!("`probability` is in percent: {probability} of a hundred");
            self.warn(node.span, message, "half of them are 50");
        }
        Some(probability)
    }

    /// A condition over the variables.
    pub(super) fn condition(&mut self, node: &Node) -> Option<Condition> {
        let Some(text) = node.as_str() else {
            return self.mismatch("ifTrue", node, "a condition such as `count > 3`");
        };
        let condition = match Condition::parse(text) {
            Ok(condition) => condition,
            Err(error) => {
                let at = self.part_of(text, error.offset, text.len(), node.span);
                let message = format!("`ifTrue` cannot be read: {}", error.message);
                self.error(at, message, error.help);
                return None;
            }
        };
        if let Some(name) = condition.as_name().filter(|name| !name.quoted)
            && self.scope.knows(&name.path, Place::Flow) == Known::No
        {
            let message = format!(
                "`{}` is no variable, and this version runs no JavaScript function of that name",
                short(name.path.source())
            );
            let help = match self.closest(name.path.root(), self.scope.names(Place::Flow)) {
                Some(known) => format!("did you mean `{known}`?"),
                None => "write a condition over variables, such as `count > 3`".to_owned(),
            };
            self.error(node.span, message, help);
            return None;
        }
        let (mut seen, mut bad) = (HashSet::new(), 0);
        for name in condition.names() {
            if bad < TOLD && seen.insert(name.path.source()) {
                bad += usize::from(!self.name_in_condition(name, text, node.span));
            }
        }
        (bad == 0).then_some(condition)
    }

    /// Whether a name in a condition can be used; says if not.
    fn name_in_condition(&mut self, name: &Named, text: &str, whole: Span) -> bool {
        let at = self.part_of(text, name.offset, name.offset + name.length, whole);
        if self.scope.knows(&name.path, Place::Flow) != Known::No {
            return self.variable_exists(&name.path, at, Place::Flow);
        }
        let source = name.path.source();
        if name.quoted {
            let message = format!("`{}` is no variable", short(source));
            let help = format!(
                "in quotes of this kind it is the name of one; a text is written \"{}\"",
                short(source)
            );
            self.warn(at, message, help);
            return true;
        }
        if let Some((word, help)) = WORDS.iter().find(|(word, _)| *word == source) {
            self.error(at, format!("there is no `{word}` in conditions"), *help);
            return false;
        }
        self.variable_exists(&name.path, at, Place::Flow)
    }

    /// Where a part of a text stands, or all of it: escapes may hide the part.
    fn part_of(&self, text: &str, from: usize, to: usize, whole: Span) -> Span {
        let place = self.place_of(text, whole);
        if self.document.sources.snippet(place) != text || from >= to {
            return place;
        }
        let start = place.start as usize;
        Span::new(place.file, start + from, start + to)
    }
}
