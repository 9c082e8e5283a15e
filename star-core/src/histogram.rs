//! Distributions that add up.

use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram as Hdr;
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Serialize, Serializer};

/// Two significant digits: a value read back is off by less than 1 %.
const DIGITS: u8 = 2;

/// A distribution of whole numbers (for times: microseconds), in an HDR histogram of two significant digits: percentiles are off by
/// less than 1 %; count, sum, least and greatest are exact. Merging adds integers, so it is exact in any order.
#[derive(Clone, Default, Deserialize)]
#[serde(try_from = "OnTheWire")]
pub struct Histogram {
    bins: Bins,
    sum: u64,
    min: u64,
    max: u64,
}

/// What was noted how often. The same values are the same distribution, however they are kept.
#[derive(Clone)]
enum Bins {
    /// For what is noted often: an array up to the greatest value, some kilobytes.
    Dense(Hdr<u64>),
    /// For what has been noted: bins that have something, in order, by the greatest value of each.
    Sparse(Vec<(u64, u64)>),
}

/// As it is written: the bins that have something, by the greatest value of each.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnTheWire {
    sum: u64,
    min: u64,
    max: u64,
    bins: Vec<(u64, u64)>,
}

/// The greatest value of the bin that a value is in, as [`Hdr::highest_equivalent`] has it for two digits: 256 bins for the values below 256, and
/// then 128 for each doubling.
fn greatest_of_bin(value: u64) -> u64 {
    let doublings = (u64::BITS - (value | 0xff).leading_zeros()) - 8;
    value | ((1 << doublings) - 1)
}

impl Bins {
    /// The bins that have something, in order, by the greatest value of each.
    fn recorded(&self) -> impl Iterator<Item = (u64, u64)> {
        let (dense, sparse) = match self {
            Self::Dense(bins) => (Some(bins.iter_recorded()), &[][..]),
            Self::Sparse(bins) => (None, &bins[..]),
        };
        let dense = dense.into_iter().flatten();
        let dense = dense.map(|bin| (bin.value_iterated_to(), bin.count_at_value()));
        dense.chain(sparse.iter().copied())
    }

    fn count(&self) -> u64 {
        match self {
            Self::Dense(bins) => bins.len(),
            Self::Sparse(bins) => bins.iter().map(|(_, count)| count).sum(),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Dense(bins) => bins.is_empty(),
            Self::Sparse(bins) => bins.is_empty(),
        }
    }

    fn add(&mut self, value: u64, times: u64) {
        match self {
            Self::Dense(bins) => bins
                .record_n(value, times)
                .expect("a histogram that resizes itself holds any value below 2⁶³"),
            Self::Sparse(bins) => {
                let greatest = greatest_of_bin(value);
                match bins.binary_search_by_key(&greatest, |bin| bin.0) {
                    Ok(there) => bins[there].1 += times,
                    Err(between) => bins.insert(between, (greatest, times)),
                }
            }
        }
    }
}

impl Default for Bins {
    fn default() -> Self {
        Self::Sparse(Vec::new())
    }
}

impl PartialEq for Histogram {
    fn eq(&self, other: &Self) -> bool {
        (self.sum, self.min, self.max) == (other.sum, other.min, other.max)
            && self.bins.recorded().eq(other.bins.recorded())
    }
}

impl Histogram {
    /// Notes a value. Beyond 2⁶² it is noted as that.
    pub fn record(&mut self, value: u64) {
        self.record_times(value, 1);
    }

    pub(crate) fn record_times(&mut self, value: u64, times: u64) {
        if times == 0 {
            return;
        }
        let value = value.min(1 << 62);
        if self.is_empty() {
            let mut bins = Hdr::new(DIGITS).expect("two digits are in the range allowed");
            bins.auto(true);
            self.bins = Bins::Dense(bins);
            self.min = value;
        }
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.sum = self.sum.saturating_add(value.saturating_mul(times));
        self.bins.add(value, times);
    }

    /// Notes a length of time, in whole microseconds.
    pub fn record_duration(&mut self, span: Duration) {
        self.record(u64::try_from(span.as_micros()).unwrap_or(u64::MAX));
    }

