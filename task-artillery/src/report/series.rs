//! What happened when.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::over::split_over;
use super::traffic::Traffic;
use super::users::Users;

/// How many buckets behind the last are looked at again when the next begins: stragglers are counted in them.
const STRAGGLERS: u32 = 10;

/// The most buckets of a [`Series`].
pub const MOST_BUCKETS: u32 = 600;

/// What happened in each stretch of a run, in at most 600 buckets of a whole number of seconds each. What happens after the last of them
/// is counted in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// How many seconds a bucket is; zero where nothing is known yet.
    width: u64,
    /// The buckets in which something happened, by number.
    buckets: BTreeMap<u32, Box<Bucket>>,
}

/// What happened in one stretch of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Users that set out, completed and failed meanwhile.
    pub users: Users,
    /// Requests that were sent, responses that came, and so on, meanwhile.
    pub traffic: Traffic,
}

impl Bucket {
    /// Adds another's.
    pub fn merge(&mut self, other: Self) {
        self.users.merge(other.users);
        self.traffic.merge(other.traffic);
    }
}

impl Series {
    /// Makes the buckets so wide that they reach for so long.
    pub fn reach(&mut self, length: Duration) {
        let seconds = length.as_nanos().div_ceil(1_000_000_000);
        let width = seconds.div_ceil(u128::from(MOST_BUCKETS));
        self.width = u64::try_from(width).unwrap_or(u64::MAX).max(1);
    }

    /// The bucket of an instant of the run's own time.
    pub fn at(&mut self, at: Duration) -> &mut Bucket {
        let number = self.number_of(at);
        if !self.buckets.contains_key(&number) {
            // Six hundred histograms that can take anything would be most of what a worker needs.
            let before = self.buckets.range_mut(..number.saturating_sub(1));
            for (_, bucket) in before.rev().take(STRAGGLERS as usize) {
                bucket.traffic.compact();
            }
        }
        self.buckets.entry(number).or_default()
    }

    /// When the bucket of an instant begins.
    pub fn begin_of(&self, at: Duration) -> Duration {
        self.width().saturating_mul(self.number_of(at))
    }

    fn number_of(&self, at: Duration) -> u32 {
        let number = at.as_secs() / self.width.max(1);
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        number.min(MOST_BUCKETS - 1)
    }

    /// Adds another's. All series of a run are of one width.
    pub fn merge(&mut self, other: Self) {
        self.width = self.width.max(other.width);
        for (number, bucket) in other.buckets {
            self.buckets.entry(number).or_default().merge(*bucket);
        }
    }

    /// Splits off the buckets that are over, and that no straggler is looked for in any more; none where there are none.
    pub fn split_off(&mut self) -> Option<Self> {
        let buckets = split_over(&mut self.buckets, STRAGGLERS)?;
        Some(Self {
            width: self.width,
            buckets,
        })
    }

    /// How long a bucket is.
    pub fn width(&self) -> Duration {
        Duration::from_secs(self.width.max(1))
    }

    /// The buckets in which something happened, each with when it begins, in order.
    pub fn buckets(&self) -> impl Iterator<Item = (Duration, &Bucket)> {
        let width = self.width();
        self.buckets
            .iter()
            .map(move |(number, bucket)| (width.saturating_mul(*number), &**bucket))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_whole_seconds_and_no_more_than_six_hundred() {
        let width = |length: Duration| {
            let mut series = Series::default();
            series.reach(length);
            series.width().as_secs()
        };
        assert_eq!(width(Duration::ZERO), 1);
        assert_eq!(width(Duration::from_mins(10)), 1);
        assert_eq!(width(Duration::from_nanos(600_000_000_001)), 2);
        assert_eq!(width(Duration::from_hours(24)), 144);
        assert_eq!(width(Duration::MAX), u64::MAX.div_ceil(600));
    }

    #[test]
    fn what_happens_after_all_buckets_is_in_the_last() {
        let mut series = Series::default();
        series.reach(Duration::from_mins(10));
        for second in [0, 599, 600, 100_000] {
            series.at(Duration::from_secs(second)).users.started += 1;
        }
        let seen: Vec<_> = series
            .buckets()
            .map(|(at, bucket)| (at.as_secs(), bucket.users.started))
            .collect();
        assert_eq!(seen, [(0, 1), (599, 3)]);
    }

    #[test]
    fn what_comes_late_is_counted_where_it_belongs() {
        let seconds = || (0..30_u64).chain([3, 3, 15, 28, 0]);
        let count = |seconds: &mut dyn Iterator<Item = u64>| {
            let mut series = Series::default();
            series.reach(Duration::from_mins(10));
            for second in seconds {
                let bucket = series.at(Duration::from_secs(second));
                bucket.traffic.response_time.record(second * 1_000);
            }
            series
        };
        let late = count(&mut seconds());
        let mut sorted: Vec<_> = seconds().collect();
        sorted.sort_unstable();
        assert_eq!(late, count(&mut sorted.into_iter()));
        assert_eq!(late.buckets[&3].traffic.response_time.count(), 3);
    }

    #[test]
    fn a_stretch_that_is_over_takes_some_two_hundred_bytes_beside_its_times() {
        let mut series = Series::default();
        series.reach(Duration::from_mins(10));
        for second in 0..20 {
            let traffic = &mut series.at(Duration::from_secs(second)).traffic;
            *traffic.codes.at(200) += 1;
            traffic.response_time.record(second);
        }
        // A node of the map has room for eleven, and is half full where entries come in order.
        let entry = size_of::<(u32, Box<Bucket>)>() * 11 / 6;
        for (at, bucket) in series.buckets().take(10) {
            let bytes = entry + size_of::<Bucket>() + bucket.traffic.codes.room();
            assert!(bytes <= 240, "{bytes} of the stretch at {at:?}");
        }
    }
}
