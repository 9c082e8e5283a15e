//! Health by chunk.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::{Health, Trust};
use crate::histogram::Histogram;
use crate::slice::Slice;

/// Of so many chunks at most the health is in a report: of those that did worst.
pub const MOST_NAMED: usize = 32;

/// How the worker of a chunk did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChunkHealth {
    /// The chunk.
    pub chunk: Slice,
    /// How many of its units were missed.
    pub missed: u64,
    /// How many nobody counted, once it is over.
    pub lost: u64,
    /// How many nobody saw end, once it is over.
    pub unfinished: u64,
    /// Half of its units were at most so late, in microseconds; how late 99 % were at most is in its health.
    pub median: u64,
    /// The latest was so late, in microseconds.
    pub latest: u64,
    /// How its worker did.
    pub health: Health,
}

impl ChunkHealth {
    /// A chunk's.
    pub fn new(chunk: Slice, missed: u64, lateness: &Histogram, health: Health) -> Self {
        Self {
            chunk,
            missed,
            lost: 0,
            unfinished: 0,
            median: lateness.quantile(0.5),
            latest: lateness.max(),
            health,
        }
    }

    /// The same of a chunk that is over, and of which so many units were lost and so many were not seen to end.
    #[must_use]
    pub fn and_lost(self, lost: u64, unfinished: u64) -> Self {
        Self {
            lost,
            unfinished,
            ..self
        }
    }

    /// Whether what it measured can be trusted. Of a worker that is gone that is no more than what it had measured until then.
    pub fn trust(&self) -> Trust {
        Trust::of(self.missed, &self.health).and_lost(self.lost, self.unfinished)
    }
}

/// Those that did worst, the worst first: who can't be trusted for more reasons, who lost or missed more, who was later.
pub(crate) fn worst_first(mut chunks: Vec<ChunkHealth>) -> Vec<ChunkHealth> {
    chunks.sort_by_cached_key(|chunk| {
        let (from, lane) = (chunk.chunk.window.from(), chunk.chunk.lanes.first());
        let bad = (
            chunk.trust().reasons().len(),
            chunk.lost + chunk.missed,
            chunk.health.late,
        );
        (Reverse(bad), from, lane)
    });
    chunks.truncate(MOST_NAMED);
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slice::{Lanes, Window};

    #[test]
    fn the_worst_come_first_and_not_all_are_named() {
        let chunk = |lane: u32, late: u64, missed: u64| ChunkHealth {
            chunk: Slice {
                window: Window::ALL,
                lanes: Lanes::bundle(lane, lane + 1, 100).unwrap(),
            },
            missed,
            lost: 0,
            unfinished: 0,
            median: 0,
            latest: late,
            health: Health {
                late,
                ..Health::default()
            },
        };
        let mut all: Vec<_> = (0..100).map(|lane| chunk(lane, 0, 0)).collect();
        all[7] = chunk(7, 50, 0);
        all[8] = chunk(8, 20_000, 0);
        all[9] = chunk(9, 0, 3);
        all[6] = chunk(6, 0, 0).and_lost(4, 0);
        assert_eq!(
            all[6].trust().to_string(),
            "this run can't be trusted, because 4 units were lost"
        );
        let worst = worst_first(all.clone());
        let lanes: Vec<_> = worst.iter().map(|one| one.chunk.lanes.first()).collect();
        assert_eq!(
            (lanes.len(), &lanes[..5]),
            (MOST_NAMED, &[6, 9, 8, 7, 0][..])
        );
        all.reverse();
        assert_eq!(worst_first(all), worst);
    }
}
