//! Whether a generator can be trusted, and why not. Pure; the bounds are argued for in `docs/reports.md`.

use std::fmt;

use serde::Serialize;

use super::{Fill, Health};

/// A worker of which 1 % of the units were later than this, in microseconds, did not keep its schedule.
const LATE: u64 = 10_000;

/// A worker that stood still for longer than this, in microseconds, was not there for what came meanwhile.
const STILL: u64 = 100_000;

/// A thread that takes more of a core than this, per mille, has no time to be punctual.
const BUSY: u64 = 900;

/// What is fuller than this, in per cent, is about to be full.
const FULL: u64 = 90;

/// A clock that was set by more than this, in nanoseconds, no longer agrees with other workers'.
const STEPPED: u64 = 10_000_000;

/// Whether what a generator measured can be trusted: for no reason not to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Trust(Vec<Reason>);

/// Why a generator can't be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// Units were lost: a worker was not there, or was silent.
    Lost(u64),
    /// Units were begun, and nobody saw them end.
    Unfinished(u64),
    /// Units could not be started in time.
    Missed(u64),
    /// Of those missed: because as many units were open as a worker may have.
    Crowded(u64),
    /// Descriptors were used up.
    NoDescriptor(u64),
    /// Ports were used up.
    NoPort(u64),
    /// Memory was used up, or what a worker may take of it.
    NoMemory(u64),
    /// 99 % of the units were at most so late, in microseconds, and that is too late.
    Late(u64),
    /// A worker's thread stood still for so long, in microseconds: what came meanwhile waited for it.
    StoodStill(u64),
    /// A thread took so much of its core, per mille, that it can't have been punctual.
    Busy(u64),
    /// Descriptors are almost used up.
    Descriptors(Fill),
    /// Ports are almost used up.
    Ports(Fill),
    /// The wall clock was set by so many nanoseconds.
    ClockStepped(u64),
}

impl Trust {
    /// The verdict on workers that missed so many units, and did so.
    pub fn of(missed: u64, health: &Health) -> Self {
        let counted = [
            (missed, Reason::Missed(missed)),
            (health.crowded, Reason::Crowded(health.crowded)),
            (
                health.no_descriptor,
                Reason::NoDescriptor(health.no_descriptor),
            ),
            (health.no_port, Reason::NoPort(health.no_port)),
            (health.no_memory, Reason::NoMemory(health.no_memory)),
        ];
        let measured = [
            (health.late > LATE, Reason::Late(health.late)),
            (
                health.stood_still > STILL,
                Reason::StoodStill(health.stood_still),
            ),
            (health.busiest > BUSY, Reason::Busy(health.busiest)),
            (
                health.descriptors.exceeds(FULL),
                Reason::Descriptors(health.descriptors),
            ),
            (health.ports.exceeds(FULL), Reason::Ports(health.ports)),
            (
                health.clock_step > STEPPED,
                Reason::ClockStepped(health.clock_step),
            ),
        ];
        let counted = counted.map(|(count, reason)| (count > 0, reason));
        let all = counted.into_iter().chain(measured);
        Self(
            all.filter(|(holds, _)| *holds)
                .map(|(_, why)| why)
                .collect(),
        )
    }

    /// The same, of a run in which so many units were lost and so many were not seen to end.
    #[must_use]
    pub fn and_lost(mut self, lost: u64, unfinished: u64) -> Self {
        let more = [
            (lost, Reason::Lost(lost)),
            (unfinished, Reason::Unfinished(unfinished)),
        ];
        let more = more.into_iter().filter(|(units, _)| *units > 0);
        self.0.splice(0..0, more.map(|(_, reason)| reason));
        self
    }

    /// Whether there is no reason not to.
    pub fn is_given(&self) -> bool {
        self.0.is_empty()
    }

    /// Why not.
    pub fn reasons(&self) -> &[Reason] {
        &self.0
    }

    /// Whether it is counted, and not only feared, that not all was done that was asked for.
    pub fn is_lost(&self) -> bool {
        self.0.iter().any(|reason| reason.is_counted())
    }
}

impl Reason {
    /// Whether something was not done for it. The others are measured: on a busy machine they come and go.
    pub fn is_counted(self) -> bool {
        match self {
            Self::Lost(_)
            | Self::Unfinished(_)
            | Self::Missed(_)
            | Self::Crowded(_)
            | Self::NoDescriptor(_)
            | Self::NoPort(_)
            | Self::NoMemory(_) => true,
            Self::Late(_)
            | Self::StoodStill(_)
            | Self::Busy(_)
            | Self::Descriptors(_)
            | Self::Ports(_)
            | Self::ClockStepped(_) => false,
        }
    }
}

