//! The start of a run, and joining one that has started.

use std::rc::Rc;
use std::time::Duration;

use super::{Running, Worker, carry, close, guarded, serve, signs, watch};
use crate::erased::{AnyOutcome, Stakes};
use crate::failure::Failure;
use crate::ledger::{Begun, ClaimKey, Claimed, LedgerError, StartRecord};
use crate::plan::plan;
use crate::settle::undelivered;
use crate::slice::Slice;
use crate::split::Extent;
use crate::task::Task;
use crate::time::Time;
use crate::wire::{Order, Reply};

/// Claims the start; opens and plans the task; writes the start record; then carries the first bundle. Whoever comes second leaves.
pub(super) async fn start<T: Task>(worker: Worker) -> Reply {
    let expires = worker.envelope.expires;
    if let Err(reply) = worker.may_begin(expires).await {
        return reply;
    }
    if worker.claim(ClaimKey::Start, expires).await == Claimed::Taken {
        return Reply::Duplicate;
    }
    let claimed = worker.now();
    let opening = signs::with_signs(&worker, ClaimKey::Start, guarded(open::<T>(&worker)));
    let running = match opening.await {
        Ok((task, start)) => Running {
            worker: worker.clone(),
            task: Rc::new(task),
            start: Rc::new(start),
        },
        Err(failure) => {
            let begun = Begun::Failed(failure.clone());
            let tell = || worker.book.write_begun(&begun);
            worker.last_patience().ask(tell).await;
            tell_failed::<T>(&worker, &failure).await;
            return Reply::Failed(failure);
        }
    };
    match first_order(&running.start) {
        Some(Order::Carry(slice)) if outlives(&running, slice, claimed) => {
            pass_on(&running, slice).await;
            Reply::Executed
        }
        Some(Order::Carry(slice)) => carry::carry(running, slice).await,
        Some(Order::Serve { workers, life }) => serve::serve(running, workers, life).await,
        Some(Order::Start) | None => {
            close::close(&running, close::Closer::First).await;
            Reply::Executed
        }
    }
}

