//! Where a task is cut.

use std::time::Duration;

use serde::Serialize;

use crate::ledger::WindowPlan;
use crate::limits::Limits;
use crate::slice::Window;
use crate::split::{Extent, Splittable};
use crate::time::nanos;

/// The most lanes of a window, and the most windows of a run.
const MOST: u64 = 1_000_000;

/// How a task is cut: windows no longer than a chunk may be, each opened in as many lanes as its own peak needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The windows in order; a batch has one, whose lanes are its chunks.
    pub windows: Vec<WindowPlan>,
    /// Of a batch, how many workers.
    pub workers: u32,
}

impl Plan {
    /// How many workers are there at once at most.
    pub fn most_workers(&self) -> u32 {
        let lanes = self.windows.iter().map(|window| window.lanes).max();
        match self.workers {
            // Of a timed task each lane is a worker.
            0 => lanes.unwrap_or(0),
            workers => workers,
        }
    }
}

/// Why a task can't be cut under its limits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Nothing is left of a worker's life.
    #[error(
        "a worker lives {life:?}, and lead, tail and closing take {overhead:?} of it: no time is left for work (let it live longer, or shorten the buffer or the tail)"
    )]
    NoTime {
        /// How long a worker lives.
        life: Duration,
        /// What is taken from that.
        overhead: Duration,
    },
    /// Too many windows.
    #[error("the run would be cut into {0} windows, and {MOST} is the most (allow longer chunks)")]
    Windows(u64),
    /// A unit that would never be begun: no window has it.
    #[error(
        "the last unit is due after {due:?}, and the task is over after {extent:?}: each unit is due before that (`due` is less than `extent`)"
    )]
    Beyond {
        /// When the last unit is due.
        due: Duration,
        /// How long the task is.
        extent: Duration,
    },
    /// Too many lanes.
    #[error(
        "{needed} workers would be needed at once, and {MOST} is the most (allow a higher rate per chunk)"
    )]
    Lanes {
        /// How many.
        needed: u64,
    },
}

/// Cuts a task. Pure: the same task and limits give the same plan everywhere.
///
/// # Errors
/// Where the limits leave no way to cut it.
pub fn plan(
    task: &dyn Splittable,
    expected_life: Duration,
    limits: &Limits,
) -> Result<Plan, PlanError> {
    match task.extent() {
        Extent::Timed(length) => timed(task, length, expected_life, limits),
        Extent::Batch => batch(task.units(), task.at_once(), limits),
    }
}

fn timed(
    task: &dyn Splittable,
    length: Duration,
    expected_life: Duration,
    limits: &Limits,
) -> Result<Plan, PlanError> {
    // Instants never decrease: if the last is within the task, so are all.
    let last = task.units().checked_sub(1).map(|last| task.due(last));
    if let Some(due) = last.filter(|due| *due >= length) {
        return Err(PlanError::Beyond {
            due,
            extent: length,
        });
    }
    let longest = limits.longest_window();
    if longest.is_zero() {
        return Err(PlanError::NoTime {
            life: limits.life.unwrap_or_default(),
            overhead: limits.lead + limits.tail + limits.closing,
        });
    }
    let (length, longest) = (nanos(length), nanos(longest));
    let count = length.div_ceil(longest);
    if count > MOST {
        return Err(PlanError::Windows(count));
    }
    let mut windows = Vec::with_capacity(count as usize);
    for number in 0..count {
        let from = number * longest;
        let to = length.min(from.saturating_add(longest));
        let window = Window::new(Duration::from_nanos(from), Duration::from_nanos(to));
        let among = task.units_in(window);
        let units = among.end - among.start;
        let mut lanes = lanes_for(task, window, expected_life, limits)?.min(units);
        if count > 1 {
            // Two carriers hand the run on, even where there is nothing to do.
            lanes = lanes.max(2);
        }
        if let Some(most) = task.most_lanes(window) {
            lanes = lanes.min(u64::from(most.max(1)));
        }
        windows.push(WindowPlan {
            window,
            lanes: lanes as u32,
            units,
        });
    }
    Ok(Plan {
        windows,
        workers: 0,
    })
}

/// How many units are expected to be open at once in one worker: the rate of the fullest lane, times how long a unit is expected to be
/// open.
pub(crate) fn expected_open(task: &dyn Splittable, expected_life: Duration, plan: &Plan) -> u64 {
    let open = plan.windows.iter().map(|window| {
        let peak = u128::from(task.peak_rate(window.window).get());
        let open = peak * expected_life.as_millis() / 1000;
        open.div_ceil(u128::from(window.lanes.max(1)))
    });
    open.max()
        .map_or(0, |open| u64::try_from(open).unwrap_or(u64::MAX))
}

