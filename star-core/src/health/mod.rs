//! How the generator itself did: whether it kept its schedule, and how near it came to what its machine can do.
//!
//! Health is measured, so it is beside what must not depend on how a run is cut, as lateness is. It is made of sums and maxima only,
//! so that it adds up in any order.

mod chunks;
mod machine;
mod trust;
mod watch;

use serde::{Deserialize, Serialize};

pub use chunks::{ChunkHealth, MOST_NAMED};
pub use machine::{Reading, Scarce};
pub use trust::{Reason, Trust};

pub(crate) use chunks::worst_first;
pub(crate) use machine::{read, wall_ahead};
pub(crate) use watch::{BEAT, Watch};

/// How workers did. Of several workers: sums of what adds up, and of the rest that of whoever had it worst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Health {
    /// How late, in microseconds, 99 % of a worker's units were at most.
    pub late: u64,
    /// The longest, in microseconds, that a worker's thread stood still: it was to be woken, and was not. Of timed work only: a unit of
    /// a batch may compute for as long as it likes.
    pub stood_still: u64,
    /// For how long workers were watched, in nanoseconds; a sum.
    pub watched: u64,
    /// The processor's time that their threads took in that, in nanoseconds; a sum.
    pub cpu: u64,
    /// The greatest share of a core, per mille, that a worker's thread took between two samples. Of timed work only: a batch takes all
    /// there is, and nothing of it is late by that.
    pub busiest: u64,
    /// The most units that a worker had open at once, of those it may have open.
    pub open: Fill,
    /// Units that were not begun because as many were open as may be; a sum, and a part of those missed.
    pub crowded: u64,
    /// Descriptors of a worker's process, of those it may have.
    pub descriptors: Fill,
    /// TCP sockets of a worker's machine, of the ports that it gives to connections going out.
    pub ports: Fill,
    /// Connections of a worker's machine that are closed and still hold their port.
    pub waiting: u64,
    /// How far, in nanoseconds, a worker's wall clock was set forward or back.
    pub clock_step: u64,
    /// How often a worker's machine refused something for want of a descriptor; a sum.
    pub no_descriptor: u64,
    /// How often it refused a connection for want of a port; a sum.
    pub no_port: u64,
    /// How often there was no memory, or none that a worker may take; a sum.
    pub no_memory: u64,
}

impl Health {
    /// Adds others'.
    pub fn merge(&mut self, other: &Self) {
        self.late = self.late.max(other.late);
        self.stood_still = self.stood_still.max(other.stood_still);
        self.watched = self.watched.saturating_add(other.watched);
        self.cpu = self.cpu.saturating_add(other.cpu);
        self.busiest = self.busiest.max(other.busiest);
        self.open = self.open.fuller(other.open);
        self.crowded += other.crowded;
        self.descriptors = self.descriptors.fuller(other.descriptors);
        self.ports = self.ports.fuller(other.ports);
        self.waiting = self.waiting.max(other.waiting);
        self.clock_step = self.clock_step.max(other.clock_step);
        self.no_descriptor += other.no_descriptor;
        self.no_port += other.no_port;
        self.no_memory += other.no_memory;
    }

    /// The share of a core that a worker's thread took in the mean; none where nobody was watched.
    pub fn cpu_share(&self) -> Option<f64> {
        (self.watched > 0).then(|| self.cpu as f64 / self.watched as f64)
    }
}

/// So much of what there may be. Nothing of nothing where there is no bound, or it isn't known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fill {
    /// How much is in use.
    pub used: u64,
    /// How much may be; zero where there is no bound.
    pub of: u64,
}

impl Fill {
    /// So much of so much.
    pub const fn new(used: u64, of: u64) -> Self {
        Self { used, of }
    }

    /// The one of both of which a greater share is in use; what has a bound before what has none.
    #[must_use]
    pub fn fuller(self, other: Self) -> Self {
        let share = |this: Self, against: Self| {
            let bounded = this.of > 0;
            let crossed = u128::from(this.used) * u128::from(against.of);
            (bounded, crossed, this.used, this.of)
        };
        if share(self, other) >= share(other, self) {
            self
        } else {
            other
        }
    }

    /// Whether more than `percent` of it is in use.
    pub fn exceeds(self, percent: u64) -> bool {
        self.of > 0 && u128::from(self.used) * 100 > u128::from(self.of) * u128::from(percent)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fill() -> impl Strategy<Value = Fill> {
        (0..5_u64, prop::sample::select(vec![0, 1, 2, 4, 8]))
            .prop_map(|(used, of)| Fill::new(used, of))
    }

    fn health() -> impl Strategy<Value = Health> {
        let numbers = prop::array::uniform8(0..1000_u64);
        let lacks = prop::array::uniform3(0..9_u64);
        (numbers, prop::array::uniform3(fill()), lacks).prop_map(|(n, fills, lacks)| Health {
            late: n[0],
            watched: n[1],
            cpu: n[2],
            busiest: n[3],
            open: fills[0],
            crowded: n[4],
            descriptors: fills[1],
            ports: fills[2],
            waiting: n[5],
            clock_step: n[6],
            no_descriptor: n[7],
            no_port: lacks[0],
            no_memory: lacks[1],
            stood_still: lacks[2],
        })
    }

    fn merged(all: &[Health]) -> Health {
        let mut sum = Health::default();
        for one in all {
            sum.merge(one);
        }
        sum
    }

    proptest! {
        #[test]
        fn health_adds_up_in_any_order(a in health(), b in health(), c in health()) {
            let mut right = b;
            right.merge(&c);
            prop_assert_eq!(merged(&[merged(&[a, b]), c]), merged(&[a, right]));
            prop_assert_eq!(merged(&[a, b, c]), merged(&[c, b, a]));
            prop_assert_eq!(merged(&[a]), a);
        }

        #[test]
        fn of_the_fullest_no_other_has_a_greater_share(fills in prop::collection::vec(fill(), 1..6)) {
            let fullest = fills.iter().copied().reduce(Fill::fuller).unwrap_or_default();
            let share = |fill: &Fill| if fill.of == 0 { -1.0 } else { fill.used as f64 / fill.of as f64 };
            prop_assert!(fills.iter().all(|fill| share(fill) <= share(&fullest)));
        }
    }

    #[test]
    fn what_has_no_bound_is_never_full() {
        assert!(!Fill::new(7, 0).exceeds(0));
        assert!(!Fill::new(9, 10).exceeds(90));
        assert!(Fill::new(91, 100).exceeds(90));
    }
}
