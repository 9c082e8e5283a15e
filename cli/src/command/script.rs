//! `slsart script`: a script to begin with.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use star_core::document::Options;
use star_core::registry::Kinds;

use crate::args::ScriptArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output;

pub(super) fn script(args: &ScriptArgs) -> Result<Exit, CommandError> {
    let mut options = Options::default();
    let given = [
        ("endpoint", &args.endpoint),
        ("duration", &args.duration),
        ("rate", &args.rate),
        ("rampTo", &args.ramp_to),
    ];
    for (name, value) in given {
        if let Some(value) = value {
            options.give(name, value);
        }
    }
    let text = Kinds::linked()?.template(&mut options).map_err(|faults| {
        let faults: Vec<_> = faults.iter().map(|fault| fault.message.as_str()).collect();
        CommandError::Usage(faults.join("\nerror: "))
    })?;
    if args.out == Path::new("-") {
        output::print(&text)?;
        return Ok(Exit::Passed);
    }
    // Never over a file that is there, also not over one that came a moment ago.
    let mut new = OpenOptions::new();
    let written = new.write(true).create_new(true).open(&args.out);
    written
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => CommandError::Conflict {
                path: args.out.clone(),
            },
            _ => CommandError::Write {
                path: args.out.clone(),
                source,
            },
        })?;
    output::print(&format!(
        "Your script '{}' is created.\n",
        args.out.display()
    ))?;
    Ok(Exit::Passed)
}
