//! Until when a chunk is waited for.

use std::time::Duration;

use super::{Evidence, Record};
use crate::limits::Intervals;
use crate::report::Report;
use crate::time::Time;

/// After so many snapshots that did not come, a worker is held for gone.
pub(crate) const SIGNS_MISSED: u32 = 5;

/// For how long a worker may be silent until it is held for gone.
pub(crate) fn silence(intervals: &Intervals) -> Duration {
    intervals.snapshot * SIGNS_MISSED
}

/// When nothing of a chunk is to be waited for any more; `heard` is when there was last a sign of anybody.
pub(super) fn deadline<R: Report>(
    record: &Record<'_, R>,
    chunk: &Evidence<R>,
    heard: Option<Time>,
) -> Time {
    /// A worker that has claimed nothing may be slow to begin; it is waited for so many times as long.
    const UNSEEN: u32 = 4;
    let &Record {
        manifest,
        start,
        stop,
        awake,
        ..
    } = record;
    let (limits, intervals) = (&manifest.limits, &manifest.intervals);
    let end = start.zero + start.end.min(chunk.chunk.window.to()) + limits.tail;
    let end = match chunk.claim {
        // Units that may live as long as they want keep a chunk open for as long as its worker gives signs of life.
        Some(_) if limits.life.is_none() && !start.batch => {
            let last_sign = chunk.live.as_ref().map_or(end, |live| live.at);
            end.max(last_sign + silence(intervals))
        }
        // A batch has no time at which its chunks are over. Here every worker gives signs of life, whatever it is at.
        Some(claim) if limits.life.is_none() && awake => {
            let silence = silence(intervals) * if chunk.again { 2 } else { 1 };
            let last_sign = chunk.heard().unwrap_or(claim.at);
            end.min(claim.lease).min(last_sign + silence)
        }
        Some(claim) if start.batch && limits.give_up_silent && awake => {
            let last_sign = chunk.heard().unwrap_or(claim.at).max(start.zero);
            end.min(claim.lease).min(last_sign + silence(intervals))
        }
        Some(claim) => end.min(claim.lease),
        None if limits.life.is_none() && start.batch && awake => {
            let last_sign = heard.map_or(start.zero, |heard| heard.max(start.zero));
            end.min(last_sign + silence(intervals) * UNSEEN)
        }
        None => end,
    };
    let end = match stop {
        // A worker sees the mark at its next look, and lets units run on for the grace.
        Some(mark) => end.min(mark.at + intervals.stop * 2 + intervals.grace),
        None => end,
    };
    end + intervals.margin
}
