//! What can be typed of AWS.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use star_core::RunId;

use super::ModeArgs;

/// Whether a run is on AWS.
#[derive(Clone, Debug, Args)]
pub(crate) struct PlaceArgs {
    /// It is a run on AWS
    #[arg(long)]
    pub(crate) aws: bool,

    /// Of which deployment.
    #[command(flatten)]
    pub(crate) deployment: AwsArgs,
}

/// Which deployment on AWS.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct AwsArgs {
    /// The stage [default: that of `serverless.yml`, or dev]
    #[arg(short, long, value_name = "STAGE")]
    pub(crate) stage: Option<String>,

    /// The region [default: that of `serverless.yml`, of the environment or of the profile]
    #[arg(short, long, value_name = "REGION")]
    pub(crate) region: Option<String>,

    /// The profile of AWS's configuration files [default: that of the environment]
    #[arg(long, value_name = "PROFILE")]
    pub(crate) aws_profile: Option<String>,

    /// The service, whose name begins those of all that is deployed [default: that of `serverless.yml`, or serverless-star]
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,

    /// The file that says what is deployed [default: ./serverless.yml, .yaml or .json, the first that is there]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
}

/// `slsart deploy`.
#[derive(Debug, Args)]
pub(crate) struct DeployArgs {
    /// Which.
    #[command(flatten)]
    pub(crate) aws: AwsArgs,

    /// Print the templates and what would be done, and touch nothing
    #[arg(short = 'n', long, visible_alias = "noDeploy")]
    pub(crate) dry: bool,

    /// Send the code again, also where nothing has changed
    #[arg(long)]
    pub(crate) force: bool,

    /// Also where runs are going on, which another program takes the functions from; without it that is asked
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// A script that is deployed with the program, so that events can name it [default: ./script.yml, where there is one]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) path: Option<PathBuf>,

    /// Another build of this program, where this one cannot run as a function
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) worker: Option<PathBuf>,

    /// The function's memory in MiB; 1,769 are one processor [default: that of `serverless.yml`, or 1024]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(128..=10_240))]
    pub(crate) memory: Option<u32>,

    /// How long an invocation may take, in seconds [default: that of `serverless.yml`, or 900]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(30..=900))]
    pub(crate) timeout: Option<u32>,
}

/// `slsart configure`.
#[derive(Debug, Args)]
pub(crate) struct ConfigureArgs {
    /// The service that the file names [default: serverless-star, with some letters behind]
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,

    /// The stage that the file names [default: dev]
    #[arg(short, long, value_name = "STAGE")]
    pub(crate) stage: Option<String>,

    /// The region that the file names [default: none]
    #[arg(short, long, value_name = "REGION")]
    pub(crate) region: Option<String>,
}

/// `slsart kill`.
#[derive(Debug, Args)]
pub(crate) struct KillArgs {
    /// Which.
    #[command(flatten)]
    pub(crate) aws: AwsArgs,
}

/// `slsart remove`.
#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// Which.
    #[command(flatten)]
    pub(crate) aws: AwsArgs,

    /// Remove the ledger too, with what is recorded of all runs
    #[arg(long)]
    pub(crate) purge: bool,

    /// Also where runs are going on; without it that is asked
    #[arg(short, long)]
    pub(crate) yes: bool,
}

/// `slsart invoke`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that was typed or not"
)]
pub(crate) struct InvokeArgs {
    /// Which.
    #[command(flatten)]
    pub(crate) aws: AwsArgs,

    /// A path to the file containing the script to execute [default: ./script.yml]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) path: Option<PathBuf>,

    /// A stringified script to execute
    #[arg(short, long, value_name = "SCRIPT")]
    pub(crate) data: Option<String>,

    /// Read the script from the standard input
    #[arg(long = "stdIn", visible_alias = "si")]
    pub(crate) std_in: bool,

    /// Print nothing but the report as JSON, so that a tool such as jq can read it
    #[arg(long = "jsonOnly", visible_alias = "jo")]
    pub(crate) json_only: bool,

    /// Write the report as JSON to this file; `-` writes it to the standard output
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,

    /// Which of the formats that the kind of task has
    #[arg(long, value_name = "FORMAT")]
    pub(crate) report_format: Option<String>,

    /// Write what was tried out and what should hold as a test report, in XML as `JUnit` has it, to this file; the run is waited for
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "detach")]
    pub(crate) junit: Option<PathBuf>,

    /// How late a user may be started, in milliseconds; later, it is missed, so that a stall is not followed by a burst
    #[arg(
        long,
        value_name = "MS",
        default_value_t = 100,
        env = "SLSART_LATE_LIMIT"
    )]
    pub(crate) late_limit: u64,

    /// The seed of all chance: the same seed repeats the run
    #[arg(long, value_name = "S")]
    pub(crate) seed: Option<u64>,

    /// The run's name [default: a new one]
    #[arg(long, value_name = "RUN")]
    pub(crate) name: Option<RunId>,

    /// Take warnings for errors
    #[arg(long)]
    pub(crate) strict: bool,

    /// Do not wait for the run, however short it is
    #[arg(long)]
    pub(crate) detach: bool,

    /// Wait for the run, however long it is
    #[arg(long, conflicts_with = "detach")]
    pub(crate) wait: bool,

    /// Send it also where its forecast says that it can't be done
    #[arg(long)]
    pub(crate) force: bool,

    /// Send nothing where the forecast says that the run costs more, in US dollars
    #[arg(long, value_name = "DOLLARS", value_parser = dollars, allow_negative_numbers = true)]
    pub(crate) max_cost: Option<f64>,

    /// What the run is for.
    #[command(flatten)]
    pub(crate) mode: ModeArgs,
}

fn dollars(typed: &str) -> Result<f64, String> {
    let number = typed.strip_prefix('$').unwrap_or(typed).parse();
    number
        .ok()
        .filter(|dollars: &f64| dollars.is_finite() && *dollars >= 0.0)
        .ok_or_else(|| "a price is a number of US dollars, such as `0.50`".to_owned())
}
