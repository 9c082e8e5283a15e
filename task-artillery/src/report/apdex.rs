//! How content those who wait for answers would be.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How many answers were there in a time that is given, in four times that, and later: the Application Performance Index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Apdex {
    /// In time.
    pub satisfied: u64,
    /// In four times that time.
    pub tolerated: u64,
    /// Later.
    pub frustrated: u64,
}

impl Apdex {
    /// Counts an answer that took so long in all.
    pub fn record(&mut self, total: Duration, threshold: Duration) {
        let count = if total <= threshold {
            &mut self.satisfied
        } else if total <= threshold.saturating_mul(4) {
            &mut self.tolerated
        } else {
            &mut self.frustrated
        };
        *count += 1;
    }

    /// Adds another's counts.
    pub fn merge(&mut self, other: Self) {
        self.satisfied += other.satisfied;
        self.tolerated += other.tolerated;
        self.frustrated += other.frustrated;
    }

    /// How many answers were counted.
    pub fn total(&self) -> u64 {
        self.satisfied + self.tolerated + self.frustrated
    }

    /// The index, from 0 to 1; none without answers.
    pub fn score(&self) -> Option<f64> {
        let total = self.total();
        (total > 0).then(|| (self.satisfied as f64 + self.tolerated as f64 / 2.0) / total as f64)
    }

    /// What an index is called.
    pub fn rating(score: f64) -> &'static str {
        const RATINGS: [(f64, &str); 4] = [
            (0.94, "excellent"),
            (0.85, "good"),
            (0.7, "fair"),
            (0.49, "poor"),
        ];
        let reached = RATINGS.iter().find(|(least, _)| score >= *least);
        reached.map_or("unacceptable", |(_, rating)| rating)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_in_time_count_wholly_those_in_four_times_that_by_half() {
        let mut apdex = Apdex::default();
        assert_eq!(apdex.score(), None);
        let threshold = Duration::from_millis(500);
        for millis in [0, 500, 501, 2000, 2001] {
            apdex.record(Duration::from_millis(millis), threshold);
        }
        let Apdex {
            satisfied,
            tolerated,
            frustrated,
        } = apdex;
        assert_eq!((satisfied, tolerated, frustrated), (2, 2, 1));
        assert_eq!(apdex.score(), Some(0.6));
        let ratings = [1.0, 0.94, 0.939, 0.85, 0.7, 0.6, 0.49, 0.48].map(Apdex::rating);
        let expected = [
            "excellent",
            "excellent",
            "good",
            "good",
            "fair",
            "poor",
            "poor",
            "unacceptable",
        ];
        assert_eq!(ratings, expected);
    }
}
