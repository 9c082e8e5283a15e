//! Views on a task: a window of its time, and some of the lanes in it.
//!
//! A slice never changes the task. Whoever holds the task and a slice can tell which units are meant by looking up when each is due;
//! so a unit belongs to exactly one leaf, whatever the cuts.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::nanos;

/// A half-open span `[from, to)` of a task's own time. It bounds when units *start*, not how long they live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    #[serde(with = "crate::time::as_nanos")]
    from: Duration,
    #[serde(with = "crate::time::as_nanos")]
    to: Duration,
}

impl Window {
    /// All of a task's time; the only window of a batch.
    pub const ALL: Self = Self {
        from: Duration::ZERO,
        to: Duration::from_nanos(u64::MAX),
    };

    /// The span `[from, to)`; empty if `to` is not after `from`.
    pub fn new(from: Duration, to: Duration) -> Self {
        Self {
            from,
            to: to.max(from),
        }
    }

    /// Its first instant.
    pub fn from(self) -> Duration {
        self.from
    }

    /// The first instant behind it.
    pub fn to(self) -> Duration {
        self.to
    }

    /// How long it is.
    pub fn length(self) -> Duration {
        self.to.saturating_sub(self.from)
    }

    /// Whether `at` lies in it.
    pub fn contains(self, at: Duration) -> bool {
        self.from <= at && at < self.to
    }
}

/// Some of the lanes that a window is opened in. Lane `k of n` has the units `i` with `i % n == k`; a *bundle* `first..end of n` is
/// several lanes not yet cut apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "LanesOnTheWire", into = "LanesOnTheWire")]
pub struct Lanes {
    first: u32,
    end: u32,
    of: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LanesOnTheWire {
    first: u32,
    end: u32,
    of: u32,
}

impl TryFrom<LanesOnTheWire> for Lanes {
    type Error = String;

    fn try_from(wire: LanesOnTheWire) -> Result<Self, String> {
        Self::bundle(wire.first, wire.end, wire.of)
            .ok_or_else(|| format!("no lanes `{}..{} of {}`", wire.first, wire.end, wire.of))
    }
}

impl From<Lanes> for LanesOnTheWire {
    fn from(lanes: Lanes) -> Self {
        Self {
            first: lanes.first,
            end: lanes.end,
            of: lanes.of,
        }
    }
}

impl Lanes {
    /// The one lane that has every unit.
    pub const WHOLE: Self = Self {
        first: 0,
        end: 1,
        of: 1,
    };

    /// All lanes of `n` (at least one), as one bundle.
    pub fn all(n: u32) -> Self {
        let of = n.max(1);
        Self {
            first: 0,
            end: of,
            of,
        }
    }

    /// The lanes `first..end of of`; none unless `first < end <= of`.
    pub fn bundle(first: u32, end: u32, of: u32) -> Option<Self> {
        (first < end && end <= of).then_some(Self { first, end, of })
    }

    /// The number of the first lane.
    pub fn first(self) -> u32 {
        self.first
    }

    /// The number behind the last lane.
    pub fn end(self) -> u32 {
        self.end
    }

    /// How many lanes the window is opened in.
    pub fn of(self) -> u32 {
        self.of
    }

    /// How many lanes these are.
    pub fn count(self) -> u32 {
        self.end - self.first
    }

    /// The first of them, alone.
    #[must_use]
    pub fn head(self) -> Self {
        Self {
            end: self.first + 1,
            ..self
        }
    }

    /// All but the first.
    pub fn rest(self) -> Option<Self> {
        Self::bundle(self.first + 1, self.end, self.of)
    }

    /// At most `n` bundles, as even as can be, that together are these lanes.
    pub fn fan(self, n: u32) -> Vec<Self> {
        let parts = u64::from(n.clamp(1, self.count()));
        let count = u64::from(self.count());
        let edge = |part: u64| self.first + (part * count / parts) as u32;
        (0..parts)
            .filter_map(|part| Self::bundle(edge(part), edge(part + 1), self.of))
            .collect()
    }

    /// Two halves: of a bundle, its first and last lanes; of a lane `k of n`, the finer lanes `k` and `k + n` of `2n`. None where
    /// `2n` does not fit 32 bits.
    pub fn halve(self) -> Option<(Self, Self)> {
        if self.count() > 1 {
            let middle = self.first + self.count() / 2;
            return Some((
                Self {
                    end: middle,
                    ..self
                },
                Self {
                    first: middle,
                    ..self
                },
            ));
        }
        let of = self.of.checked_mul(2)?;
        let lane = |first: u32| Self {
            first,
            end: first + 1,
            of,
        };
        Some((lane(self.first), lane(self.first + self.of)))
    }

    /// Whether `unit` is in these lanes.
    pub fn contains(self, unit: u64) -> bool {
        let lane = unit % u64::from(self.of);
        u64::from(self.first) <= lane && lane < u64::from(self.end)
    }

    /// How many of the units `from..to` are in these lanes.
    pub fn units_among(self, from: u64, to: u64) -> u64 {
        let below = |unit: u64| {
            let of = u64::from(self.of);
            let part = (unit % of).clamp(u64::from(self.first), u64::from(self.end));
            (unit / of) * u64::from(self.count()) + part - u64::from(self.first)
        };
        below(to.max(from)) - below(from)
    }

