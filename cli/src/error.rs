//! What can go wrong in the user's world, and the exit code of each.

use std::path::PathBuf;

use star_core::document::{Diagnostics, Sources};
use star_core::job::Unfit;
use star_core::ledger::LedgerError;
use star_core::registry::DuplicateKind;
use star_core::{Failure, LaunchError, PlanError, RunId};

use crate::exit::Exit;
use crate::hint::Hint;

/// Why a command could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The script or job is wrong; all that is wrong with it.
    #[error("the job is wrong")]
    Job {
        /// What is wrong.
        diagnostics: Diagnostics,
        /// The texts it is about.
        sources: Sources,
    },
    /// The task can't be cut.
    #[error("the task cannot be cut: {0}")]
    Plan(#[from] PlanError),
    /// The command line is wrong in a way that only shows later.
    #[error("{0}")]
    Usage(String),
    /// There is no such run.
    #[error("there is no run `{run}` in {place}")]
    NoRun {
        /// The run asked for.
        run: RunId,
        /// Where it was looked for.
        place: String,
    },
    /// A file can't be written.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that would be written is there.
    #[error("Conflict at path '{}'. File exists.  No script generated.", path.display())]
    Conflict {
        /// Which.
        path: PathBuf,
    },
    /// Files that would be written, or would be read beside those, are there.
    #[error("Conflict with existing files:{}", listed(.0))]
    Conflicts(Vec<PathBuf>),
    /// The terminal or a pipe can't be written.
    #[error("cannot write the output: {0}")]
    Output(std::io::Error),
    /// The operating system refused something.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The program may not have as many descriptors as it takes itself.
    #[error(
        "this process may have {limit} descriptors, and the program needs {least} before it opens a connection: allow more (`ulimit -Hn`)"
    )]
    Descriptors {
        /// How many it may have.
        limit: u64,
        /// What it takes.
        least: u64,
    },
    /// The ledger does not answer.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A run that was launched can be followed no more.
    #[error(
        "the run `{run}` was launched, but what became of it cannot be read: {source} (`{report}` tells, once it can)"
    )]
    Unfollowed {
        /// The run.
        run: RunId,
        /// The command that tells of it.
        report: String,
        /// What can't be read.
        source: LedgerError,
    },
    /// The run can't be launched.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// AWS refused something.
    #[error(transparent)]
    Aws(#[from] star_aws::AwsError),
    /// A deployment is not as it is wanted.
    #[error(transparent)]
    Deploy(#[from] star_aws::deploy::DeployError),
    /// The same, with commands as they are typed here.
    #[error("{0}")]
    Undeployed(String),
    /// There is nothing on AWS.
    #[error("nothing is deployed as `{stack}` in {region}: `{deploy}` does it")]
    NotDeployed {
        /// The stack that was looked for.
        stack: String,
        /// Where.
        region: String,
        /// The command that deploys it.
        deploy: String,
    },
    /// Runs are going on that would be harmed.
    #[error("{0}")]
    GoingOn(String),
    /// There is nothing on AWS that could be killed. The text is the reference's.
    #[error("Kill command failed: The function {function} is not deployed")]
    NothingToKill {
        /// The function that was looked for.
        function: String,
    },
    /// What is on AWS is something else.
    #[error(
        "`{stack}` was deployed by another build of this program: `{deploy}` brings this one there"
    )]
    OtherProgram {
        /// The stack.
        stack: String,
        /// The command that deploys it.
        deploy: String,
    },
    /// As a function it can't go on.
    #[error(transparent)]
    Function(#[from] star_aws::function::FunctionError),
    /// A run was not sent, since its forecast says that it can't be done.
    #[error("nothing was sent: {0} (`--force` sends it all the same)")]
    Foreseen(String),
    /// A run was not sent, since nobody would carry it out.
    #[error(
        "nothing was sent: the run would never start: the function's reserved concurrency is 0, so that none may run (`--force` sends it all the same)"
    )]
    NoFunctions(Exit),
    /// A run was not sent, since it would cost too much.
    #[error(
        "nothing was sent: the run would cost some ${cost:.4}, which is more than ${most} (`--max-cost`)"
    )]
    TooDear {
        /// By its forecast.
        cost: f64,
        /// As was typed.
        most: f64,
    },
    /// A run that was launched was not started, since the order to start it was refused for good.
    #[error("the run was not started: {0}")]
    NotSent(String),
    /// The run never began: why, and the exit code of its outcome.
    #[error("the run never began: {0}")]
    NeverBegan(Failure, Exit),
    /// The program was put together wrongly.
    #[error(transparent)]
    Kinds(#[from] DuplicateKind),
    /// What must not happen.
    #[error("{0}")]
    Bug(String),
}

impl CommandError {
    /// Functions would not take the job; `help` says what is possible.
    pub fn unfit(unfit: Unfit, help: &str) -> Self {
        Self::Job {
            diagnostics: unfit.diagnostic.help(help).into(),
            sources: unfit.sources,
        }
    }

    /// The job can't be cut.
    pub fn uncut(why: Unfit) -> Self {
        Self::Job {
            diagnostics: why.diagnostic.into(),
            sources: why.sources,
        }
    }

    /// A deployment is not as it is wanted; what helps are commands on that one.
    pub(crate) fn undeployed(why: &star_aws::deploy::DeployError, hint: &Hint) -> Self {
        Self::Undeployed(hint.in_text(&why.to_string()))
    }

    /// All that is to be said of it in one line, with places.
    pub(crate) fn one_line(&self) -> String {
        let Self::Job {
            diagnostics,
            sources,
        } = self
        else {
            return self.to_string();
        };
        let lines = diagnostics.iter().map(|fault| fault.one_line(sources));
        lines.collect::<Vec<_>>().join("; ")
    }

    /// The exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Job { .. } | Self::Plan(_) | Self::Foreseen(_) | Self::TooDear { .. } => {
                Exit::Invalid
            }
            Self::Usage(_)
            | Self::GoingOn(_)
            | Self::NoRun { .. }
            | Self::Write { .. }
            | Self::Launch(LaunchError::Exists(_)) => Exit::Usage,
            Self::Aws(_)
            | Self::Deploy(_)
            | Self::Undeployed(_)
            | Self::NotDeployed { .. }
            | Self::NotSent(_)
            | Self::Ledger(LedgerError { remote: true, .. })
            | Self::Unfollowed {
                source: LedgerError { remote: true, .. },
                ..
            }
            | Self::Launch(LaunchError::Ledger(LedgerError { remote: true, .. }))
            | Self::NothingToKill { .. }
            | Self::OtherProgram { .. } => Exit::Aws,
            Self::NoFunctions(exit) | Self::NeverBegan(_, exit) => *exit,
            Self::Conflict { .. }
            | Self::Conflicts(_)
            | Self::Function(_)
            | Self::System { .. }
            | Self::Descriptors { .. }
            | Self::Output(_)
            | Self::Ledger(_)
            | Self::Unfollowed { .. }
            | Self::Launch(_)
            | Self::Kinds(_)
            | Self::Bug(_) => Exit::Bug,
        }
    }
}

fn listed(paths: &[PathBuf]) -> String {
    let lines = paths.iter().map(|path| format!("\n  {}", path.display()));
    lines.collect()
}
