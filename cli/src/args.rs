//! What was typed: no side effects, nothing resolved.

mod aws;
mod passed;
mod simulate;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueHint};
use clap_complete::Shell;
use star_core::RunId;
use star_core::document::Options;

pub(crate) use aws::{
    AwsArgs, ConfigureArgs, DeployArgs, InvokeArgs, KillArgs, PlaceArgs, RemoveArgs,
};
pub(crate) use simulate::SimulateArgs;

use crate::output::Said;

/// Runs Artillery scripts, and other work that can be cut into pieces, at any width.
///
/// A run cut into any number of pieces makes the same requests, with the same data, at the same instants, as the run on one machine,
/// and its report is the same report.
#[derive(Debug, Parser)]
#[command(name = "slsart", version, about, max_term_width = 100, after_help = EXIT_CODES, disable_version_flag = true)]
pub(crate) struct Typed {
    /// Execute the command in debug mode: each call to AWS is told, and what the verbose mode tells
    #[arg(short = 'D', long, global = true)]
    pub(crate) debug: bool,

    /// Execute the command in verbose mode: what it is about to do on AWS is told
    #[arg(short = 'V', long, global = true)]
    pub(crate) verbose: bool,

    /// Print version
    #[arg(long, action = clap::ArgAction::Version)]
    version: Option<bool>,

    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Typed {
    /// Reads what was typed.
    pub(crate) fn read(
        typed: impl IntoIterator<Item = std::ffi::OsString>,
    ) -> Result<Self, clap::Error> {
        // Whoever asks which faults there are names no script.
        let mut command = Self::command().mut_subcommand("simulate", |simulate| {
            simulate.mut_arg("script", |script| {
                script.required_unless_present_any(["input", "fault"])
            })
        });
        let mut matches = command.try_get_matches_from_mut(typed)?;
        Self::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
    }
}

const EXIT_CODES: &str = "\
Exit codes:
  0    passed
  1    a fault of this program, or the run never began: `before` failed
  2    the command line is wrong
  3    the run does not hold what was asked for
  4    units are lost, unfinished or missed: the report is partial; or the machine had no descriptor or port left
  5    the script or job is wrong
  6    the target never answered
  7    AWS refused something, or nothing is deployed there
  130  interrupted";

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a script or job on this machine and print its report
    Run(RunArgs),
    /// Try a script out again and again, and tell somebody when it fails
    ///
    /// Each round is a run of the script in the mode `monitoring`, in memory. It goes on until it is interrupted. Somebody is told when a
    /// round fails and the one before did not, from time to time while rounds fail, and when one passes again.
    Monitor(MonitorArgs),
    /// Show how a script or job is cut, without running it
    Plan(PlanArgs),
    /// Find the highest rate that this machine holds, by running a script at higher and higher rates
    ///
    /// The target gets real load: up to `--to` users a second, in at most 24 steps of `--step-duration`. The script's phases are replaced by a
    /// constant rate; `before` and `after` are done at every step.
    FindMax(FindMaxArgs),
    /// Simulate a run on a fleet of functions, without any: what becomes of it, how long it takes and what it costs
    Simulate(SimulateArgs),
    /// Say what is wrong with a script or job, without running it
    Check(CheckArgs),
    /// Write a script to begin with
    Script(ScriptArgs),
    /// Begin something new
    New {
        /// What.
        #[command(subcommand)]
        what: NewArgs,
    },
    /// Print the JSON Schema of a kind of script or job, so that editors complete it
    Schema {
        /// The kind of task [default: the first that has a schema]
        kind: Option<String>,
    },
    /// Print the report of a run, also of one that is still running
    Report(ReportArgs),
    /// Follow a run until it is over, and print its report
    Watch(ReportArgs),
    /// List the runs that are recorded, the newest first
    Runs(ListArgs),
    /// Stop a run: no new arrivals, and what is running ends within seconds
    Stop(StopArgs),
    /// Write `serverless.yml`, which says what is deployed, to be edited
    Configure(ConfigureArgs),
    /// Put this program on AWS Lambda
    Deploy(DeployArgs),
    /// Run a script or job on AWS Lambda
    Invoke(InvokeArgs),
    /// Stop all runs on AWS Lambda at once, save their reports here, and take the function away
    Kill(KillArgs),
    /// Take away what `deploy` made, but for the ledger with its runs
    Remove(RemoveArgs),
    /// List the kinds of task that this program has
    Tasks,
    /// Serve a small HTTP target on this machine, to try scripts on
    Target(TargetArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Do the work of one envelope, which is read from the standard input
    #[command(hide = true)]
    Worker(WorkerArgs),
}

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

/// Where runs are recorded.
#[derive(Debug, Args)]
pub(crate) struct RunsArgs {
    /// The folder in which runs are recorded [default: the user's state folder]
    #[arg(long, value_name = "DIR", env = "SLSART_RUNS", value_hint = ValueHint::DirPath)]
    pub(crate) runs: Option<PathBuf>,
}

/// `slsart monitor`.
#[derive(Debug, Args)]
pub(crate) struct MonitorArgs {
    /// Which script.
    #[command(flatten)]
    pub(crate) job: JobArgs,

