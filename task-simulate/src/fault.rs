//! What can go wrong, by name: each turns a knob of the world, by as much as chance says.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::draw::Draws;

use crate::world::{Disaster, Outage, World};

macro_rules! faults {
    ($($(#[$doc:meta])* $fault:ident = $name:literal: $what:literal,)*) => {
        /// Something that goes wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Fault {
            $(#[doc = $what] #[serde(rename = $name)] $fault,)*
        }

        impl Fault {
            /// All there are.
            pub const ALL: &'static [Self] = &[$(Self::$fault),*];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$fault => $name,)* }
            }

            /// What goes wrong, in a sentence.
            pub fn what(self) -> &'static str {
                match self { $(Self::$fault => $what,)* }
            }
        }
    };
}

faults! {
    ColdStarts = "cold-starts": "environments take seconds to start.",
    ScaleOut = "scale-out": "functions scale out ten times as slowly.",
    Throttles = "throttles": "the API turns away many of the calls that send for workers.",
    NeverRun = "never-run": "some accepted events are never run.",
    SlowQueue = "slow-queue": "accepted events lie in the queue for seconds.",
    Duplicates = "duplicates": "events are delivered twice.",
    Deaths = "deaths": "workers die, each at any moment of its life.",
    Disaster = "disaster": "many workers die at one moment.",
    DeadCarrier = "dead-carrier": "windows lose one of their two carriers.",
    HopGuard = "hop-guard": "chains of workers are cut after sixteen hops.",
    ClockSkew = "clock-skew": "clocks are off by tens of milliseconds.",
    SlowLedger = "slow-ledger": "the ledger takes ten times as long.",
    LedgerErrors = "ledger-errors": "some requests to the ledger are answered with 503.",
    LostAnswers = "lost-answers": "writes to the ledger are carried out and answered with an error.",
    LedgerDown = "ledger-down": "the ledger is away for thirty seconds.",
    SlowWorkers = "slow-workers": "some workers take five times as long for everything.",
    FailingChunks = "failing-chunks": "the task itself fails in some chunks.",
}

/// No fault has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no fault `{name}` (there are: {})", names())]
pub struct NoFault {
    /// What was asked for.
    pub name: String,
}

fn names() -> String {
    let names: Vec<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
    names.join(", ")
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Fault {
    type Err = NoFault;

    fn from_str(name: &str) -> Result<Self, NoFault> {
        let found = Self::ALL.iter().find(|fault| fault.name() == name);
        found.copied().ok_or_else(|| NoFault {
            name: name.to_owned(),
        })
    }
}

/// The numbers of units that no task has, whose draws the world's chance takes: that of faults.
const UNIT: u64 = u64::MAX - 1;

impl Fault {
    /// Turns its knobs, by as much as the seed says.
    pub fn apply(self, world: &mut World, seed: u64) {
        let mut draws = Draws::new(seed, UNIT, self as u64, 0);
        let mut share = |most: f64| most * (0.1 + 0.9 * draws.unit_interval());
        match self {
            Self::ColdStarts => world.cold_start = world.cold_start.times(share(20.0)),
            Self::ScaleOut => world.scale_out = world.scale_out.div_ceil(10),
            Self::Throttles => world.throttled = share(0.7),
            Self::NeverRun => world.never_run = share(0.3),
            Self::SlowQueue => world.queue = world.queue.times(share(100.0)),
            Self::Duplicates => world.duplicates = share(0.5),
            Self::Deaths => world.deaths = share(0.3),
            Self::Disaster => world.disasters.push(Disaster {
                at: Duration::from_secs_f64(share(600.0)),
                share: share(0.9),
            }),
            Self::DeadCarrier => world.dead_carriers = share(1.0),
            Self::HopGuard => world.hop_guard = Some(16),
            Self::ClockSkew => world.clock_skew = Duration::from_secs_f64(share(0.05)),
            Self::SlowLedger => {
                world.ledger.latency = world.ledger.latency.times(share(10.0));
            }
            Self::LedgerErrors => world.ledger.unavailable = share(0.3),
            Self::LostAnswers => world.ledger.lost_answers = share(0.3),
            Self::LedgerDown => world.ledger.outages.push(Outage {
                from: Duration::from_secs_f64(share(600.0)),
                length: Duration::from_secs(30),
            }),
            Self::SlowWorkers => world.slow = share(0.5),
            Self::FailingChunks => world.failing_chunks = share(0.3),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_by_its_name_and_turns_something() {
        for fault in Fault::ALL {
            assert_eq!(fault.name().parse(), Ok(*fault));
            assert_eq!(serde_json::to_value(fault).unwrap(), fault.name());
            let (mut one, mut other) = (World::default(), World::default());
            fault.apply(&mut one, 7);
            fault.apply(&mut other, 7);
            assert_ne!(one, World::default(), "{fault}");
            assert_eq!(one, other);
        }
        let unknown = "earthquake".parse::<Fault>().unwrap_err().to_string();
        assert!(
            unknown.contains("`earthquake`") && unknown.contains("ledger-down"),
            "{unknown}"
        );
    }
}
