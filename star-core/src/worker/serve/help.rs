//! Takes over what others have not come to, and what failed.

use std::time::Duration;

use super::{Batch, Fate, Left, NEXT, Visit};
use crate::gather::ATTEMPTS;
use crate::task::Task;

impl<T: Task> Batch<'_, T> {
    /// Takes over what others have not yet come to. Owners go forward through their chunks, helpers backward, so a helper is mostly done
    /// with an owner at the first chunk that is taken. But that may be a helper's who left, and the owner may be gone: so everybody goes
    /// through all chunks of the next few, and those who will close the run through all.
    pub(super) async fn help_others(&mut self) -> Option<Left> {
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

    /// Tries chunks again that failed and whose worker did not come to another try, or whose worker is gone: everybody those of the next few,
    /// and those who will close the run all; where all are on one machine, everybody all. They wait until it is known of each of these.
    pub(super) async fn try_again(&mut self) -> Option<Left> {
        let own = self.place;
        let all = (0..self.chunks).map(|step| (own + step) % self.chunks);
        let owner = |chunk: &u32| (chunk % self.workers + self.workers - own) % self.workers;
        let mut chunks: Vec<u32> = all
            .filter(|chunk| self.closes() || self.pulse.is_some() || owner(chunk) <= NEXT)
            .collect();
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
            if open.is_empty() {
                return None;
            }
            self.look_after_others().await;
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
}
