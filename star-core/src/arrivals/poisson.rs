//! Arrivals that know nothing of each other.
//!
//! Of every second of such a phase is drawn how many arrive, from the Poisson distribution of its mean; the instants are then as many
//! numbers drawn evenly from that second, in order: which is a Poisson process, exactly.
//!
//! A second's instants are never drawn all at once. Of `n` arrivals in a stretch of time each is in the first half by the toss of a
//! coin; so who looks for the `k`-th tosses `n` coins, knows in which half it is, and goes on there, until few enough are left to be drawn
//! and sorted. That takes about `2n / 64` draws and remembers nothing.
//!
//! All draws are functions of (seed, phase, second, stretch). Logarithms are `libm`'s, which are computed alike on every processor.

use std::sync::Arc;
use std::time::Duration;

use crate::draw::Draws;

const NANOS: u64 = 1_000_000_000;

/// A phase of so many seconds takes 80 MB for the first index of each.
pub(super) const MOST_SECONDS: u64 = 10_000_000;

/// From here on a second's count is drawn by rejection; below by multiplying.
const LARGE_MEAN: f64 = 10.0;

/// So few arrivals are drawn and sorted.
const FEW: u64 = 16;

/// Stretches are numbered like a heap's nodes, from 1 for the whole second, in 32 bits.
const DEEPEST: u64 = 1 << 31;

/// The unit of draws that belong to no unit.
const NO_UNIT: u64 = u64::MAX;

/// The first of the numbers at which phases draw. No step of a script has it, and nothing else that is drawn.
const PHASES: u64 = 1 << 33;

/// The arrivals of a phase.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Process {
    seed: u64,
    phase: u64,
    nanos: u64,
    /// Of each second the index of its first arrival; last, how many there are.
    firsts: Arc<[u64]>,
}

impl Process {
    /// The arrivals of a phase with `rate` arrivals a second in the mean, whose seconds are no more than [`MOST_SECONDS`].
    pub(super) fn new(seed: u64, phase: usize, duration: Duration, rate: f64) -> Self {
        let mut process = Self {
            seed,
            phase: phase as u64,
            nanos: crate::nanos(duration),
            firsts: Arc::default(),
        };
        let seconds = process.nanos.div_ceil(NANOS);
        let mut first = 0;
        let firsts = (0..seconds).map(|second| {
            let mean = rate * process.length(second) as f64 / NANOS as f64;
            let count = poisson(mean, &mut process.draws(second, 0));
            let at = first;
            first += count;
            at
        });
        let mut firsts: Vec<u64> = firsts.collect();
        firsts.push(first);
        process.firsts = firsts.into();
        process
    }

    /// How many there are.
    pub(super) fn units(&self) -> u64 {
        self.firsts.last().copied().unwrap_or(0)
    }

    /// When the `k`-th comes, in nanoseconds from the phase's start.
    pub(super) fn due(&self, k: u64) -> u64 {
        let second = self.firsts.partition_point(|first| *first <= k);
        let second = second.saturating_sub(1);
        let at = |second: usize| self.firsts.get(second).copied().unwrap_or_default();
        let count = at(second + 1).saturating_sub(at(second));
        let (rank, second) = (k.saturating_sub(at(second)), second as u64);
        second * NANOS + self.within(second, count, rank)
    }

    /// How long a second is: the last may be a part of one.
    fn length(&self, second: u64) -> u64 {
        self.nanos.saturating_sub(second * NANOS).min(NANOS)
    }

    /// When the arrival of this rank comes, of `count` in a second.
    fn within(&self, second: u64, mut count: u64, mut rank: u64) -> u64 {
        let (mut from, mut length, mut stretch) = (0, self.length(second), 1);
        while count > FEW && length > 1 && stretch < DEEPEST {
            // Of an odd length the second half has a nanosecond more, which a fair coin does not know of.
            let half = length / 2;
            let early = heads(count, &mut self.draws(second, stretch));
            stretch *= 2;
            if rank < early {
                (count, length) = (early, half);
            } else {
                (count, rank) = (count - early, rank - early);
                (from, length) = (from + half, length - half);
                stretch += 1;
            }
        }
        let mut draws = self.draws(second, stretch);
        let mut instants: Vec<u64> = (0..count).map(|_| draws.below(length)).collect();
        instants.sort_unstable();
        from + instants.get(rank as usize).copied().unwrap_or(0)
    }

    fn draws(&self, second: u64, stretch: u64) -> Draws {
        Draws::new(
            self.seed,
            NO_UNIT,
            PHASES + self.phase,
            second << 32 | stretch,
        )
    }
}

/// How many of so many tossed coins show heads.
fn heads(coins: u64, draws: &mut Draws) -> u64 {
    let mut left = coins;
    let mut heads = 0;
    while left > 0 {
        let tossed = left.min(64);
        let tosses = draws.next_u64() >> (64 - tossed);
        heads += u64::from(tosses.count_ones());
        left -= tossed;
    }
    heads
}

/// A number from the Poisson distribution of this mean.
fn poisson(mean: f64, draws: &mut Draws) -> u64 {
    if mean < LARGE_MEAN {
        by_multiplying(mean, draws)
    } else {
        by_rejection(mean, draws)
    }
}

/// Knuth's algorithm: uniform numbers are multiplied until their product is below e^-mean.
fn by_multiplying(mean: f64, draws: &mut Draws) -> u64 {
    let limit = libm::exp(-mean);
    let mut product = draws.unit_interval();
    let mut count = 0;
    while product > limit {
        product *= draws.unit_interval();
        count += 1;
    }
    count
}

