//! What answers should be, and whether they were.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::made::{keep_first, shortened};

/// The most letters of a text that a script or an answer made.
const LONGEST: usize = 160;

/// How often expectations held, and what failed. Its size is bounded: of the kinds, and of what failed, the first hundred in order are told
/// apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Checks {
    /// How many expectations held.
    pub ok: u64,
    /// How many did not.
    pub failed: u64,
    /// The same by kind.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub kinds: BTreeMap<String, Held>,
    /// What failed, each kind of failure of a request once.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub failures: BTreeMap<String, FailedCheck>,
    /// How often checks failed that are not among these, by the number of the scenario.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<usize, u64>,
}

/// How often expectations of a kind held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// How many did.
    pub ok: u64,
    /// How many did not.
    pub failed: u64,
}

/// A check of a request that failed: an expectation, a `match` or a strict capture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailedCheck {
    /// The number of the scenario.
    pub scenario: usize,
    /// The number of the request.
    pub request: usize,
    /// What was looked at.
    pub check: String,
    /// What it should be.
    pub expected: String,
    /// What it was, of the first user by number for whom it failed.
    pub got: String,
    /// That user's number.
    pub user: u64,
    /// How often it failed.
    pub times: u64,
}

impl FailedCheck {
    /// What failures are told apart by.
    fn key(&self) -> String {
        let Self {
            scenario,
            request,
            check,
            expected,
            ..
        } = self;
        format!("{scenario:06} {request:06} {check} {expected}")
    }

    /// What failed, in a sentence that does not say of which request.
    pub fn sentence(&self) -> String {
        let Self {
            check,
            expected,
            got,
            times,
            ..
        } = self;
        let times = if *times > 1 {
            format!(", {times} times")
        } else {
            String::new()
        };
        format!("{check}: expected {expected}, got {got}{times}")
    }

    fn merge(&mut self, other: Self) {
        let times = self.times + other.times;
        if (other.user, &other.got) < (self.user, &self.got) {
            *self = other;
        }
        self.times = times;
    }
}

impl Checks {
    /// Whether nothing was looked at.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// An expectation held, or not.
    pub fn expected(&mut self, kind: &str, held: bool) {
        let count = |held: &mut Held, is: bool| {
            let counter = if is { &mut held.ok } else { &mut held.failed };
            *counter += 1;
        };
        let all = if held { &mut self.ok } else { &mut self.failed };
        *all += 1;
        if let Some(known) = self.kinds.get_mut(kind) {
            return count(known, held);
        }
        let known = self.kinds.entry(shortened(kind, LONGEST)).or_default();
        count(known, held);
        keep_first(&mut self.kinds, |_counted_in_all| {});
    }

    /// A check failed; what was found is asked for only where it is told.
    pub fn fail(&mut self, mut failed: FailedCheck, got: impl FnOnce() -> String) {
        failed.check = shortened(&failed.check, LONGEST);
        failed.expected = shortened(&failed.expected, LONGEST);
        failed.times = 1;
        let key = failed.key();
        if let Some(known) = self.failures.get_mut(&key)
            && known.user < failed.user
        {
            known.times += 1;
            return;
        }
        failed.got = shortened(&got(), LONGEST);
        if let Some(known) = self.failures.get_mut(&key) {
            return known.merge(failed);
        }
        self.failures.insert(key, failed);
        self.keep_first_failures();
    }

    fn keep_first_failures(&mut self) {
        let left_out = &mut self.left_out;
        keep_first(&mut self.failures, |failed| {
            *left_out.entry(failed.scenario).or_default() += failed.times;
        });
    }

    /// How often checks failed that are not told apart.
    pub fn left_out(&self) -> u64 {
        self.left_out.values().sum()
    }

    /// Adds another's counts.
    pub fn merge(&mut self, other: Self) {
        self.ok += other.ok;
        self.failed += other.failed;
        for (kind, held) in other.kinds {
            let known = self.kinds.entry(kind).or_default();
            known.ok += held.ok;
            known.failed += held.failed;
        }
        keep_first(&mut self.kinds, |_counted_in_all| {});
        for (key, failed) in other.failures {
            match self.failures.get_mut(&key) {
                Some(known) => known.merge(failed),
                None => {
                    self.failures.insert(key, failed);
                }
            }
        }
        self.keep_first_failures();
        for (scenario, times) in other.left_out {
            *self.left_out.entry(scenario).or_default() += times;
        }
    }

    /// What does not depend on when answers came.
    pub(super) fn counts(&self) -> Value {
        json!({ "ok": self.ok, "failed": self.failed, "kinds": self.kinds })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn failed(user: u64, number: u64) -> FailedCheck {
        FailedCheck {
            request: 3,
            check: "statusCode".to_owned(),
            expected: number.to_string(),
            user,
            ..FailedCheck::default()
        }
    }

    fn of(events: &[(u64, u64)]) -> Checks {
        let mut checks = Checks::default();
        for (user, number) in events {
            checks.expected(&format!("kind {number}"), number.is_multiple_of(2));
            checks.fail(failed(*user, *number), || format!("of {user}"));
        }
        checks
    }

    proptest! {
        #[test]
        fn what_is_told_does_not_depend_on_who_counts_and_in_which_order(
            events in prop::collection::vec((0..40_u64, 0..300_u64), 0..500),
            parts in 1..5_usize,
        ) {
            let whole = of(&events);
            let mut merged = Checks::default();
            for part in events.chunks(events.len() / parts + 1).rev() {
                merged.merge(of(part));
            }
            prop_assert_eq!(&merged, &whole);
            prop_assert_eq!(whole.ok + whole.failed, events.len() as u64);
            prop_assert!(whole.failures.len() <= 100 && whole.kinds.len() <= 100);
            let told: u64 = whole.failures.values().map(|failed| failed.times).sum();
            prop_assert_eq!(told + whole.left_out(), events.len() as u64);
        }
    }

    #[test]
    fn the_first_user_for_whom_it_failed_is_the_example() {
        let mut checks = Checks::default();
        for user in [7, 3, 5] {
            checks.fail(failed(user, 200), || format!("404 for {user}"));
        }
        let told: Vec<_> = checks.failures.values().collect();
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].times, &*told[0].got), (3, "404 for 3"));
    }
}
