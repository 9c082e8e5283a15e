//! By how much pauses differ.

use std::time::Duration;

use star_core::document::{Node, Value as Tree};

use super::keys;
use super::reader::Reader;
use crate::script::model::Jitter;
use crate::script::{duration, number};

/// A day more or less is as good as any longer time.
const LONGEST: Duration = Duration::from_hours(24);

impl Reader<'_> {
    /// `defaults.think`: the jitter of pauses that have none of their own.
    pub(super) fn default_think(&mut self, node: &Node) {
        if let Some(fields) = self.fields("think", node, &keys::DEFAULT_THINK)
            && let Some(node) = fields.get("jitter")
        {
            self.think_jitter = self.jitter(node);
        }
    }

    /// A number of milliseconds, a duration with its unit, or a part of the pause.
    pub(super) fn jitter(&mut self, node: &Node) -> Option<Jitter> {
        const WANTED: &str = "a number of milliseconds, a duration such as `500ms`, or a part of the pause such as `20%`";
        let text = match &node.value {
            Tree::Number(number) => number.to_string(),
            Tree::String(_) => self.config_text("jitter", node)?.into_owned(),
            Tree::Null | Tree::Bool(_) | Tree::List(_) | Tree::Map(_) => {
                return self.mismatch("jitter", node, WANTED);
            }
        };
        if let Some(percent) = text.trim_end().strip_suffix('%') {
            let percent = number::parse(percent).filter(|percent| *percent >= 0.0);
            if percent.is_none() {
                let message = "`jitter` is no part of the pause";
                self.error(node.span, message, "for example `20%`");
            }
            return percent.map(Jitter::Percent);
        }
        let span = match number::parse(&text) {
            Some(millis) => duration::from_seconds(millis / 1000.0),
            None => duration::parse(&text),
        };
        let span = span.ok().filter(|span| *span <= LONGEST);
        if span.is_none() {
            self.error(node.span, format!("`jitter` must be {WANTED}"), "");
        }
        span.map(Jitter::Span)
    }
}
