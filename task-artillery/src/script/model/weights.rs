//! Which scenario a user plays.

use star_core::draw::Draws;

use super::flow::Scenario;

/// The weights of the scenarios, added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    /// Of each scenario the sum of its own weight and all before.
    sums: Box<[u64]>,
}

impl Weights {
    /// The weights of these scenarios.
    pub fn new(scenarios: &[Scenario]) -> Self {
        let sums = scenarios.iter().scan(0, |sum, scenario| {
            *sum += u64::from(scenario.weight);
            Some(*sum)
        });
        Self {
            sums: sums.collect(),
        }
    }

    /// The index of a scenario, by one draw: each as often as its weight is of the sum. The first scenario where all weights are
    /// zero, which no script that was read has.
    pub fn pick(&self, draws: &mut Draws) -> usize {
        let total = self.sums.last().copied().unwrap_or(0);
        let chosen = draws.below(total);
        let at = self.sums.partition_point(|sum| *sum <= chosen);
        if at < self.sums.len() { at } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_are_chosen_as_often_as_their_weights_say() {
        let scenarios = [2, 0, 3, 1].map(|weight| Scenario {
            weight,
            ..Scenario::default()
        });
        let weights = Weights::new(&scenarios);
        let mut counts = [0; 4];
        let mut draws = Draws::new(1, 0, 0, 0);
        for _ in 0..6000 {
            counts[weights.pick(&mut draws)] += 1;
        }
        assert_eq!(counts[1], 0);
        for (count, expected) in counts.into_iter().zip([2000_i32, 0, 3000, 1000]) {
            assert!((count - expected).abs() < 150, "{counts:?}");
        }
        assert_eq!(Weights::new(&[]).pick(&mut draws), 0);
    }
}
