//! What is reported: how many days each host has left.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::reports::Figures;
use star_core::{Facts, Report, Verdict};

const DAY: i64 = 86_400;

/// How many of the hosts that expire soonest are shown to people.
const SHOWN: usize = 10;

/// How many seconds a certificate has left; less than none if it has expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Left(i64);

impl Left {
    /// From now until it expires, in seconds of the world's time.
    pub fn between(now: u64, expires: u64) -> Self {
        Self(expires.cast_signed() - now.cast_signed())
    }

    /// Whether that is no longer than this.
    pub fn is_within(self, span: Duration) -> bool {
        self.0 <= 0 || self.0.unsigned_abs() <= span.as_secs()
    }

    /// Whole days.
    pub fn days(self) -> i64 {
        self.0.div_euclid(DAY)
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.days() {
            -1 => f.write_str("expired 1 day ago"),
            days @ ..=-1 => write!(f, "expired {} days ago", -days),
            1 => f.write_str("1 day left"),
            days => write!(f, "{days} days left"),
        }
    }
}

/// What each host has left: as large as the list of hosts, and no larger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    left: BTreeMap<String, Left>,
    /// Those of whom that is too little.
    soon: BTreeMap<String, Left>,
}

impl Days {
    /// Notes a host.
    pub fn note(&mut self, host: &str, left: Left, soon: bool) {
        keep_least(&mut self.left, host.to_owned(), left);
        if soon {
            keep_least(&mut self.soon, host.to_owned(), left);
        }
    }

    fn soonest(of: &BTreeMap<String, Left>) -> Vec<(&String, &Left)> {
        let mut soonest: Vec<_> = of.iter().collect();
        soonest.sort_by_key(|(host, left)| (**left, *host));
        soonest.truncate(SHOWN);
        soonest
    }
}

/// A host that is listed twice has what is left in the worse case.
fn keep_least(among: &mut BTreeMap<String, Left>, host: String, left: Left) {
    let known = among.entry(host).or_insert(left);
    *known = left.min(*known);
}

impl Report for Days {
    type Summary = Figures;

    fn merge(&mut self, other: Self) {
        for (mine, theirs) in [(&mut self.left, other.left), (&mut self.soon, other.soon)] {
            for (host, left) in theirs {
                keep_least(mine, host, left);
            }
        }
    }

    fn summarize(&self, _: &Facts) -> Figures {
        let lines = Self::soonest(&self.left);
        let lines = lines.iter().map(|(host, left)| format!("{host}: {left}"));
        let days = self.left.iter();
        let days: BTreeMap<_, _> = days
            .map(|(host, left)| (host.clone(), left.days()))
            .collect();
        let days = days.into_iter().collect::<serde_json::Value>();
        Figures::new(days, lines.collect::<Vec<_>>().join("\n"))
    }

    fn verdict(&self, _: &Facts) -> Verdict {
        let soonest = Self::soonest(&self.soon);
        let mut why: Vec<_> = soonest
            .iter()
            .map(|(host, left)| format!("`{host}`: {left}"))
            .collect();
        let more = self.soon.len() - why.len();
        if more > 0 {
            let hosts = if more == 1 { "host" } else { "hosts" };
            why.push(format!("and {more} {hosts} more"));
        }
        if why.is_empty() {
            return Verdict::Passed;
        }
        Verdict::Failed(why)
    }

    /// Which hosts were reached; what they have left changes with every second.
    fn counts(&self) -> serde_json::Value {
        self.left.keys().cloned().collect()
    }
}
