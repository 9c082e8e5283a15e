//! How many users may be under way at once.

use std::rc::Rc;

use star_core::{Lanes, Unit};

use super::Cx;
use crate::arrivals::Arrivals;
use crate::report::LoadReport;
use crate::script::Script;

/// `maxVusers`, as far as it is these lanes' share. Users of other workers are not known here: the shares of a window's lanes add up to
/// what the script says, and users who outlive their window are not counted in the next.
#[derive(Debug)]
pub(super) struct Limit<'a> {
    arrivals: &'a Arrivals,
    /// Of each phase, how many users of these lanes may be under way.
    shares: Vec<Option<usize>>,
    /// Held by every user that is under way.
    under_way: Rc<()>,
}

impl<'a> Limit<'a> {
    /// The share of these lanes.
    pub(super) fn new(script: &Script, arrivals: &'a Arrivals, lanes: Lanes) -> Self {
        let phases = script.phases.iter();
        let share = |all| share(all, lanes) as usize;
        Self {
            arrivals,
            shares: phases.map(|phase| phase.max_users.map(share)).collect(),
            under_way: Rc::new(()),
        }
    }

    /// Whether a user that arrives is one too many. In a rehearsal nobody takes any time, and nobody is turned away.
    pub(super) fn turns_away(&self, unit: &Unit<LoadReport>, cx: &Cx) -> bool {
        let phase = self.arrivals.phase_of(unit.index());
        let most = self.shares.get(phase).copied().flatten();
        !cx.rehearsal() && most.is_some_and(|most| Rc::strong_count(&self.under_way) > most)
    }

    /// A user is under way for as long as it holds this.
    pub(super) fn enter(&self) -> Rc<()> {
        Rc::clone(&self.under_way)
    }
}

/// How many of `all` these lanes may have: as even as can be, the first lanes one more.
pub(super) fn share(all: u32, lanes: Lanes) -> u32 {
    let more = all % lanes.of();
    let more = more.clamp(lanes.first(), lanes.end()) - lanes.first();
    all / lanes.of() * lanes.count() + more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_however_the_lanes_are_cut() {
        for all in 1..20 {
            for of in 1..=all {
                let lanes = Lanes::all(of);
                let sum = |parts: u32| -> u32 {
                    lanes
                        .fan(parts)
                        .into_iter()
                        .map(|part| share(all, part))
                        .sum()
                };
                assert!((1..=of).all(|parts| sum(parts) == all), "{all} {of}");
                assert!(lanes.fan(of).into_iter().all(|lane| share(all, lane) > 0));
            }
        }
    }
}
