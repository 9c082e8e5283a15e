//! Captures by `regexp`.

use star_core::Failure;
use star_core::draw::Draws;

use super::expression::Expression;
use super::looked::Looked;
use super::source::{Found, unreadable};
use crate::jsonpath::expression::Search;
use crate::script::Vars;
use crate::script::model::Group;
use crate::script::template::Template;

/// A regular expression, and which part of its match is meant.
#[derive(Debug)]
pub(super) struct RegexpSource {
    pattern: Expression<Search>,
    flags: String,
    group: Option<Group>,
}

impl RegexpSource {
    pub(super) fn compile(
        pattern: &Template,
        flags: &str,
        group: Option<&Group>,
    ) -> Result<Self, Failure> {
        let read = |text: &str| {
            Search::parse(text, flags)
                .map_err(|error| unreadable("the regular expression", text, &error))
        };
        Ok(Self {
            pattern: Expression::compile(pattern, read)?,
            flags: flags.to_owned(),
            group: group.cloned(),
        })
    }

    /// What the group holds of the first match; nothing where there is none, or the group has no part in it. Undefined where the
    /// expression became none.
    pub(super) fn find(&self, looked: &Looked<'_>, vars: &Vars, draws: &mut Draws) -> Found {
        let read = |text: &str| Search::parse(text, &self.flags);
        let Some(pattern) = self.pattern.get(vars, draws, read) else {
            return Found::Undefined;
        };
        let found = looked.text().and_then(|text| {
            let group = match &self.group {
                None => 0,
                Some(Group::Number(number)) => *number as usize,
                Some(Group::Name(name)) => pattern.named(name)?,
            };
            pattern.find(text, group)
        });
        found.map_or(Found::Nothing, |text| Found::Value(text.into()))
    }
}
