//! What goes wrong in a simulated world, as it is typed.

use std::fmt::Write as _;
use std::time::Duration;

use star_core::document::duration;
use task_simulate::{Delay, Disaster, Fault, Outage, World};

use super::world::{MONTH, SKEW, is_share};
use crate::error::CommandError;

/// How long a ledger is away.
const OUTAGE: Duration = Duration::from_secs(30);

/// What is to go wrong: by as much as the seed says, or as was typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(Vec<(Fault, Option<Value>)>);

#[derive(Clone, Copy, Debug)]
enum Value {
    Share(f64),
    Count(u32),
    Span(Duration),
}

impl Faults {
    /// What was typed; none where only their names are asked for.
    pub(crate) fn typed(typed: &[String]) -> Result<Option<Self>, CommandError> {
        if typed.iter().any(|typed| typed == "list") {
            return Ok(None);
        }
        let faults: Result<_, String> = typed.iter().map(|typed| one(typed)).collect();
        match faults {
            Ok(faults) => Ok(Some(Self(faults))),
            Err(why) => Err(CommandError::Usage(format!("--fault {why}"))),
        }
    }

    /// The names, a line each, and what goes wrong.
    pub(crate) fn list() -> String {
        let mut text = String::new();
        for fault in Fault::ALL {
            let name = format!("{fault}{}", wanted(*fault).0);
            let _infallible = writeln!(text, "{name:<26}{}", fault.what());
        }
        text
    }

    /// Their names, as they were typed.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|(fault, _)| fault.name()).collect()
    }

    /// The world in which all that goes wrong.
    pub(crate) fn in_world(&self, world: &World, seed: u64) -> World {
        let mut world = world.clone();
        for (fault, value) in &self.0 {
            match value {
                None => fault.apply(&mut world, seed),
                Some(value) => set(*fault, *value, &mut world, seed),
            }
        }
        world
    }
}

/// Of which kind a fault's value is, as it is listed and as an error says it.
fn wanted(fault: Fault) -> (&'static str, &'static str) {
    match fault {
        Fault::ScaleOut | Fault::HopGuard => ("=N", "a whole number from 1 to 1000000"),
        Fault::ColdStarts
        | Fault::SlowQueue
        | Fault::SlowLedger
        | Fault::Disaster
        | Fault::LedgerDown => (
            "=TIME",
            "a length of time, such as `30s`, of at most 30 days",
        ),
        Fault::ClockSkew => (
            "=TIME",
            "a length of time, such as `30ms`, of at most a minute",
        ),
        Fault::Throttles
        | Fault::NeverRun
        | Fault::Duplicates
        | Fault::Deaths
        | Fault::DeadCarrier
        | Fault::LedgerErrors
        | Fault::LostAnswers
        | Fault::SlowWorkers
        | Fault::FailingChunks => ("=SHARE", "a share, such as `0.05` or `5%`"),
    }
}

fn one(typed: &str) -> Result<(Fault, Option<Value>), String> {
    let (name, value) = match typed.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (typed, None),
    };
    let fault: Fault = name
        .parse()
        .map_err(|unknown: task_simulate::NoFault| unknown.to_string())?;
    let Some(text) = value else {
        return Ok((fault, None));
    };
    let (kind, words) = wanted(fault);
    let value = match kind {
        "=N" => {
            let number = text.parse().ok();
            number
                .filter(|n| (1..=1_000_000).contains(n))
                .map(Value::Count)
        }
        "=TIME" => {
            let most = if fault == Fault::ClockSkew {
                SKEW
            } else {
                MONTH
            };
            let span = duration::parse(text).ok();
            span.filter(|span| *span <= most).map(Value::Span)
        }
        _ => share(text).map(Value::Share),
    };
    match value {
        Some(value) => Ok((fault, Some(value))),
        None => Err(format!("{name}: `{text}` is not {words}")),
    }
}