    /// Takes as little memory as it can from now on. It can be added to as before, but each value takes longer to note: for what
    /// has been noted, all but for stragglers.
    pub fn compact(&mut self) {
        if matches!(self.bins, Bins::Dense(_)) {
            self.bins = Bins::Sparse(self.bins.recorded().collect());
        }
    }

    /// Adds what another has noted.
    pub fn merge(&mut self, other: &Self) {
        if other.is_empty() {
            return;
        }
        self.min = if self.is_empty() {
            other.min
        } else {
            self.min.min(other.min)
        };
        self.max = self.max.max(other.max);
        self.sum = self.sum.saturating_add(other.sum);
        match &self.bins {
            Bins::Dense(_) => {
                for (value, count) in other.bins.recorded() {
                    self.bins.add(value, count);
                }
            }
            Bins::Sparse(bins) => {
                self.bins = Bins::Sparse(both(bins, other.bins.recorded()));
            }
        }
    }

    /// How many values were noted.
    pub fn count(&self) -> u64 {
        self.bins.count()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.bins.is_empty()
    }

    /// The sum of all values.
    pub fn sum(&self) -> u64 {
        self.sum
    }

    /// The least value; zero if there is none.
    pub fn min(&self) -> u64 {
        self.min
    }

    /// The greatest value; zero if there is none.
    pub fn max(&self) -> u64 {
        self.max
    }

    /// The mean; zero if there is no value.
    pub fn mean(&self) -> f64 {
        match self.count() {
            0 => 0.0,
            count => self.sum as f64 / count as f64,
        }
    }

    /// The value that a share `quantile` (0 to 1) of all values do not exceed; zero if there is none.
    ///
    /// It is the greatest of the bin of the value that has as many up to it as the share is, rounded up, and never beyond the greatest value.
    pub fn quantile(&self, quantile: f64) -> u64 {
        if quantile <= 0.0 {
            return self.min;
        }
        let rank = (quantile.min(1.0) * self.count() as f64).ceil() as u64;
        let mut so_far = 0;
        let found = self.bins.recorded().find(|(_, count)| {
            so_far += count;
            so_far >= rank
        });
        found.map_or(self.max, |(greatest, _)| greatest.clamp(self.min, self.max))
    }
}

/// The bins of two, in order.
fn both(bins: &[(u64, u64)], others: impl Iterator<Item = (u64, u64)>) -> Vec<(u64, u64)> {
    let mut both = Vec::with_capacity(bins.len());
    let mut bins = bins.iter().copied().peekable();
    for (value, count) in others {
        while let Some(before) = bins.next_if(|bin| bin.0 < value) {
            both.push(before);
        }
        let same = bins.next_if(|bin| bin.0 == value);
        both.push((value, count + same.map_or(0, |bin| bin.1)));
    }
    both.extend(bins);
    both
}

impl fmt::Debug for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Histogram")
            .field("count", &self.count())
            .field("min", &self.min)
            .field("max", &self.max)
            .finish_non_exhaustive()
    }
}

/// As `OnTheWire` is read. Written from where it is: snapshots are taken of many histograms, and a copy of each would cost more than
/// the writing.
impl Serialize for Histogram {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut wire = serializer.serialize_struct("Histogram", 4)?;
        wire.serialize_field("sum", &self.sum)?;
        wire.serialize_field("min", &self.min)?;
        wire.serialize_field("max", &self.max)?;
        wire.serialize_field("bins", &Recorded(&self.bins))?;
        wire.end()
    }
}

struct Recorded<'a>(&'a Bins);

impl Serialize for Recorded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.recorded())
    }
}

impl TryFrom<OnTheWire> for Histogram {
    type Error = &'static str;

