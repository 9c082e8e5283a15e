//! Which of a user's draws are for what.
//!
//! A step draws at its own number ([`Step::id`](crate::script::model::Step)) and at the iteration of the loops around it; everything else
//! at one of the numbers here, which no step has.

use star_core::draw::Draws;

/// The first number that no step can have.
const BEYOND_STEPS: u64 = 1 << 32;

/// Which scenario the user plays: one draw.
pub(super) const SCENARIO: u64 = BEYOND_STEPS;

/// The user's `$uuid`, and its elements of variables that are lists.
pub(super) const VARIABLES: u64 = BEYOND_STEPS + 1;

/// The pause before a sample, at the sample's number: one draw.
pub(super) const SAMPLING: u64 = BEYOND_STEPS + 3;

/// The calls in `config`, made once for all users.
const CONFIG: u64 = BEYOND_STEPS + 2;

/// What a step draws apart from its own draws is at the sum of this and its number: whether it is done at all.
pub(super) const CHANCE: u64 = 1 << 33;

/// The same, for what a condition before the step draws.
pub(super) const CONDITION: u64 = 1 << 34;

/// The order of the first payload's rows; the second's is at the next number, and so on.
const PAYLOADS: u64 = BEYOND_STEPS + 1000;

/// The unit of draws that belong to no user.
const NO_UNIT: u64 = u64::MAX;

/// The draws for `config`: the same in every worker of a run.
pub(super) fn of_config(seed: u64) -> Draws {
    Draws::new(seed, NO_UNIT, CONFIG, 0)
}

/// The draws for a payload's order: the same in every worker of a run.
pub(super) fn of_payload(seed: u64, index: usize) -> Draws {
    Draws::new(seed, NO_UNIT, PAYLOADS + index as u64, 0)
}

/// The iteration of what is in a loop's round `round`, counted from 0, given the iteration of the loop itself.
///
/// Outside of all loops it is 0, in one loop the round's number. In nested loops no two rounds have the same, as long as a round number
/// does not reach 2⁶⁰: the factor is odd and far from simple fractions of 2⁶⁴.
pub(super) fn iteration(around: u64, round: u64) -> u64 {
    around
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(round)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn rounds_of_nested_loops_have_iterations_of_their_own() {
        let mut seen = HashSet::new();
        for a in 0..40 {
            for b in 0..40 {
                for c in 0..40 {
                    let around = iteration(iteration(iteration(0, a), b), c);
                    assert!(seen.insert(around), "{a} {b} {c}");
                }
            }
        }
        assert_eq!(iteration(0, 7), 7);
    }
}
