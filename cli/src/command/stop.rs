//! `slsart stop`: sets a run's stop mark.

use std::sync::Arc;

use star_core::ledger::Book;

use super::{on_runtime, place};
use crate::args::StopArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output;

pub(super) fn stop(args: &StopArgs) -> Result<Exit, CommandError> {
    on_runtime(async {
        let (host, place) = place(&args.runs, &args.place).await?;
        let book = Book::new(Arc::clone(&host.world.ledger), args.run.clone());
        if book.manifest().await?.is_none() {
            return Err(CommandError::NoRun {
                run: args.run.clone(),
                place,
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
