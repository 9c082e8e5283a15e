//! Executes one chunk.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::parts::{Splitter, Written};
use super::snapshot::Encoder;
use super::{Running, guarded, spread};
use crate::context::{Context, Signals, Terms};
use crate::failure::Failure;
use crate::ledger::Final;
use crate::report::Measured;
use crate::settle::SIGNS_MISSED;
use crate::slice::Slice;
use crate::task::Task;
use crate::time::Time;

/// How long units have to note their end once they are cut off.
pub(super) const LAST_WORDS: Duration = Duration::from_millis(500);

/// How a chunk was executed.
#[derive(Debug)]
pub(super) struct Executed {
    /// What failed, if something did.
    pub(super) failure: Option<Failure>,
    /// Whether the run was told to stop meanwhile.
    pub(super) stopped: bool,
}

/// Executes a claimed chunk and writes its last word.
pub(super) async fn execute<T: Task>(running: &Running<T>, chunk: Slice, attempt: u32) -> Executed {
    let manifest = &running.manifest;
    let voice = running.host.world.voice.of_chunk(chunk);
    voice.begun();
    if manifest.manner.simulation {
        return simulate(running, chunk, attempt).await;
    }
    let stopped = Rc::new(Cell::new(false));
    let signals = Signals::default();
    let terms = Terms {
        zero: running.start.zero,
        seed: manifest.seed,
        late: manifest.limits.late,
        open: manifest.limits.open_units,
        rehearsal: manifest.rehearsal,
        traced: manifest.traced,
    };
    let cx = Context::new(
        Rc::clone(&running.task) as Rc<dyn crate::split::Splittable>,
        Arc::clone(&running.host.world.clock),
        running.book.clone(),
        voice,
        terms,
        signals.clone(),
    );
    // A task of its own: what the worker itself waits for is looked at with each unit that is due.
    let mut publishing = JoinSet::new();
    let written = Written::default();
    let publisher = publish(running.clone(), chunk, attempt, cx.clone(), written.clone());
    publishing.spawn_local(publisher);
    let failure = {
        let work = async {
            let done = guarded(running.task.execute(chunk, &cx)).await;
            let idle = cx.idle().await;
            done.and(idle)
        };
        let mut ending = JoinSet::new();
        let told = (signals, Rc::clone(&stopped));
        ending.spawn_local(end(running.clone(), chunk, cx.clone(), told));
        tokio::select! {
            biased;
            done = work => done.err(),
            _ = ending.join_next() => {
                cx.abort();
                None
            }
        }
    };
    // From here on nothing is split off any more, and what was and is not known to be written is in the report again.
    publishing.shutdown().await;
    cx.look();
    let units = running.task.units_of(&chunk);
    let measured = cx.measured();
    let failure = failure.or_else(|| untaken(&measured, units));
    let last = Final {
        measured,
        parts: written.list(),
        failure,
    };
    let patience = running.last_patience();
    if manifest.traced {
        let trace = cx.trace();
        patience
            .ask(|| running.book.write_trace(chunk, attempt, &trace))
            .await;
    }
    patience
        .ask(|| running.book.write_final(chunk, attempt, &last))
        .await;
    Executed {
        failure: last.failure,
        stopped: stopped.get(),
    }
}

/// Writes the last word of a chunk that is not executed, since the job says that nothing is to be done.
async fn simulate<T: Task>(running: &Running<T>, chunk: Slice, attempt: u32) -> Executed {
    running.say_simulated(chunk, &*running.task);
    let mut measured = Measured::<T::Report>::default();
    measured.tally.skipped = running.task.units_of(&chunk);
    let last = Final {
        measured,
        parts: Vec::new(),
        failure: None,
    };
    let write = || running.book.write_final(chunk, attempt, &last);
    running.last_patience().ask(write).await;
    Executed {
        failure: None,
        stopped: false,
    }
}

/// A task that returns before it has taken all of its units has left them undone.
fn untaken<R: crate::report::Report>(measured: &Measured<R>, units: u64) -> Option<Failure> {
    let counted = measured.tally.counted();
    (counted < units).then(|| {
        let left = units - counted;
        Failure::new(format!(
            "the task ended with {left} of its {units} units not taken"
        ))
    })
}

