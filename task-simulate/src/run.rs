//! A simulated run, from launch to the last worker's end.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use star_core::ledger::{Book, LedgerError, Manifest, StartRecord};
use star_core::registry::{Kind, Kinds};
use star_core::worker::Host;
use star_core::{AnyOutcome, AnyTask, Job, Launch, attend, follow, launch};

use crate::check::slowest_request;
use crate::cloud;
use crate::doom::disasters;
use crate::kernel::LAUNCH;
use crate::simulation::{Options, SimulateError};
use crate::site::{Site, Who};
use crate::stand_in::{Stage, StandIn};
use crate::store::Kept;

/// The name of every simulated run.
pub(crate) const RUN: &str = "simulated";

/// What a simulated run came to.
pub(crate) struct Ran {
    pub(crate) outcome: AnyOutcome,
    /// Why whoever followed it gave up, where that is so.
    pub(crate) unread: Option<String>,
    pub(crate) start: Option<StartRecord>,
    /// What settling once more comes to, of all that the ledger has; none where something was written after the run was closed.
    pub(crate) again: Option<AnyOutcome>,
}

/// Launches what is on stage, follows it to its end, and waits until the last worker has left.
pub(crate) async fn run<const IDEMPOTENT: bool>(
    stage: &Rc<Stage>,
    launched: Launch,
    options: &Options,
) -> Result<Ran, SimulateError> {
    let site = &stage.site;
    let kinds = Kinds::new([Kind::of::<StandIn<IDEMPOTENT>>("simulated")]).unwrap_or_default();
    let host = cloud::host(site, &kinds, Who::Launcher, cloud::skew(site), 1.0);
    let job = Job {
        task: AnyTask::new(StandIn::<IDEMPOTENT>(Rc::clone(stage))),
        blobs: Vec::new(),
    };
    let manifest = launch(&host, &job, launched).await?;
    tokio::task::spawn_local(disasters(Arc::clone(site)));
    if let Some(at) = options.stop_at {
        tokio::task::spawn_local(stop(
            host.clone(),
            Rc::clone(&manifest),
            Arc::clone(site),
            at,
        ));
    }
    let mut observer = job.task.observe(&host, Rc::clone(&manifest));
    let attending = {
        let (host, manifest) = (host.clone(), Rc::clone(&manifest));
        tokio::task::spawn_local(async move { attend(&host, &manifest).await })
    };
    if !options.followed {
        let _attended = attending.await;
        all_left(site).await;
        let followed = follow(&host, &manifest, &mut observer, |_| {}).await;
        return finish(&host, &manifest, &job, site, followed).await;
    }
    let followed = follow(&host, &manifest, &mut observer, |_| {}).await;
    attending.abort();
    finish(&host, &manifest, &job, site, followed).await
}

async fn finish(
    host: &Host,
    manifest: &Rc<Manifest>,
    job: &Job,
    site: &Arc<Site>,
    followed: Result<AnyOutcome, LedgerError>,
) -> Result<Ran, SimulateError> {
    if let Err(error) = &followed {
        site.log(Who::Launcher, format_args!("gives up: {error}"));
    }
    all_left(site).await;
    let host = Host {
        world: star_core::worker::World {
            ledger: Arc::new(Kept(Arc::clone(site))),
            ..host.world.clone()
        },
        ..host.clone()
    };
    let book = Book::new(Arc::clone(&host.world.ledger), manifest.run.clone());
    let start = book.start().await?;
    let (outcome, unread) = match followed {
        Ok(outcome) => (outcome, None),
        // Nobody who was there knows; what the ledger has will be known to whoever asks once it answers.
        Err(error) => {
            let mut observer = job.task.observe(&host, Rc::clone(manifest));
            let outcome = follow(&host, manifest, &mut observer, |_| {}).await?;
            (outcome, Some(error.to_string()))
        }
    };
    let forgotten = {
        let mut state = site.state();
        // Where not all had said their last word, whoever closed the run may have read before one that came then.
        let slack = if outcome.facts.is_partial() {
            slowest_request(&site.world) * 4 + Duration::from_secs(1)
        } else {
            Duration::ZERO
        };
        let before = |closed| state.last_word.is_none_or(|last| last + slack <= closed);
        let last = state.closed.is_some_and(before);
        last.then(|| state.values.remove(&format!("runs/{RUN}/closed")))
    };
    let again = match forgotten {
        Some(_) => {
            // Whoever asks so late holds all for over, whatever is the matter with its clock.
            let mut host = host;
            host.world.clock = cloud::clock_ahead(site, Duration::from_hours(24 * 365));
            let mut observer = job.task.observe(&host, Rc::clone(manifest));
            Some(observer.look().await?)
        }
        None => None,
    };
    Ok(Ran {
        outcome,
        unread,
        again: again.filter(|_| start.is_some()),
        start,
    })
}

/// Waits until nothing is on its way and nobody lives.
async fn all_left(site: &Site) {
    while !site.is_idle() {
        site.idle.notified().await;
    }
}

async fn stop(host: Host, manifest: Rc<Manifest>, site: Arc<Site>, at: Duration) {
    site.kernel.sleep_until(LAUNCH + at).await;
    while star_core::stop(&host, &manifest.run).await.is_err() {
        site.kernel.sleep(Duration::from_secs(1)).await;
    }
}
