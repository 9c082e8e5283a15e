//! `think` and `loop`.

use star_core::document::{Node, Value as Tree};

use super::fields::{Fields, short};
use super::reader::Reader;
use super::scope::Place;
use crate::script::model::{Loop, Rounds, Think, ThinkTime, parse_range};
use crate::script::path::Path;

/// The most rounds: up to here a number is the same in JavaScript.
const MAX_ROUNDS: u64 = 1 << 53;

impl Reader<'_> {
    pub(super) fn think(&mut self, fields: &Fields<'_>) -> Option<Think> {
        let jitter = match fields.get("jitter") {
            Some(node) => self.jitter(node).map(Some),
            None => Some(self.think_jitter),
        };
        let time = self.think_time(fields.get("think")?)?;
        Some(Think {
            time,
            jitter: jitter?,
        })
    }

    fn think_time(&mut self, node: &Node) -> Option<ThinkTime> {
        let Some(text) = node.as_str().filter(|text| text.contains("{{")) else {
            return self.duration("think", node).map(ThinkTime::Fixed);
        };
        let template = self.template(text, node.span, Place::Flow)?;
        if template.as_fixed().is_some() {
            self.error(
                node.span,
                "`think` holds no placeholder that could be filled in",
                "",
            );
            return None;
        }
        Some(ThinkTime::Template(template))
    }

    /// A loop, its steps numbered from `next` on.
    pub(super) fn rounds(
        &mut self,
        fields: &Fields<'_>,
        next: &mut u32,
        depth: usize,
    ) -> Option<Loop> {
        let rounds = match (fields.get("over"), fields.get("count")) {
            (Some(over), count) => {
                if let (Some(_), Some(at)) = (count, fields.key_span("count")) {
                    self.warn(at, "`count` has no effect beside `over`", "");
                }
                self.over(over)
            }
            (None, Some(count)) => self.count(count),
            (None, None) => {
                if !fields.means(&["whileTrue", "count", "over"]) {
                    let at = fields.key_span("loop")?;
                    let message = "this loop has no `count` and no `over`: it would never end";
                    self.error(at, message, "for example `count: 3`, beside `loop`");
                }
                None
            }
        };
        let counter = self.loop_name(fields, "loopValue", "$loopCount");
        let element = self.loop_name(fields, "loopElement", "$loopElement");
        for name in [&counter, &element].into_iter().flatten() {
            self.scope.bind(name);
        }
        let flow = self.flow("loop", fields.get("loop")?, next, depth + 1);
        Some(Loop {
            rounds: rounds?,
            counter: counter?,
            element: element?,
            flow: flow?,
        })
    }

    fn loop_name(&mut self, fields: &Fields<'_>, key: &'static str, name: &str) -> Option<String> {
        match fields.get(key) {
            Some(node) => self.words(key, node),
            None => Some(name.to_owned()),
        }
    }

    fn count(&mut self, node: &Node) -> Option<Rounds> {
        const WANTED: &str = "a number of rounds, such as `3`, or a range: `2-5` is 2, 3, 4";
        match &node.value {
            Tree::Number(number) if number.as_i64() == Some(-1) => {
                let message = "a loop with `count: -1` would never end";
                self.error(node.span, message, "say how often it goes round");
                None
            }
            Tree::Number(_) => self
                .whole("count", node, 0..=MAX_ROUNDS)
                .map(|rounds| Rounds::Range(0, rounds)),
            Tree::String(text) => {
                let template = self.template(text, node.span, Place::Flow)?;
                if template.as_fixed().is_none() {
                    return Some(Rounds::Template(template));
                }
                let Some(range) = parse_range(text).filter(|range| range.end <= MAX_ROUNDS) else {
                    let message = format!("`count` cannot be `{}`", short(text));
                    self.error(node.span, message, format!("it must be {WANTED}"));
                    return None;
                };
                if range.start > 0 && range.is_empty() {
                    let help = "the second number of a range is not reached";
                    self.warn(node.span, "this loop never goes round", help);
                }
                Some(Rounds::Range(range.start, range.end))
            }
            Tree::Null | Tree::Bool(_) | Tree::List(_) | Tree::Map(_) => {
                self.mismatch("count", node, WANTED)
            }
        }
    }

    fn over(&mut self, node: &Node) -> Option<Rounds> {
        match &node.value {
            Tree::List(items) => {
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.push(self.json("over", item, Place::Over)?);
                }
                Some(Rounds::Each(values))
            }
            Tree::String(text) if text.contains("{{") => {
                let help = "the name of the variable stands alone: `over: items`";
                self.error(
                    node.span,
                    "the name in `over` cannot have placeholders",
                    help,
                );
                None
            }
            Tree::String(text) => {
                // The name is one that could stand between braces.
                self.template(&format!("{{{{ {text} }}}}"), node.span, Place::Flow)?;
                Some(Rounds::EachOf(Path::parse(text)))
            }
            Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Map(_) => {
                let wanted = "a list, or the name of a variable that holds one";
                self.mismatch("over", node, wanted)
            }
        }
    }
}
