//! `slsart plan`: how a job is cut.

use std::time::Duration;

use star_core::job::Split;
use star_core::{Job, Limits, Rate};

use super::aws;
use crate::args::PlanArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{self, PlanView, Written, plan_text};
use crate::{job, place};

/// How many connections a function may have at once: of its 1,024 descriptors some are its own.
const FUNCTION_CONNECTIONS: u64 = 960;

/// How long a function lives at the most.
pub(crate) const LONGEST_LIFE: Duration = Duration::from_mins(15);

/// What is possible where functions would refuse a job.
const HELP: &str = "set it to what is needed, or plan a run on this machine: `--workers N`";

pub(super) fn plan(args: &PlanArgs) -> Result<Exit, CommandError> {
    let mut job = job::read(&args.job, &Written::default())?;
    job.task.seed(args.seed);
    let limits = if let Some(workers) = args.workers {
        Limits {
            workers: Some(workers),
            ..job.task.limits(Limits::here(workers))
        }
    } else {
        fits_functions(&job)?;
        in_functions(&job, LONGEST_LIFE, &aws::limits(None)?)
    };
    let plan = job::cut(&job, &limits)?;
    let view = PlanView::new(&job.task, &plan, limits);
    if args.json {
        let mut text = serde_json::to_string_pretty(&view)
            .map_err(|error| CommandError::Bug(error.to_string()))?;
        text.push('\n');
        output::print(&text)?;
    } else {
        output::print(&plan_text(&view))?;
    }
    Ok(Exit::Passed)
}

/// Refuses what functions would refuse.
pub(crate) fn fits_functions(job: &Job) -> Result<(), CommandError> {
    job.task
        .fits_functions()
        .map_err(|unfit| CommandError::unfit(*unfit, HELP))
}

/// How a job is cut for functions that live so long, where its own `_split` is silent as the deployment says.
pub(crate) fn in_functions(job: &Job, life: Duration, deployment: &Split) -> Limits {
    let mut limits = job.task.limits(deployment.over(function(life)));
    limits.open_units = job.task.open_units(Some(FUNCTION_CONNECTIONS));
    limits
}

/// A function as a place, with the limits that the reference has by default: what a run would be cut into that is too large for one.
fn function(life: Duration) -> Limits {
    Limits {
        chunk: Duration::from_mins(2),
        chunk_rate: Some(Rate::per_second(25)),
        workers: None,
        lead: Duration::from_secs(15),
        // AWS adds 1,000 environments to a function in ten seconds.
        ready_rate: Some(Rate::per_second(100)),
        life: Some(life),
        ..Limits::here(place::cores())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_functions_are_sent_for_as_long_before_as_aws_takes_to_have_them() {
        let place = function(LONGEST_LIFE);
        assert_eq!(place.lead_for(100), Duration::from_secs(15));
        assert_eq!(place.lead_for(5_000), Duration::from_secs(50));
    }
}
