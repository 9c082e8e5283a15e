//! Where runs are looked for: on this machine, or on AWS.

use std::rc::Rc;
use std::sync::Arc;

use star_aws::Bucket;
use star_core::ledger::{Book, Directory, LedgerError, Manifest};
use star_core::worker::Host;
use star_core::{AnyOutcome, AnyTask, RunId};

use super::aws::Deployed;
use super::follow::followed;
use crate::args::{PlaceArgs, RunsArgs};
use crate::error::CommandError;
use crate::hint::Hint;
use crate::place::Runs;

/// A place where runs are recorded; no worker is sent for.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) host: Host,
    /// What people call it.
    pub(super) name: String,
    /// How commands mean it.
    pub(super) hint: Hint,
    kept: Kept,
}

#[derive(Debug)]
enum Kept {
    Here(Directory),
    Aws(Bucket),
}

/// A run that is recorded there.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) manifest: Rc<Manifest>,
    pub(super) task: AnyTask,
}

impl Site {
    /// The one that was typed.
    pub(super) async fn of(runs: &RunsArgs, aws: &PlaceArgs) -> Result<Self, CommandError> {
        if aws.aws {
            return Self::on_aws(&Deployed::new(&aws.deployment).await?).await;
        }
        let hint = Hint::here(runs);
        let runs = Runs::resolve(runs)?;
        let folder = runs.folder();
        Ok(Self {
            name: format!(
                "`{}` (`--runs DIR` names another folder, `--aws` AWS)",
                folder.display()
            ),
            hint,
            kept: Kept::Here(Directory::new(folder)),
            host: runs.alone()?,
        })
    }

    /// That of a deployment, also of one whose function is gone.
    pub(super) async fn on_aws(place: &Deployed) -> Result<Self, CommandError> {
        let (host, bucket) = place.ledger().await?;
        Ok(Self {
            host,
            name: place.name(),
            hint: place.hint.clone().of_runs(),
            kept: Kept::Aws(bucket),
        })
    }

    /// The names of all runs there, in no order.
    pub(super) async fn runs(&self) -> Result<Vec<RunId>, CommandError> {
        match &self.kept {
            Kept::Aws(bucket) => {
                let runs = bucket.runs().await;
                runs.map_err(|why| CommandError::Undeployed(self.hint.in_text(&why.to_string())))
            }
            Kept::Here(folder) => folder.runs().map_err(|source| CommandError::System {
                what: "cannot list the runs",
                source,
            }),
        }
    }

    /// A run's part of the ledger.
    pub(super) fn book(&self, run: &RunId) -> Book {
        Book::new(Arc::clone(&self.host.world.ledger), run.clone())
    }

    /// A run of that name.
    pub(super) async fn read(&self, run: &RunId) -> Result<Recorded, CommandError> {
        let book = self.book(run);
        let Some(manifest) = book.manifest().await? else {
            return Err(CommandError::NoRun {
                run: run.clone(),
                place: self.name.clone(),
            });
        };
        let kinds = &self.host.world.kinds;
        let kind = kinds.get(&manifest.kind);
        let kind = kind.ok_or_else(|| CommandError::Usage(kinds.unknown(&manifest.kind)))?;
        let bytes = book.task(manifest.job).await?;
        let bytes = bytes
            .ok_or_else(|| CommandError::Bug("the run's task is not in its ledger".to_owned()))?;
        Ok(Recorded {
            task: kind.decode(&bytes).map_err(CommandError::Bug)?,
            manifest: Rc::new(manifest),
        })
    }

    /// What a run has come to by now.
    pub(super) async fn look(&self, run: &Recorded) -> Result<AnyOutcome, LedgerError> {
        let mut observer = run.task.observe(&self.host, Rc::clone(&run.manifest));
        observer.look().await
    }

    /// Follows a run to its end, showing how far it is.
    pub(super) async fn follow(&self, run: &Recorded) -> Result<AnyOutcome, CommandError> {
        let observer = run.task.observe(&self.host, Rc::clone(&run.manifest));
        followed((&self.host, &self.hint), &run.manifest, observer, false).await
    }
}
