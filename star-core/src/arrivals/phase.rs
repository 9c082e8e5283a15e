//! One phase and its piece of the curve.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::poisson::{MOST_SECONDS, Process};

/// The highest rate, in units a second: up to here instants a unit apart differ by more than rounding could turn around.
pub const MAX_RATE: f64 = 1e6;

/// No more units than this can come together: [`MAX_RATE`] over a hundred years is less. Up to here a unit and a half is a float.
pub const MAX_UNITS: u64 = 1 << 52;

/// The longest that all phases may last: up to here a nanosecond count is exact enough at [`MAX_RATE`].
const MAX_DURATION: Duration = Duration::from_hours(100 * 365 * 24);

const NANOS: f64 = 1e9;

/// A stretch of time and what arrives in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    /// How long it is.
    pub duration: Duration,
    /// What arrives.
    pub load: Load,
}

/// What arrives in a phase.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum Load {
    /// A rate that goes in a straight line, in units a second; the same at both ends for a constant one.
    Rate {
        /// At the start.
        from: f64,
        /// At the end.
        to: f64,
    },
    /// So many units a second in the mean, none of which knows of any other: a Poisson process.
    Poisson(f64),
    /// So many units, spaced evenly.
    Count(u64),
    /// Nothing.
    Pause,
}

impl Load {
    /// The most units in a second that it comes to, in the mean, spread over `duration`.
    pub fn peak(&self, duration: Duration) -> f64 {
        match *self {
            Self::Rate { from, to } => from.max(to),
            Self::Poisson(rate) => rate,
            Self::Count(units) if units > 0 => units as f64 * NANOS / duration.as_nanos() as f64,
            Self::Count(_) | Self::Pause => 0.0,
        }
    }
}

/// A phase that can't be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArrivalsError {
    /// A rate is negative or not a number, or above [`MAX_RATE`], or a count comes to such a rate.
    #[error("the rate of phase {phase} is not between 0 and 1,000,000 a second")]
    Rate {
        /// The phase's index.
        phase: usize,
    },
    /// A phase whose arrivals are drawn lasts longer than some 115 days.
    #[error("phase {phase} is of the mode `poisson` and lasts longer than 10,000,000 seconds")]
    Poisson {
        /// The phase's index.
        phase: usize,
    },
    /// The phases last longer than a hundred years.
    #[error("phase {phase} ends after more than a hundred years")]
    Duration {
        /// The phase's index.
        phase: usize,
    },
}

/// A phase in its place among the others.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Curve {
    pub(super) start: Duration,
    pub(super) end: Duration,
    /// The index of its first unit.
    pub(super) first: u64,
    pub(super) units: u64,
    /// The area carried on from the phases before, in units: between −½ and ½.
    carried: f64,
    /// The area carried on to the phases behind.
    pub(super) left: f64,
    load: Load,
    /// Of a load that is drawn, what was.
    process: Option<Process>,
}

impl Curve {
    /// The curve of the phase `index`, behind the phases before; where it is drawn, from this seed.
    pub(super) fn new(
        index: usize,
        phase: Phase,
        before: Option<&Self>,
        seed: u64,
    ) -> Result<Self, ArrivalsError> {
        let (start, first, carried) = before.map_or_else(Default::default, |before| {
            (before.end, before.first + before.units, before.left)
        });
        let possible = |rate: f64| (0.0..=MAX_RATE).contains(&rate);
        let good = match phase.load {
            Load::Rate { from, to } => possible(from) && possible(to),
            Load::Poisson(_) | Load::Count(_) | Load::Pause => {
                possible(phase.load.peak(phase.duration))
            }
        };
        if !good {
            return Err(ArrivalsError::Rate { phase: index });
        }
        let end = start
            .checked_add(phase.duration)
            .filter(|end| *end <= MAX_DURATION)
            .ok_or(ArrivalsError::Duration { phase: index })?;
        let mut process = None;
        let (units, left) = match phase.load {
            Load::Rate { from, to } => {
                // Whole rates and nanoseconds multiply without rounding: the area is whole where it should be.
                let area = (from + to) * phase.duration.as_nanos() as f64 / (2.0 * NANOS);
                let units = (area + carried - 0.5).ceil().max(0.0);
                (units as u64, area + carried - units)
            }
            Load::Poisson(rate) => {
                if phase.duration.as_secs() >= MOST_SECONDS {
                    return Err(ArrivalsError::Poisson { phase: index });
                }
                let drawn = Process::new(seed, index, phase.duration, rate);
                let units = drawn.units();
                process = Some(drawn);
                (units, carried)
            }
            Load::Count(units) => (units, carried),
            Load::Pause => (0, carried),
        };
        Ok(Self {
            start,
            end,
            first,
            units,
            carried,
            left,
            load: phase.load,
            process,
        })
    }

    /// When its `k`-th unit is due.
    pub(super) fn due(&self, k: u64) -> Duration {
        let length = self.end.saturating_sub(self.start);
        let nanos = match self.load {
            Load::Rate { from, to } => {
                let area = k as f64 + 0.5 - self.carried;
                let slope = (to - from) / length.as_secs_f64();
                // Falling to zero the last units come so near to the root of zero that rounding may cross it.
                let root = (from * from + 2.0 * slope * area).max(0.0).sqrt();
                let time = 2.0 * area / (from + root) * NANOS;
                // Not a number where a unit carried on is due at once and the rate starts at zero: then at once.
                time.round() as u64
            }
            Load::Poisson(_) => self.process.as_ref().map_or(0, |process| process.due(k)),
            Load::Count(units) => {
                let twice = (2 * u128::from(k) + 1) * length.as_nanos();
                let apart = 2 * u128::from(units.max(1));
                u64::try_from((twice + apart / 2) / apart).unwrap_or(u64::MAX)
            }
            Load::Pause => 0,
        };
        let last = length.saturating_sub(Duration::from_nanos(1));
        self.start + Duration::from_nanos(nanos).min(last)
    }
}
