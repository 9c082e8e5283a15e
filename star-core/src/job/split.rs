//! `_split`: how far work may be cut. The keys, bounds and texts are those of `serverless-artillery`.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::document::{Diagnostic, Map, Node, Value};
use crate::limits::Limits;
use crate::split::Rate;

/// What the script or job file says; none where it is silent. The methods give what holds then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Split {
    /// How many seconds it may last in all.
    pub max_script_duration_in_seconds: Option<u32>,
    /// How many seconds of it one worker takes.
    pub max_chunk_duration_in_seconds: Option<u32>,
    /// How many units it may plan for a second.
    pub max_script_requests_per_second: Option<u32>,
    /// How many units a second one worker takes.
    pub max_chunk_requests_per_second: Option<u32>,
    /// How many milliseconds before its start a chunk is sent off.
    pub time_buffer_in_milliseconds: Option<u32>,
}

/// One limit: its name, its default, and what may be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The key under `_split`.
    pub key: &'static str,
    /// What holds where nothing is said.
    pub default: u32,
    /// What may be said.
    pub range: RangeInclusive<u32>,
}

/// `_split.maxScriptDurationInSeconds`.
pub const MAX_SCRIPT_DURATION: Limit = Limit {
    key: "maxScriptDurationInSeconds",
    default: 86_400,
    range: 1..=518_400,
};

/// `_split.maxChunkDurationInSeconds`.
pub const MAX_CHUNK_DURATION: Limit = Limit {
    key: "maxChunkDurationInSeconds",
    default: 120,
    range: 15..=885,
};

/// `_split.maxScriptRequestsPerSecond`.
pub const MAX_SCRIPT_RATE: Limit = Limit {
    key: "maxScriptRequestsPerSecond",
    default: 5000,
    range: 1..=50_000,
};

/// `_split.maxChunkRequestsPerSecond`.
pub const MAX_CHUNK_RATE: Limit = Limit {
    key: "maxChunkRequestsPerSecond",
    default: 25,
    range: 1..=5000,
};

/// `_split.timeBufferInMilliseconds`.
pub const TIME_BUFFER: Limit = Limit {
    key: "timeBufferInMilliseconds",
    default: 15_000,
    range: 1..=30_000,
};

/// The mapping under `_split`.
///
/// # Errors
/// Where it is none.
pub fn mapping(node: &Node) -> Result<&Map, Diagnostic> {
    node.as_map().ok_or_else(|| {
        Diagnostic::error("the \"_split\" attribute must contain an object").at(node.span, "")
    })
}

impl Limit {
    /// How it is written, as near to `value` as may be.
    pub fn written(&self, value: u64) -> String {
        let (least, most) = (*self.range.start(), *self.range.end());
        let value = value.clamp(least.into(), most.into());
        format!("_split: {{ {}: {value} }}", self.key)
    }

    /// Reads what was set.
    ///
    /// # Errors
    /// Where it is no whole number, or out of range.
    pub fn read(&self, node: &Node) -> Result<u32, Diagnostic> {
        let given = match &node.value {
            Value::Number(number) => number.as_u64(),
            _ => None,
        };
        given
            .and_then(|number| u32::try_from(number).ok())
            .filter(|given| self.range.contains(given))
            .ok_or_else(|| {
                let (key, least, most) = (self.key, self.range.start(), self.range.end());
                Diagnostic::error(format!(
                    "the \"_split.{key}\" attribute must be an integer between {least} and {most} (inclusive)"
                ))
                .at(node.span, "")
            })
    }

    /// Says that something goes beyond what it allows, and what would have to be set.
    pub fn beyond(&self, message: &str, allowed: &str, needed: f64) -> Diagnostic {
        let (key, most, needed) = (self.key, *self.range.end(), needed.ceil());
        let help = if needed <= f64::from(most) {
            format!("set `_split.{key}` to {needed}")
        } else {
            format!("it cannot be more than {most}")
        };
        Diagnostic::error(format!("{message}, and `_split.{key}` allows {allowed}")).help(help)
    }
}

impl Split {
    /// How long it may last in all.
    pub fn max_script_duration(&self) -> Duration {
        seconds(self.max_script_duration_in_seconds, &MAX_SCRIPT_DURATION)
    }

    /// How much of its time one worker takes.
    pub fn max_chunk_duration(&self) -> Duration {
        seconds(self.max_chunk_duration_in_seconds, &MAX_CHUNK_DURATION)
    }

    /// How many units it may plan for a second.
    pub fn max_script_rate(&self) -> u32 {
        self.max_script_requests_per_second
            .unwrap_or(MAX_SCRIPT_RATE.default)
    }

    /// How many units a second one worker takes.
    pub fn max_chunk_rate(&self) -> u32 {
        self.max_chunk_requests_per_second
            .unwrap_or(MAX_CHUNK_RATE.default)
    }

    /// How long before its start a chunk is sent off.
    pub fn time_buffer(&self) -> Duration {
        let millis = self
            .time_buffer_in_milliseconds
            .unwrap_or(TIME_BUFFER.default);
        Duration::from_millis(millis.into())
    }

    /// A place's limits, with what is said instead of what holds there by default: lower or higher. What a worker's life has no room for is
    /// not taken anyway ([`Limits::longest_window`]). A rate is also a say in how many workers there are, which a place may otherwise have.
    #[must_use]
    pub fn over(&self, place: Limits) -> Limits {
        /// Sooner nobody is there, wherever it is.
        const LEAST_LEAD: Duration = Duration::from_millis(10);
        let mut limits = place;
        if self.max_chunk_duration_in_seconds.is_some() {
            limits.chunk = self.max_chunk_duration();
        }
        if self.max_chunk_requests_per_second.is_some() {
            limits.chunk_rate = Some(Rate::per_second(self.max_chunk_rate().into()));
            limits.workers = None;
        }
        if self.time_buffer_in_milliseconds.is_some() {
            limits.lead = self.time_buffer().max(LEAST_LEAD);
        }
        limits
    }

    /// Whether functions would take something of this length and peak. There the defaults hold where nothing is said. `what` it is, and what its
    /// `units` are, is for the sentence.
    ///
    /// # Errors
    /// One sentence.
    pub fn fits_functions(
        &self,
        what: &str,
        units: &str,
        length: Duration,
        peak: f64,
    ) -> Result<(), String> {
        if length > self.max_script_duration() {
            let (length, most) = (length.as_secs_f64(), self.max_script_duration().as_secs());
            return Err(format!(
                "{what} lasts {length} s, and in functions `_split.maxScriptDurationInSeconds` allows {most} s by default"
            ));
        }
        let most = self.max_script_rate();
        if peak > f64::from(most) {
            return Err(format!(
                "{peak} {units} a second are planned, and in functions `_split.maxScriptRequestsPerSecond` allows {most} by default"
            ));
        }
        Ok(())
    }
}

fn seconds(given: Option<u32>, limit: &Limit) -> Duration {
    Duration::from_secs(given.unwrap_or(limit.default).into())
}