/// Watches for the stop mark and for the end of the chunk's time, and tells units of it. Returns when all must be over.
async fn end<T: Task>(
    running: Running<T>,
    chunk: Slice,
    cx: Context<T::Report>,
    (signals, stopped): (Signals, Rc<Cell<bool>>),
) {
    tokio::select! {
        biased;
        () = watch_for_stop(&running, &cx, &stopped) => {}
        () = running.clock().sleep_until(last_instant(&running, chunk)) => {}
    }
    // Units that are not yet due will not be, and those that are open end now.
    cx.stop();
    signals.cut_off.give();
    let clock = running.clock();
    clock.sleep_until(clock.now() + LAST_WORDS).await;
}

/// Until when a chunk's units may live. Where a worker's life has no bound, neither has theirs.
fn last_instant<T: Task>(running: &Running<T>, chunk: Slice) -> Time {
    let limits = &running.manifest.limits;
    if limits.life.is_none() && !running.start.batch {
        return running.lease - limits.closing;
    }
    let end = running.start.zero + chunk.window.to().min(running.start.end) + limits.tail;
    end.min(running.lease - limits.closing)
}

/// Looks for the stop mark, and notes that it is there; returns when it was seen and the grace is over. While the ledger can't be read for too
/// long, nothing is started.
async fn watch_for_stop<T: Task>(
    running: &Running<T>,
    cx: &Context<T::Report>,
    stopped: &Cell<bool>,
) {
    let intervals = &running.manifest.intervals;
    let clock = running.clock();
    let mut told = running.host.world.bell.stops();
    let mut answered = clock.now();
    let mut pause = intervals.stop;
    loop {
        told.heard_until(clock, clock.now() + pause).await;
        match running.book.stop().await {
            Ok(Some(_)) => break,
            Ok(None) => {
                answered = clock.now();
                pause = intervals.stop;
                cx.doubt(false);
            }
            Err(_) => {
                let now = clock.now();
                cx.doubt(now.since(answered) >= intervals.doubt);
                // One answer that did not come is no reason for doubt, so there must be time for several.
                pause = spread(intervals.stop.min(intervals.doubt / 10), now);
            }
        }
    }
    stopped.set(true);
    cx.stop();
    clock.sleep_until(clock.now() + intervals.grace).await;
}

/// How long to wait after a snapshot that took so long to encode: a hundred times that, so that snapshots cost a hundredth of the time, but
/// not so long that the worker is held for gone.
fn pause_after(took: Duration, interval: Duration) -> Duration {
    const SHARE: u32 = 100;
    let longest = interval * (SIGNS_MISSED - 1);
    (took * SHARE).clamp(interval, longest)
}

/// Publishes snapshots for ever. A snapshot that can't be written is made up for by the next.
async fn publish<T: Task>(
    running: Running<T>,
    chunk: Slice,
    attempt: u32,
    cx: Context<T::Report>,
    written: Written,
) {
    let clock = running.clock();
    // Nothing is worth publishing before the first unit is due.
    let begin = running.start.zero + chunk.window.from().min(running.start.end);
    clock.sleep_until(begin).await;
    cx.watch();
    let mut beside = JoinSet::new();
    let watched = cx.clone();
    beside.spawn_local(async move { watched.beat().await });
    let interval = running.manifest.intervals.snapshot;
    // A window's workers take turns: a ledger can take so many writes in an interval that it could not at one instant.
    let turn = f64::from(chunk.lanes.first() + 1) / f64::from(chunk.lanes.of());
    let mut next = clock.now() + interval.mul_f64(turn);
    let (book, clock_of_all) = (&running.book, &running.host.world.clock);
    let mut splitter = Splitter::new(book, chunk, attempt, written.clone());
    let mut encoder = Encoder::new(book, clock_of_all, chunk, written);
    loop {
        clock.sleep_until(next).await;
        cx.look();
        let encoded = encoder.encode(&cx).await;
        next = clock.now() + pause_after(encoder.took, interval);
        if let Some(encoded) = encoded {
            let written = running.book.write_live(chunk, attempt, encoded);
            let _next_one_replaces_it = written.await;
            splitter.after_snapshot(&cx, &mut encoder).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_that_is_dear_is_taken_less_often_but_not_so_seldom_that_its_worker_seems_gone() {
        let millis = Duration::from_millis;
        let second = millis(1000);
        assert_eq!(pause_after(Duration::ZERO, second), second);
        assert_eq!(pause_after(millis(9), second), second);
        assert_eq!(pause_after(millis(20), second), millis(2000));
        assert_eq!(pause_after(millis(900), second), millis(4000));
        assert!(pause_after(second, second) < second * SIGNS_MISSED);
    }
}
