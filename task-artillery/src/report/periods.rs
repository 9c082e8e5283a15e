//! What Artillery tells of each stretch of a run, beyond what is in a [`Bucket`](super::Bucket).

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use star_core::Histogram;

use super::active::Active;
use super::apdex::Apdex;
use super::endpoint::Endpoints;
use super::few::Few;
use super::made;
use super::over::split_over;
use super::view::View;

/// The least length of a period, in seconds, as in Artillery.
const LEAST: u64 = 10;

/// How many periods behind the last are looked at again when the next begins: stragglers are counted in them.
const STRAGGLERS: u32 = 3;

/// The most endpoints of periods that are to be expected: periods are as long as that takes, so that a report stays small.
const MOST_CELLS: u128 = 1_000;

/// Stretches of a run of at least ten seconds. Each is a whole number of a [`Series`](super::Series)' buckets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Periods {
    /// How many seconds a period is; zero where nothing is known yet.
    width: u64,
    /// The periods in which something happened, by number.
    periods: BTreeMap<u32, Box<Period>>,
}

/// What happened in one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Period {
    /// From the first to the last that was counted.
    pub counted: Active,
    /// From the first to the last that was measured.
    pub timed: Active,
    /// Users that were turned away.
    pub skipped: u64,
    /// Requests, each hop of a redirect by itself, whose headers are not waited for any more.
    pub unanswered: u64,
    /// Users that set out, by scenario.
    pub scenarios: Few<u32, u64>,
    /// Response times by the first digit of the status.
    pub classes: Few<u16, Histogram>,
    /// How long users that completed lived.
    pub session: Histogram,
    /// By endpoint.
    pub endpoints: Endpoints,
    /// How long answers took, judged.
    pub apdex: Apdex,
    /// The parts of requests, where they are asked for.
    pub parts: Parts,
}

/// How long the parts of requests took.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Parts {
    /// Looking up a name.
    #[serde(skip_serializing_if = "Histogram::is_empty")]
    pub dns: Histogram,
    /// Connecting.
    #[serde(skip_serializing_if = "Histogram::is_empty")]
    pub tcp: Histogram,
    /// The TLS handshake.
    #[serde(skip_serializing_if = "Histogram::is_empty")]
    pub tls: Histogram,
    /// All of it.
    #[serde(skip_serializing_if = "Histogram::is_empty")]
    pub total: Histogram,
}

impl Parts {
    fn compact(&mut self) {
        let Self {
            dns,
            tcp,
            tls,
            total,
        } = self;
        for times in [dns, tcp, tls, total] {
            times.compact();
        }
    }

    fn merge(&mut self, other: &Self) {
        self.dns.merge(&other.dns);
        self.tcp.merge(&other.tcp);
        self.tls.merge(&other.tls);
        self.total.merge(&other.total);
    }
}

impl Period {
    /// Adds another's.
    pub fn merge(&mut self, other: Self) {
        self.counted.merge(other.counted);
        self.timed.merge(other.timed);
        self.skipped += other.skipped;
        self.unanswered += other.unanswered;
        for (scenario, users) in other.scenarios {
            *self.scenarios.at(scenario) += users;
        }
        for (class, times) in other.classes {
            self.classes.at(class).merge(&times);
        }
        self.session.merge(&other.session);
        self.endpoints.merge(other.endpoints);
        self.apdex.merge(other.apdex);
        self.parts.merge(&other.parts);
    }

    /// Takes as little memory as it can from now on.
    fn compact(&mut self) {
        self.scenarios.compact();
        self.classes.compact();
        self.classes.values_mut().for_each(Histogram::compact);
        self.session.compact();
        self.endpoints.compact();
        self.parts.compact();
    }

    /// All of it that is counted, and does not depend on when answers came.
    pub fn counts(&self) -> Value {
        json!({
            "endpoints": self.endpoints.counts(),
            "unanswered": self.unanswered,
            "judged": self.apdex.total(),
        })
    }
}

