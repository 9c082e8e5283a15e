//! One of a batch's workers: claims chunk after chunk.

mod chains;
mod help;
mod survey;

use std::pin::pin;
use std::time::Duration;

use tokio::task::JoinSet;

use self::chains::Chain;
use super::signs::Pulse;
use super::{Closer, Running, carry, chunk, close, successor};
use crate::gather::ATTEMPTS;
use crate::ledger::{Claim, ClaimKey, Claimed, LedgerError};
use crate::settle::silence;
use crate::slice::{Lanes, Slice, Window};
use crate::task::Task;
use crate::time::Time;
use crate::wire::{Order, Reply};

/// Is the first of some workers, having sent the others away: executes its own chunks, then any that nobody claimed, and sends its
/// successor before its life is too short for another.
pub(super) async fn serve<T: Task>(running: Running<T>, workers: Lanes, life: u32) -> Reply {
    let order = Order::Serve { workers, life };
    let end = running.start.zero + running.start.end;
    if !running.start.batch || workers.of() != running.start.workers {
        return Reply::Refused("the run is no batch with these workers".to_owned());
    }
    if let Err(reply) = running.may_begin(end).await {
        return reply;
    }
    if running.claim(order.claim_key(), end).await == Claimed::Taken {
        return Reply::Duplicate;
    }
    // A run that is over may be removed while somebody is still on the way to it, and where nothing is claimed any more all would be done again.
    if matches!(running.book.manifest().await, Ok(None)) {
        return Reply::Expired;
    }
    let mut duties = JoinSet::new();
    if order.is_bundle() {
        carry::spread_workers(&running, order, &mut duties).await;
        if running.claim(order.kept().claim_key(), end).await == Claimed::Taken {
            carry::finish(&running, duties).await;
            return Reply::Duplicate;
        }
    }
    let place = workers.head();
    let left = {
        let mut batch = pin!(Batch::new(&running, place).run());
        // Whoever has been held up for so long, as by a ledger that is away, sends for another before it is too late.
        let held_up = running.lease - running.manifest.limits.closing / 2;
        tokio::select! {
            biased;
            left = &mut batch => left,
            () = running.clock().sleep_until(held_up) => {
                successor::send(&running, place, life, &mut duties).await;
                batch.await;
                Left::Succeeded
            }
        }
    };
    carry::tell_done(&running);
    if left == Left::Tired {
        successor::send(&running, place, life, &mut duties).await;
    }
    // Whoever was sent for is looked after until the run is over, and no longer. So whoever closes it does not wait for that first: a look is
    // half a lead away, and a short run would be closed by whoever follows it, and nobody be told.
    match place.first() {
        0 if left == Left::Done => close::close(&running, Closer::First).await,
        1 if left == Left::Done => close::close(&running, Closer::Second).await,
        _ => carry::finish(&running, duties).await,
    }
    Reply::Executed
}

/// Why a worker leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    /// There is nothing more to do.
    Done,
    /// Its life is too short for another chunk.
    Tired,
    /// It has sent for another already.
    Succeeded,
}

/// A worker's way through a batch's chunks.
struct Batch<'a, T> {
    running: &'a Running<T>,
    /// Worker `place` of `workers`.
    place: u32,
    workers: u32,
    chunks: u32,
    /// The longest that a chunk took so far.
    longest: Duration,
    began: Time,
    /// Where no life's end says when a worker must be gone, its signs do.
    pulse: Option<Pulse>,
    /// Where there is such an end, whom it looks after.
    chains: Vec<Chain>,
}

/// How many workers look after the end of the run: the first, and the second should that be gone.
const CLOSERS: u32 = 2;

/// How many of the workers after it a worker looks after, and helps with whatever chunk they have not come to.
const NEXT: u32 = 2;

/// What is known of an attempt at a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// There was none, or it succeeded.
    Settled,
    /// It failed, or its worker is gone.
    Failed,
    /// Its worker may be at it.
    Open,
}

/// How it went with one chunk.
enum Visit {
    /// It was ours, and is done.
    Executed,
    /// Somebody else has it.
    Taken,
    /// We leave.
    Leave(Left),
}

impl<'a, T: Task> Batch<'a, T> {
    fn new(running: &'a Running<T>, place: Lanes) -> Self {
        let limits = &running.manifest.limits;
        let there = running.start.zero + limits.lead_for(place.of());
        let chains = match limits.life {
            Some(_) => Chain::of_next(place.first(), place.of(), there),
            None => Vec::new(),
        };
        Self {
            running,
            place: place.first(),
            workers: place.of(),
            chunks: running
                .start
                .windows
                .first()
                .map_or(0, |window| window.lanes),
            longest: Duration::ZERO,
            began: running.now(),
            pulse: limits.life.is_none().then(|| Pulse::start(running)),
            chains,
        }
    }

