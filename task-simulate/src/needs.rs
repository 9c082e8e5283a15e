//! How long workers have to do, as far as that is known before.

use std::time::Duration;

use star_core::wire::Order;
use star_core::{AnyTask, Limits, Plan};

use crate::world::World;

/// What the workers of one run have to do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Needs {
    /// From when a worker is sent for until its window begins.
    lead: Duration,
    /// The first window.
    first: Duration,
    /// How long units live.
    life: Duration,
    /// A batch's share of one worker.
    share: Option<Duration>,
}

impl Needs {
    /// Those of a task that is cut so, and whose units are open for so long.
    pub(crate) fn of(
        task: &AnyTask,
        plan: &Plan,
        limits: &Limits,
        world: &World,
        life: Duration,
    ) -> Self {
        let widest = plan.windows.iter().map(|window| window.lanes).max();
        let first = plan.windows.first().map(|window| window.window.length());
        let rounds = |workers: u32| {
            let units = task.timetable().units().div_ceil(workers.into());
            units.div_ceil(task.at_once().into())
        };
        let share = (plan.workers > 0).then(|| {
            let rounds = u32::try_from(rounds(plan.workers)).unwrap_or(u32::MAX);
            world.item.median.saturating_mul(rounds)
        });
        Self {
            lead: limits.lead_for(widest.unwrap_or(1)),
            first: first.unwrap_or_default(),
            life,
            share,
        }
    }

    /// How long a worker with such an order has to do, from when it is there. Who starts a run has a part in it as well.
    pub(crate) fn with(&self, order: Order) -> Duration {
        if let Some(share) = self.share {
            return share;
        }
        let window = match order {
            Order::Carry(slice) => slice.window.length(),
            Order::Start | Order::Serve { .. } => self.first,
        };
        (self.lead + window).saturating_add(self.life)
    }
}
