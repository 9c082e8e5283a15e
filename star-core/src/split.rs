//! Work that can be cut: what there is of it, and where it parts.

use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::slice::{Lanes, Slice, Window};
use crate::time::nanos;

/// How long a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Extent {
    /// Its units are due at their own instants, all before this length of time is over.
    Timed(#[serde(with = "crate::time::as_nanos")] Duration),
    /// Its units have no instants: each is done as soon as somebody can.
    Batch,
}

impl Extent {
    /// The window that holds all of the task.
    pub fn window(self) -> Window {
        match self {
            Self::Timed(length) => Window::new(Duration::ZERO, length),
            Self::Batch => Window::ALL,
        }
    }

    /// Whether units have no instants.
    pub fn is_batch(self) -> bool {
        self == Self::Batch
    }
}

/// Units in a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rate(u64);

impl Rate {
    /// So many units in a second.
    pub const fn per_second(units: u64) -> Self {
        Self(units)
    }

    /// How many units in a second.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/s", self.0)
    }
}

/// Work made of units that are known beforehand. Cutting is the core's; an author says only what there is.
///
/// The three required methods are a contract that the conformance kit (`star_core::laws`) checks: they answer the same on every machine; `due` never
/// decreases, and is less than the extent; units are numbered `0..units()`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what units of work there are",
    label = "this is no shape of work",
    note = "a shape is a field such as `Batch`, `Keys`, `Ranges` or `Schedule` of `star_core::shape`, or a type that implements `Splittable`",
    note = "a task that implements `UnitTask` names its shape, and needs no more"
)]
pub trait Splittable {
    /// How long it is, or that it is a batch.
    fn extent(&self) -> Extent;

    /// How many units there are in all.
    fn units(&self) -> u64;

    /// When a unit is due, from the start of the run. Never decreasing in `unit`; zero for every unit of a batch. Asked only for
    /// `unit < units()`.
    fn due(&self, unit: u64) -> Duration;

