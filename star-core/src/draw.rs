//! Chance that does not depend on who draws.
//!
//! A draw is a function of (run seed, unit, step, iteration, n-th draw there), so a unit draws the same numbers whichever worker
//! carries it out. The function is `sip-1`: SipHash-2-4 (Aumasson and Bernstein, 2012) under the key `(seed, 1)` of the four
//! numbers unit, step, iteration and n, each as eight bytes, least significant first. It will never change under that name.

use std::hash::Hasher as _;
use std::rc::Rc;

use siphasher::sip::SipHasher24;

use crate::context::TraceLine;

/// The name and version of the algorithm.
pub const ALGORITHM: &str = "sip-1";

const VERSION: u64 = 1;

/// The `n`-th draw at a step's iteration of a unit.
pub fn draw(seed: u64, unit: u64, step: u64, iteration: u64, n: u64) -> u64 {
    let mut message = [0; 32];
    for (bytes, number) in message.chunks_exact_mut(8).zip([unit, step, iteration, n]) {
        bytes.copy_from_slice(&number.to_le_bytes());
    }
    let mut hasher = SipHasher24::new_with_keys(seed, VERSION);
    hasher.write(&message);
    hasher.finish()
}

/// The draws of one step's iteration of one unit, in order.
#[derive(Debug)]
pub struct Draws {
    seed: u64,
    unit: u64,
    step: u64,
    iteration: u64,
    next: u64,
    trace: Option<Rc<TraceLine>>,
}

impl Draws {
    /// The draws at a place, from the first on.
    pub fn new(seed: u64, unit: u64, step: u64, iteration: u64) -> Self {
        Self {
            seed,
            unit,
            step,
            iteration,
            next: 0,
            trace: None,
        }
    }

    pub(crate) fn traced(mut self, trace: Option<Rc<TraceLine>>) -> Self {
        self.trace = trace;
        self
    }

    /// The next draw: any 64-bit number, all as likely.
    pub fn next_u64(&mut self) -> u64 {
        let value = draw(self.seed, self.unit, self.step, self.iteration, self.next);
        if let Some(trace) = &self.trace {
            trace.drew(draw(value, self.unit, self.step, self.iteration, self.next));
        }
        self.next += 1;
        value
    }

    /// The next draw as a number below `bound` (zero for zero): `draw × bound / 2⁶⁴`, off from even odds by at most `bound / 2⁶⁴`.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// The next draw as a number in `[0, 1)`, in steps of 2⁻⁵³.
    pub fn unit_interval(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_algorithm_never_changes() {
        let mut draws = Draws::new(7, 1, 2, 3);
        let drawn: Vec<u64> = (0..3).map(|_| draws.next_u64()).collect();
        assert_eq!(drawn, [0, 1, 2].map(|n| draw(7, 1, 2, 3, n)));
        // Computed by another implementation of SipHash-2-4.
        assert_eq!(draw(0, 0, 0, 0, 0), 0x5413_11a7_3acb_eeb1);
        assert_eq!(drawn[0], 0xa0dd_a87e_ea2d_ab97);
    }

    #[test]
    fn bounds_hold() {
        let mut draws = Draws::new(1, 1, 1, 1);
        assert_eq!(draws.below(0), 0);
        assert!((0..10_000).all(|_| draws.below(10) < 10));
        assert!((0..10_000).all(|_| (0.0..1.0).contains(&draws.unit_interval())));
        let mut seen = [0_u32; 10];
        (0..100_000).for_each(|_| seen[draws.below(10) as usize] += 1);
        assert!(
            seen.iter().all(|times| (9_500..10_500).contains(times)),
            "{seen:?}"
        );
    }
}