/// Tells that the run never began.
async fn tell_failed<T: Task>(worker: &Worker, failure: &Failure) {
    let ending = &worker.host.world.ending;
    if !ending.is_told() {
        return;
    }
    // Where not even the task can be read nobody knows whether anybody is to be told of it.
    let Ok(task) = read::<T>(worker, worker.manifest.job, worker.lease).await else {
        return;
    };
    let failure = Some(failure.clone());
    let mut outcome = undelivered(&worker.manifest, task.units(), task.blank(), failure);
    outcome.facts.settled = true;
    if let Ok(Some(mark)) = worker.book.stop().await {
        outcome.facts.stopped = Some(mark.at);
    }
    let outcome = AnyOutcome::new(outcome, true, Stakes::of(&task));
    ending.tell(outcome).await;
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

/// Whether opening the task has cost so much of this worker's life that the first window outlives it.
fn outlives<T: Task>(running: &Running<T>, bundle: Slice, claimed: Time) -> bool {
    let (limits, intervals) = (&running.manifest.limits, &running.manifest.intervals);
    let over = running.start.zero + bundle.window.to().min(running.start.end) + limits.tail;
    let slow = running.now().since(claimed) > limits.lead.max(intervals.margin);
    slow && over + limits.closing > running.lease
}

/// Lets another worker carry the first bundle.
async fn pass_on<T: Task>(running: &Running<T>, bundle: Slice) {
    let (zero, sent) = (running.start.zero, running.now());
    let expires = zero + bundle.window.to().min(running.start.end);
    let sender = running.sender();
    sender.send(Order::Carry(bundle), expires).await;
    watch(&sender, vec![Order::Carry(bundle)], sent, zero, expires).await;
}

/// Opens the task, as long as nobody stops the run and the worker lives.
async fn open_in_time<T: Task>(worker: &Worker, task: &mut T) -> Result<(), Failure> {
    let cx = worker.run_context();
    let stopped = async {
        let mut told = worker.host.world.bell.stops();
        while !worker.is_stopped().await {
            let next = worker.now() + worker.manifest.intervals.stop;
            told.heard_until(worker.clock(), next).await;
        }
    };
    let last = worker.lease - worker.manifest.limits.closing;
    tokio::select! {
        biased;
        opened = task.open(&cx) => opened,
        () = stopped => Err(Failure::new("it was stopped before it had begun")),
        () = worker.clock().sleep_until(last) => Err(Failure::new(
            "it has not begun: what is done before took longer than its worker lives",
        )),
    }
}

async fn open<T: Task>(worker: &Worker) -> Result<(T, StartRecord), Failure> {
    let manifest = &worker.manifest;
    let until = worker.lease - manifest.limits.closing;
    let mut task: T = read(worker, manifest.job, until).await?;
    task.seed(manifest.seed);
    open_in_time(worker, &mut task).await?;
    let extent = task.extent();
    let plan = plan(&task, task.expected_life(), &manifest.limits)
        .map_err(|error| Failure::because("the task cannot be cut", &error))?;
    let bytes = serde_json::to_vec(&task)
        .map_err(|error| Failure::because("the task cannot be written", &error))?;
    let unwritten = || Failure::new("the run cannot be recorded: the ledger does not answer");
    let patience = worker.last_patience();
    let hash = patience.ask(|| worker.book.write_task(&bytes)).await;
    let hash = hash.ok_or_else(unwritten)?;
    let first = plan.windows.first().map_or(0, |window| window.lanes);
    let start = StartRecord {
        task: hash,
        zero: Time::default(),
        units: task.units(),
        batch: extent.is_batch(),
        windows: plan.windows,
        workers: plan.workers,
        end: match extent {
            Extent::Timed(length) => length,
            Extent::Batch => manifest.limits.batch_end,
        },
    };
    // A batch has no instants that anybody must be there for: its workers begin when they come, and its time with the first of them.
    let lead = if extent.is_batch() {
        Duration::ZERO
    } else {
        manifest.limits.lead_for(first)
    };
    let written = patience.ask(|| begin(worker, &start, lead)).await;
    let start = written.ok_or_else(unwritten)?.ok_or_else(|| {
        Failure::new("the worker that starts the run was held for gone before it had")
    })?;
    Ok((task, start))
}

/// Writes the start record, with a zero one lead from now: a ledger that was away for a while must not have cost the run its beginning.
/// The record that is there, which may be that of an earlier try whose answer was lost; none where the run will not start.
async fn begin(
    worker: &Worker,
    start: &StartRecord,
    lead: Duration,
) -> Result<Option<StartRecord>, LedgerError> {
    let start = StartRecord {
        zero: worker.now() + lead,
        ..start.clone()
    };
    let begun = Begun::Started(start.clone());
    if worker.book.write_begun(&begun).await? {
        return Ok(Some(start));
    }
    // Only whoever has claimed the start writes that it has started.
    worker.book.start().await
}

async fn read<T: Task>(
    worker: &Worker,
    hash: crate::hash::Hash,
    until: Time,
) -> Result<T, Failure> {
    let bytes = worker.patience(until).ask(|| worker.book.task(hash)).await;
    let bytes = bytes
        .ok_or_else(|| Failure::new("the task cannot be read: the ledger does not answer"))?
        .ok_or_else(|| Failure::new("the task is not in the ledger"))?;
    let task: T = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::because("the task cannot be read", &error))?;
    task.validate().map_err(Failure::new)?;
    Ok(task)
}

/// Reads what a started run is about.
pub(super) async fn join<T: Task>(worker: Worker) -> Result<Running<T>, Reply> {
    let until = worker.envelope.expires.min(worker.lease);
    let patience = worker.patience(until);
    let start = match patience.ask(|| worker.book.start()).await {
        Some(Some(start)) => start,
        Some(None) => return Err(Reply::Refused("the run has not started".to_owned())),
        None => return Err(Reply::Expired),
    };
    let task = read(&worker, start.task, until)
        .await
        .map_err(Reply::Failed)?;
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
