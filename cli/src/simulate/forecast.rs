//! What a run would take and cost.

use serde::Serialize;
use task_simulate::{Simulation, World};

use super::Prices;

/// What a run would take and cost.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Forecast {
    /// Seconds of functions, times their memory in gigabytes.
    pub(crate) gb_seconds: f64,
    /// How many functions began; a call that came to nothing is not paid for.
    pub(crate) invocations: u64,
    /// Writes to the object store.
    pub(crate) writes: u64,
    /// Reads from it.
    pub(crate) reads: u64,
    /// What that costs.
    pub(crate) cost: Cost,
    /// By which prices.
    pub(crate) prices: Prices,
    /// How many functions at once.
    pub(crate) quota: Quota,
}

/// Money.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Cost {
    /// For the functions' time.
    pub(crate) memory: f64,
    /// For calling them.
    pub(crate) invocations: f64,
    /// For the object store.
    pub(crate) storage: f64,
    /// In all.
    pub(crate) total: f64,
}

/// How many functions may run at once, and how many are needed.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Quota {
    /// So many would run at once where none is turned away.
    pub(crate) needed: u32,
    /// So many may in the simulated world.
    pub(crate) account: u32,
    /// So many may in an account that has asked for nothing.
    pub(crate) default: u32,
    /// Whether that is what is kept for the function, whatever its account may.
    #[serde(skip)]
    pub(crate) reserved: bool,
}

impl Quota {
    /// That of a world, for a run that needs so many.
    pub(crate) fn new(needed: u32, world: &World) -> Self {
        Self {
            needed,
            account: world.concurrency,
            default: World::default().concurrency,
            reserved: false,
        }
    }

    /// Whether workers had to wait for others to end, or were never there, so that more were needed than a simulation shows.
    pub(crate) fn was_short(simulation: &Simulation, world: &World) -> bool {
        simulation.peak >= world.concurrency
    }
}

impl Forecast {
    /// Of what was simulated.
    pub(crate) fn new(simulation: &Simulation, prices: &Prices, quota: Quota) -> Self {
        let ledger = &simulation.ledger;
        let (writes, reads) = (ledger.writes(), ledger.gets);
        let memory = prices.of_memory(simulation.gb_seconds);
        let began = simulation.workers.len() as u64;
        let invocations = prices.of_invocations(began);
        let storage = prices.of_requests(writes, reads);
        Self {
            gb_seconds: simulation.gb_seconds,
            invocations: began,
            writes,
            reads,
            cost: Cost {
                memory,
                invocations,
                storage,
                total: memory + invocations + storage,
            },
            prices: prices.clone(),
            quota,
        }
    }
}