    fn try_from(wire: OnTheWire) -> Result<Self, Self::Error> {
        let mut bins = Bins::default();
        for (value, count) in wire.bins {
            if value > (1 << 63) || count == 0 {
                return Err("a histogram's bin is out of range");
            }
            bins.add(value.min(1 << 62), count);
        }
        if !bins.is_empty() && wire.min > wire.max {
            return Err("a histogram's least value is above its greatest");
        }
        let (sum, min, max) = (wire.sum, wire.min, wire.max);
        Ok(Self {
            bins,
            sum,
            min,
            max,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(values: &[u64]) -> Histogram {
        let mut histogram = Histogram::default();
        for value in values {
            histogram.record(*value);
        }
        histogram
    }

    fn wire(histogram: &Histogram) -> String {
        serde_json::to_string(histogram).unwrap()
    }

    proptest! {
        #[test]
        fn merging_is_exact_in_any_order(a in prop::collection::vec(any::<u64>(), 0..50), b in prop::collection::vec(0..5_000_000_u64, 0..50)) {
            let both: Vec<u64> = a.iter().chain(&b).copied().collect();
            let (mut ab, mut ba) = (of(&a), of(&b));
            ab.merge(&of(&b));
            ba.merge(&of(&a));
            prop_assert_eq!(wire(&ab), wire(&of(&both)));
            prop_assert_eq!(wire(&ba), wire(&of(&both)));
        }

        #[test]
        fn the_wire_gives_back_what_was_noted(values in prop::collection::vec(any::<u64>(), 0..50)) {
            let histogram = of(&values);
            let back: Histogram = serde_json::from_str(&wire(&histogram)).unwrap();
            prop_assert_eq!(wire(&back), wire(&histogram));
            prop_assert_eq!(back.count(), values.len() as u64);
        }

        #[test]
        fn it_is_the_same_however_it_is_kept(a in prop::collection::vec(any::<u64>(), 0..50), b in prop::collection::vec(0..5_000_000_u64, 0..200), share in 0.0..1.1_f64) {
            let whole = of(&[&a[..], &b].concat());
            let mut compact = of(&a);
            compact.compact();
            for value in &b {
                compact.record(*value);
            }
            let mut dense = of(&a);
            let mut others = of(&b);
            dense.merge(&others);
            others.compact();
            let mut sparse = Histogram::default();
            sparse.merge(&others);
            sparse.merge(&of(&a));
            for same in [compact, dense, sparse] {
                prop_assert_eq!(wire(&same), wire(&whole));
                prop_assert!(same == whole);
                for share in [share, 0.0, 0.5, 1.0] {
                    prop_assert_eq!(same.quantile(share), whole.quantile(share));
                }
            }
        }

        #[test]
        fn quantiles_are_those_of_the_library(values in prop::collection::vec(0..5_000_000_u64, 1..200), share in 0.0..1.1_f64) {
            let mut library = Hdr::<u64>::new(DIGITS).unwrap();
            library.auto(true);
            for value in &values {
                library.record(*value).unwrap();
            }
            let histogram = of(&values);
            let (min, max) = (histogram.min(), histogram.max());
            for share in [share, 0.0, 1.0] {
                let read = library.value_at_quantile(share).clamp(min, max);
                prop_assert_eq!(histogram.quantile(share), read);
            }
        }

        #[test]
        fn bins_are_those_of_the_library(value in any::<u64>(), shift in 0..64_u32) {
            let value = (value >> shift).min(1 << 62);
            let mut library = Hdr::<u64>::new(DIGITS).unwrap();
            library.auto(true);
            library.record(value).unwrap();
            prop_assert_eq!(greatest_of_bin(value), library.highest_equivalent(value));
        }

        #[test]
        fn quantiles_are_off_by_less_than_one_percent(mut values in prop::collection::vec(1..100_000_000_u64, 1..200), share in 0.0..1.0_f64) {
            let histogram = of(&values);
            values.sort_unstable();
            let rank = ((share * values.len() as f64).ceil() as usize).clamp(1, values.len());
            let exact = values[rank - 1] as f64;
            let read = histogram.quantile(share) as f64;
            prop_assert!((read - exact).abs() <= exact * 0.01, "{read} for {exact}");
        }
    }

    #[test]
    fn nothing_noted_reads_as_nothing() {
        let empty = Histogram::default();
        assert_eq!(
            (empty.count(), empty.min(), empty.max(), empty.quantile(0.5)),
            (0, 0, 0, 0)
        );
        assert_eq!(wire(&empty), r#"{"sum":0,"min":0,"max":0,"bins":[]}"#);
    }
}
