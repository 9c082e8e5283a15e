//! The command line of serverless-star, as a library: an author's own binary is
//!
//! ```no_run
//! // use my_task as _;
//! fn main() -> std::process::ExitCode {
//!     slsart::main()
//! }
//! ```
//!
//! and has every command, with the kinds of task that it links.

mod args;
mod command;
pub mod diagnostics;
mod error;
mod exit;
mod interrupt;
mod job;
mod monitor;
mod output;
mod place;
mod search;
mod simulate;
pub mod target;
mod trace;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

pub use error::CommandError;
pub use exit::Exit;

/// Does what the command line says.
pub fn main() -> ExitCode {
    let typed = match args::Typed::try_parse() {
        Ok(typed) => typed,
        Err(error) => {
            let _nobody_reads_it = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Passed.into(),
                _ => Exit::Usage.into(),
            };
        }
    };
    let done = std::panic::catch_unwind(|| command::run(typed.command));
    match done {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(error)) => {
            complain(&error);
            error.exit().into()
        }
        // The panic has printed itself.
        Err(_) => Exit::Bug.into(),
    }
}

/// Says on the standard error what went wrong.
fn complain(error: &CommandError) {
    if let CommandError::Output(source) = error
        && source.kind() == std::io::ErrorKind::BrokenPipe
    {
        // Whoever read our output has had enough.
        return;
    }
    let text = match error {
        CommandError::Job {
            diagnostics,
            sources,
        } => diagnostics::render(diagnostics, sources, output::colour()),
        // The text is the reference's.
        conflict @ CommandError::Conflict { .. } => format!("{conflict}\n"),
        other => format!("error: {other}\n"),
    };
    let _nobody_reads_it = std::io::stderr().write_all(text.as_bytes());
}
