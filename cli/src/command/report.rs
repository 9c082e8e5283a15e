//! `slsart report`: what the ledger says of a run.

use std::rc::Rc;
use std::sync::Arc;

use star_core::ledger::{Book, Manifest};
use star_core::worker::Host;
use star_core::{AnyOutcome, AnyTask};

use super::on_runtime;
use crate::args::ReportArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{self, ReportFile};
use crate::place::Runs;

pub(super) fn report(args: &ReportArgs) -> Result<Exit, CommandError> {
    let runs = Runs::resolve(&args.runs)?;
    let host = runs.alone()?;
    let (file, outcome) = on_runtime(async {
        let book = Book::new(Arc::clone(&host.world.ledger), args.run.clone());
        let Some(manifest) = book.manifest().await? else {
            return Err(CommandError::NoRun {
                run: args.run.clone(),
                folder: runs.folder().to_owned(),
            });
        };
        let task = task(&host, &book, &manifest).await?;
        let (output, format) = (args.output.as_deref(), args.report_format.as_deref());
        let file = ReportFile::prepare(output, format, task.formats())?;
        Ok((file, look(&host, &task, manifest).await?))
    })??;
    if !outcome.facts.settled {
        output::note("the run is not over: this is its report so far\n");
    }
    if let Some(file) = &file {
        file.write(&outcome)?;
    }
    if let Some(why) = outcome.facts.never_began() {
        let error = CommandError::NeverBegan(why.clone());
        if !outcome.must_be_whole {
            return Err(error);
        }
        output::note(&format!("error: {error}\n"));
        return Ok(Exit::Failed);
    }
    if !file.as_ref().is_some_and(ReportFile::to_stdout) {
        output::print(&output::text(&outcome, output::width()))?;
    }
    Ok(Exit::of(&outcome))
}

/// Between two looks at a run that is about to be closed.
const LOOK: std::time::Duration = std::time::Duration::from_millis(100);

/// Looks at a run; closes it if it is over and nobody has.
async fn look(host: &Host, task: &AnyTask, manifest: Manifest) -> Result<AnyOutcome, CommandError> {
    let late = manifest.limits.closing + manifest.intervals.margin;
    let mut observer = task.observe(host, Rc::new(manifest));
    let mut outcome = observer.look().await?;
    let clock = &host.world.clock;
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

/// The task that a run was launched with.
async fn task(host: &Host, book: &Book, manifest: &Manifest) -> Result<AnyTask, CommandError> {
    let kinds = &host.world.kinds;
    let kind = kinds.get(&manifest.kind);
    let kind = kind.ok_or_else(|| CommandError::Usage(kinds.unknown(&manifest.kind)))?;
    let bytes = book.task(manifest.job).await?;
    let bytes =
        bytes.ok_or_else(|| CommandError::Bug("the run's task is not in its ledger".to_owned()))?;
    kind.decode(&bytes).map_err(CommandError::Bug)
}
