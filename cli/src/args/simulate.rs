//! What can be typed behind `slsart simulate`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::{JobArgs, RunsArgs};

/// `slsart simulate`.
#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// Which job.
    #[command(flatten)]
    pub(crate) job: JobArgs,

    /// The seed of all chance, the world's and the run's: the same seed repeats the simulation, to the byte
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,

    /// Simulate with so many seeds, from `--seed` on: a line for each, and the worst of them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) seeds: Option<u32>,

    /// What the world is like, where it is not a quiet day on AWS; YAML or JSON
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) world: Option<PathBuf>,

    /// Something that goes wrong, by its name, such as `deaths`: by how much depends on the seed, or is said, as in `deaths=5%`; may be
    /// given several times (`--fault list` lists them)
    #[arg(long, value_name = "NAME[=VALUE]")]
    pub(crate) fault: Vec<String>,

    /// Print JSON: all that is known of the run, every worker's life included
    #[arg(long)]
    pub(crate) json: bool,

    /// Draw the run to this file, as SVG: rates, workers at once, and the workers' lives
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "seeds")]
    pub(crate) svg: Option<PathBuf>,

    /// Write what happened to this file, a line for each event
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "seeds")]
    pub(crate) log: Option<PathBuf>,

    /// Then do it: run the job on this machine in real time, cut as in the simulation, each worker a thread
    #[arg(long, conflicts_with_all = ["seeds", "json"])]
    pub(crate) execute: bool,

    /// Where runs are.
    #[command(flatten)]
    pub(crate) runs: RunsArgs,
}