    /// The units that are due in a window, found by binary search on [`due`](Self::due) and never by a second formula.
    fn units_in(&self, window: Window) -> Range<u64> {
        let units = self.units();
        let first_not_before = |at: Duration, from: u64| {
            let (mut low, mut high) = (from, units);
            while low < high {
                let middle = low + (high - low) / 2;
                if self.due(middle) < at {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            low
        };
        let from = if window.from().is_zero() {
            0
        } else {
            first_not_before(window.from(), 0)
        };
        if window.to() == Window::ALL.to() {
            return from..units;
        }
        from..first_not_before(window.to(), from)
    }

    /// How many units a slice has.
    fn units_of(&self, slice: &Slice) -> u64 {
        let among = self.units_in(slice.window);
        slice.lanes.units_among(among.start, among.end)
    }

    /// In how many lanes at most a window may be opened: for units that must know of each other how many there are. None where it
    /// does not matter. Of a run of several windows, one that is opened in a single lane has a single carrier.
    fn most_lanes(&self, window: Window) -> Option<u32> {
        let _ = window;
        None
    }

    /// How many units of a batch a worker has open at once. A chunk is not cut smaller than what makes use of that.
    fn at_once(&self) -> u32 {
        1
    }

    /// The most units that are due in one of a window's seconds, counted from its beginning.
    fn peak_rate(&self, window: Window) -> Rate {
        self.peak_rate_of(&Slice {
            window,
            lanes: Lanes::WHOLE,
        })
    }

    /// The most units of a slice that are due in one of its window's seconds, counted from its beginning.
    fn peak_rate_of(&self, slice: &Slice) -> Rate {
        if self.extent().is_batch() {
            return Rate::default();
        }
        let end = nanos(slice.window.to().min(self.extent().window().to()));
        let mut peak = 0;
        let mut from = nanos(slice.window.from());
        while from < end {
            let to = end.min(from.saturating_add(1_000_000_000));
            let second = Window::new(Duration::from_nanos(from), Duration::from_nanos(to));
            let units = self.units_in(second);
            peak = peak.max(slice.lanes.units_among(units.start, units.end));
            from = to;
        }
        Rate::per_second(peak)
    }

    /// Cuts a slice in time, where it parts the units most evenly. None where its units are all due at once, or are fewer than two.
    fn bisect_time(&self, slice: &Slice) -> Option<(Slice, Slice)> {
        let units = self.units_in(slice.window);
        let middle = units.start + (units.end - units.start) / 2;
        if units.end - units.start < 2 {
            return None;
        }
        let at = self.due(middle);
        // With several units due at `at`, cutting there leaves them all on the right; where that leaves the left empty, the next
        // instant at which anything is due is the only place that parts them.
        if at > self.due(units.start) {
            return slice.cut(at);
        }
        let later = self.units_in(Window::new(at + Duration::from_nanos(1), slice.window.to()));
        (later.start < units.end).then(|| slice.cut(self.due(later.start)))?
    }

    /// Cuts a slice in rate: two halves of its lanes. None where it has fewer than two units.
    fn bisect_rate(&self, slice: &Slice) -> Option<(Slice, Slice)> {
        (self.units_of(slice) >= 2).then(|| slice.halve())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units due at the given milliseconds.
    struct At(Vec<u64>);

    impl Splittable for At {
        fn extent(&self) -> Extent {
            Extent::Timed(Duration::from_secs(10))
        }

        fn units(&self) -> u64 {
            self.0.len() as u64
        }

        fn due(&self, unit: u64) -> Duration {
            Duration::from_millis(self.0[unit as usize])
        }
    }

    fn window(from: u64, to: u64) -> Window {
        Window::new(Duration::from_millis(from), Duration::from_millis(to))
    }

    #[test]
    fn a_window_has_the_units_due_in_its_half_open_span() {
        let task = At(vec![0, 5, 5, 5, 9]);
        assert_eq!(task.units_in(window(0, 5)), 0..1);
        assert_eq!(task.units_in(window(5, 9)), 1..4);
        assert_eq!(task.units_in(window(6, 9)), 4..4);
        assert_eq!(task.units_in(Window::ALL), 0..5);
    }

    #[test]
    fn the_peak_is_the_fullest_second() {
        let task = At(vec![0, 1, 999, 1000, 3500, 3501, 3502, 3503]);
        assert_eq!(
            task.peak_rate(Extent::Timed(Duration::from_secs(10)).window()),
            Rate::per_second(4)
        );
        assert_eq!(task.peak_rate(window(0, 2000)), Rate::per_second(3));
        assert_eq!(task.peak_rate(window(500, 1000)), Rate::per_second(1));
    }

    #[test]
    fn a_bisection_in_time_parts_what_can_be_parted() {
        let task = At(vec![1, 5, 5, 5, 5]);
        let (left, right) = task.bisect_time(&Slice::WHOLE).unwrap();
        assert_eq!((task.units_of(&left), task.units_of(&right)), (1, 4));
        assert_eq!(task.bisect_time(&right), None);
        let front_heavy = At(vec![5, 5, 5, 5, 8]);
        let (left, right) = front_heavy.bisect_time(&Slice::WHOLE).unwrap();
        assert_eq!(
            (front_heavy.units_of(&left), front_heavy.units_of(&right)),
            (4, 1)
        );
    }

    #[test]
    fn a_bisection_in_rate_stops_at_one_unit() {
        let task = At(vec![1, 2]);
        let (left, right) = task.bisect_rate(&Slice::WHOLE).unwrap();
        assert_eq!((task.units_of(&left), task.units_of(&right)), (1, 1));
        assert_eq!(right.lanes, Lanes::bundle(1, 2, 2).unwrap());
        assert_eq!(task.bisect_rate(&left), None);
    }
}
