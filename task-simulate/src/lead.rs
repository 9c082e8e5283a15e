//! Whether workers have the time, between being sent for and their window's begin, that such a world may take.

use std::time::Duration;

use star_core::ledger::{StartRecord, WindowPlan};
use star_core::{Facts, Intervals, Limits};

use crate::world::World;

/// How long a worker that is sent for may take to be there, in a world that delivers soon.
pub(crate) const SOON: Duration = Duration::from_secs(3);

/// A window whose workers may come too late through no fault of the framework's: what is missed there is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hurried {
    /// How long before its begin they are sent for.
    lead: Duration,
    /// How long that may take.
    needed: Duration,
    /// Through how many workers the last order comes.
    hops: u32,
    /// How long each of them may take to be there.
    each: Duration,
}

impl Hurried {
    /// Whether a window's workers are in a hurry.
    pub(crate) fn of(plan: &WindowPlan, limits: &Limits, world: &World) -> Option<Self> {
        let lead = limits.lead_for(plan.lanes);
        let hops = hops(plan.lanes, limits.fan_out);
        // Two clocks may be off in opposite directions.
        let each = SOON.max(world.dispatch.most);
        let needed = each * hops + world.clock_skew * 2;
        (lead < needed).then_some(Self {
            lead,
            needed,
            hops,
            each,
        })
    }
}

/// Through how many workers the order for the last of so many lanes comes.
fn hops(lanes: u32, fan_out: u32) -> u32 {
    let (mut left, mut hops) = (lanes, 1);
    while left > 1 {
        left = (left - 1).div_ceil(fan_out.max(1));
        hops += 1;
    }
    hops
}

/// Whether a run may be closed before all have said their last word, since whoever closes it holds it to be later than it is.
pub(crate) fn closes_early(world: &World, intervals: &Intervals) -> bool {
    world.clock_skew * 2 >= intervals.margin
}

/// Why units were missed or lost, as far as that follows from how the world is, a sentence each.
pub(crate) fn causes(
    start: &StartRecord,
    facts: &Facts,
    (limits, intervals): (&Limits, &Intervals),
    world: &World,
) -> Vec<String> {
    if start.batch || facts.tally.missed + facts.lost == 0 {
        return Vec::new();
    }
    let early = closes_early(world, intervals) && facts.lost > 0;
    let early = early.then(|| {
        format!(
            "clocks may differ by {:?}, and last reports are waited for {:?} by the clock of whoever closes the run",
            world.clock_skew * 2,
            intervals.margin
        )
    });
    hurry(start, limits, world)
        .into_iter()
        .chain(early)
        .collect()
}

/// In how many windows workers are in a hurry, if in any, and how much.
fn hurry(start: &StartRecord, limits: &Limits, world: &World) -> Option<String> {
    let windows = start.windows.iter();
    let hurried = windows.filter_map(|plan| Hurried::of(plan, limits, world));
    let hurried: Vec<_> = hurried.collect();
    let Hurried {
        lead,
        needed,
        hops,
        each,
    } = *hurried.iter().max_by_key(|hurried| hurried.needed)?;
    let skew = if world.clock_skew > Duration::from_millis(1) {
        format!(", by clocks that may differ by {:?}", world.clock_skew * 2)
    } else {
        String::new()
    };
    let chain = match hops {
        1 => "one".to_owned(),
        hops => format!("{hops} one after the other"),
    };
    let (late, all) = (hurried.len(), start.windows.len());
    let windows = if all == 1 { "window" } else { "windows" };
    Some(format!(
        "in {late} of {all} {windows} workers are sent for {lead:?} before it begins, and {needed:?} may pass until the last is there: {chain}, each within {each:?}{skew}"
    ))
}

#[cfg(test)]
mod tests {
    use star_core::Window;

    use super::*;

    #[test]
    fn a_window_is_hurried_by_a_short_lead_or_by_clocks_that_differ() {
        assert_eq!(
            [1, 2, 33, 34, 1_057].map(|lanes| hops(lanes, 32)),
            [1, 2, 2, 3, 3]
        );
        let plan = WindowPlan {
            window: Window::new(Duration::ZERO, Duration::from_mins(1)),
            lanes: 40,
            units: 1,
        };
        let quiet = World::default();
        let limits = quiet.limits();
        assert_eq!(Hurried::of(&plan, &limits, &quiet), None);
        let skewed = World {
            clock_skew: Duration::from_secs(20),
            ..World::default()
        };
        assert!(Hurried::of(&plan, &limits, &skewed).is_some());
        let short = Limits {
            lead: Duration::from_millis(100),
            ready_rate: None,
            ..limits
        };
        assert!(Hurried::of(&plan, &short, &quiet).is_some());
    }
}
