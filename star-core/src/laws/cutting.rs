//! Random cuttings, which shrink to the smallest that still shows a fault.

use std::time::Duration;

use proptest::prelude::*;

use crate::slice::{Lanes, Slice};
use crate::split::{Extent, Splittable};
use crate::time::nanos;

/// How a task is cut: one cut after the other, each of some leaf.
#[derive(Clone, Debug, Default)]
pub struct Cutting {
    cuts: Vec<(u16, Cut)>,
}

#[derive(Clone, Copy, Debug)]
enum Cut {
    /// Where the task parts itself in time.
    Time,
    /// Where the task parts itself in rate.
    Rate,
    /// In time, at so many 65,536ths of the leaf's window.
    At(u16),
    /// In rate, into so many.
    Fan(u32),
}

impl Cutting {
    /// Up to twelve cuts.
    pub fn strategy() -> impl Strategy<Value = Self> {
        let cut = prop_oneof![
            Just(Cut::Time),
            Just(Cut::Rate),
            any::<u16>().prop_map(Cut::At),
            (2..9_u32).prop_map(Cut::Fan),
        ];
        prop::collection::vec((any::<u16>(), cut), 0..12).prop_map(|cuts| Self { cuts })
    }

    /// What is left of a task, cut like this.
    pub fn leaves<T: Splittable>(&self, task: &T) -> Vec<Slice> {
        let mut leaves = vec![Slice {
            window: task.extent().window(),
            lanes: Lanes::WHOLE,
        }];
        for (which, cut) in &self.cuts {
            let leaf = usize::from(*which) % leaves.len();
            let parts = cut.apply(task, leaves[leaf]);
            leaves.splice(leaf..=leaf, parts);
        }
        leaves
    }
}

impl Cut {
    fn apply<T: Splittable>(self, task: &T, leaf: Slice) -> Vec<Slice> {
        let two = |parts: Option<(Slice, Slice)>| parts.map_or(vec![leaf], |(a, b)| vec![a, b]);
        match self {
            Self::Time => two(task.bisect_time(&leaf)),
            Self::Rate => two(task.bisect_rate(&leaf)),
            Self::At(share) if matches!(task.extent(), Extent::Timed(_)) => {
                let length = u128::from(nanos(leaf.window.length())) * u128::from(share) / 65_536;
                let at = leaf.window.from() + Duration::from_nanos(length as u64);
                two(leaf.cut(at))
            }
            Self::At(_) => vec![leaf],
            Self::Fan(n) => lanes_of(leaf, n),
        }
    }
}

/// A lane opened in `n` finer ones; a bundle fanned.
fn lanes_of(leaf: Slice, n: u32) -> Vec<Slice> {
    if leaf.lanes == Lanes::WHOLE {
        let all = Slice {
            lanes: Lanes::all(n),
            ..leaf
        };
        return all.fan(n);
    }
    if leaf.lanes.count() > 1 {
        return leaf.fan(n);
    }
    leaf.halve().map_or(vec![leaf], |(a, b)| vec![a, b])
}

/// A cutting as people read it.
pub(super) fn show<T: Splittable>(task: &T, leaves: &[Slice]) -> String {
    if let [whole] = leaves
        && whole.lanes == Lanes::WHOLE
    {
        return "none: it shows in one piece".to_owned();
    }
    let one = |leaf: &Slice| {
        let lanes = leaf.lanes;
        match task.extent() {
            Extent::Batch => lanes.to_string(),
            Extent::Timed(_) => format!("{:?}..{:?} {lanes}", leaf.window.from(), leaf.window.to()),
        }
    };
    let most = 12;
    let mut shown: Vec<String> = leaves.iter().take(most).map(one).collect();
    if leaves.len() > most {
        shown.push(format!("and {} more", leaves.len() - most));
    }
    shown.join(" | ")
}
