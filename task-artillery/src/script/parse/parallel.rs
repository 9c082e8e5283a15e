//! `parallel`.

use std::num::NonZeroU32;
use std::slice;

use super::fields::Fields;
use super::reader::Reader;
use crate::script::model::Parallel;

/// How many branches are under way at once where nothing is said, as in Artillery.
const USUAL_LIMIT: NonZeroU32 = NonZeroU32::new(100).unwrap();

/// The most that can be said.
const MAX_LIMIT: u64 = 10_000;

impl Reader<'_> {
    /// Steps that are done at the same time, numbered from `next` on. A list among them is one branch.
    pub(super) fn parallel(
        &mut self,
        fields: &Fields<'_>,
        next: &mut u32,
        depth: usize,
    ) -> Option<Parallel> {
        let limit = match fields.get("limit") {
            Some(node) => self
                .whole("limit", node, 1..=MAX_LIMIT)
                .and_then(|limit| NonZeroU32::new(u32::try_from(limit).ok()?)),
            None => Some(USUAL_LIMIT),
        };
        let node = fields.get("parallel")?;
        let items = self.list("parallel", node)?;
        if items.is_empty() {
            self.warn(node.span, "`parallel` has no steps", "");
        }
        let mut branches = Vec::with_capacity(items.len());
        let (mut good, mut set) = (true, Vec::new());
        for item in items {
            let before = self.scope.bound();
            let mut steps = Vec::new();
            let items = item.as_list().unwrap_or(slice::from_ref(item));
            good &= self.append(items, next, depth + 1, &mut steps);
            branches.push(steps);
            // What a branch sets the others do not see.
            set.append(&mut self.scope.unbind(before));
        }
        for name in set {
            self.scope.bind(&name);
        }
        Some(Parallel {
            limit: limit?,
            branches: good.then_some(branches)?,
        })
    }
}
