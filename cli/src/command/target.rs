//! `slsart target`: a small HTTP server to try scripts on.

use crate::args::TargetArgs;
use crate::error::CommandError;
use crate::exit::Exit;

pub(super) fn target(args: &TargetArgs) -> Result<Exit, CommandError> {
    crate::target::run(args.port, &mut std::io::stdout()).map_err(|source| {
        CommandError::System {
            what: "cannot serve the target",
            source,
        }
    })?;
    Ok(Exit::Passed)
}
