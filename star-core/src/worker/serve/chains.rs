//! Looks after the workers of other places. Whoever's life is over has sent for a successor before; one that died has not, and neither is
//! there anybody in its place any more. What such a place had not come to others take over, but that is no use where in the end nobody is left.

use super::{Batch, CLOSERS, NEXT};
use crate::ledger::LedgerError;
use crate::slice::Lanes;
use crate::task::Task;
use crate::time::Time;
use crate::wire::Order;

/// The lives of one place's workers, one after the other, as far as they are known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    place: u32,
    /// The first life that nobody is known to have claimed.
    life: u32,
    /// When the one before that is over, and its successor should be there.
    due: Time,
    /// Whether nobody is to come any more.
    over: bool,
}

impl Chain {
    /// Those of the places that a worker looks after, from when all should be there.
    pub(super) fn of_next(place: u32, workers: u32, due: Time) -> Vec<Self> {
        let next = (1..=NEXT).map(|step| (place + step) % workers.max(1));
        let others = next.filter(|next| *next != place);
        let mut places: Vec<u32> = others.collect();
        places.dedup();
        let chain = |place| Self {
            place,
            life: 0,
            due,
            over: false,
        };
        places.into_iter().map(chain).collect()
    }
}

impl<T: Task> Batch<'_, T> {
    /// Sends for whoever should be in a place that it looks after, and is not: at the latest one lead after the last life there was over.
    /// Where somebody is there after all, one of the two finds the life claimed, and leaves.
    pub(super) async fn look_after_others(&mut self) {
        for at in 0..self.chains.len() {
            let mut chain = self.chains[at];
            if self.look_after(&mut chain).await.is_ok() {
                self.chains[at] = chain;
            }
        }
    }

    async fn look_after(&self, chain: &mut Chain) -> Result<(), LedgerError> {
        let running = self.running;
        let Some(lanes) = Lanes::bundle(chain.place, chain.place + 1, self.workers) else {
            return Ok(());
        };
        let lead = running.manifest.limits.lead;
        while !chain.over && running.now() > chain.due + lead {
            let order = Order::Serve {
                workers: lanes,
                life: chain.life,
            };
            if let Some(claim) = running.book.claimed(order.claim_key()).await? {
                chain.life += 1;
                chain.due = claim.lease;
                continue;
            }
            if !self.is_needed(chain.place).await? {
                chain.over = true;
                return Ok(());
            }
            let end = running.start.zero + running.start.end;
            let sender = running.sender();
            tokio::select! {
                biased;
                () = sender.send(order, end) => {}
                () = running.clock().sleep_until(running.now() + lead) => {}
            }
            chain.due = running.now();
        }
        Ok(())
    }

    /// Whether there is something left to do in a place: chunks that nobody has come to, or the end of the run to wait for.
    async fn is_needed(&self, place: u32) -> Result<bool, LedgerError> {
        let running = self.running;
        if running.now() >= running.start.zero + running.start.end || running.is_stopped().await {
            return Ok(false);
        }
        if place < CLOSERS {
            return Ok(!running.book.is_closed().await?);
        }
        let own: Vec<u32> = (place..self.chunks)
            .step_by(self.workers as usize)
            .collect();
        Ok(!self.unclaimed(&own).await.is_empty())
    }
}