/// In how many lanes a window is to be opened so that none has more than a worker can do.
fn lanes_for(
    task: &dyn Splittable,
    window: Window,
    expected_life: Duration,
    limits: &Limits,
) -> Result<u64, PlanError> {
    if let Some(workers) = limits.workers {
        return Ok(u64::from(workers.max(1)));
    }
    let peak = task.peak_rate(window).get();
    let by_rate = limits
        .chunk_rate
        .map_or(1, |rate| peak.div_ceil(rate.get().max(1)));
    let open_units = limits.open_units.filter(|_| limits.open_by_worker);
    let by_open = open_units.map_or(1, |most| {
        let open = u128::from(peak) * expected_life.as_millis() / 1000;
        u64::try_from(open.div_ceil(u128::from(most.max(1)))).unwrap_or(u64::MAX)
    });
    let needed = by_rate.max(by_open).max(1);
    if needed > MOST {
        return Err(PlanError::Lanes { needed });
    }
    Ok(needed)
}

fn batch(units: u64, at_once: u32, limits: &Limits) -> Result<Plan, PlanError> {
    /// By default so many chunks a worker, so that unequal ones even out.
    const CHUNKS_A_WORKER: u64 = 64;
    /// And of units that are done at once so many times as many a chunk, since at the end of each there are fewer.
    const ROUNDS: u64 = 4;
    let workers = u64::from(limits.workers.unwrap_or(1).max(1));
    let a_worker = units.div_ceil(workers);
    let several = match at_once {
        0 | 1 => 1,
        at_once => (u64::from(at_once) * ROUNDS).min(a_worker),
    };
    let a_chunk = limits
        .chunk_units
        .unwrap_or_else(|| units.div_ceil(workers * CHUNKS_A_WORKER).max(several))
        .max(1);
    let chunks = units.div_ceil(a_chunk);
    if chunks > u64::from(u32::MAX) {
        return Err(PlanError::Lanes { needed: chunks });
    }
    let windows = (units > 0).then_some(WindowPlan {
        window: Window::ALL,
        lanes: chunks as u32,
        units,
    });
    Ok(Plan {
        windows: windows.into_iter().collect(),
        workers: workers.min(chunks) as u32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slice::Lanes;
    use crate::split::Rate;

    /// So many units every second.
    struct Steady {
        seconds: u64,
        rate: u64,
    }

    impl Splittable for Steady {
        fn extent(&self) -> Extent {
            Extent::Timed(Duration::from_secs(self.seconds))
        }

        fn units(&self) -> u64 {
            self.seconds * self.rate
        }

        fn due(&self, unit: u64) -> Duration {
            Duration::from_nanos((2 * unit + 1) * 500_000_000 / self.rate)
        }
    }

    fn lambda() -> Limits {
        Limits {
            chunk: Duration::from_mins(2),
            chunk_rate: Some(Rate::per_second(25)),
            workers: None,
            ..Limits::here(1)
        }
    }

    #[test]
    fn a_unit_that_would_never_be_begun_is_told() {
        struct Bells([u64; 2]);
        impl Splittable for Bells {
            fn extent(&self) -> Extent {
                Extent::Timed(Duration::from_secs(10))
            }
            fn units(&self) -> u64 {
                2
            }
            fn due(&self, unit: u64) -> Duration {
                Duration::from_secs(self.0[unit as usize])
            }
        }
        let planned = |at| plan(&Bells(at), Duration::ZERO, &Limits::here(1));
        assert_eq!(planned([5, 9]).map(|plan| plan.windows[0].units), Ok(2));
        for late in [10, 11] {
            let error = planned([5, late]).unwrap_err();
            let sentence = format!(
                "the last unit is due after {late}s, and the task is over after 10s: each unit is due before that (`due` is less than `extent`)"
            );
            assert_eq!(error.to_string(), sentence);
        }
    }

    #[test]
    fn units_that_live_long_are_expected_to_be_open_at_once() {
        let task = Steady {
            seconds: 300,
            rate: 50,
        };
        let two = plan(&task, Duration::ZERO, &Limits::here(2)).unwrap();
        assert_eq!(expected_open(&task, Duration::from_secs(10), &two), 250);
        assert_eq!(expected_open(&task, Duration::ZERO, &two), 0);
    }

    #[test]
    fn more_workers_are_planned_for_open_units_only_where_they_have_room_for_more() {
        let task = Steady {
            seconds: 10,
            rate: 25,
        };
        let lanes = |open_by_worker| {
            let limits = Limits {
                open_units: Some(100),
                open_by_worker,
                ..lambda()
            };
            plan(&task, Duration::from_mins(1), &limits)
                .unwrap()
                .windows[0]
                .lanes
        };
        assert_eq!((lanes(true), lanes(false)), (15, 1));
    }

    #[test]
    fn time_and_rate_are_cut_to_what_a_chunk_may_be() {
        let task = Steady {
            seconds: 300,
            rate: 60,
        };
        let plan = plan(&task, Duration::ZERO, &lambda()).unwrap();
        let shape: Vec<_> = plan
            .windows
            .iter()
            .map(|w| (w.window.length().as_secs(), w.lanes))
            .collect();
        assert_eq!(shape, [(120, 3), (120, 3), (60, 3)]);
        assert_eq!(plan.windows.iter().map(|w| w.units).sum::<u64>(), 18_000);
    }

    #[test]
    fn a_run_of_several_windows_has_two_carriers_even_without_units() {
        let task = Steady {
            seconds: 300,
            rate: 1,
        };
        let plan = plan(&task, Duration::ZERO, &lambda()).unwrap();
        assert!(plan.windows.iter().all(|w| w.lanes == 2));
    }

    /// The same, in two lanes at most in the first two minutes.
    struct Narrow(Steady);

    impl Splittable for Narrow {
        fn extent(&self) -> Extent {
            self.0.extent()
        }

        fn units(&self) -> u64 {
            self.0.units()
        }

        fn due(&self, unit: u64) -> Duration {
            self.0.due(unit)
        }

        fn most_lanes(&self, window: Window) -> Option<u32> {
            (window.from() < Duration::from_mins(2)).then_some(2)
        }
    }

    #[test]
    fn a_window_is_opened_in_no_more_lanes_than_the_task_allows() {
        let task = Narrow(Steady {
            seconds: 300,
            rate: 100,
        });
        let plan = plan(&task, Duration::ZERO, &lambda()).unwrap();
        let lanes: Vec<_> = plan.windows.iter().map(|w| w.lanes).collect();
        assert_eq!(lanes, [2, 4, 4]);
    }

    #[test]
    fn units_that_live_long_need_more_workers() {
        let task = Steady {
            seconds: 100,
            rate: 20,
        };
        let limits = Limits {
            open_units: Some(1000),
            ..lambda()
        };
        let plan = plan(&task, Duration::from_mins(3), &limits).unwrap();
        assert_eq!(
            plan.windows[0].lanes, 4,
            "20/s × 180 s = 3,600 open at once"
        );
    }

    #[test]
    fn there_are_no_more_lanes_than_units() {
        let task = Steady {
            seconds: 1,
            rate: 3,
        };
        let plan = plan(&task, Duration::ZERO, &Limits::here(8)).unwrap();
        assert_eq!(plan.windows[0].bundle().unwrap().lanes, Lanes::all(3));
    }

    #[test]
    fn a_life_without_room_for_work_is_refused() {
        let task = Steady {
            seconds: 1,
            rate: 1,
        };
        let limits = Limits {
            life: Some(Duration::from_secs(5)),
            ..lambda()
        };
        let error = plan(&task, Duration::ZERO, &limits).unwrap_err();
        assert!(matches!(error, PlanError::NoTime { .. }), "{error}");
    }

    #[test]
    fn a_batch_is_cut_into_chunks_that_workers_share() {
        let limits = Limits::here(4);
        let plan = batch(100_000, 1, &limits).unwrap();
        assert_eq!((plan.workers, plan.windows[0].lanes), (4, 256));
        let plan = batch(3, 1, &limits).unwrap();
        assert_eq!((plan.workers, plan.windows[0].lanes), (3, 3));
        // Of units that are done at once a chunk has some rounds, as long as there is one for every worker.
        let cut = |units, at_once| batch(units, at_once, &limits).unwrap();
        assert_eq!(cut(100_000, 64).windows[0].lanes, 256);
        assert_eq!(cut(4_096, 64).windows[0].lanes, 16);
        let few = cut(640, 64);
        assert_eq!((few.workers, few.windows[0].lanes), (4, 4));
        assert!(batch(0, 1, &limits).unwrap().windows.is_empty());
    }
}
