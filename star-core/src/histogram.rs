//! Distributions that add up.

mod packed;

use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram as Hdr;
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Serialize, Serializer};

use self::packed::Packed;

/// Two significant digits: a value read back is off by less than 1 %.
const DIGITS: u8 = 2;

/// The greatest value that is told from others.
const MOST: u64 = 1 << 62;

/// The number of its bin.
const LAST: u16 = 55 * 128 + 128;

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
    Dense(Box<Hdr<u64>>),
    /// For what has been noted.
    Packed(Packed),
}

/// As it is written. A bin is its number, less that of the bin before, and then how many values are in it; those that have none are left out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnTheWire {
    sum: u64,
    min: u64,
    max: u64,
    bins: Vec<u64>,
}

/// The number of the bin that a value is in. There are 256 bins for the values below 256, and then 128 for each doubling, as [`Hdr`] has them for two
/// digits.
fn bin_of(value: u64) -> u16 {
    let doublings = (u64::BITS - (value | 0xff).leading_zeros()) - 8;
    // At most 56 doublings of 128 bins each.
    (doublings * 128) as u16 + (value >> doublings) as u16
}

/// The greatest value of a bin.
fn greatest_of(bin: u16) -> u64 {
    let doublings = u64::from(bin.max(128) / 128 - 1);
    ((u64::from(bin) - doublings * 128 + 1) << doublings) - 1
}

impl Bins {
    /// The bins that have something, in order: their numbers, and how many values are in each.
    fn recorded(&self) -> impl Iterator<Item = (u16, u64)> {
        let (dense, packed) = match self {
            Self::Dense(bins) => (Some(bins.iter_recorded()), None),
            Self::Packed(bins) => (None, Some(bins.bins())),
        };
        let dense = dense.into_iter().flatten();
        let dense = dense.map(|bin| (bin_of(bin.value_iterated_to()), bin.count_at_value()));
        dense.chain(packed.into_iter().flatten())
    }

    fn count(&self) -> u64 {
        match self {
            Self::Dense(bins) => bins.len(),
            Self::Packed(bins) => bins.bins().map(|(_, count)| count).sum(),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Dense(bins) => bins.is_empty(),
            Self::Packed(bins) => bins.is_empty(),
        }
    }

    fn add(&mut self, value: u64, times: u64) {
        match self {
            Self::Dense(bins) => bins
                .record_n(value, times)
                .expect("a histogram that resizes itself holds any value below 2⁶³"),
            Self::Packed(bins) => {
                let added = std::iter::once((bin_of(value), times));
                *bins = Packed::new(both(bins.bins(), added));
            }
        }
    }
}

impl Default for Bins {
    fn default() -> Self {
        Self::Packed(Packed::default())
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
        let value = value.min(MOST);
        if self.is_empty() {
            let mut bins = Hdr::new(DIGITS).expect("two digits are in the range allowed");
            bins.auto(true);
            self.bins = Bins::Dense(Box::new(bins));
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
            self.bins = Bins::Packed(Packed::new(self.bins.recorded()));
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
        match &mut self.bins {
            Bins::Dense(_) => {
                for (bin, count) in other.bins.recorded() {
                    self.bins.add(greatest_of(bin), count);
                }
            }
            Bins::Packed(bins) => *bins = Packed::new(both(bins.bins(), other.bins.recorded())),
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
        found.map_or(self.max, |(bin, _)| {
            greatest_of(bin).clamp(self.min, self.max)
        })
    }
}

/// The bins of two, in order.
fn both(
    one: impl Iterator<Item = (u16, u64)>,
    other: impl Iterator<Item = (u16, u64)>,
) -> impl Iterator<Item = (u16, u64)> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some((bin, count)), Some((same, more))) if bin == same => {
            let both = (*bin, count + more);
            one.next();
            other.next();
            Some(both)
        }
        (Some((bin, _)), Some((first, _))) if first < bin => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
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
        let mut before = 0;
        let bins = self.0.recorded().flat_map(|(bin, count)| {
            let gap = bin - std::mem::replace(&mut before, bin);
            [u64::from(gap), count]
        });
        serializer.collect_seq(bins)
    }
}

impl TryFrom<OnTheWire> for Histogram {
    type Error = &'static str;

    fn try_from(wire: OnTheWire) -> Result<Self, Self::Error> {
        let (pairs, rest) = wire.bins.as_chunks::<2>();
        let (mut number, mut bins) = (0_u64, Vec::with_capacity(pairs.len()));
        for (at, [gap, count]) in pairs.iter().enumerate() {
            number = number.saturating_add(*gap);
            let bin = u16::try_from(number).ok().filter(|bin| *bin <= LAST);
            let Some(bin) = bin.filter(|_| *count > 0 && (*gap > 0 || at == 0)) else {
                return Err("a histogram's bin is out of range");
            };
            bins.push((bin, *count));
        }
        if !rest.is_empty() {
            return Err("a histogram's last bin has no count");
        }
        let bins = Bins::Packed(Packed::new(bins.into_iter()));
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
mod tests;
