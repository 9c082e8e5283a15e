//! `slsart stop`: sets a run's stop mark.

use super::on_runtime;
use super::site::Site;
use crate::args::StopArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output;

pub(super) fn stop(args: &StopArgs) -> Result<Exit, CommandError> {
    on_runtime(async {
        let site = Site::of(&args.runs, &args.place).await?;
        let book = site.book(&args.run);
        if book.manifest().await?.is_none() {
            return Err(CommandError::NoRun {
                run: args.run.clone(),
                place: site.name,
            });
        }
        if book.is_closed().await? {
            output::note(&format!("the run `{}` is over already\n", args.run));
            return Ok(Exit::Passed);
        }
        star_core::stop(&site.host, &args.run).await?;
        output::note(&format!("the run `{}` is told to stop\n", args.run));
        Ok(Exit::Passed)
    })?
}
