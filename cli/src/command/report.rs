//! `slsart report`: what the ledger says of a run.

use std::rc::Rc;

use star_core::AnyOutcome;

use super::on_runtime;
use super::site::{Recorded, Site};
use crate::args::ReportArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{self, JunitFile, ReportFile};

pub(super) fn report(args: &ReportArgs) -> Result<Exit, CommandError> {
    let junit = args.out.junit()?;
    let (file, outcome) = on_runtime(async {
        let site = Site::of(&args.runs, &args.place).await?;
        let run = site.read(&args.run).await?;
        let file = args.out.report(run.task.formats())?;
        Ok::<_, CommandError>((file, look(&site, &run).await?))
    })??;
    if !outcome.facts.settled {
        output::note(&format!("{}\n", output::STILL_RUNNING));
    }
    tell_all(file.as_ref(), junit.as_ref(), &outcome)
}

/// Writes a report and a test report, and prints the report for people.
pub(super) fn tell_all(
    file: Option<&ReportFile>,
    junit: Option<&JunitFile>,
    outcome: &AnyOutcome,
) -> Result<Exit, CommandError> {
    if let Some(junit) = junit {
        junit.write(outcome, Exit::of(outcome))?;
    }
    tell(file, outcome, true)
}

/// Writes a report, and prints it for people where they are to read it.
pub(super) fn tell(
    file: Option<&ReportFile>,
    outcome: &AnyOutcome,
    readable: bool,
) -> Result<Exit, CommandError> {
    if let Some(file) = file {
        file.write(outcome)?;
    }
    if let Some(why) = outcome.facts.never_began() {
        let error = CommandError::NeverBegan(why.clone(), Exit::of(outcome));
        output::note(&format!("error: {error}\n"));
        return Ok(Exit::of(outcome));
    }
    if readable && !file.is_some_and(ReportFile::to_stdout) {
        output::print(&output::text(outcome, output::width()))?;
    }
    Ok(Exit::of(outcome))
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
