//! `_split`: the limits that a script sets to how it is run.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What the script says; none where it is silent. The methods give what holds then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Split {
    /// How many seconds the phases may last in all.
    pub max_script_duration_in_seconds: Option<u32>,
    /// How many seconds of the script one worker takes.
    pub max_chunk_duration_in_seconds: Option<u32>,
    /// How many arrivals the script may plan for a second.
    pub max_script_requests_per_second: Option<u32>,
    /// How many arrivals a second one worker takes.
    pub max_chunk_requests_per_second: Option<u32>,
    /// How many milliseconds before its start a chunk is sent off.
    pub time_buffer_in_milliseconds: Option<u32>,
}

/// One limit: its name in the script, its default, and what may be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The key under `_split`.
    pub key: &'static str,
    /// What holds where the script is silent.
    pub default: u32,
    /// What the script may say.
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

impl Split {
    /// How long the phases may last in all.
    pub fn max_script_duration(&self) -> Duration {
        seconds(self.max_script_duration_in_seconds, &MAX_SCRIPT_DURATION)
    }

    /// How much of the script's time one worker takes.
    pub fn max_chunk_duration(&self) -> Duration {
        seconds(self.max_chunk_duration_in_seconds, &MAX_CHUNK_DURATION)
    }

    /// How many arrivals the script may plan for a second.
    pub fn max_script_rate(&self) -> u32 {
        self.max_script_requests_per_second
            .unwrap_or(MAX_SCRIPT_RATE.default)
    }

    /// How many arrivals a second one worker takes.
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
}

fn seconds(given: Option<u32>, limit: &Limit) -> Duration {
    Duration::from_secs(given.unwrap_or(limit.default).into())
}
