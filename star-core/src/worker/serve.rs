//! One of a batch's workers: claims chunk after chunk.

use std::time::Duration;

use tokio::task::JoinSet;

use super::{Closer, Running, carry, chunk, close};
use crate::gather::ATTEMPTS;
use crate::ledger::{ClaimKey, Claimed, LedgerError};
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
    let mut duties = JoinSet::new();
    if order.is_bundle() {
        carry::spread_workers(&running, order, &mut duties).await;
        if running.claim(order.kept().claim_key(), end).await == Claimed::Taken {
            carry::finish(&running, duties).await;
            return Reply::Duplicate;
        }
    }
    let place = workers.head();
    let left = Batch::new(&running, place).run().await;
    carry::tell_done(&running);
    if left == Left::Tired {
        let successor = Order::Serve {
            workers: place,
            life: life + 1,
        };
        let sender = running.sender();
        let (sent, start) = (running.now(), running.now() + running.manifest.limits.lead);
        // Where the transport refuses for long, this worker's life is over first. What is kept of it for closing the run may be used: whoever
        // has a successor does not close.
        let last = running.lease - running.manifest.limits.closing / 2;
        tokio::select! {
            biased;
            () = sender.send(successor, end) => {}
            () = running.clock().sleep_until(last) => {}
        }
        duties.spawn_local(async move {
            super::watch(&sender, vec![successor], sent, start, end).await;
        });
    }
    carry::finish(&running, duties).await;
    if left == Left::Done {
        match place.first() {
            0 => close::close(&running, Closer::First).await,
            1 => close::close(&running, Closer::Second).await,
            _ => {}
        }
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
}

/// A worker's way through a batch's chunks.
pub(super) struct Batch<'a, T> {
    running: &'a Running<T>,
    /// Worker `place` of `workers`.
    place: u32,
    workers: u32,
    chunks: u32,
    /// The longest that a chunk took so far.
    longest: Duration,
    began: Time,
}

/// How many of the workers after it a worker helps with whatever chunk they have not come to.
const NEXT: u32 = 2;

/// How many workers look after the end of the run: the first, and the second should that be gone.
const CLOSERS: u32 = 2;