/// Hörmann's transformed rejection with squeeze (PTRS, 1993), for means from 10 on: a little more than two draws a number.
fn by_rejection(mean: f64, draws: &mut Draws) -> u64 {
    let scale = 0.931 + 2.53 * mean.sqrt();
    let tail = -0.059 + 0.024_83 * scale;
    let inverse_alpha = 1.1239 + 1.1328 / (scale - 3.4);
    let squeeze = 0.9277 - 3.6224 / (scale - 2.0);
    let log_mean = libm::log(mean);
    loop {
        let across = draws.unit_interval() - 0.5;
        let up = draws.unit_interval();
        let edge = 0.5 - across.abs();
        let count = ((2.0 * tail / edge + scale) * across + mean + 0.43).floor();
        if edge >= 0.07 && up <= squeeze {
            return count as u64;
        }
        if count < 0.0 || (edge < 0.013 && up > edge) {
            continue;
        }
        let hat = libm::log(up * inverse_alpha) - libm::log(tail / (edge * edge) + scale);
        if hat <= count * log_mean - mean - libm::lgamma(count + 1.0) {
            return count as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(rate: f64, seconds: u64) -> Process {
        Process::new(7, 0, Duration::from_secs(seconds), rate)
    }

    #[test]
    fn counts_have_the_mean_and_the_variance_of_the_distribution() {
        for mean in [0.1, 1.0, 9.9, 10.0, 42.0, 1e3, 1e6] {
            let samples = 20_000_u64;
            let counts: Vec<f64> = (0..samples)
                .map(|sample| poisson(mean, &mut Draws::new(1, 2, 3, sample)) as f64)
                .collect();
            let average = counts.iter().sum::<f64>() / samples as f64;
            let spread = counts.iter().map(|count| (count - average).powi(2));
            let variance = spread.sum::<f64>() / samples as f64;
            // Five standard errors of either.
            let error = 5.0 * (mean / samples as f64).sqrt();
            assert!((average - mean).abs() < error, "{mean}: {average}");
            let error = 5.0 * mean * ((2.0 + 1.0 / mean) / samples as f64).sqrt();
            assert!((variance - mean).abs() < error, "{mean}: {variance}");
        }
    }

    #[test]
    fn counts_are_as_frequent_as_the_distribution_says() {
        let (mean, samples) = (12.0, 100_000_u64);
        let mut seen = [0_u64; 40];
        for sample in 0..samples {
            let count = poisson(mean, &mut Draws::new(5, 6, 7, sample)) as usize;
            seen[count.min(39)] += 1;
        }
        let (mut chance, mut squares) = ((-mean).exp(), 0.0);
        for (count, seen) in seen.iter().enumerate().take(26) {
            let expected = chance * samples as f64;
            if expected > 20.0 {
                squares += (*seen as f64 - expected).powi(2) / expected;
            }
            chance *= mean / (count as f64 + 1.0);
        }
        // Some 24 degrees of freedom: above 60 once in ten thousand.
        assert!(squares < 60.0, "chi² {squares}");
    }

    #[test]
    fn instants_never_decrease_and_stay_in_their_second() {
        let process = second(3000.0, 3);
        let mut last = 0;
        for unit in 0..process.units() {
            let due = process.due(unit);
            assert!(due >= last && due < 3 * NANOS, "{unit}");
            let second = (due / NANOS) as usize;
            let (first, next) = (process.firsts[second], process.firsts[second + 1]);
            assert!((first..next).contains(&unit), "{unit}");
            last = due;
        }
    }

    #[test]
    fn gaps_are_those_of_a_memoryless_process() {
        let process = second(1000.0, 100);
        let dues: Vec<u64> = (0..process.units()).map(|unit| process.due(unit)).collect();
        let gaps: Vec<f64> = dues
            .windows(2)
            .map(|pair| (pair[1] - pair[0]) as f64)
            .collect();
        let longer = |nanos: f64| {
            let longer = gaps.iter().filter(|gap| **gap > nanos).count();
            longer as f64 / gaps.len() as f64
        };
        for times in [0.1, 0.5, 1.0, 2.0, 3.0] {
            let expected = f64::exp(-times);
            let seen = longer(times * 1e6);
            assert!((seen - expected).abs() < 0.01, "{times}: {seen} {expected}");
        }
    }

    #[test]
    fn a_part_of_a_second_has_a_part_of_the_arrivals() {
        let process = Process::new(3, 0, Duration::from_millis(250), 4000.0);
        assert!(
            (850..1150).contains(&process.units()),
            "{}",
            process.units()
        );
        assert!(process.due(process.units() - 1) < NANOS / 4);
    }

    #[test]
    fn phases_and_seeds_draw_for_themselves() {
        let due = |seed, phase| {
            let process = Process::new(seed, phase, Duration::from_secs(2), 50.0);
            (0..process.units())
                .map(|unit| process.due(unit))
                .collect::<Vec<_>>()
        };
        assert_eq!(due(1, 0), due(1, 0));
        assert_ne!(due(1, 0), due(2, 0));
        assert_ne!(due(1, 0), due(1, 1));
    }

    #[test]
    fn the_algorithm_is_what_it_was() {
        let process = second(40.0, 2);
        let dues: Vec<u64> = (0..3).map(|unit| process.due(unit)).collect();
        assert_eq!(process.units(), 78);
        assert_eq!(dues, [31_368_883, 47_953_529, 63_193_947]);
    }
}
