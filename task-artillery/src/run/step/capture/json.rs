//! Captures by `json`.

use std::borrow::Cow;

use serde_json::Value;
use star_core::Failure;
use star_core::draw::Draws;

use super::expression::Expression;
use super::looked::Looked;
use super::source::unreadable;
use crate::jsonpath::Path;
use crate::script::Vars;
use crate::script::template::Template;

/// A path into a body that is JSON.
#[derive(Debug)]
pub(super) struct JsonSource {
    path: Expression<Path>,
    /// Whether all hits are kept.
    all: bool,
}

impl JsonSource {
    pub(super) fn compile(path: &Template, all: bool) -> Result<Self, Failure> {
        let read = |text: &str| {
            Path::parse(text).map_err(|error| unreadable("the JSONPath", text, &error))
        };
        let path = Expression::compile(path, read)?;
        Ok(Self { path, all })
    }

    /// One of the hits, drawn. Or all: as a list, but for a path that can have one hit only, which gives that.
    pub(super) fn find(
        &self,
        looked: &Looked<'_>,
        vars: &Vars,
        draws: &mut Draws,
    ) -> Option<Value> {
        let path = self.path.get(vars, draws, Path::parse);
        if let Some(Ok(found)) = path.as_ref().map(|path| looked.seek(path)) {
            if !self.all {
                // As for any number of hits.
                draws.below(1);
            }
            return found;
        }
        let hits = path
            .as_ref()
            .zip(looked.json())
            .and_then(|(path, document)| path.select(document).ok());
        let mut hits = hits.unwrap_or_default();
        if self.all {
            let is_one = hits.len() == 1 && !path.is_some_and(|path| path.finds_several());
            return match hits.len() {
                0 => None,
                _ if is_one => hits.pop().map(Cow::into_owned),
                _ => Some(hits.into_iter().map(Cow::into_owned).collect()),
            };
        }
        let chosen = draws.below(hits.len() as u64) as usize;
        (chosen < hits.len()).then(|| hits.swap_remove(chosen).into_owned())
    }
}
