//! `slsart stop`: sets a run's stop mark.

use std::sync::Arc;

use star_core::ledger::Book;

use super::on_runtime;
use crate::args::StopArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output;
use crate::place::Runs;

pub(super) fn stop(args: &StopArgs) -> Result<Exit, CommandError> {
    let runs = Runs::resolve(&args.runs)?;
    let host = runs.alone()?;
    on_runtime(async {
        let book = Book::new(Arc::clone(&host.world.ledger), args.run.clone());
        if book.manifest().await?.is_none() {
            return Err(CommandError::NoRun {
                run: args.run.clone(),
                folder: runs.folder().to_owned(),
            });
        }
        if book.is_closed().await? {
            output::note(&format!("the run `{}` is over already\n", args.run));
            return Ok(Exit::Passed);
        }
        star_core::stop(&host, &args.run).await?;
        output::note(&format!("the run `{}` is told to stop\n", args.run));
        Ok(Exit::Passed)
    })?
}
