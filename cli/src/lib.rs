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
mod ending;
mod error;
mod event;
mod exit;
mod hint;
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

use clap::error::ErrorKind;

pub use error::CommandError;
pub use exit::Exit;

/// Does what the command line says.
pub fn main() -> ExitCode {
    if star_aws::function::is_function() {
        return function();
    }
    let typed = match args::Typed::read(std::env::args_os()) {
        Ok(typed) => typed,
        Err(error) => {
            let _nobody_reads_it = error.print();
            suggest(&error);
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Passed.into(),
                _ => Exit::Usage.into(),
            };
        }
    };
    if typed.debug {
        output::set_debug();
    } else if typed.verbose || typed.answered.verbose {
        output::be_verbose();
    }
    let done = std::panic::catch_unwind(|| match typed.answered.refused {
        Some(why) => Err(CommandError::Usage(why)),
        None => command::run(typed.command),
    });
    if output::silent() {
        output::note("`--verbose` and `--debug` tell of what is done on AWS, and nothing was\n");
    }
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

/// What was probably meant where flags of `invoke` were typed without it.
fn suggest(error: &clap::Error) {
    const FLAGS: [&str; 12] = [
        "-p",
        "--path",
        "-d",
        "--data",
        "--si",
        "--stdIn",
        "--jo",
        "--jsonOnly",
        "-a",
        "--acceptance",
        "-m",
        "--monitoring",
    ];
    if error.kind() != ErrorKind::UnknownArgument {
        return;
    }
    let typed = std::env::args_os().skip(1);
    let typed: Vec<_> = typed
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let first = typed
        .iter()
        .find(|word| !["-V", "--verbose", "-D", "--debug"].contains(&word.as_str()));
    // Some of the flags may be of other commands too, as that of the stage is.
    let is_unnamed = first.is_some_and(|first| first.starts_with('-'));
    let mut flags = typed.iter().filter_map(|word| word.split('=').next());
    if is_unnamed && flags.any(|flag| FLAGS.contains(&flag)) {
        // Behind `invoke` the stage has no letter.
        let words = typed.iter().map(|word| match word.as_str() {
            "-s" => "--stage",
            word => word,
        });
        let words: Vec<_> = std::iter::once("invoke").chain(words).collect();
        output::note(&format!(
            "\nno command was named: did you mean `{}`?\n",
            hint::command(&words)
        ));
    }
}

/// Does what a function does: on AWS Lambda there is no command line.
fn function() -> ExitCode {
    let log: star_aws::function::Log = std::sync::Arc::new(|line: &str| {
        let _nobody_reads_it = writeln!(std::io::stdout(), "{line}");
    });
    let done = star_core::registry::Kinds::linked()
        .map_err(CommandError::from)
        .and_then(|kinds| {
            let program = star_aws::function::Program {
                kinds,
                reader: event::reader(),
                teller: star_aws::ending::Teller::new(ending::tidings),
                log,
            };
            Ok(star_aws::function::run(program)?)
        });
    match done {
        Ok(()) => Exit::Passed.into(),
        Err(error) => {
            complain(&error);
            error.exit().into()
        }
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
        conflict @ (CommandError::Conflict { .. } | CommandError::Conflicts(_)) => {
            format!("{conflict}\n")
        }
        other => format!("error: {}\n", hint::in_own_words(&other.to_string())),
    };
    let _nobody_reads_it = std::io::stderr().write_all(text.as_bytes());
}
