//! Sums, mean and variance.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Figures;
use crate::outcome::Facts;
use crate::report::Report;

/// Millionths: the least difference that is seen.
const SCALE: f64 = 1e6;

/// The greatest value, in millionths.
const GREATEST: i64 = 1_000_000_000_000_000;

/// Count, sum, mean, variance, least and greatest of numbers.
///
/// Sums of floating-point numbers depend on their order. Here each value is taken to the nearest millionth, and what is added up are
/// whole numbers, so any order of adding and merging gives the same to the last bit. Values beyond ±10⁹ are taken as that. The sums are exact as
/// long as the sum of squares is below 3·10²⁶: for 3·10⁸ values of the greatest size, or as many as there are of a usual one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moments {
    count: u64,
    #[serde(with = "text")]
    sum: i128,
    #[serde(with = "text")]
    squares: i128,
    min: i64,
    max: i64,
}

/// JSON has no numbers of 128 bits.
mod text {
    use std::borrow::Cow;

    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(number: &i128, into: S) -> Result<S::Ok, S::Error> {
        into.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<i128, D::Error> {
        let text = Cow::<'_, str>::deserialize(from)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl Moments {
    /// Notes a number. One that is none (`NaN`) is not noted.
    pub fn add(&mut self, value: f64) {
        if value.is_nan() {
            return;
        }
        let scaled = ((value * SCALE).round() as i64).clamp(-GREATEST, GREATEST);
        let one = Self {
            count: 1,
            sum: scaled.into(),
            squares: i128::from(scaled) * i128::from(scaled),
            min: scaled,
            max: scaled,
        };
        self.merge(one);
    }

    /// How many were noted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their sum.
    pub fn sum(&self) -> f64 {
        self.sum as f64 / SCALE
    }

    /// Their mean; none of none.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum() / self.count as f64)
    }

    /// Their variance: the mean square of their distances from the mean; none of none.
    ///
    /// `(n·Σx² − (Σx)²) / n²`, where the difference is taken of whole numbers, as far as they fit, so that nothing cancels.
    pub fn variance(&self) -> Option<f64> {
        let n = i128::from(self.count);
        let exact = n
            .checked_mul(self.squares)
            .zip(self.sum.checked_mul(self.sum))
            .and_then(|(squares, sums)| squares.checked_sub(sums));
        let mean = self.mean()?;
        let variance = match exact {
            Some(difference) => difference as f64 / (n as f64 * n as f64) / (SCALE * SCALE),
            None => self.squares as f64 / n as f64 / (SCALE * SCALE) - mean * mean,
        };
        Some(variance.max(0.0))
    }

    /// The least; none of none.
    pub fn min(&self) -> Option<f64> {
        (self.count > 0).then(|| self.min as f64 / SCALE)
    }

    /// The greatest; none of none.
    pub fn max(&self) -> Option<f64> {
        (self.count > 0).then(|| self.max as f64 / SCALE)
    }
}

impl Report for Moments {
    type Summary = Figures;

    fn merge(&mut self, other: Self) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = other;
            return;
        }
        self.count += other.count;
        self.sum = self.sum.wrapping_add(other.sum);
        self.squares = self.squares.wrapping_add(other.squares);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    fn summarize(&self, _: &Facts) -> Figures {
        let deviation = self.variance().map(f64::sqrt);
        let value = json!({
            "count": self.count,
            "sum": self.sum(),
            "mean": self.mean(),
            "deviation": deviation,
            "min": self.min(),
            "max": self.max(),
        });
        let text = match (self.mean(), deviation, self.min(), self.max()) {
            (Some(mean), Some(deviation), Some(min), Some(max)) => format!(
                "{} values, mean {mean:.3} ± {deviation:.3}, from {min} to {max}, sum {}",
                self.count,
                self.sum(),
            ),
            _ => "no values".to_owned(),
        };
        Figures::new(value, text)
    }
}