/// What is known of an attempt at a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// There was none, or it succeeded.
    Settled,
    /// It failed, or its worker's lease is over.
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

    /// Takes over what others have not yet come to. Owners go forward through their chunks, helpers backward, so a helper is mostly done
    /// with an owner at the first chunk that is taken. But that may be a helper's who left, and the owner may be gone: so everybody goes
    /// through all chunks of the next few, and those who will close the run through all.
    async fn help_others(&mut self) -> Option<Left> {
        if self.closes() {
            return self.help_all().await;
        }
        for step in 1..self.workers {
            for chunk in self.backward(step) {
                // A successor looks at the same again. One that comes to nothing in all its life has none.
                if !self.has_time() {
                    return self.has_worked().then_some(Left::Tired);
                }
                match self.visit(chunk, 1).await {
                    Visit::Taken if step > NEXT => break,
                    Visit::Executed | Visit::Taken => {}
                    Visit::Leave(left) => return Some(left),
                }
            }
        }
        None
    }

    /// The same of all others.
    async fn help_all(&mut self) -> Option<Left> {
        let all: Vec<u32> = (1..self.workers)
            .flat_map(|step| self.backward(step))
            .collect();
        for some in all.chunks(self.many()) {
            if !self.has_time() {
                return self.has_worked().then_some(Left::Tired);
            }
            for chunk in self.unclaimed(some).await {
                if !self.has_time() {
                    return self.has_worked().then_some(Left::Tired);
                }
                if let Visit::Leave(left) = self.visit(chunk, 1).await {
                    return Some(left);
                }
            }
        }
        None
    }

    /// The chunks of the worker so many places after it, from the last.
    fn backward(&self, step: u32) -> impl Iterator<Item = u32> + use<T> {
        let workers = self.workers;
        let owner = (self.place + step) % workers;
        let rounds = self.chunks.saturating_sub(owner).div_ceil(workers);
        (0..rounds).rev().map(move |round| owner + round * workers)
    }

    pub(super) fn running(&self) -> &Running<T> {
        self.running
    }

    /// Whether it is one of those who close the run.
    pub(super) fn closes(&self) -> bool {
        self.place < CLOSERS
    }

    /// Tries chunks again that failed and whose worker did not come to another try, or whose worker's lease is over. Those who will close the
    /// run wait until it is known of every chunk: without that nothing is settled either.
    async fn try_again(&mut self) -> Option<Left> {
        let own = self.place;
        let all = (0..self.chunks).map(|step| (own + step) % self.chunks);
        let mut chunks: Vec<u32> = all.collect();
        let mut pause = Duration::from_millis(5);
        let mut seen = false;
        loop {
            let mut open = Vec::new();
            for attempt in 2..=ATTEMPTS {
                for some in chunks.chunks(self.many()) {
                    // To look at them all may take longer than a life. Everybody begins at another one.
                    if !self.has_time() {
                        return (seen || self.has_worked()).then_some(Left::Tired);
                    }
                    let fates = self.fates(some, attempt - 1).await;
                    let heard = fates.iter().any(|(_, fate)| fate.is_ok());
                    for (chunk, fate) in fates {
                        if !self.has_time() {
                            return (seen || self.has_worked()).then_some(Left::Tired);
                        }
                        match fate {
                            Ok(Fate::Failed) => {
                                if let Visit::Leave(left) = self.visit(chunk, attempt).await {
                                    return Some(left);
                                }
                            }
                            Ok(Fate::Open) => open.push(chunk),
                            // A ledger that answers others will answer this, too.
                            Err(_) if heard => open.push(chunk),
                            Ok(Fate::Settled) | Err(_) => {}
                        }
                    }
                }
            }
            if open.is_empty() || !self.closes() {
                return None;
            }
            seen = true;
            if let Some(left) = self.must_leave().await {
                return Some(left);
            }
            let running = self.running;
            let next = running.now() + pause;
            if next + running.manifest.limits.closing >= running.lease {
                return Some(Left::Tired);
            }
            running.clock().sleep_until(next).await;
            pause = (pause * 2).min(running.manifest.intervals.snapshot);
            chunks = open;
        }
    }

    /// What is known of an attempt at a chunk.
    pub(super) async fn fate(&self, chunk: u32, attempt: u32) -> Result<Fate, LedgerError> {
        let Some(slice) = self.slice(chunk) else {
            return Ok(Fate::Settled);
        };
        let book = &self.running.book;
        let Some(claim) = book.claimed(ClaimKey::Slice(slice, attempt)).await? else {
            return Ok(Fate::Settled);
        };
        Ok(match book.last_word::<T::Report>(slice, attempt).await? {
            Some(last) if last.failure.is_some() => Fate::Failed,
            Some(_) => Fate::Settled,
            None if self.running.now() > claim.lease => Fate::Failed,
            None => Fate::Open,
        })
    }

    pub(super) fn slice(&self, chunk: u32) -> Option<Slice> {
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
        let end = running.start.zero + running.start.end;
        if running.claim(key, end).await == Claimed::Taken {
            return Visit::Taken;
        }
        let from = running.now();
        let failure = chunk::execute(running, slice, attempt).await;
        self.longest = self.longest.max(running.now().since(from));
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
        let last = self.running.lease - self.running.manifest.limits.closing;
        self.running.now() + self.longest + self.longest / 2 <= last
    }

    async fn must_leave(&self) -> Option<Left> {
        let running = self.running;
        let now = running.now();
        if now >= running.start.zero + running.start.end || running.is_stopped().await {
            return Some(Left::Done);
        }
        // Without a life's end there is always time; and a worker that has done nothing yet must try.
        let rested = now.since(self.began) > Duration::ZERO && self.has_worked();
        (rested && !self.has_time()).then_some(Left::Tired)
    }
}
