//! How late arrivals were, as the target saw them.

use std::time::Duration;

/// How late arrivals were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lateness {
    /// Half of all were no later than this.
    pub(crate) median: Duration,
    /// 99 of 100 were no later than this.
    pub(crate) p99: Duration,
    /// How many of those planned never came. Each makes all that follow it look later: lateness is then at most this.
    pub(crate) missing: u64,
}

impl Lateness {
    /// Of arrivals at these instants, in nanoseconds, where so many a second were planned for so long. When the schedule began nobody
    /// says: it is put where one in a thousand arrivals would be early.
    pub(crate) fn of(arrivals: &[u64], rate: u32, seconds: u32) -> Self {
        let step = 1e9 / f64::from(rate);
        let first = arrivals.first().copied().unwrap_or(0);
        let after = |(index, at): (usize, &u64)| (at - first) as f64 - index as f64 * step;
        let mut late: Vec<f64> = arrivals.iter().enumerate().map(after).collect();
        late.sort_by(f64::total_cmp);
        let zero = quantile(&late, 0.001);
        let at = |share| Duration::from_nanos((quantile(&late, share) - zero).max(0.0) as u64);
        let planned = u64::from(rate) * u64::from(seconds);
        Self {
            median: at(0.5),
            p99: at(0.99),
            missing: planned.saturating_sub(arrivals.len() as u64),
        }
    }
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = (sorted.len() as f64 * share) as usize;
    sorted
        .get(at.min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or(0.0)
}

/// The middle one, or the mean of the middle two.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        even if even % 2 == 0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_is_counted_from_the_schedule_and_not_from_the_first_arrival() {
        // 1,000 a second; every tenth is 0.4 ms late, the first among them, and one in fifty 3 ms.
        let arrival = |index: u64| {
            let late = if index % 50 == 7 {
                3_000_000
            } else if index.is_multiple_of(10) {
                400_000
            } else {
                0
            };
            5_000_000_000 + index * 1_000_000 + late
        };
        let arrivals: Vec<u64> = (0..1_990).map(arrival).collect();
        let lateness = Lateness::of(&arrivals, 1_000, 2);
        assert_eq!(lateness.median, Duration::ZERO);
        assert_eq!(lateness.p99, Duration::from_millis(3));
        assert_eq!(lateness.missing, 10);
    }

    #[test]
    fn the_median_is_in_the_middle() {
        let median = |values: &[f64]| median(values.iter().copied()).to_string();
        assert_eq!(median(&[3.0, 1.0, 2.0]), "2");
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), "2.5");
        assert_eq!(median(&[]), "0");
    }
}
