//! Runs with limits of their own, launched as the command line launches them.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use star_core::context::Traced;
use star_core::document::{Document, Options};
use star_core::ledger::Book;
use star_core::transport::{Processes, Threads, Transport};
use star_core::worker::Host;
use star_core::{AnyOutcome, Intervals, Job, Launch, Limits, attend, follow, launch};

use crate::{Scratch, world};

/// Who the workers are.
#[derive(Clone, Debug)]
pub enum Workers {
    /// Threads of the test.
    Threads,
    /// Processes: a program, which is given the folder of the ledger and these arguments.
    Processes(PathBuf, Vec<PathBuf>),
}

/// What came of a run.
#[derive(Debug)]
pub struct Launched {
    /// Its outcome.
    pub outcome: AnyOutcome,
    /// What every unit did, in order.
    pub trace: Vec<Traced>,
}

/// Reads a script against a target.
pub fn job(script: &Path, target: &str) -> Job {
    let mut document: Document = star_yaml::document(script).unwrap();
    let mut options = Options::default();
    options.give("target", target);
    document.options = options;
    let kinds = world(script.to_owned()).kinds;
    kinds.read(&mut document).unwrap_or_else(|errors| {
        let lines: Vec<_> = errors
            .iter()
            .map(|error| error.one_line(&document.sources))
            .collect();
        panic!("{}", lines.join("\n"))
    })
}

/// Runs a script against a target under these limits, with a seed of its own, and waits for it.
pub fn launched(
    scratch: &Scratch,
    name: &str,
    script: &Path,
    target: &str,
    limits: Limits,
    workers: &Workers,
) -> Launched {
    launched_job(scratch, name, &job(script, target), limits, workers)
}

/// Does the same with a job of any kind.
pub fn launched_job(
    scratch: &Scratch,
    name: &str,
    job: &Job,
    limits: Limits,
    workers: &Workers,
) -> Launched {
    let world = world(scratch.runs());
    let threads = Threads::new(world.clone());
    let transport: Arc<dyn Transport> = match workers {
        Workers::Threads => Arc::new(threads.clone()),
        Workers::Processes(program, more) => {
            let arguments = std::iter::once(scratch.runs()).chain(more.clone());
            Arc::new(Processes::new(program, arguments))
        }
    };
    let host = Host {
        transport,
        ..threads.host()
    };
    let how = Launch {
        run: name.parse().unwrap(),
        seed: 42,
        limits,
        intervals: Intervals {
            margin: Duration::from_millis(500),
            ..Intervals::HERE
        },
        rehearsal: false,
        traced: true,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let followed = async {
        let manifest = launch(&host, job, how).await.unwrap();
        let mut observer = job.task.observe(&host, Rc::clone(&manifest));
        let attending = async {
            attend(&host, &manifest).await;
            std::future::pending::<std::convert::Infallible>().await
        };
        let outcome = tokio::select! {
            outcome = follow(&host, &manifest, &mut observer, |_| {}) => outcome.unwrap(),
            never = attending => match never {},
        };
        let book = Book::new(Arc::clone(&host.world.ledger), manifest.run.clone());
        let mut trace = Vec::new();
        for chunk in book
            .start()
            .await
            .unwrap()
            .iter()
            .flat_map(|start| start.chunks().collect::<Vec<_>>())
        {
            trace.extend(book.trace(chunk, 1).await.unwrap().unwrap_or_default());
        }
        trace.sort_by_key(|line| line.unit);
        Launched { outcome, trace }
    };
    let limit = Duration::from_mins(2);
    let local = tokio::task::LocalSet::new();
    local
        .block_on(&runtime, async {
            tokio::time::timeout(limit, followed).await
        })
        .expect("a run ends in two minutes")
}
