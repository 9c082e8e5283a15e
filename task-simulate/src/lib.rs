//! A fleet in virtual time: not a model of the framework, but the framework itself in a simulated world.
//!
//! Plan, dispatch, worker, ledger protocol and settling are those of a real run. Simulated are the clock, the transport, the ledger and
//! the numbers that nobody else has; and the task, whose place a stand-in takes: it has the task's timetable and counts its units at
//! their instants, without doing them. One thread, one queue of instants: the same seed gives the same run, to the byte of its log.

mod delay;
mod fault;
mod simulation;
mod span;
mod world;

pub use delay::Delay;
pub use fault::{Fault, NoFault};
pub use simulation::{
    ChunkLife, Fate, LedgerUse, Options, Ready, SecondRate, SimulateError, Simulation, WorkerLife,
};
pub use world::{Disaster, LedgerWorld, Outage, Split, World};

use star_core::Job;

/// Runs a job in a world. The seed is that of the world's chance and of the task's.
///
/// # Errors
/// Where the job can't be cut or launched in such a world.
pub fn simulate(
    job: &Job,
    world: &World,
    seed: u64,
    options: &Options,
) -> Result<Simulation, SimulateError> {
    let _ = (seed, options);
    job.task.fits_functions().map_err(SimulateError::Unfit)?;
    job.task.plan(&job.task.limits(world.limits()))?;
    Err(SimulateError::Stuck(star_core::Time::default()))
}
