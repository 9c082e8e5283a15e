//! One file a command.

mod aws;
mod check;
mod find_max;
mod follow;
mod monitor;
mod new;
mod plan;
mod report;
mod run;
mod runs;
mod schema;
mod script;
mod simulate;
mod site;
mod stop;
mod target;
mod tasks;
mod telling;
mod watch;
mod worker;

use std::io::Write as _;

pub(crate) use plan::{LONGEST_LIFE, fits_functions, in_functions};

use crate::args::{Command, NewArgs, Typed};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::hint;

/// Does a command.
pub(crate) fn run(command: Command) -> Result<Exit, CommandError> {
    match command {
        Command::Run(args) => run::run(&args),
        Command::Monitor(args) => monitor::monitor(&args),
        Command::Plan(args) => plan::plan(&args),
        Command::FindMax(args) => find_max::find_max(&args),
        Command::Simulate(args) => simulate::simulate(&args),
        Command::Check(args) => check::check(&args),
        Command::Script(args) => script::script(&args),
        Command::Schema { kind } => schema::schema(kind.as_deref()),
        Command::New {
            what: NewArgs::Task(args),
        } => new::task(&args),
        Command::Report(args) => report::report(&args),
        Command::Watch(args) => watch::watch(&args),
        Command::Runs(args) => runs::runs(&args),
        Command::Stop(args) => stop::stop(&args),
        Command::Configure(args) => aws::configure(&args),
        Command::Deploy(args) => aws::deploy(&args),
        Command::Invoke(args) => aws::invoke(&args),
        Command::Kill(args) => aws::kill(&args),
        Command::Remove(args) => aws::remove(&args),
        Command::Tasks => tasks::tasks(),
        Command::Target(args) => target::target(&args),
        Command::Completions { shell } => completions(shell),
        Command::Worker(args) => worker::worker(&args),
    }
}

fn completions(shell: clap_complete::Shell) -> Result<Exit, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Typed::parser(), hint::name(), &mut script);
    std::io::stdout()
        .write_all(&script)
        .map_err(CommandError::Output)?;
    Ok(Exit::Passed)
}

/// Does something on a runtime of this thread. On a `LocalRuntime`, as workers have it, what a simulated fleet spawns would become the runtime's own, and not
/// the fleet's.
pub(crate) fn on_runtime<A>(work: impl Future<Output = A>) -> Result<A, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|source| CommandError::System {
        what: "cannot start a runtime",
        source,
    })?;
    let answer = tokio::task::LocalSet::new().block_on(&runtime, work);
    runtime.shutdown_background();
    Ok(answer)
}
