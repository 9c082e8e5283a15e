//! What is said of a job, whatever is done with it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use star_core::document::Options;

/// Which script or job, and what to change in it.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct JobArgs {
    /// The script or job file (YAML or JSON), and more files that are laid over it; `-` for the first reads the standard input
    #[arg(required_unless_present = "input", num_args = 1.., value_hint = ValueHint::FilePath)]
    pub(crate) script: Vec<PathBuf>,

    /// Another file that is laid over the script, behind those named before; may be given several times
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) input: Vec<PathBuf>,

    /// The target, instead of the script's own; one of `--overrides` wins
    #[arg(short, long, value_name = "URL")]
    pub(crate) target: Option<String>,

    /// Which of the script's environments to take
    #[arg(short, long, value_name = "NAME")]
    pub(crate) environment: Option<String>,

    /// Another file, laid over the script; may be given several times
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Vec<String>,

    /// What to change in the script, as JSON; lists are replaced
    #[arg(long, value_name = "JSON")]
    pub(crate) overrides: Vec<String>,

    /// Variables, as JSON or as `name=value`; may be given several times
    #[arg(short, long, value_name = "VARIABLES")]
    pub(crate) variables: Vec<String>,

    /// Run only this scenario: its name, or a regular expression that matches one name
    #[arg(long, value_name = "NAME")]
    pub(crate) scenario_name: Option<String>,

    /// Run a single user
    #[arg(short, long)]
    pub(crate) solo: bool,

    /// What the run is for.
    #[command(flatten)]
    pub(crate) mode: ModeArgs,

    /// Another CSV file for the script's payload
    #[arg(short, long, value_name = "CSV", value_hint = ValueHint::FilePath)]
    pub(crate) payload: Option<String>,

    /// Trust every server, whatever its certificate
    #[arg(short = 'k', long)]
    pub(crate) insecure: bool,

    /// A file of `NAME=value` lines for variables of the environment that are not set; may be given several times
    #[arg(long, visible_alias = "dotenv", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) env_file: Vec<String>,

    /// Take warnings for errors
    #[arg(long)]
    pub(crate) strict: bool,
}

/// What a run is for, instead of what the script says.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct ModeArgs {
    /// Try every scenario out, to see whether what was deployed does what it should (`mode: acceptance`)
    #[arg(short, long, conflicts_with = "monitoring")]
    pub(crate) acceptance: bool,

    /// Try every scenario out several times, to see whether it still does (`mode: monitoring`)
    #[arg(short, long)]
    pub(crate) monitoring: bool,
}

impl ModeArgs {
    /// Says it to whoever reads the document that these options are of.
    pub(crate) fn give(self, options: &mut Options) {
        for (name, given) in [
            ("acceptance", self.acceptance),
            ("monitoring", self.monitoring),
        ] {
            if given {
                options.give(name, "");
            }
        }
    }
}

/// Where runs are recorded.
#[derive(Debug, Args)]
pub(crate) struct RunsArgs {
    /// The folder in which runs are recorded [default: the user's state folder]
    #[arg(long, value_name = "DIR", env = "SLSART_RUNS", value_hint = ValueHint::DirPath)]
    pub(crate) runs: Option<PathBuf>,
}

/// `slsart plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// Which job.
    #[command(flatten)]
    pub(crate) job: JobArgs,

    /// Cut it as a run with so many workers on this machine would be; by default as `_split` and its defaults say
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) workers: Option<u32>,

    /// The seed of the run that is planned, on which arrivals depend that are drawn
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,

    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// `slsart check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Which job.
    #[command(flatten)]
    pub(crate) job: JobArgs,

    /// Print JSON: a list of what was found
    #[arg(long)]
    pub(crate) json: bool,
}

/// `slsart new`.
#[derive(Debug, Subcommand)]
pub(crate) enum NewArgs {
    /// Write a crate with a kind of task of your own, and a program that has it
    Task(NewTaskArgs),
}

/// `slsart new task`.
#[derive(Debug, Args)]
pub(crate) struct NewTaskArgs {
    /// The name of the kind, and of the crate
    pub(crate) name: String,

    /// The folder to make [default: the name]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) folder: Option<PathBuf>,

    /// A checkout of serverless-star to build with, instead of its repository
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) core: Option<PathBuf>,
}

/// `slsart script`.
#[derive(Debug, Args)]
pub(crate) struct ScriptArgs {
    /// The endpoint to load with traffic.
    #[arg(
        short,
        long,
        value_name = "URL",
        value_hint = ValueHint::Url,
        help = "The endpoint to load with traffic [default: http://aws.amazon.com]"
    )]
    pub(crate) endpoint: Option<String>,

    /// The duration, in seconds, to load the given endpoint [default: 5]
    #[arg(short, long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub(crate) duration: Option<String>,

    /// The rate, in requests per second, at which to load the given endpoint [default: 2]
    #[arg(short, long, value_name = "RATE", allow_negative_numbers = true)]
    pub(crate) rate: Option<String>,

    /// The rate to adjust towards away from the given rate, in requests per second at which to load the given endpoint [default: none]
    #[arg(
        short = 't',
        long = "rampTo",
        alias = "ramp-to",
        value_name = "RATE",
        allow_negative_numbers = true
    )]
    pub(crate) ramp_to: Option<String>,

    /// The file to output the generated script in to; `-` is the standard output
    #[arg(short, long, value_name = "FILE", default_value = "script.yml", value_hint = ValueHint::FilePath)]
    pub(crate) out: PathBuf,
}