    async fn run(mut self) -> Left {
        let mut own = self.place;
        while own < self.chunks {
            if let Visit::Leave(left) = self.visit(own, 1).await {
                return left;
            }
            own += self.workers;
        }
        if let Some(left) = self.help_others().await {
            return left;
        }
        if T::IDEMPOTENT
            && let Some(left) = self.try_again().await
        {
            return left;
        }
        Left::Done
    }

    /// Whether it is one of those who close the run.
    fn closes(&self) -> bool {
        self.place < CLOSERS
    }

    /// What is known of an attempt at a chunk.
    async fn fate(&self, chunk: u32, attempt: u32) -> Result<Fate, LedgerError> {
        let Some(slice) = self.slice(chunk) else {
            return Ok(Fate::Settled);
        };
        let book = &self.running.book;
        let key = ClaimKey::Slice(slice, attempt);
        let Some(claim) = book.claimed(key).await? else {
            return Ok(Fate::Settled);
        };
        Ok(match book.last_word::<T::Report>(slice, attempt).await? {
            Some(last) if last.failure.is_some() => Fate::Failed,
            Some(_) => Fate::Settled,
            None if self.running.now() > claim.lease => Fate::Failed,
            None if self.is_silent(slice, attempt, claim).await? => Fate::Failed,
            None => Fate::Open,
        })
    }

    /// Whether whoever claimed an attempt at a chunk has given no sign of life for too long.
    async fn is_silent(
        &self,
        slice: Slice,
        attempt: u32,
        claim: Claim,
    ) -> Result<bool, LedgerError> {
        if self.pulse.is_none() {
            return Ok(false);
        }
        let book = &self.running.book;
        let too_long = silence(&self.running.manifest.intervals);
        let is_long_ago = |at: Time| self.running.now() > at + too_long;
        if !is_long_ago(claim.at) {
            return Ok(false);
        }
        let sign = book.sign(ClaimKey::Slice(slice, attempt)).await?;
        if sign.is_some_and(|at| !is_long_ago(at)) {
            return Ok(false);
        }
        let live = book.live::<T::Report>(slice, attempt).await?;
        Ok(live.is_none_or(|live| is_long_ago(live.at)))
    }

    fn slice(&self, chunk: u32) -> Option<Slice> {
        let lanes = Lanes::bundle(chunk, chunk + 1, self.chunks)?;
        Some(Slice {
            window: Window::ALL,
            lanes,
        })
    }

    async fn visit(&mut self, chunk: u32, attempt: u32) -> Visit {
        let Some(slice) = self.slice(chunk) else {
            return Visit::Taken;
        };
        let key = ClaimKey::Slice(slice, attempt);
        let running = self.running;
        // Asking is cheaper than losing a claim, where whole rows are taken already.
        if matches!(running.book.claimed(key).await, Ok(Some(_))) {
            return Visit::Taken;
        }
        if let Some(left) = self.must_leave().await {
            return Visit::Leave(left);
        }
        // Where it isn't known in time whose it is, there must be time for a successor.
        let end = running.start.zero + running.start.end;
        if running.claim(key, end.min(self.last_begin())).await == Claimed::Taken {
            return Visit::Taken;
        }
        let from = running.now();
        if let Some(pulse) = &self.pulse {
            pulse.of(key);
        }
        let chunk::Executed { failure, .. } = chunk::execute(running, slice, attempt).await;
        if let Some(pulse) = &self.pulse {
            pulse.done();
        }
        self.longest = self.longest.max(running.now().since(from));
        self.look_after_others().await;
        if failure.is_some() && T::IDEMPOTENT && attempt < ATTEMPTS {
            return Box::pin(self.visit(chunk, attempt + 1)).await;
        }
        Visit::Executed
    }

    /// Whether it has executed a chunk.
    fn has_worked(&self) -> bool {
        !self.longest.is_zero()
    }

    /// Whether there is time for another chunk.
    fn has_time(&self) -> bool {
        self.running.now() + self.longest + self.longest / 2 <= self.last_begin()
    }

    /// When nothing may be begun any more.
    fn last_begin(&self) -> Time {
        self.running.lease - self.running.manifest.limits.closing
    }

    async fn must_leave(&self) -> Option<Left> {
        let running = self.running;
        let now = running.now();
        let end = running.start.zero + running.start.end;
        if now >= end {
            return Some(Left::Done);
        }
        match running.may_begin(end.min(self.last_begin())).await {
            Ok(()) => {}
            Err(Reply::Expired) if self.has_worked() => return Some(Left::Tired),
            Err(_) => return Some(Left::Done),
        }
        // Without a life's end there is always time; and a worker that has done nothing yet must try.
        let rested = now.since(self.began) > Duration::ZERO && self.has_worked();
        (rested && !self.has_time()).then_some(Left::Tired)
    }
}
