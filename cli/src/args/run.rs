//! What runs here are told.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};
use star_core::RunId;

use super::{JobArgs, OutArgs, RunsArgs};
use crate::output::Said;

/// `slsart run`.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that was typed or not"
)]
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Which job.
    #[command(flatten)]
    pub(crate) job: JobArgs,

    /// What is written of it.
    #[command(flatten)]
    pub(crate) out: OutArgs,

    /// How many workers; by default as many as there are cores, or as `_split` in the script asks for
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) workers: Option<u32>,

    /// Make every worker a process of its own, not a thread
    #[arg(long)]
    pub(crate) processes: bool,

    /// How late a user may be started, in milliseconds; later, it is missed, so that a stall is not followed by a burst
    #[arg(
        long,
        value_name = "MS",
        default_value_t = 100,
        env = "SLSART_LATE_LIMIT"
    )]
    pub(crate) late_limit: u64,

    /// End with exit code 4 whenever the report says that the run can't be trusted, also where nothing was missed
    #[arg(long)]
    pub(crate) trusted: bool,

    /// The seed of all chance: the same seed repeats the run
    #[arg(long, value_name = "S")]
    pub(crate) seed: Option<u64>,

    /// The run's name, for `slsart stop` and `slsart report` [default: a new one]
    #[arg(long, value_name = "RUN")]
    pub(crate) name: Option<RunId>,

    /// Serve the bundled target for as long as the run takes, and use it as the script's target
    #[arg(long, conflicts_with = "target")]
    pub(crate) bundled_target: bool,

    /// Write what every unit did (when it was due, what it drew) to this file, a line of JSON each
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) trace: Option<PathBuf>,

    /// Print nothing but warnings and errors, and what the script logs
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Where runs are.
    #[command(flatten)]
    pub(crate) runs: RunsArgs,
}

/// `slsart find-max`.
#[derive(Debug, Args)]
pub(crate) struct FindMaxArgs {
    /// Which job.
    #[command(flatten)]
    pub(crate) job: JobArgs,

    /// The first rate, in users a second; it is doubled for as long as it is held [default: 50]
    #[arg(long, value_name = "RATE", value_parser = clap::value_parser!(u64).range(1..=50_000))]
    pub(crate) from: Option<u64>,

    /// The highest rate that is tried
    #[arg(long, value_name = "RATE", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=50_000))]
    pub(crate) to: u64,

    /// How long each rate is tried, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=300))]
    pub(crate) step_duration: u32,

    /// How many workers; by default as many as there are cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) workers: Option<u32>,

    /// Make every worker a process of its own, not a thread
    #[arg(long)]
    pub(crate) processes: bool,

    /// How late a user may be started, in milliseconds; later, it is missed, and the rate is not held
    #[arg(
        long,
        value_name = "MS",
        default_value_t = 100,
        env = "SLSART_LATE_LIMIT"
    )]
    pub(crate) late_limit: u64,

    /// The seed of all chance, the same for each rate
    #[arg(long, value_name = "S")]
    pub(crate) seed: Option<u64>,

    /// Serve the bundled target meanwhile, and use it as the script's target
    #[arg(long, conflicts_with = "target")]
    pub(crate) bundled_target: bool,

    /// Print JSON: all that was tried, and what was found
    #[arg(long)]
    pub(crate) json: bool,

    /// Where runs are.
    #[command(flatten)]
    pub(crate) runs: RunsArgs,
}

impl FindMaxArgs {
    /// How long each rate is tried.
    pub(crate) fn duration(&self) -> Duration {
        Duration::from_secs(self.step_duration.into())
    }
}

/// `slsart target`.
#[derive(Debug, Args)]
pub(crate) struct TargetArgs {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
}

/// `slsart worker`.
#[derive(Debug, Args)]
pub(crate) struct WorkerArgs {
    /// The folder of the ledger.
    #[arg(long)]
    pub(crate) runs: PathBuf,

    /// Where the lines go that tasks say, instead of a reply on the standard output.
    #[arg(long)]
    pub(crate) say: Option<Said>,
}
