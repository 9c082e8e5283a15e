//! A fleet in virtual time: not a model of the framework, but the framework itself in a simulated world.
//!
//! Plan, dispatch, worker, ledger protocol and settling are those of a real run. Simulated are the clock, the transport, the ledger and
//! the numbers that nobody else has; and the task, whose place a stand-in takes: it has the task's timetable and counts its units at
//! their instants, without doing them. One thread, one queue of instants: the same seed gives the same run, to the byte of its log.

mod check;
mod cloud;
mod delay;
mod diary;
mod doom;
mod event;
mod fault;
mod kernel;
mod lead;
mod needs;
mod pool;
mod run;
mod sabotage;
mod simulate;
mod simulation;
mod site;
mod span;
mod stand_in;
mod store;
mod tell;
mod world;

pub use delay::Delay;
pub use fault::{Fault, NoFault};
#[doc(hidden)]
pub use sabotage::Sabotage;
pub use simulate::simulate;
pub use simulation::{
    ChunkLife, Fate, LedgerUse, Options, Ready, SecondRate, SimulateError, Simulation, WorkerLife,
};
pub use world::{Disaster, LedgerWorld, Outage, Split, World};

use run::RUN;
