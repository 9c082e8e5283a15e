//! What a batch may lose: a death costs the rest of the chunk that was begun, as long as somebody is left of those who look after the dead.

use std::time::Duration;

use star_core::ledger::StartRecord;
use star_core::wire::Order;
use star_core::{Loss, Why};

use super::Evidence;
use crate::lead::SOON;
use crate::simulation::{Fate, WorkerLife};

/// The first two close the run, and go through all chunks; the same do the two before a place with those of that place.
const CLOSERS: u32 = 2;
const NEXT: u32 = 2;

/// How often a chunk that may be tried again is tried.
const ATTEMPTS: usize = 2;

/// The lives of a place, and which of them a worker has.
fn life_in(order: Order) -> Option<(u32, u32)> {
    match order {
        Order::Start => Some((0, 0)),
        Order::Serve { workers, life } => Some((workers.first(), life)),
        Order::Carry(_) => None,
    }
}

impl Evidence<'_> {
    pub(super) fn lost_of_batch(&self, start: &StartRecord, broken: &mut Vec<String>) {
        if self.facts.stopped.is_some() || self.was_out_of_time(start) {
            return;
        }
        for loss in &self.facts.losses {
            let fault = match loss.why {
                Why::Failed(_) => None,
                Why::Unreported => self.silent(start, loss),
                Why::Undelivered => self.never_begun(start, loss),
            };
            broken.extend(fault);
        }
    }

    /// Somebody began it, and nobody told what came of it.
    fn silent(&self, start: &StartRecord, loss: &Loss) -> Option<String> {
        let shows = self.stage.shows.borrow();
        let tries: Vec<_> = shows
            .iter()
            .filter(|show| show.slice == loss.chunk)
            .map(|show| self.life(show.worker))
            .collect();
        let gone = |life: &&WorkerLife| matches!(life.fate, Fate::Died | Fate::TimedOut);
        let claimed = self.state.workers.iter().map(|worker| &worker.life);
        if tries.iter().all(|life| !gone(life)) && !claimed.clone().any(|life| gone(&life)) {
            return Some(format!(
                "{} units of {} are lost although nobody died who had them",
                loss.units, loss.chunk
            ));
        }
        let again = self.stage.task.is_idempotent() && tries.len() < ATTEMPTS;
        let place = self.left_in_order(start, loss).filter(|_| again)?;
        Some(format!(
            "{} was not tried again although whoever looks after it left in good order, in place {place}",
            loss.chunk
        ))
    }

    /// Nobody began it.
    fn never_begun(&self, start: &StartRecord, loss: &Loss) -> Option<String> {
        if let Some(place) = self.left_in_order(start, loss) {
            return Some(format!(
                "nobody began {} although whoever looks after it left in good order, in place {place}",
                loss.chunk
            ));
        }
        let owner = loss.chunk.lanes.first() % start.workers.max(1);
        let unaided = self.unaided(start, owner)?;
        Some(format!(
            "nobody was sent for in place {owner} after its worker had died, and nobody began {}, although place {unaided} looks after it",
            loss.chunk
        ))
    }

    /// Who looks after a place: those before it, and those who close the run.
    fn guards(start: &StartRecord, owner: u32) -> impl Iterator<Item = u32> {
        let workers = start.workers.max(1);
        let before = (1..=NEXT).map(move |step| (owner + workers * NEXT - step) % workers);
        before.chain(0..CLOSERS.min(workers))
    }

    /// The lives of a place.
    fn lives_in(&self, place: u32) -> impl Iterator<Item = (u32, &WorkerLife)> {
        let lives = self.state.workers.iter().map(|worker| &worker.life);
        lives.filter_map(move |life| match life_in(life.order) {
            Some((of, number)) if of == place && life.fate != Fate::Duplicate => {
                Some((number, life))
            }
            _ => None,
        })
    }

    fn last_life(&self, place: u32) -> Option<&WorkerLife> {
        let last = self.lives_in(place).max_by_key(|(number, _)| *number);
        last.map(|(_, life)| life)
    }

    /// Whoever of those who had to look after a chunk left because there was nothing left to do.
    fn left_in_order(&self, start: &StartRecord, loss: &Loss) -> Option<u32> {
        let owner = loss.chunk.lanes.first() % start.workers.max(1);
        let mut all = Self::guards(start, owner).chain([owner]);
        all.find(|place| {
            let last = self.last_life(*place);
            // One that came to nothing in all its life has no successor.
            last.is_some_and(|life| life.fate == Fate::Executed && !life.chunks.is_empty())
        })
    }

    /// Who should have sent for another in this place, whose last worker died, and was there for long enough.
    fn unaided(&self, start: &StartRecord, owner: u32) -> Option<u32> {
        let dead = self.last_life(owner)?;
        if dead.fate != Fate::Died {
            return None;
        }
        let world = self.world();
        let lease = dead.born + dead.cold_start.unwrap_or_default() + world.timeout;
        let shows = self.stage.shows.borrow();
        let took = shows.iter().map(|show| match show.over {
            Some(over) => over.since(show.ready),
            None => Duration::ZERO,
        });
        let longest = took.max().unwrap_or_default();
        let limits = self.limits;
        let by = lease + limits.lead * 3 + limits.closing + longest * 2 + SOON;
        let workers = start.workers.max(1);
        let mut before = (1..=NEXT).map(|step| (owner + workers * NEXT - step) % workers);
        before.find(|place| {
            let mut lives = self.lives_in(*place);
            *place != owner && lives.any(|(_, life)| life.ended.is_some_and(|ended| ended > by))
        })
    }
}
