//! How long something takes: a distribution.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::draw::Draws;

/// A distribution of lengths of time, by four of its quantiles: between them it is linear. In a world's file it is one length of time, or
/// a map of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "OnTheWire", into = "OnTheWire")]
pub struct Delay {
    /// The least.
    pub least: Duration,
    /// What half do not exceed.
    pub median: Duration,
    /// What 99 of 100 do not exceed.
    pub p99: Duration,
    /// The greatest.
    pub most: Duration,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(untagged)]
enum OnTheWire {
    Always(#[serde(with = "crate::span")] Duration),
    Between(Between),
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Between {
    #[serde(with = "crate::span")]
    least: Duration,
    #[serde(with = "crate::span")]
    median: Duration,
    #[serde(with = "crate::span")]
    p99: Duration,
    #[serde(with = "crate::span")]
    most: Duration,
}

impl From<OnTheWire> for Delay {
    fn from(wire: OnTheWire) -> Self {
        match wire {
            OnTheWire::Always(span) => Self::always(span),
            OnTheWire::Between(between) => Self {
                least: between.least,
                median: between.median,
                p99: between.p99,
                most: between.most,
            },
        }
    }
}

impl From<Delay> for OnTheWire {
    fn from(delay: Delay) -> Self {
        if delay == Delay::always(delay.median) {
            return Self::Always(delay.median);
        }
        Self::Between(Between {
            least: delay.least,
            median: delay.median,
            p99: delay.p99,
            most: delay.most,
        })
    }
}

impl Delay {
    /// Always the same.
    pub const fn always(span: Duration) -> Self {
        Self {
            least: span,
            median: span,
            p99: span,
            most: span,
        }
    }

    /// By its quantiles, in milliseconds.
    pub const fn millis(least: u64, median: u64, p99: u64, most: u64) -> Self {
        Self {
            least: Duration::from_millis(least),
            median: Duration::from_millis(median),
            p99: Duration::from_millis(p99),
            most: Duration::from_millis(most),
        }
    }

    /// So many times as long.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        let times = |span: Duration| span.mul_f64(factor.max(0.0));
        Self {
            least: times(self.least),
            median: times(self.median),
            p99: times(self.p99),
            most: times(self.most),
        }
    }

    /// One of them.
    pub(crate) fn drawn(&self, draws: &mut Draws) -> Duration {
        /// Where the quantiles are, in millionths.
        const AT: [u64; 4] = [0, 500_000, 990_000, 1_000_000];
        let values = [self.least, self.median, self.p99, self.most];
        let at = draws.below(AT[3]);
        let part = AT.iter().rposition(|from| *from <= at).unwrap_or(0).min(2);
        let (from, to) = (values[part], values[part + 1].max(values[part]));
        let share = (at - AT[part]) as f64 / (AT[part + 1] - AT[part]) as f64;
        from + to.saturating_sub(from).mul_f64(share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_has_these_quantiles() {
        let delay = Delay::millis(10, 20, 100, 1_000);
        let mut drawn: Vec<Duration> = (0..10_000)
            .map(|n| delay.drawn(&mut Draws::new(1, 0, 0, n)))
            .collect();
        drawn.sort_unstable();
        let millis = |at: usize| drawn[at].as_millis();
        assert!((10..12).contains(&millis(0)), "{}", millis(0));
        assert!((19..=21).contains(&millis(5_000)), "{}", millis(5_000));
        assert!((90..=110).contains(&millis(9_850)), "{}", millis(9_850));
        assert!(millis(9_999) <= 1_000);
        let always = Delay::always(Duration::from_secs(3));
        assert_eq!(
            always.drawn(&mut Draws::new(1, 0, 0, 0)),
            Duration::from_secs(3)
        );
    }
}