    /// The first unit of these lanes that is not before `unit`; none past the last number there is.
    pub fn next(self, unit: u64) -> Option<u64> {
        let of = u64::from(self.of);
        let lane = unit % of;
        let (first, end) = (u64::from(self.first), u64::from(self.end));
        if lane < first {
            unit.checked_add(first - lane)
        } else if lane < end {
            Some(unit)
        } else {
            unit.checked_add(of - lane + first)
        }
    }
}

/// A window and lanes in it: a view on a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slice {
    /// When its units are due.
    pub window: Window,
    /// Which of the units due then.
    pub lanes: Lanes,
}

impl Slice {
    /// The whole task.
    pub const WHOLE: Self = Self {
        window: Window::ALL,
        lanes: Lanes::WHOLE,
    };

    /// Cuts in time: what is due before `at`, and the rest. None where one side would have no time.
    pub fn cut(self, at: Duration) -> Option<(Self, Self)> {
        let Window { from, to } = self.window;
        (from < at && at < to).then(|| {
            let with = |from, to| Self {
                window: Window { from, to },
                ..self
            };
            (with(from, at), with(at, to))
        })
    }

    /// Cuts in rate: at most `n` bundles of its lanes. See [`Lanes::fan`].
    pub fn fan(self, n: u32) -> Vec<Self> {
        let with = |lanes| Self { lanes, ..self };
        self.lanes.fan(n).into_iter().map(with).collect()
    }

    /// Cuts in rate: two halves. See [`Lanes::halve`].
    pub fn halve(self) -> Option<(Self, Self)> {
        let with = |lanes| Self { lanes, ..self };
        self.lanes.halve().map(|(a, b)| (with(a), with(b)))
    }

    /// A name that is unique among the slices of a task and fit for a file or an object: `FROM-TO.FIRST-END.OF`, times in nanoseconds.
    pub fn key(self) -> String {
        self.to_string()
    }
}

/// As people name them: by the numbers of the first and the last.
impl fmt::Display for Lanes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, end, of } = *self;
        match self.count() {
            1 => write!(f, "lane {first} of {of}"),
            _ => write!(f, "lanes {first} to {} of {of}", end - 1),
        }
    }
}

impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { window, lanes } = self;
        let (from, to) = (nanos(window.from), nanos(window.to));
        write!(f, "{from}-{to}.{}-{}.{}", lanes.first, lanes.end, lanes.of)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lanes() -> impl Strategy<Value = Lanes> {
        (1..60_u32).prop_flat_map(|of| {
            (0..of).prop_flat_map(move |first| {
                (first + 1..=of).prop_map(move |end| Lanes::bundle(first, end, of).unwrap())
            })
        })
    }

    fn units(lanes: Lanes, from: u64, to: u64) -> Vec<u64> {
        (from..to).filter(|unit| lanes.contains(*unit)).collect()
    }

    proptest! {
        #[test]
        fn counting_and_stepping_agree_with_asking_each_unit(lanes in lanes(), from in 0..500_u64, len in 0..500_u64) {
            let asked = units(lanes, from, from + len);
            prop_assert_eq!(lanes.units_among(from, from + len), asked.len() as u64);
            let mut stepped = Vec::new();
            let mut at = lanes.next(from);
            while let Some(unit) = at.filter(|unit| *unit < from + len) {
                stepped.push(unit);
                at = lanes.next(unit + 1);
            }
            prop_assert_eq!(stepped, asked);
        }

        #[test]
        fn the_parts_of_a_fan_and_of_a_half_are_the_whole(lanes in lanes(), n in 1..80_u32) {
            let fan = lanes.fan(n);
            prop_assert!(fan.len() <= n as usize);
            let sizes: Vec<u32> = fan.iter().map(|part| part.count()).collect();
            prop_assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1);
            let mut all: Vec<u64> = fan.iter().flat_map(|part| units(*part, 0, 300)).collect();
            all.sort_unstable();
            prop_assert_eq!(&all, &units(lanes, 0, 300));
            let (left, right) = lanes.halve().unwrap();
            let mut both = units(left, 0, 300);
            both.extend(units(right, 0, 300));
            both.sort_unstable();
            prop_assert_eq!(both, all);
        }
    }

    #[test]
    fn stepping_ends_at_the_last_number() {
        let last_lane = Lanes::bundle(1, 2, 3).unwrap();
        assert_eq!(last_lane.next(u64::MAX), None);
    }

    #[test]
    fn a_cut_leaves_time_on_both_sides() {
        let second = Duration::from_secs(1);
        let slice = Slice {
            window: Window::new(second, 3 * second),
            lanes: Lanes::WHOLE,
        };
        let (before, after) = slice.cut(2 * second).unwrap();
        assert_eq!(
            (before.window.to(), after.window.from()),
            (2 * second, 2 * second)
        );
        assert_eq!(slice.cut(second), None);
        assert_eq!(slice.cut(3 * second), None);
    }

    #[test]
    fn lanes_are_named_by_the_first_and_the_last_of_them() {
        let shown = |first, end| Lanes::bundle(first, end, 8).map(|lanes| lanes.to_string());
        assert_eq!(shown(0, 1).as_deref(), Some("lane 0 of 8"));
        assert_eq!(shown(4, 8).as_deref(), Some("lanes 4 to 7 of 8"));
    }

    #[test]
    fn lanes_that_cannot_be_are_refused_on_the_wire() {
        assert!(serde_json::from_str::<Lanes>(r#"{"first":1,"end":1,"of":2}"#).is_err());
        assert!(serde_json::from_str::<Lanes>(r#"{"first":0,"end":1,"of":0}"#).is_err());
        assert!(serde_json::from_str::<Lanes>(r#"{"first":0,"end":3,"of":2}"#).is_err());
    }
}
