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
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(try_from = "OnTheWire")]
pub struct Histogram {
    bins: Option<Hdr<u64>>,
    sum: u64,
    min: u64,
    max: u64,
}

/// Sparse: the bins that have something, by the greatest value of each.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnTheWire {
    sum: u64,
    min: u64,
    max: u64,
    bins: Vec<(u64, u64)>,
}

impl Histogram {
    /// Notes a value. Beyond 2⁶² it is noted as that.
    pub fn record(&mut self, value: u64) {
        self.record_times(value, 1);
    }

    /// Notes a length of time, in whole microseconds.
    pub fn record_duration(&mut self, span: Duration) {
        self.record(u64::try_from(span.as_micros()).unwrap_or(u64::MAX));
    }

    pub(crate) fn record_times(&mut self, value: u64, times: u64) {
        if times == 0 {
            return;
        }
        let value = value.min(1 << 62);
        if self.is_empty() {
            self.min = value;
        }
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.sum = self.sum.saturating_add(value.saturating_mul(times));
        self.bins_mut()
            .record_n(value, times)
            .expect("a histogram that resizes itself holds any value below 2⁶³");
    }

    fn bins_mut(&mut self) -> &mut Hdr<u64> {
        self.bins.get_or_insert_with(|| {
            let mut bins = Hdr::new(DIGITS).expect("two digits are in the range allowed");
            bins.auto(true);
            bins
        })
    }

    /// Adds what another has noted.
    pub fn merge(&mut self, other: &Self) {
        let Some(bins) = &other.bins else { return };
        if bins.is_empty() {
            return;
        }
        self.min = if self.is_empty() {
            other.min
        } else {
            self.min.min(other.min)
        };
        self.max = self.max.max(other.max);
        self.sum = self.sum.saturating_add(other.sum);
        self.bins_mut()
            .add(bins)
            .expect("a histogram that resizes itself holds any other of the same digits");
    }

    /// How many values were noted.
    pub fn count(&self) -> u64 {
        self.bins.as_ref().map_or(0, Hdr::len)
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
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
    pub fn quantile(&self, quantile: f64) -> u64 {
        self.bins
            .as_ref()
            .map_or(0, |bins| bins.value_at_quantile(quantile))
            .clamp(self.min, self.max)
    }
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
        wire.serialize_field("bins", &Bins(self.bins.as_ref()))?;
        wire.end()
    }
}

struct Bins<'a>(Option<&'a Hdr<u64>>);

impl Serialize for Bins<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let recorded = self.0.into_iter().flat_map(Hdr::iter_recorded);
        serializer.collect_seq(recorded.map(|bin| (bin.value_iterated_to(), bin.count_at_value())))
    }
}

impl TryFrom<OnTheWire> for Histogram {
    type Error = &'static str;

    fn try_from(wire: OnTheWire) -> Result<Self, Self::Error> {
        let mut histogram = Self::default();
        for (value, count) in wire.bins {
            // The counts of a bin array that resizes itself take memory by the greatest value: 62 bits are 7,000 bins.
            if value > (1 << 63) || count == 0 {
                return Err("a histogram's bin is out of range");
            }
            histogram.record_times(value, count);
        }
        if !histogram.is_empty() && wire.min > wire.max {
            return Err("a histogram's least value is above its greatest");
        }
        (histogram.sum, histogram.min, histogram.max) = (wire.sum, wire.min, wire.max);
        Ok(histogram)
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