impl Periods {
    /// Makes the periods long enough for a run of this length, with buckets of this width and so many requests in its script.
    pub fn reach(&mut self, length: Duration, bucket: Duration, requests: usize, view: &View) {
        let made = if view.made { made::MOST } else { 0 };
        let cells = (requests + made + 2) as u128;
        let seconds = length.as_nanos().div_ceil(1_000_000_000);
        let needed = seconds.saturating_mul(cells).div_ceil(MOST_CELLS);
        let needed = u64::try_from(needed).unwrap_or(u64::MAX).max(LEAST);
        // Whole tens where that is possible: people look for those.
        let needed = needed.div_ceil(LEAST).saturating_mul(LEAST);
        let bucket = bucket.as_secs().max(1);
        self.width = needed.div_ceil(bucket).saturating_mul(bucket);
    }

    /// How long a period is.
    pub fn width(&self) -> Duration {
        Duration::from_secs(self.width.max(LEAST))
    }

    /// The number of the period that a bucket which begins then is in.
    pub fn number_of(&self, bucket: Duration) -> u32 {
        u32::try_from(bucket.as_secs() / self.width().as_secs()).unwrap_or(u32::MAX)
    }

    /// The period that a bucket which begins then is in.
    pub fn at(&mut self, bucket: Duration) -> &mut Period {
        let number = self.number_of(bucket);
        if !self.periods.contains_key(&number) {
            let before = self.periods.range_mut(..number.saturating_sub(1));
            for (_, period) in before.rev().take(STRAGGLERS as usize) {
                period.compact();
            }
        }
        self.periods.entry(number).or_default()
    }

    /// Splits off those that are over, and that no straggler is looked for in any more; none where there are none.
    pub fn split_off(&mut self) -> Option<Self> {
        let periods = split_over(&mut self.periods, STRAGGLERS)?;
        Some(Self {
            width: self.width,
            periods,
        })
    }

    /// The numbers of those in which something happened, in order.
    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        self.periods.keys().copied()
    }

    /// The period of a number, if anything happened in it.
    pub fn get(&self, number: u32) -> Option<&Period> {
        self.periods.get(&number).map(Box::as_ref)
    }

    /// All of them together.
    pub fn whole(&self) -> Period {
        let mut whole = Period::default();
        for period in self.periods.values() {
            whole.merge(Period::clone(period));
        }
        whole
    }

    /// Adds another's. All periods of a run are of one width.
    pub fn merge(&mut self, other: Self) {
        self.width = self.width.max(other.width);
        for (number, period) in other.periods {
            self.periods.entry(number).or_default().merge(*period);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::endpoint::{Answered, EndpointKey};
    use super::*;

    #[test]
    fn periods_are_ten_seconds_and_longer_where_a_report_would_not_stay_small() {
        let width = |seconds: u64, bucket: u64, requests: usize, made: bool| {
            let mut periods = Periods::default();
            let view = View {
                made,
                ..View::default()
            };
            let [seconds, bucket] = [seconds, bucket].map(Duration::from_secs);
            periods.reach(seconds, bucket, requests, &view);
            periods.width().as_secs()
        };
        assert_eq!(width(0, 1, 0, false), 10);
        assert_eq!(width(600, 1, 10, false), 10);
        assert_eq!(width(600, 1, 20, true), 80);
        assert_eq!(width(600, 1, 200, false), 130);
        assert_eq!(width(3_000, 10, 1, false), 10);
        assert_eq!(width(86_400, 144, 5, false), 720);
    }

    #[test]
    fn a_period_that_is_over_takes_some_seven_hundred_bytes_beside_its_times() {
        let mut periods = Periods::default();
        periods.reach(
            Duration::from_mins(10),
            Duration::from_secs(1),
            1,
            &View::default(),
        );
        for second in 0..60 {
            let period = periods.at(Duration::from_secs(second));
            *period.scenarios.at(0) += 1;
            period.classes.at(2).record(second);
            let key = EndpointKey::Number(0);
            period.endpoints.answered(key, &Answered::default());
        }
        let entry = size_of::<(u32, Box<Period>)>() * 11 / 6;
        for number in 0..3 {
            let period = periods.get(number).unwrap();
            let room = period.scenarios.room() + period.classes.room() + period.endpoints.room();
            let bytes = entry + size_of::<Period>() + room;
            assert!(bytes <= 720, "{bytes} of the period {number}");
        }
    }
}
