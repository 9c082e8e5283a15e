//! The keys of the language, and what this version makes of each: one table a mapping.
//!
//! What messages say of unknown keys, and that nothing is silently ignored, follows from these tables; a version that carries out
//! more of the language changes a status here and reads the key.

use super::fields::enumerate;
mod checks;
mod config;
mod flow;
mod reporting;
mod signing;
mod sinks;

pub(super) use checks::{CONDITION, ENSURE, EXPECT, EXPECT_PLUGIN};
pub(super) use config::{
    CONFIG, COOKIE_JAR, CSV, DEFAULTS, HTTP, PAYLOAD, PHASE, PLUGINS, SAMPLING, SCRIPT, SPLIT, TLS,
    TLS_CLIENT,
};
pub(super) use flow::{
    AUTH, CAPTURE, DEFAULT_THINK, LOOP, MATCH, ONCE, PARALLEL, PART, REQUEST, SCENARIO, STEP,
    THINK, is_of_other_engine,
};
pub(super) use reporting::{APDEX, ENDPOINTS};
pub(super) use signing::SIGNING;
pub(super) use sinks::{
    CLOUDWATCH, DATADOG, INFLUX, INFLUX_SERVER, OLD_DATADOG, OLD_INFLUX, OLD_STATSD, STATSD,
};

use Status::{Done, Elsewhere, NotYet, Silent};

/// What this version makes of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// It is carried out: the mapping's reader looks at it.
    Done,
    /// It is part of the language, but the run would not be the one described. With what is possible instead.
    NotYet(&'static str),
    /// It has no effect on the run. With the reason.
    Harmless(&'static str),
    /// It belongs to another mapping. With which.
    Elsewhere(&'static str),
    /// It is not for this reader.
    Silent,
}

/// A key's name and status.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key(pub(super) &'static str, pub(super) Status);

/// The keys that a mapping may have.
#[derive(Debug)]
pub(super) struct Mapping {
    /// What messages call such a mapping: `a phase`.
    pub(super) noun: &'static str,
    /// What messages say behind the list of keys.
    pub(super) rest: &'static str,
    pub(super) keys: &'static [Key],
}

impl Mapping {
    pub(super) fn status(&self, name: &str) -> Option<Status> {
        self.keys.iter().find(|key| key.0 == name).map(|key| key.1)
    }

    /// The keys that are carried out.
    pub(super) fn done(&self) -> impl Iterator<Item = &'static str> {
        self.keys
            .iter()
            .filter(|key| key.1 == Done)
            .map(|key| key.0)
    }

    /// What there is to choose from.
    pub(super) fn list(&self) -> String {
        let done = enumerate(self.done());
        if done.is_empty() {
            return format!("known names are {}", enumerate(self.own()));
        }
        format!("{} may have {done}{}", self.noun, self.rest)
    }

    /// The keys that belong here.
    pub(super) fn own(&self) -> impl Iterator<Item = &'static str> {
        self.keys
            .iter()
            .filter(|key| !matches!(key.1, Elsewhere(_) | Silent))
            .map(|key| key.0)
    }
}

/// What messages say of a key that another mapping has: where it belongs.
pub(super) fn home(key: &str) -> Option<String> {
    let all = [
        &SCRIPT,
        &CONFIG,
        &TLS,
        &TLS_CLIENT,
        &HTTP,
        &DEFAULTS,
        &PHASE,
        &PAYLOAD,
        &CSV,
        &SPLIT,
        &SAMPLING,
        &SCENARIO,
        &STEP,
        &REQUEST,
        &CAPTURE,
        &MATCH,
        &EXPECT,
        &LOOP,
        &THINK,
        &PARALLEL,
        &AUTH,
        &PART,
        &COOKIE_JAR,
        &PLUGINS,
        &APDEX,
        &EXPECT_PLUGIN,
        &CONDITION,
        &ENDPOINTS,
        &SIGNING,
    ];
    let homes = all
        .into_iter()
        .filter(|mapping| mapping.own().any(|own| own == key));
    let nouns: Vec<_> = homes.map(|mapping| mapping.noun).collect();
    let (last, rest) = nouns.split_last()?;
    let nouns = match rest {
        [] => (*last).to_owned(),
        _ => format!("{} or {last}", rest.join(", ")),
    };
    Some(format!("it belongs to {nouns}"))
}

pub(super) const JAVASCRIPT: Status =
    NotYet("this version runs no JavaScript; say it with templates and captures");
const OTHER_ENGINE: Status = NotYet("this version speaks HTTP only");
const LEAVE_OUT: Status = NotYet("leave it out");
