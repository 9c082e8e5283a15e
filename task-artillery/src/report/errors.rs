//! Errors by name.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::made::{keep_first, shortened};

/// The name that an error is counted under. Names that are borrowed are this program's own, and so few; names that are owned have
/// something in them that a script or an answer made.
pub type ErrorName = Cow<'static, str>;

/// The most characters of a made name that are told apart.
const LONGEST: usize = 160;

/// How often each error occurred. Its size is bounded: of the made names the first hundred in alphabetical order are told apart, and
/// the others are counted together. Which those are does not depend on the order of counting or merging.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Errors {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    own: BTreeMap<ErrorName, u64>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    made: BTreeMap<String, u64>,
    #[serde(default, skip_serializing_if = "is_zero")]
    others: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is serde's"
)]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Errors {
    /// Counts an error.
    pub fn record(&mut self, name: &ErrorName) {
        match name {
            Cow::Borrowed(own) => *self.own.entry(Cow::Borrowed(own)).or_default() += 1,
            Cow::Owned(made) => {
                *self.made.entry(shortened(made, LONGEST)).or_default() += 1;
                keep_first(&mut self.made, |count| self.others += count);
            }
        }
    }

    /// Adds another's counts.
    pub fn merge(&mut self, other: Self) {
        for (name, count) in other.own {
            *self.own.entry(name).or_default() += count;
        }
        for (name, count) in other.made {
            *self.made.entry(name).or_default() += count;
        }
        self.others += other.others;
        keep_first(&mut self.made, |count| self.others += count);
    }

    /// Whether there was none.
    pub fn is_empty(&self) -> bool {
        self.own.is_empty() && self.made.is_empty() && self.others == 0
    }

    /// How many there were.
    pub fn total(&self) -> u64 {
        self.own.values().chain(self.made.values()).sum::<u64>() + self.others
    }

    /// Each name with its count, in alphabetical order; those counted together are called `other`.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        let own = self.own.iter().map(|(name, count)| (&**name, *count));
        let made = self.made.iter().map(|(name, count)| (&**name, *count));
        let others = (self.others > 0).then_some(("other", self.others));
        // What a script or an answer made may be called as what is our own, or as the others.
        let mut named: BTreeMap<&str, u64> = BTreeMap::new();
        for (name, count) in own.chain(made).chain(others) {
            *named.entry(name).or_default() += count;
        }
        named.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(names: &[u16]) -> Errors {
        let mut errors = Errors::default();
        for name in names {
            errors.record(&Cow::Owned(format!("Invalid URL - {name}")));
        }
        errors
    }

    proptest! {
        #[test]
        fn which_names_are_told_apart_does_not_depend_on_the_order(names in prop::collection::vec(0..300_u16, 0..900), parts in 1..5_usize) {
            let whole = of(&names);
            let mut merged = Errors::default();
            for part in names.chunks(names.len() / parts + 1).rev() {
                merged.merge(of(part));
            }
            prop_assert_eq!(&merged, &whole);
            prop_assert_eq!(whole.total(), names.len() as u64);
        }
    }

    #[test]
    fn own_names_are_never_counted_together_with_others() {
        let mut errors = of(&(0..1000).collect::<Vec<_>>());
        errors.record(&Cow::Borrowed("ZZZ"));
        errors.record(&Cow::Borrowed("ECONNREFUSED"));
        let names: Vec<_> = errors.iter().collect();
        assert_eq!(names.len(), 103);
        assert_eq!(names[0], ("ECONNREFUSED", 1));
        assert_eq!(names[101], ("ZZZ", 1));
        assert_eq!(names[102], ("other", 900));
    }

    #[test]
    fn a_long_name_is_cut() {
        let mut errors = Errors::default();
        errors.record(&Cow::Owned("ä".repeat(10_000)));
        assert_eq!(
            errors.iter().next().map(|(name, _)| name.chars().count()),
            Some(161)
        );
    }
}
