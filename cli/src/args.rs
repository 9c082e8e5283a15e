//! What was typed: no side effects, nothing resolved.

mod aws;
mod job;
mod monitor;
mod passed;
mod recorded;
mod run;
mod simulate;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use clap_complete::Shell;

pub(crate) use aws::{
    AwsArgs, ConfigureArgs, DeployArgs, InvokeArgs, KillArgs, PlaceArgs, RemoveArgs,
};
pub(crate) use job::{
    CheckArgs, JobArgs, ModeArgs, NewArgs, NewTaskArgs, PlanArgs, RunsArgs, ScriptArgs,
};
pub(crate) use monitor::MonitorArgs;
use passed::Answered;
pub(crate) use recorded::{ListArgs, OutArgs, ReportArgs, StopArgs};
pub(crate) use run::{FindMaxArgs, RunArgs, TargetArgs, WorkerArgs};
pub(crate) use simulate::SimulateArgs;

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

    /// What comes of flags that are none here.
    #[arg(skip)]
    pub(crate) answered: Answered,

    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Typed {
    /// All that can be typed.
    pub(crate) fn parser() -> clap::Command {
        // Whoever asks which faults there are names no script.
        let command = Self::command().mut_subcommand("simulate", |simulate| {
            simulate.mut_arg("script", |script| {
                script.required_unless_present_any(["input", "fault"])
            })
        });
        passed::with_passed(command)
    }

    /// Reads what was typed.
    pub(crate) fn read(
        typed: impl IntoIterator<Item = std::ffi::OsString>,
    ) -> Result<Self, clap::Error> {
        let mut command = Self::parser();
        // The framework's flag says of what; here all is told.
        let typed = typed.into_iter().map(|word| {
            let of_what = word.as_encoded_bytes().starts_with(b"--debug=");
            if of_what { "--debug".into() } else { word }
        });
        let mut matches = command.try_get_matches_from_mut(typed)?;
        let answered = passed::answered(&matches);
        let read = Self::from_arg_matches_mut(&mut matches);
        let read = read.map_err(|error| error.format(&mut command))?;
        Ok(Self { answered, ..read })
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