impl fmt::Display for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, more)) = self.0.split_first() else {
            return f.write_str("this run can be trusted");
        };
        write!(f, "this run can't be trusted, because {first}")?;
        more.iter().try_for_each(|reason| write!(f, "; {reason}"))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |micros: u64| micros as f64 / 1000.0;
        match *self {
            Self::Lost(1) => f.write_str("1 unit was lost"),
            Self::Lost(units) => write!(f, "{units} units were lost"),
            Self::Unfinished(1) => f.write_str("1 unit was not seen to end"),
            Self::Unfinished(units) => write!(f, "{units} units were not seen to end"),
            Self::Missed(1) => f.write_str("1 unit was missed"),
            Self::Missed(units) => write!(f, "{units} units were missed"),
            Self::Crowded(units) => write!(
                f,
                "{units} of them because a worker had as many units open as it may"
            ),
            Self::NoDescriptor(times) => write!(f, "descriptors were used up ({times} times)"),
            Self::NoPort(times) => write!(f, "ports were used up ({times} times)"),
            Self::NoMemory(times) => write!(
                f,
                "memory, or a worker's part of it, was used up ({times} times)"
            ),
            Self::Late(micros) => write!(
                f,
                "1 % of a worker's units were started more than {:.1} ms late",
                millis(micros)
            ),
            Self::StoodStill(micros) => {
                write!(f, "a worker stood still for {:.1} ms", millis(micros))
            }
            Self::Busy(share) => {
                write!(f, "a worker took {:.0} % of its core", share as f64 / 10.0)
            }
            Self::Descriptors(Fill { used, of }) => {
                write!(f, "{used} of {of} descriptors were in use")
            }
            Self::Ports(Fill { used, of }) => write!(f, "{used} of {of} ports were in use"),
            Self::ClockStepped(nanos) => write!(
                f,
                "the machine's clock was set by {:.1} ms during the run",
                millis(nanos / 1000)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(missed: u64, health: Health) -> String {
        Trust::of(missed, &health).to_string()
    }

    #[test]
    fn a_generator_at_its_bounds_is_trusted_and_beyond_any_of_them_it_is_not() {
        let good = Health {
            late: LATE,
            stood_still: STILL,
            watched: 1,
            cpu: 1,
            busiest: BUSY,
            open: Fill::new(10, 10),
            descriptors: Fill::new(90, 100),
            ports: Fill::new(90, 100),
            waiting: 1_000_000,
            clock_step: STEPPED,
            ..Health::default()
        };
        assert_eq!(said(0, good), "this run can be trusted");
        let beyond = [
            (
                Health {
                    late: LATE + 100,
                    ..good
                },
                "1 % of a worker's units were started more than 10.1 ms late",
            ),
            (
                Health {
                    stood_still: 2_000_300,
                    ..good
                },
                "a worker stood still for 2000.3 ms",
            ),
            (
                Health {
                    busiest: 987,
                    ..good
                },
                "a worker took 99 % of its core",
            ),
            (
                Health {
                    descriptors: Fill::new(91, 100),
                    ..good
                },
                "91 of 100 descriptors were in use",
            ),
            (
                Health {
                    ports: Fill::new(91, 100),
                    ..good
                },
                "91 of 100 ports were in use",
            ),
            (
                Health {
                    clock_step: 12_000_000,
                    ..good
                },
                "the machine's clock was set by 12.0 ms during the run",
            ),
            (
                Health {
                    no_descriptor: 3,
                    ..good
                },
                "descriptors were used up (3 times)",
            ),
            (
                Health { no_port: 4, ..good },
                "ports were used up (4 times)",
            ),
            (
                Health {
                    no_memory: 2,
                    ..good
                },
                "memory, or a worker's part of it, was used up (2 times)",
            ),
        ];
        for (health, why) in beyond {
            let expected = format!("this run can't be trusted, because {why}");
            assert_eq!(said(0, health), expected);
        }
    }

    #[test]
    fn only_what_was_not_done_costs_the_run_its_success() {
        let fears = Health {
            late: 1_000_000,
            stood_still: 1_000_000,
            busiest: 1000,
            descriptors: Fill::new(99, 100),
            ports: Fill::new(99, 100),
            clock_step: 1_000_000_000,
            ..Health::default()
        };
        let feared = Trust::of(0, &fears);
        assert_eq!((feared.reasons().len(), feared.is_lost()), (6, false));
        assert!(Trust::of(1, &Health::default()).is_lost());
        for (lost, unfinished) in [(1, 0), (0, 1)] {
            let trust = Trust::of(0, &Health::default()).and_lost(lost, unfinished);
            assert!(trust.is_lost());
        }
        assert!(Trust::default().and_lost(0, 0).is_given());
        for (no_descriptor, no_port, no_memory) in [(1, 0, 0), (0, 1, 0), (0, 0, 1)] {
            let health = Health {
                no_descriptor,
                no_port,
                no_memory,
                ..Health::default()
            };
            assert!(Trust::of(0, &health).is_lost());
        }
    }

    #[test]
    fn what_is_lost_is_said_first() {
        let trust = Trust::of(3, &Health::default()).and_lost(311, 1);
        assert_eq!(
            trust.to_string(),
            "this run can't be trusted, because 311 units were lost; 1 unit was not seen to end; 3 units were missed"
        );
    }

    #[test]
    fn several_reasons_are_all_named() {
        let health = Health {
            crowded: 4,
            late: 20_000,
            ..Health::default()
        };
        assert_eq!(
            said(5, health),
            "this run can't be trusted, because 5 units were missed; 4 of them because a worker had as many units open as it may; 1 % of a worker's units were started more than 20.0 ms late"
        );
    }
}
