//! Events that are no envelopes: scripts, and what names one. They come from a schedule, or from whoever may invoke the function.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use star_core::wire::Reply;
use star_core::worker::{Host, work};
use star_core::{Job, Launch, LaunchError, RunId, launch, start_envelope};

/// A run that an event asks for.
#[derive(Debug)]
pub struct Scripted {
    /// What to run.
    pub job: Job,
    /// How.
    pub launch: Launch,
    /// What is odd about it, and harmless.
    pub warnings: Vec<String>,
}

/// Reads what an event asks for, as a run of that name whose functions live so long; a sentence where it can't be done.
#[derive(Clone)]
pub struct Reader(Arc<ReadEvent>);

type ReadEvent = dyn Fn(&Value, RunId, Duration) -> Result<Scripted, String> + Send + Sync;

impl Reader {
    /// One that reads like this.
    pub fn new(
        read: impl Fn(&Value, RunId, Duration) -> Result<Scripted, String> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(read))
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}

/// How long a function lives where it does not say.
const LONGEST: Duration = Duration::from_mins(15);

/// Whether an event is an order to a worker.
pub(crate) fn is_envelope(event: &Value) -> bool {
    event.get("order").is_some() && event.get("run").is_some()
}

/// The run's name: the event's id, so that an event that is delivered twice is one run.
pub(crate) fn run_of(event_id: &str) -> Result<RunId, String> {
    let named = event_id.parse();
    named.map_err(|error| format!("the event's id `{event_id}` can name no run: {error}"))
}

/// Launches what an event asks for, and is its first worker. What is odd about it is said to `log`.
pub(crate) async fn carry_out(
    event: &Value,
    run: RunId,
    host: &Host,
    reader: &Reader,
    log: &dyn Fn(&str),
) -> Result<Reply, String> {
    let now = host.world.clock.now();
    let life = host
        .deadline
        .map_or(LONGEST, |deadline| deadline.since(now));
    let scripted = (reader.0)(event, run, life)?;
    for warning in &scripted.warnings {
        log(warning);
    }
    let manifest = match launch(host, &scripted.job, scripted.launch).await {
        Ok(manifest) => manifest,
        Err(LaunchError::Exists(_)) => return Ok(Reply::Duplicate),
        Err(error) => return Err(error.to_string()),
    };
    // The ledger has them.
    drop(scripted.job);
    Ok(work(&start_envelope(&manifest).encode(), host).await)
}
