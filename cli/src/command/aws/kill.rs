//! `slsart kill`: stops all that runs, at once, and takes the function away.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::iter;
use star_aws::{AwsError, Lambda};
use star_core::clock::{Clock as _, SystemClock};
use star_core::{AnyOutcome, RunId};

use super::deploy::tell;
use super::place::Deployed;
use crate::args::KillArgs;
use crate::command::on_runtime;
use crate::command::site::{Recorded, Site};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{self, ReportFile, state, time_of_day};

/// So many runs are told at once.
const AT_ONCE: usize = 64;

/// So long the reference advises to wait before anything is deployed again.
const ADVICE: Duration = Duration::from_mins(5);

/// Between two looks at a run that is about to end.
const LOOK: Duration = Duration::from_millis(250);

pub(in crate::command) fn kill(args: &KillArgs) -> Result<Exit, CommandError> {
    on_runtime(async {
        let place = Deployed::new(&args.aws).await?;
        let there = star_aws::deploy::find(&place.config, &place.names).await?;
        let there = there.ok_or_else(|| CommandError::NothingToKill {
            function: place.names.function(),
        })?;
        // Whatever the ledger says, the function is to go.
        let told = match stop_all(&place).await {
            Ok(told) => Some(told),
            Err(error) => {
                output::note(&format!(
                    "the runs could not be told to stop, and go on until they find no function: {error}\n"
                ));
                None
            }
        };
        let function = &there.function;
        match Lambda::new(&place.config, function).reserve(0).await {
            Ok(()) => output::print(&format!(
                "Concurrency successfully set to zero for {function}.\n"
            ))?,
            // Nothing of it can run.
            Err(AwsError::NoFunction { .. }) => {
                output::note(&format!("the function {function} is gone already\n"));
            }
            Err(refused) => return Err(place.refused(&refused)),
        }
        let removed = star_aws::deploy::remove(&place.config, &place.names, false, &mut tell).await;
        removed.map_err(|why| CommandError::undeployed(&why, &place.hint))?;
        let until = SystemClock::new().now() + ADVICE;
        output::print(&format!(
            "`{}` is removed; its ledger stays, with the reports of its runs\n\
             We advise to wait until {} UTC before re-deploying to avoid possible problems. \
             See https://github.com/Nordstrom/serverless-artillery/#killing-a-runaway-performance-test\n",
            place.names,
            time_of_day(until)
        ))?;
        let Some(Ending { site, runs, all }) = told else {
            return Ok(Exit::Aws);
        };
        save_all(&site, runs, Wait::UntilSettled).await;
        Ok(if all { Exit::Passed } else { Exit::Aws })
    })?
}

/// What became of the runs that were not over.
#[derive(Debug)]
struct Ending {
    site: Site,
    /// Those of which more is to come.
    runs: Vec<Told>,
    /// Whether all were told to stop: others go on for as long as their functions live.
    all: bool,
}

/// Tells all runs that are not over to stop, and saves what they came to by then.
async fn stop_all(place: &Deployed) -> Result<Ending, CommandError> {
    let site = Site::on_aws(place).await?;
    let open = iter(site.runs().await?).map(|run| {
        let book = site.book(&run);
        async move {
            let is_open = !matches!(book.is_closed().await, Ok(true));
            // Without a manifest nothing was ever launched.
            let launched = is_open && !matches!(book.manifest().await, Ok(None));
            launched.then_some(run)
        }
    });
    let open = open.buffer_unordered(AT_ONCE);
    let open: Vec<RunId> = open.filter_map(std::future::ready).collect().await;
    let told = iter(open).map(|run| async {
        let stopped = star_core::stop(&site.host, &run).await;
        let text = match &stopped {
            Ok(()) => format!("the run `{run}` is told to stop\n"),
            Err(error) => format!("the run `{run}` could not be told to stop: {error}\n"),
        };
        output::note(&text);
        let path = free_for(Path::new(""), &run);
        (Told { run, path }, stopped.is_ok())
    });
    let told: Vec<_> = told.buffer_unordered(AT_ONCE).collect().await;
    let all = told.iter().all(|(_, stopped)| *stopped);
    let told = told.into_iter().map(|(told, _)| told).collect();
    let runs = save_all(&site, told, Wait::ForWorkers).await;
    Ok(Ending { site, runs, all })
}

/// A run that is to stop.
#[derive(Debug)]
struct Told {
    run: RunId,
    /// Where its report is saved, perhaps more than once.
    path: PathBuf,
}

/// How long a run is looked at that was told to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// Until its workers have seen it: within two of their looks, and the time that running units are given.
    ForWorkers,
    /// Until nothing more is to come: what nobody was to begin any more is known for sure a margin later.
    UntilSettled,
}

/// Saves the reports of runs in the current folder. Those of which more is to come.
async fn save_all(site: &Site, runs: Vec<Told>, wait: Wait) -> Vec<Told> {
    let saved = iter(runs).map(|told| async {
        match save(site, &told, wait).await {
            Ok(settled) => (!settled).then_some(told),
            Err(error) => {
                let run = &told.run;
                output::note(&format!(
                    "the report of the run `{run}` was not saved: {error} (it stays in the ledger: `{}`)\n",
                    site.hint.command(&["report", run.as_str()])
                ));
                None
            }
        }
    });
    let saved = saved.buffer_unordered(AT_ONCE);
    saved.filter_map(std::future::ready).collect().await
}

/// Saves a run's report. Whether it is settled.
async fn save(
    site: &Site,
    Told { run: name, path }: &Told,
    wait: Wait,
) -> Result<bool, CommandError> {
    let run = site.read(name).await?;
    let outcome = last_look(site, &run, wait).await?;
    let file = ReportFile::prepare(Some(path), None, run.task.formats())?;
    if let Some(file) = file {
        file.write(&outcome)?;
    }
    output::note(&format!(
        "the report of the run `{name}` ({}) is saved as `{}`\n",
        state(&outcome),
        path.display()
    ));
    Ok(outcome.facts.settled)
}

/// Where a run's report is saved: in a file of its name that is not there yet, since a run may be called as anything is.
fn free_for(folder: &Path, name: &RunId) -> PathBuf {
    let mut path = folder.join(format!("{name}.json"));
    let mut number = 1;
    while path.symlink_metadata().is_ok() {
        number += 1;
        path = folder.join(format!("{name}-{number}.json"));
    }
    path
}

/// What a run has come to once it is settled, or was waited for long enough.
async fn last_look(site: &Site, run: &Recorded, wait: Wait) -> Result<AnyOutcome, CommandError> {
    let intervals = &run.manifest.intervals;
    let clock = &site.host.world.clock;
    let seen = intervals.stop * 2 + intervals.grace;
    let until = clock.now()
        + match wait {
            Wait::ForWorkers => seen,
            Wait::UntilSettled => seen + intervals.margin,
        };
    let mut observer = run.task.observe(&site.host, Rc::clone(&run.manifest));
    loop {
        let outcome = observer.look().await?;
        if outcome.facts.settled || clock.now() >= until {
            return Ok(outcome);
        }
        clock.sleep_until(clock.now() + LOOK).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_is_written_over() {
        let scratch = tempfile::tempdir().unwrap();
        let path = |name: &str| scratch.path().join(name);
        let run: RunId = "package".parse().unwrap();
        assert_eq!(free_for(scratch.path(), &run), path("package.json"));
        std::fs::write(path("package.json"), "").unwrap();
        std::fs::create_dir(path("package-2.json")).unwrap();
        assert_eq!(free_for(scratch.path(), &run), path("package-3.json"));
    }
}
