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
    if running.is_stopped().await {
        return Reply::Stopped;
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
struct Batch<'a, T> {
    running: &'a Running<T>,
    /// Worker `place` of `workers`.
    place: u32,
    workers: u32,
    chunks: u32,
    /// The longest that a chunk took so far.
    longest: Duration,
    began: Time,
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

    /// Takes over what others have not yet come to. Owners go forward through their chunks, helpers backward, so a helper is done
    /// with an owner at the first chunk that is taken.
    async fn help_others(&mut self) -> Option<Left> {
        for step in 1..self.workers {
            let owner = (self.place + step) % self.workers;
            let Some(last) = self.chunks.checked_sub(owner + 1) else {
                continue;
            };
            let mut chunk = owner + last / self.workers * self.workers;
            loop {
                match self.visit(chunk, 1).await {
                    Visit::Executed => {}
                    Visit::Taken => break,
                    Visit::Leave(left) => return Some(left),
                }
                match chunk.checked_sub(self.workers) {
                    Some(before) => chunk = before,
                    None => break,
                }
            }
        }
        None
    }

    /// Tries chunks again that failed and whose worker did not come to another try, or whose worker's lease is over.
    async fn try_again(&mut self) -> Option<Left> {
        for attempt in 2..=ATTEMPTS {
            for step in 0..self.chunks {
                let chunk = (self.place + step) % self.chunks;
                // To look at them all may take longer than a life. Everybody begins at another one.
                if !self.has_time() {
                    return None;
                }
                if !self.has_failed(chunk, attempt - 1).await.unwrap_or(false) {
                    continue;
                }
                if let Visit::Leave(left) = self.visit(chunk, attempt).await {
                    return Some(left);
                }
            }
        }
        None
    }

    async fn has_failed(&self, chunk: u32, attempt: u32) -> Result<bool, LedgerError> {
        let Some(slice) = self.slice(chunk) else {
            return Ok(false);
        };
        let book = &self.running.book;
        let Some(claim) = book.claimed(ClaimKey::Slice(slice, attempt)).await? else {
            return Ok(false);
        };
        let last = book.last_word::<T::Report>(slice, attempt).await?;
        Ok(match last {
            Some(last) => last.failure.is_some(),
            None => self.running.now() > claim.lease,
        })
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
        let rested = now.since(self.began) > Duration::ZERO && !self.longest.is_zero();
        (rested && !self.has_time()).then_some(Left::Tired)
    }
}
