//! `slsart report`: what the ledger says of a run.

use std::rc::Rc;

use star_core::AnyOutcome;

use super::on_runtime;
use super::site::{Recorded, Site};
use super::telling::Telling;
use crate::args::ReportArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output;

pub(super) fn report(args: &ReportArgs) -> Result<Exit, CommandError> {
    args.out.keep_apart()?;
    let (file, junit, outcome) = args.out.or_tell(|| {
        let junit = args.out.junit()?;
        let (file, outcome) = on_runtime(async {
            let site = Site::of(&args.runs, &args.place).await?;
            let run = site.read(&args.run).await?;
            let file = args.out.report(run.task.formats())?;
            Ok::<_, CommandError>((file, look(&site, &run).await?))
        })??;
        Ok((file, junit, outcome))
    })?;
    if !outcome.facts.settled {
        output::note(&format!("{}\n", output::STILL_RUNNING));
    }
    let exit = Exit::of(&outcome);
    Ok(Telling::of(file.as_ref(), junit.as_ref()).tell(&outcome, exit))
}

/// Between two looks at a run that is about to be closed.
const LOOK: std::time::Duration = std::time::Duration::from_millis(100);

/// Looks at a run; closes it if it is over and nobody has.
async fn look(site: &Site, run: &Recorded) -> Result<AnyOutcome, CommandError> {
    let manifest = &run.manifest;
    let late = manifest.limits.closing + manifest.intervals.margin;
    let mut observer = run.task.observe(&site.host, Rc::clone(manifest));
    let mut outcome = observer.look().await?;
    let clock = &site.host.world.clock;
    let until = clock.now() + late;
    // Whoever closes a run where it ran is about to.
    while outcome.facts.settled && !outcome.closed && clock.now() < until {
        clock.sleep_until(clock.now() + LOOK).await;
        outcome = observer.look().await?;
    }
    if outcome.facts.settled && !outcome.closed {
        observer.close().await;
        return Ok(observer.look().await?);
    }
    Ok(outcome)
}
