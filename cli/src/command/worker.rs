//! `slsart worker`: does the work of one envelope. Started by other workers, not by people.

use std::io::Read as _;

use star_core::transport::run_here;
use star_core::wire::Reply;

use crate::args::WorkerArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output;
use crate::place::{Runs, raise_descriptors};

/// The longest envelope that is read.
const LONGEST: u64 = 64 * 1024;

pub(super) fn worker(args: &WorkerArgs) -> Result<Exit, CommandError> {
    raise_descriptors()?;
    let mut envelope = Vec::new();
    let mut input = std::io::stdin().lock().take(LONGEST);
    input
        .read_to_end(&mut envelope)
        .map_err(|source| CommandError::System {
            what: "cannot read the envelope",
            source,
        })?;
    let host = Runs::at(args.runs.clone()).processes(args.say)?;
    let reply = run_here(&envelope, &host);
    if args.say.is_none() {
        let text =
            serde_json::to_string(&reply).map_err(|error| CommandError::Bug(error.to_string()))?;
        output::print(&format!("{text}\n"))?;
    }
    Ok(match reply {
        Reply::Executed | Reply::Duplicate | Reply::Stopped | Reply::Expired => Exit::Passed,
        Reply::Refused(_) => Exit::Usage,
        Reply::Failed(_) => Exit::Partial,
    })
}
