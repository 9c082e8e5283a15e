//! Following a run to its end, wherever it is.

use std::rc::Rc;

use star_core::ledger::Manifest;
use star_core::worker::Host;
use star_core::{AnyOutcome, Facts, Observer, follow, try_attend};

use crate::error::CommandError;
use crate::hint::Hint;
use crate::output::Progress;

/// Follows a run to its end, showing how far it is unless it is to be quiet.
pub(super) async fn followed(
    (host, hint): (&Host, &Hint),
    manifest: &Manifest,
    mut observer: Observer,
    quiet: bool,
) -> Result<AnyOutcome, CommandError> {
    let mut progress = Progress::new(quiet);
    let clock = &host.world.clock;
    let told = |facts: &Facts| progress.tell(facts, clock.now());
    let outcome = follow(host, manifest, &mut observer, told).await;
    progress.end();
    outcome.map_err(|source| CommandError::Unfollowed {
        run: manifest.run.clone(),
        report: hint.command(&["report", manifest.run.as_str()]),
        source,
    })
}

/// The same of a run that was launched here, and so is attended meanwhile.
pub(super) async fn attended(
    (host, hint): (&Host, &Hint),
    manifest: &Rc<Manifest>,
    observer: Observer,
    quiet: bool,
) -> Result<AnyOutcome, CommandError> {
    let attending = async {
        match try_attend(host, manifest).await {
            Ok(()) => std::future::pending().await,
            Err(refused) => refused,
        }
    };
    tokio::select! {
        outcome = followed((host, hint), manifest, observer, quiet) => outcome,
        refused = attending => Err(CommandError::NotSent(hint.in_text(&refused.why))),
    }
}
