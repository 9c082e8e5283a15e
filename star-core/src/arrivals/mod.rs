//! The instants at which users arrive, in closed form.
//!
//! Phases follow one another. A phase with a rate is a straight line, from `r₀` to `r₁` arrivals a second over `d` seconds, and the
//! area `A(t)` under the lines of all phases is how many users should have arrived by `t`. User `i` arrives when half of it is due:
//!
//! ```text
//! due(i) = A⁻¹(i + ½)
//! ```
//!
//! so that a constant 2/s has its arrivals in the middle of each half second (250 ms, 750 ms, …), never at an edge where two phases
//! or two windows meet, and the number of users is the area, rounded to the nearest whole: a ramp 1→5000/s over 60 s has exactly
//! (1 + 5000) / 2 × 60 = 150,030.
//!
//! **Within a phase.** With the slope `s = (r₁ − r₀) / d` the area by `t` is `a = r₀·t + s·t²/2`. The root of that for `t`, written
//! so that nothing cancels when the slope is small or falls, is
//!
//! ```text
//! t = 2a / (r₀ + √(r₀² + 2·s·a))
//! ```
//!
//! It takes + − × ÷ √ only, which IEEE 754 defines to the last bit, so every processor gets the same instants; they are rounded
//! to whole nanoseconds once, and never reach the phase's end.
//!
//! **From phase to phase.** A phase has whole users. What is left of its area, a fraction between −½ and ½, is carried on to the next
//! phase with a rate, so that four phases of 0.25 users make one. In exact arithmetic that is `A⁻¹(i + ½)` over all of them; kept apart
//! from the whole users it also stays exact however many those are.
//!
//! **Counts.** A phase of `n` users in `d` is whole by definition: its users arrive at `(k + ½)·d/n`, and the carried fraction passes
//! it untouched.
//!
//! **Chance.** A phase of the mode `poisson` has no curve: its arrivals are drawn ([`Load::Poisson`]), second by second, from the run's seed.
//! Carried fractions pass it untouched.
//!
//! k6's ramping arrival rate goes by the area under the line as well. Artillery's own instants differ: at a constant rate its
//! first user arrives a whole interval after the start and the last at the end (here: half an interval each); its interval is cut to
//! whole microseconds, so that high rates overshoot (7000/s makes 7042/s); its ramps are steps of one second, each with a whole number
//! of users spaced evenly from the step's start, so that 0→5/s over 5 s is 13 users, not 12.5; a fractional constant rate is refused.

mod phase;
mod poisson;

use std::time::Duration;

use phase::Curve;
pub use phase::{ArrivalsError, Load, MAX_RATE, MAX_UNITS, Phase};

/// When each unit is due. Looking one up takes a binary search over the phases.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrivals {
    curves: Box<[Curve]>,
    units: u64,
    duration: Duration,
}

impl Arrivals {
    /// The arrivals of phases that follow one another.
    ///
    /// # Errors
    /// Says which phase is impossible, and why.
    pub fn new(phases: impl IntoIterator<Item = Phase>) -> Result<Self, ArrivalsError> {
        Self::drawn(phases, 0)
    }

    /// The arrivals of phases that follow one another, where they are drawn from this seed.
    ///
    /// # Errors
    /// Says which phase is impossible, and why.
    pub fn drawn(
        phases: impl IntoIterator<Item = Phase>,
        seed: u64,
    ) -> Result<Self, ArrivalsError> {
        let mut curves: Vec<Curve> = Vec::new();
        for (index, phase) in phases.into_iter().enumerate() {
            let curve = Curve::new(index, phase, curves.last(), seed)?;
            curves.push(curve);
        }
        let last = curves.last();
        Ok(Self {
            units: last.map_or(0, |curve| curve.first + curve.units),
            duration: last.map_or(Duration::ZERO, |curve| curve.end),
            curves: curves.into(),
        })
    }

    /// How many units there are.
    pub fn units(&self) -> u64 {
        self.units
    }

    /// How long all phases last.
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// When a unit is due, from the start of the first phase: never decreasing, and before [`duration`](Self::duration), which is
    /// the answer for a unit that there is not.
    pub fn due(&self, unit: u64) -> Duration {
        match self.curves.get(self.phase_of(unit)) {
            Some(curve) if unit < self.units => curve.due(unit - curve.first),
            _ => self.duration,
        }
    }

    /// The index of the phase that a unit belongs to; the number of phases for a unit that there is not.
    pub fn phase_of(&self, unit: u64) -> usize {
        if unit >= self.units {
            return self.curves.len();
        }
        // Of several phases with one first unit all but the last are empty.
        self.curves
            .partition_point(|curve| curve.first <= unit)
            .saturating_sub(1)
    }

    /// How many units a phase has; none where there is no such phase.
    pub fn units_of(&self, phase: usize) -> u64 {
        self.curves.get(phase).map_or(0, |curve| curve.units)
    }

    /// When a phase starts and ends, if there is one of that index.
    pub fn span_of(&self, phase: usize) -> Option<std::ops::Range<Duration>> {
        self.curves.get(phase).map(|curve| curve.start..curve.end)
    }
}

#[cfg(test)]
mod tests;
