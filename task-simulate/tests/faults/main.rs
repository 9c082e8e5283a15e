//! Simulated fleets, and the seeded search for faults of the framework: many small runs in worlds where much goes wrong at once.
//!
//! `FAULTS_SEEDS=N` looks at so many seeds; `FAULTS_SEED=S` at one, and prints what happened in it.

mod batch;
mod explained;
mod fleet;
mod kit;
mod mended;
mod search;
mod teeth;
