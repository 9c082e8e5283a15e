//! `mode` and `sampling`: a run that tries every scenario out.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::as_nanos;
use star_core::draw::Draws;

/// What a run is for that tries scenarios out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Trial {
    /// To find out whether what was deployed does what it should.
    Acceptance,
    /// To find out, again and again, whether it still does.
    Monitoring,
}

impl Trial {
    /// What scripts call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Acceptance => "acceptance",
            Self::Monitoring => "monitoring",
        }
    }
}

/// How every scenario is tried out: a number of samples, one after another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Sampling {
    /// What for.
    pub trial: Trial,
    /// How many samples of each scenario; not zero.
    pub size: u64,
    /// How long the pause before a sample is in the mean.
    #[serde(with = "as_nanos")]
    pub average_pause: Duration,
    /// By how much a pause is longer or shorter at most; no more than a pause is in the mean.
    #[serde(with = "as_nanos")]
    pub pause_variance: Duration,
    /// How many errors in all a run may have that passes.
    pub error_budget: u64,
}

impl Sampling {
    /// The most samples of a scenario.
    pub const MOST: u64 = 10_000;

    /// What holds where a script says nothing.
    pub fn usual(trial: Trial) -> Self {
        let (size, error_budget) = match trial {
            Trial::Acceptance => (1, 0),
            Trial::Monitoring => (5, 4),
        };
        Self {
            trial,
            size,
            average_pause: Duration::from_millis(200),
            pause_variance: Duration::from_millis(100),
            error_budget,
        }
    }

    /// The pause before a sample: one draw, whatever it may be.
    pub fn pause(&self, draws: &mut Draws) -> Duration {
        let spread = self.pause_variance.mul_f64(2.0 * draws.unit_interval());
        self.average_pause.saturating_sub(self.pause_variance) + spread
    }

    /// The longest that the pauses of a scenario can be together.
    pub fn longest_pauses(&self) -> Duration {
        let longest = self.average_pause.saturating_add(self.pause_variance);
        longest.saturating_mul(u32::try_from(self.size).unwrap_or(u32::MAX))
    }

    /// Whether it is one that scripts can ask for.
    ///
    /// # Errors
    /// One sentence.
    pub fn check(&self) -> Result<(), String> {
        if !(1..=Self::MOST).contains(&self.size) {
            return Err(format!(
                "a scenario has from 1 to {} samples, not {}",
                Self::MOST,
                self.size
            ));
        }
        if self.pause_variance > self.average_pause {
            return Err("pauses between samples cannot be shorter than nothing".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_within_their_bounds_and_reach_near_to_them() {
        let sampling = Sampling::usual(Trial::Acceptance);
        let pauses = (0..1000).map(|sample| sampling.pause(&mut Draws::new(7, 0, 0, sample)));
        let pauses: Vec<_> = pauses.collect();
        let (least, most) = (pauses.iter().min().unwrap(), pauses.iter().max().unwrap());
        let millis = Duration::from_millis;
        assert!((millis(100)..millis(102)).contains(least), "{least:?}");
        assert!((millis(298)..=millis(300)).contains(most), "{most:?}");
        assert_eq!(sampling.longest_pauses(), millis(300));
    }

    #[test]
    fn what_no_script_can_ask_for_is_refused() {
        let usual = Sampling::usual(Trial::Monitoring);
        assert_eq!(usual.check(), Ok(()));
        for size in [0, Sampling::MOST + 1] {
            let sampling = Sampling {
                size,
                ..usual.clone()
            };
            assert!(sampling.check().is_err(), "{size}");
        }
        let hasty = Sampling {
            average_pause: Duration::ZERO,
            ..usual
        };
        assert!(hasty.check().is_err());
    }
}
