//! The start of a run, and joining one that has started.

use std::rc::Rc;

use super::{Running, Worker, carry, close, guarded, serve};
use crate::failure::Failure;
use crate::ledger::{ClaimKey, Claimed, StartRecord};
use crate::plan::plan;
use crate::split::Extent;
use crate::task::Task;
use crate::time::Time;
use crate::wire::{Order, Reply};

/// Claims the start; opens and plans the task; writes the start record; then carries the first bundle. Whoever comes second leaves.
pub(super) async fn start<T: Task>(worker: Worker) -> Reply {
    let expires = worker.envelope.expires;
    if worker.is_stopped().await {
        return Reply::Stopped;
    }
    if worker.claim(ClaimKey::Start, expires).await == Claimed::Taken {
        return Reply::Duplicate;
    }
    let running = match guarded(open::<T>(&worker)).await {
        Ok((task, start)) => Running {
            worker: worker.clone(),
            task: Rc::new(task),
            start: Rc::new(start),
        },
        Err(failure) => {
            let tell = || worker.book.write_start_failure(&failure);
            worker.patience(worker.lease).ask(tell).await;
            return Reply::Failed(failure);
        }
    };
    match first_order(&running.start) {
        Some(Order::Carry(slice)) => carry::carry(running, slice).await,
        Some(Order::Serve { workers, life }) => serve::serve(running, workers, life).await,
        Some(Order::Start) | None => {
            close::close(&running, close::Closer::First).await;
            Reply::Executed
        }
    }
}

/// What is sent for first, once a run has started; none where there is nothing to do.
pub(crate) fn first_order(start: &StartRecord) -> Option<Order> {
    let bundle = start.windows.first()?.bundle()?;
    Some(if start.batch {
        Order::Serve {
            workers: crate::slice::Lanes::all(start.workers),
            life: 0,
        }
    } else {
        Order::Carry(bundle)
    })
}

async fn open<T: Task>(worker: &Worker) -> Result<(T, StartRecord), Failure> {
    let manifest = &worker.manifest;
    let mut task: T = read(worker, manifest.job).await?;
    task.seed(manifest.seed);
    task.open(&worker.run_context()).await?;
    let extent = task.extent();
    let plan = plan(&task, task.expected_life(), &manifest.limits)
        .map_err(|error| Failure::because("the task cannot be cut", &error))?;
    let bytes = serde_json::to_vec(&task)
        .map_err(|error| Failure::because("the task cannot be written", &error))?;
    let unwritten = |error| Failure::because("the run cannot be recorded", &error);
    let hash = worker.book.write_task(&bytes).await.map_err(unwritten)?;
    let first = plan
        .windows
        .first()
        .map_or(0, |window| window.lanes.max(plan.workers));
    let at_once = if extent.is_batch() {
        plan.workers
    } else {
        first
    };
    let start = StartRecord {
        task: hash,
        zero: worker.now() + manifest.limits.lead_for(at_once),
        units: task.units(),
        batch: extent.is_batch(),
        windows: plan.windows,
        workers: plan.workers,
        end: match extent {
            Extent::Timed(length) => length,
            Extent::Batch => manifest.limits.batch_end,
        },
    };
    worker.book.write_start(&start).await.map_err(unwritten)?;
    Ok((task, start))
}

async fn read<T: Task>(worker: &Worker, hash: crate::hash::Hash) -> Result<T, Failure> {
    let bytes = worker
        .book
        .task(hash)
        .await
        .map_err(|error| Failure::because("the task cannot be read", &error))?
        .ok_or_else(|| Failure::new("the task is not in the ledger"))?;
    let task: T = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::because("the task cannot be read", &error))?;
    task.validate().map_err(Failure::new)?;
    Ok(task)
}

/// Reads what a started run is about.
pub(super) async fn join<T: Task>(worker: Worker) -> Result<Running<T>, Reply> {
    let patience = worker.patience(worker.envelope.expires.min(worker.lease));
    let start = match patience.ask(|| worker.book.start()).await {
        Some(Some(start)) => start,
        Some(None) => return Err(Reply::Refused("the run has not started".to_owned())),
        None => return Err(Reply::Expired),
    };
    let task = read(&worker, start.task).await.map_err(Reply::Failed)?;
    Ok(Running {
        worker,
        task: Rc::new(task),
        start: Rc::new(start),
    })
}

impl<T> Running<T> {
    /// When all of a run should be over, apart from settling.
    pub(crate) fn end(&self) -> Time {
        self.start.zero + self.start.end + self.manifest.limits.tail
    }
}
