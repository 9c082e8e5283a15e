//! From a job and a world to what came of it.

use std::cell::RefCell;
use std::rc::Rc;

use star_core::job::Unfit;
use star_core::{Intervals, Job, Launch, Plan};

use crate::needs::Needs;
use crate::run::{RUN, run};
use crate::sabotage::Sabotage;
use crate::simulation::{Options, SimulateError, Simulation};
use crate::site::Site;
use crate::stand_in::{Set, Stage};
use crate::tell;
use crate::world::World;

/// Runs a job in a world. The seed is that of the world's chance and of the task's.
///
/// # Errors
/// Where the job can't be cut or launched in such a world.
pub fn simulate(
    job: &Job,
    world: &World,
    seed: u64,
    options: &Options,
) -> Result<Simulation, SimulateError> {
    job.task.fits_functions().map_err(SimulateError::Unfit)?;
    let mut task = job.task.clone();
    task.seed(seed);
    let limits = options.limits.clone();
    let limits = limits.unwrap_or_else(|| world.limits_of(&task));
    let plan = task.plan(&limits)?;
    let intervals = options.intervals;
    let intervals = intervals.unwrap_or_else(|| Intervals::of_fleet(most_workers(&plan)));
    let life = world.unit_life.unwrap_or_else(|| task.expected_life());
    let needs = Needs::of(&task, &plan, &limits, world, life);
    let site = Site::new(world.clone(), seed, options.logged, options.sabotage, needs);
    let again = task.is_idempotent() || options.sabotage == Some(Sabotage::SideEffectTwice);
    let stage = Rc::new(Stage {
        site,
        task,
        life,
        wordy: options.wordy,
        shows: RefCell::default(),
    });
    let launch = Launch {
        run: RUN.parse().map_err(|_| unnamed())?,
        seed,
        limits: limits.clone(),
        intervals,
        rehearsal: true,
        traced: false,
    };
    let _set = Set::up(&stage);
    let kernel = &stage.site.kernel;
    let ran = if again {
        kernel.drive(run::<true>(&stage, launch, options))
    } else {
        kernel.drive(run::<false>(&stage, launch, options))
    };
    let ran = ran.ok_or(SimulateError::Stuck(kernel.now()))??;
    Ok(tell::told(seed, &stage, ran, limits, intervals))
}

fn unnamed() -> SimulateError {
    let why = format!("`{RUN}` is no run's name");
    SimulateError::Unfit(Unfit::nowhere(why).into())
}

/// The most workers of a plan that are there at once, apart from those of two windows while one takes over.
fn most_workers(plan: &Plan) -> u32 {
    let lanes = plan.windows.iter().map(|window| window.lanes);
    if plan.workers > 0 {
        plan.workers
    } else {
        lanes.max().unwrap_or(1)
    }
}
