//! What workers say of themselves: in a simulation what they would have done, and where a trace is asked for, how the work is cut and who
//! is sent for, in the words of `serverless-artillery`.
//!
//! Its stamps are milliseconds since 1970: `genesis`, by which the lines of one run are known, is when the run was launched; a worker is named
//! by the instant at which it began.

use std::sync::Arc;
use std::time::Duration;

use super::Running;
use crate::clock::Clock;
use crate::slice::Slice;
use crate::split::Splittable;
use crate::time::Time;
use crate::voice::Voice;
use crate::wire::Order;

/// Tells what a worker does.
#[derive(Clone, Debug)]
pub(crate) struct Tale {
    voice: Voice,
    clock: Arc<dyn Clock>,
    genesis: u64,
    born: u64,
    zero: Time,
}

impl<T> Running<T> {
    /// Tells what this worker does, where that is asked for.
    pub(crate) fn tale(&self) -> Option<Tale> {
        self.manifest.manner.trace.then(|| self.teller())
    }

    fn teller(&self) -> Tale {
        Tale {
            voice: self.host.world.voice.clone(),
            clock: Arc::clone(&self.host.world.clock),
            genesis: millis(self.manifest.launched),
            born: millis(self.born),
            zero: self.start.zero,
        }
    }

    /// Says what a chunk would have been, were this no simulation.
    pub(crate) fn say_simulated(&self, chunk: Slice, task: &dyn Splittable) {
        let units = task.units_of(&chunk);
        let (first, of) = (chunk.lanes.first(), chunk.lanes.of());
        let when = if self.start.batch {
            String::new()
        } else {
            let from = self.start.zero + chunk.window.from();
            let to = self.start.zero + chunk.window.to().min(self.start.end);
            format!(" between {} and {}", millis(from), millis(to))
        };
        let ending = if units == 1 { "" } else { "s" };
        let mut tale = self.teller();
        tale.voice = tale.voice.of_chunk(chunk);
        tale.now(&format!(
            "simulating load test from {} in {}: lane {first} of {of} would start {units} unit{ending}{when}",
            tale.genesis, tale.born
        ));
    }
}

impl Tale {
    /// That a run longer than a chunk is cut: what is begun now, and what is handed on.
    pub(super) fn cut_in_time(&self, chunk: Duration, next: Duration) {
        let Self { genesis, born, .. } = self;
        self.now(&format!(
            "splitting script by duration from {genesis} in {born}"
        ));
        for (which, from) in [("immediate", chunk), ("future", next)] {
            let start = millis(self.zero + from);
            self.say(&format!(
                "scheduling {which} chunk start from {genesis} in {born} for execution @ {start}"
            ));
        }
    }

    /// That a window's bundle is cut: in how many lanes, how many windows follow, and to how many workers it goes.
    pub(super) fn cut_by_rate(&self, lanes: u32, windows: usize, sent: usize) {
        let Self { genesis, born, .. } = self;
        self.now(&format!(
            "splitting immediate chunk by requests per second from {genesis} in {born}"
        ));
        self.now(&format!(
            "immediate chunk split in to {lanes} chunks, with {windows} future chunk(s) from {genesis} in {born}"
        ));
        self.say(&format!(
            "distributing {sent} plans from {genesis} in {born}"
        ));
    }

    /// That the next window is sent for at an instant to come.
    pub(super) fn scheduling(&self, window: Duration, at: Time) {
        let start = millis(self.zero + window);
        let delay = at.since(self.clock.now()).as_millis();
        self.say(&format!(
            "scheduling self invocation for {} in {start} with a {delay} ms delay",
            self.genesis
        ));
    }

    /// That a worker is sent for.
    pub(super) fn invoking(&self, order: Order) {
        self.invocation("invoking self", order);
    }

    /// That it was sent for.
    pub(super) fn invoked(&self, order: Order) {
        self.invocation("invoke self complete", order);
    }

    fn invocation(&self, what: &str, order: Order) {
        let start = match order {
            Order::Carry(slice) => self.zero + slice.window.from(),
            Order::Start | Order::Serve { .. } => self.zero,
        };
        self.now(&format!("{what} for {} in {}", self.genesis, millis(start)));
    }

    /// That this worker's part is done, which is not all.
    pub(super) fn partly_done(&self) {
        self.now(&format!(
            "load test from {} executed by {} partially complete",
            self.genesis, self.born
        ));
    }

    /// That the run is over.
    pub(super) fn done(&self) {
        self.now(&format!(
            "load test from {} in {} completed",
            self.genesis, self.born
        ));
    }

    fn now(&self, line: &str) {
        self.say(&format!("{line} @ {}", millis(self.clock.now())));
    }

    fn say(&self, line: &str) {
        self.voice.say(line);
    }
}

fn millis(time: Time) -> u64 {
    time.as_nanos() / 1_000_000
}