    /// From the beginning of a round to that of the next, such as `30s` or `5m`
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = interval)]
    pub(crate) every: Duration,

    /// Post alerts as JSON to this URL
    #[arg(
        long,
        value_name = "URL",
        env = "SLSART_WEBHOOK",
        hide_env_values = true
    )]
    pub(crate) webhook: Option<String>,

    /// Give alerts as JSON to this command of the shell, on its standard input
    #[arg(long, value_name = "COMMAND")]
    pub(crate) command: Option<String>,

    /// How long after an alert there is another while rounds still fail; `0` for never
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration)]
    pub(crate) remind: Duration,

    /// Serve `/metrics` for Prometheus, and `/health`, on this address, such as `127.0.0.1:9464`
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,

    /// Where the monitor keeps what it knows [default: a file for the script, beside the runs]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) state: Option<PathBuf>,

    /// End after so many rounds; the exit code is then 3 where the last failed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) rounds: Option<u64>,

    /// How many workers; by default as many as there are cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) workers: Option<u32>,

    /// Say nothing of rounds
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Where runs are recorded.
    #[command(flatten)]
    pub(crate) runs: RunsArgs,
}

/// A duration as scripts have it.
fn duration(text: &str) -> Result<Duration, String> {
    star_core::document::duration::parse(text)
        .map_err(|error| format!("it is {error} (for example `30s` or `5m`)"))
}

/// One that something can be repeated after.
fn interval(text: &str) -> Result<Duration, String> {
    const LEAST: Duration = Duration::from_secs(1);
    let interval = duration(text)?;
    if interval < LEAST {
        return Err("a second is the least".to_owned());
    }
    Ok(interval)
}

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

    /// Write the report as JSON to this file; `-` writes it to the standard output
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,

    /// Which of the formats that the kind of task has, such as `v1` and `v2` (Artillery 1's and 2's) [default: its first]; without `-o`
    /// that report is printed instead of the text
    #[arg(long, value_name = "FORMAT")]
    pub(crate) report_format: Option<String>,

    /// Write what was tried out and what should hold as a test report, in XML as `JUnit` has it, to this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) junit: Option<PathBuf>,

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

/// `slsart report` and `slsart watch`.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The run
    pub(crate) run: RunId,

    /// Write the report as JSON to this file; `-` writes it to the standard output
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,

    /// Which of the formats that the kind of task has, such as `v1` and `v2` (Artillery 1's and 2's) [default: its first]; without `-o`
    /// that report is printed instead of the text
    #[arg(long, value_name = "FORMAT")]
    pub(crate) report_format: Option<String>,

    /// Where runs are.
    #[command(flatten)]
    pub(crate) runs: RunsArgs,

    /// Where runs on AWS are.
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// `slsart runs`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// The most that are listed
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) last: usize,

    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// Where runs are.
    #[command(flatten)]
    pub(crate) runs: RunsArgs,

    /// Where runs on AWS are.
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// `slsart stop`.
#[derive(Debug, Args)]
pub(crate) struct StopArgs {
    /// The run
    pub(crate) run: RunId,

    /// Where runs are.
    #[command(flatten)]
    pub(crate) runs: RunsArgs,

    /// Where runs on AWS are.
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_put_together_soundly() {
        Typed::command().debug_assert();
    }

    #[test]
    fn whoever_asks_which_faults_there_are_names_no_script() {
        let read = |typed: &[&str]| Typed::read(typed.iter().map(Into::into)).map(drop);
        let missing = clap::error::ErrorKind::MissingRequiredArgument;
        assert!(read(&["slsart", "simulate", "--fault", "list"]).is_ok());
        assert!(read(&["slsart", "simulate", "s.yml", "--fault", "list"]).is_ok());
        for command in ["simulate", "run", "plan"] {
            let error = read(&["slsart", command]).unwrap_err();
            assert_eq!(error.kind(), missing, "{command}");
        }
    }
}
