//! Captures by `selector`.

use serde_json::Value;
use star_core::Failure;
use star_core::draw::Draws;

use super::expression::Expression;
use super::looked::Looked;
use super::source::unreadable;
use crate::html::Selector;
use crate::script::Vars;
use crate::script::model::Nth;
use crate::script::template::Template;

/// A CSS selector, which of the elements is meant, and what of it.
#[derive(Debug)]
pub(super) struct SelectorSource {
    css: Expression<Selector>,
    attr: Option<String>,
    index: Nth,
}

impl SelectorSource {
    pub(super) fn compile(css: &Template, attr: Option<&str>, index: Nth) -> Result<Self, Failure> {
        let read = |text: &str| {
            Selector::parse(text).map_err(|error| unreadable("the selector", text, &error))
        };
        Ok(Self {
            css: Expression::compile(css, read)?,
            attr: attr.map(str::to_owned),
            index,
        })
    }

    /// The element's attribute, or its text.
    pub(super) fn find(
        &self,
        looked: &Looked<'_>,
        vars: &Vars,
        draws: &mut Draws,
    ) -> Option<Value> {
        let css = self.css.get(vars, draws, Selector::parse);
        let found = css.as_ref().zip(looked.html());
        let mut found = found
            .map(|(css, document)| document.select(css))
            .into_iter()
            .flatten();
        let element = match self.index {
            Nth::At(index) => found.nth(index as usize),
            Nth::Last => found.last(),
            Nth::Random => {
                let mut found: Vec<_> = found.collect();
                let chosen = draws.below(found.len() as u64) as usize;
                (chosen < found.len()).then(|| found.swap_remove(chosen))
            }
        }?;
        match &self.attr {
            Some(name) => element.attribute(name).map(Value::from),
            None => Some(element.text().into()),
        }
    }
}
