//! What `open` and `close` have, once per run.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::units::{OUTSIDE, Unit};
use super::{Context, Signals, Terms};
use bytes::Bytes;

use crate::clock::Clock;
use crate::document::BlobRef;
use crate::draw::Draws;
use crate::failure::Failure;
use crate::ledger::{Book, RunId};
use crate::report::Report;
use crate::split::{Extent, Splittable};
use crate::time::Time;
use crate::voice::Voice;

/// The world of what is done once per run.
#[derive(Clone, Debug)]
pub struct RunContext {
    run: RunId,
    seed: u64,
    clock: Arc<dyn Clock>,
    book: Book,
    voice: Voice,
    rehearsal: bool,
    zero: Option<Time>,
}

impl RunContext {
    pub(crate) fn new(
        seed: u64,
        clock: Arc<dyn Clock>,
        book: Book,
        voice: Voice,
        rehearsal: bool,
    ) -> Self {
        Self {
            run: book.run().clone(),
            seed,
            clock,
            book,
            voice,
            rehearsal,
            zero: None,
        }
    }

    /// The same, of a run whose time began then.
    #[must_use]
    pub(crate) fn begun(self, zero: Time) -> Self {
        Self {
            zero: Some(zero),
            ..self
        }
    }

    /// When the run's time was zero; none before it has begun.
    pub fn zero(&self) -> Option<Time> {
        self.zero
    }

    /// The run's name.
    pub fn run(&self) -> &RunId {
        &self.run
    }

    /// The run's seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The world's time.
    pub fn time(&self) -> Time {
        self.clock.now()
    }

    /// Whether nothing is to have an effect on the world.
    pub fn rehearsal(&self) -> bool {
        self.rehearsal
    }

    /// Draws that belong to no unit: those of the unit number `u64::MAX`, which no task has.
    pub fn draws(&self, step: u64) -> Draws {
        Draws::new(self.seed, OUTSIDE, step, 0)
    }

    /// A context and a unit in it for what is done once per run as a unit would do it. The unit is none of the task's: its number is
    /// `u64::MAX`, it was due when this is called, and what is measured in the context is in nobody's report.
    pub fn aside<R: Report>(&self) -> (Context<R>, Unit<R>) {
        let terms = Terms {
            zero: self.clock.now(),
            seed: self.seed,
            late: Duration::MAX,
            open: None,
            rehearsal: self.rehearsal,
            traced: false,
        };
        let cx = Context::new(
            Rc::new(Nothing),
            Arc::clone(&self.clock),
            self.book.clone(),
            self.voice.clone(),
            terms,
            Signals::default(),
        );
        let unit = Unit::outside(cx.clone());
        (cx, unit)
    }

    /// The bytes of a file that travels beside the task.
    ///
    /// # Errors
    /// Where the ledger does not have it, or can't be read.
    pub async fn blob(&self, blob: &BlobRef) -> Result<Bytes, Failure> {
        self.book.blob(blob).await
    }

    /// What a unit made under a name ([`Context::artifact`](crate::Context::artifact)); none where none did.
    ///
    /// # Errors
    /// Where the name is none, or it can't be read.
    pub async fn artifact(&self, name: &str) -> Result<Option<Bytes>, Failure> {
        self.book.artifact(name).await
    }

    /// Keeps something that was made of all, as a whole, beside the run's records.
    ///
    /// # Errors
    /// Where the name is none, or it can't be written.
    pub async fn write_artifact(&self, name: &str, bytes: impl Into<Bytes>) -> Result<(), Failure> {
        self.book.write_artifact(name, bytes.into()).await
    }
}

/// The timetable of what is done aside: no unit is due.
struct Nothing;

impl Splittable for Nothing {
    fn extent(&self) -> Extent {
        Extent::Batch
    }

    fn units(&self) -> u64 {
        0
    }

    fn due(&self, _unit: u64) -> Duration {
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::VirtualClock;
    use crate::laws::toys::Sums;
    use crate::ledger::Memory;

    #[tokio::test(start_paused = true)]
    async fn what_is_done_aside_draws_what_belongs_to_no_unit_and_its_time_begins_with_it() {
        let clock = VirtualClock::starting_at(Time::from_nanos(1_000_000));
        let book = Book::new(Arc::new(Memory::default()), "r".parse().unwrap());
        let run = RunContext::new(5, Arc::new(clock), book, Voice::default(), false);
        tokio::time::sleep(Duration::from_secs(3)).await;
        let (cx, unit) = run.aside::<Sums>();
        assert_eq!((cx.now(), unit.due()), (Duration::ZERO, Duration::ZERO));
        assert_eq!(cx.time(), run.time());
        for step in [0, 7] {
            let drawn = unit.draws(step, 0).next_u64();
            assert_eq!(drawn, run.draws(step).next_u64());
            assert_ne!(drawn, unit.draws(step, 1).next_u64());
        }
        let (other, _unit) = run.aside::<Sums>();
        cx.record(|sums| sums.ended += 1);
        assert_eq!(other.record(|sums| sums.ended), 0);
        drop(unit);
        assert!(cx.idle().await.is_ok());
    }
}