fn share(text: &str) -> Option<f64> {
    let number = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok()? / 100.0,
        None => text.parse().ok()?,
    };
    is_share(number).then_some(number)
}

/// Turns a fault's knob as far as was said.
fn set(fault: Fault, value: Value, world: &mut World, seed: u64) {
    match value {
        Value::Count(count) => match fault {
            Fault::HopGuard => world.hop_guard = Some(count),
            _ => world.scale_out = count,
        },
        Value::Share(share) => {
            let knob = match fault {
                Fault::Throttles => &mut world.throttled,
                Fault::NeverRun => &mut world.never_run,
                Fault::Duplicates => &mut world.duplicates,
                Fault::Deaths => &mut world.deaths,
                Fault::DeadCarrier => &mut world.dead_carriers,
                Fault::LedgerErrors => &mut world.ledger.unavailable,
                Fault::LostAnswers => &mut world.ledger.lost_answers,
                Fault::SlowWorkers => &mut world.slow,
                _ => &mut world.failing_chunks,
            };
            *knob = share;
        }
        Value::Span(span) => match fault {
            Fault::ColdStarts => world.cold_start = Delay::always(span),
            Fault::SlowQueue => world.queue = Delay::always(span),
            Fault::ClockSkew => world.clock_skew = span,
            Fault::SlowLedger => world.ledger.latency = Delay::always(span),
            Fault::Disaster => {
                // How many die is still up to the seed.
                fault.apply(world, seed);
                if let Some(Disaster { at, .. }) = world.disasters.last_mut() {
                    *at = span;
                }
            }
            _ => world.ledger.outages.push(Outage {
                from: span,
                length: OUTAGE,
            }),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(fault: &str) -> Result<World, String> {
        let faults = Faults::typed(&[fault.to_owned()]).map_err(|error| error.to_string())?;
        Ok(faults.unwrap().in_world(&World::default(), 1))
    }

    #[test]
    fn a_fault_is_as_bad_as_is_said_or_as_the_seed_says() {
        assert!((typed("deaths=5%").unwrap().deaths - 0.05).abs() < 1e-9);
        assert!((typed("never-run=0.25").unwrap().never_run - 0.25).abs() < 1e-9);
        assert_eq!(typed("hop-guard=3").unwrap().hop_guard, Some(3));
        let slow = typed("cold-starts=3s").unwrap().cold_start;
        assert_eq!(slow, Delay::always(Duration::from_secs(3)));
        let down = typed("ledger-down=1m").unwrap().ledger.outages;
        assert_eq!(
            (down[0].from, down[0].length),
            (Duration::from_mins(1), OUTAGE)
        );
        assert_eq!(
            typed("disaster=9s").unwrap().disasters[0].at,
            Duration::from_secs(9)
        );
        for fault in Fault::ALL {
            let world = typed(fault.name()).unwrap();
            assert_ne!(world, World::default(), "{fault}");
            assert_eq!(world, typed(fault.name()).unwrap(), "{fault}");
        }
    }

    #[test]
    fn every_fault_takes_a_value_of_its_kind_and_no_other() {
        for fault in Fault::ALL {
            let (kind, words) = wanted(*fault);
            let good = match kind {
                "=N" => "7",
                "=TIME" => "700ms",
                _ => "7%",
            };
            let world = typed(&format!("{fault}={good}")).unwrap();
            assert_ne!(world, World::default(), "{fault}");
            for bad in ["", "x", "-1", "0.5.5", "1e9"] {
                let error = typed(&format!("{fault}={bad}")).unwrap_err();
                assert_eq!(error, format!("--fault {fault}: `{bad}` is not {words}"));
            }
            assert!(Faults::list().contains(fault.what()));
        }
        let unknown = typed("rain").unwrap_err();
        assert!(
            unknown.starts_with("--fault there is no fault `rain` (there are: cold-starts, "),
            "{unknown}"
        );
        assert!(typed("deaths=101%").is_err());
    }
}
