//! Records for tests of what is read from them.

use std::time::Duration;

use super::{Manifest, StartRecord, WindowPlan};
use crate::hash::Hash;
use crate::job::Manner;
use crate::limits::{Intervals, Limits};
use crate::slice::Window;
use crate::time::Time;

/// When the run of [`start`] began.
pub(crate) const ZERO: Time = Time::from_nanos(1_000_000_000_000);

/// A run on this machine, with two lanes.
pub(crate) fn manifest() -> Manifest {
    Manifest {
        version: 1,
        run: "r".parse().unwrap(),
        kind: "toy".to_owned(),
        job: Hash::of(b""),
        blobs: Vec::new(),
        seed: 1,
        deployment: "here".to_owned(),
        limits: Limits::here(2),
        intervals: Intervals::HERE,
        rehearsal: false,
        manner: Manner::default(),
        traced: false,
        launched: Time::default(),
    }
}

/// So many windows of ten seconds and so many units, of two lanes each.
pub(crate) fn start(windows: u64, units: u64) -> StartRecord {
    let seconds = Duration::from_secs;
    let window = |number| WindowPlan {
        window: Window::new(seconds(number * 10), seconds(number * 10 + 10)),
        lanes: 2,
        units,
    };
    StartRecord {
        task: Hash::of(b""),
        zero: ZERO,
        units: windows * units,
        batch: false,
        windows: (0..windows).map(window).collect(),
        workers: 0,
        end: seconds(windows * 10),
    }
}
