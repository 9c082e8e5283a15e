//! `slsart invoke`: runs a script or job on AWS Lambda.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use star_aws::deploy::id_of;
use star_core::ledger::Manifest;
use star_core::worker::{Host, Ids as _, SystemIds};
use star_core::{
    AnyOutcome, Extent, Intervals, Job, Launch, Limits, RunId, Window, attend, follow, launch,
};

use super::deploy::own_program;
use super::place::Deployed;
use crate::args::InvokeArgs;
use crate::command::on_runtime;
use crate::command::plan::{fits_functions, function};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{self, Progress, ReportFile};
use crate::{interrupt, job};

/// What is invoked where nothing was named and there is no `./script.yml`, as in the reference.
const BUILT_IN: &str = "\
config:
  target: https://aws.amazon.com
  phases:
    - duration: 5
      arrivalRate: 1
scenarios:
  - flow:
      - get:
          url: /
";

/// The file that is taken where nothing was named.
pub(super) const SCRIPT: &str = "script.yml";

pub(in crate::command) fn invoke(args: &InvokeArgs) -> Result<Exit, CommandError> {
    refuse(args)?;
    let mut job = read(args)?;
    let seed = args.seed.unwrap_or_else(|| SystemIds.next() >> 11);
    job.task.seed(seed);
    fits_functions(&job)?;
    let mut limits = job.task.limits(function());
    limits.late = Duration::from_millis(args.late_limit);
    let plan = job.task.plan(&limits)?;
    let workers = plan.most_workers();
    let report = ReportFile::prepare(
        args.output.as_deref(),
        args.report_format.as_deref(),
        job.task.formats(),
    )?;
    on_runtime(async {
        let place = Deployed::new(&args.aws).await?;
        let there = place.deployment().await?;
        if there.launcher != id_of(&own_program()?) {
            return Err(CommandError::OtherProgram {
                stack: place.names.stack(),
            });
        }
        let host = place.launcher(&there)?;
        let how = Launch {
            run: args
                .name
                .clone()
                .unwrap_or_else(|| RunId::mint(host.world.clock.now(), SystemIds.next())),
            seed,
            limits: limits.clone(),
            intervals: Intervals::of_fleet(workers),
            rehearsal: false,
            traced: false,
        };
        let waits = waits(&job, &limits);
        if !args.json_only {
            output::note("Invoking test Lambda\n");
        }
        let manifest = launch(&host, &job, how).await?;
        job.blobs = Vec::new();
        let run = &manifest.run;
        output::note(&format!(
            "run {run}  (`slsart report {run} --aws` tells of it, `slsart stop {run} --aws` ends it)\n"
        ));
        if !waits {
            return sent(&host, &job, &manifest, &limits, args).await;
        }
        let outcome = tokio::select! {
            outcome = waited(&host, &job, &manifest) => outcome?,
            () = interrupt::twice(&host, run) => return Ok(Exit::Interrupted),
        };
        if !args.json_only {
            output::note("Your function invocation has completed.\n");
        }
        tell(&outcome, report.as_ref(), args)
    })?
}

/// Prints or writes a report.
fn tell(
    outcome: &AnyOutcome,
    report: Option<&ReportFile>,
    args: &InvokeArgs,
) -> Result<Exit, CommandError> {
    if let Some(report) = report {
        report.write(outcome)?;
    }
    if let Some(why) = outcome.facts.never_began() {
        return Err(CommandError::NeverBegan(why.clone()));
    }
    if !report.is_some_and(ReportFile::to_stdout) && !args.json_only {
        output::print(&output::text(outcome, output::width()))?;
    }
    Ok(Exit::of(outcome))
}

/// A run that nobody waits for: told where it is once its first worker is at it.
async fn sent(
    host: &Host,
    job: &Job,
    manifest: &Rc<Manifest>,
    limits: &Limits,
    args: &InvokeArgs,
) -> Result<Exit, CommandError> {
    attend(host, manifest).await;
    let mut observer = job.task.observe(host, Rc::clone(manifest));
    let outcome = observer.look().await?;
    if let Some(why) = outcome.facts.never_began() {
        return Err(CommandError::NeverBegan(why.clone()));
    }
    if outcome.facts.zero.is_none() {
        output::note("the run has not started: no function took it up\n");
        return Ok(Exit::Partial);
    }
    if !args.json_only {
        let seconds = needed(job, limits).as_secs();
        output::note(&format!(
            "Your function has been invoked. The load is scheduled to be completed in {seconds} seconds.\n"
        ));
    }
    Ok(Exit::Passed)
}

async fn waited(
    host: &Host,
    job: &Job,
    manifest: &Rc<Manifest>,
) -> Result<AnyOutcome, CommandError> {
    let mut observer = job.task.observe(host, Rc::clone(manifest));
    let mut progress = Progress::new(false);
    let attending = async {
        attend(host, manifest).await;
        std::future::pending::<std::convert::Infallible>().await
    };
    let clock = &host.world.clock;
    let told = |outcome: &AnyOutcome| progress.tell(outcome, clock.now());
    let outcome = tokio::select! {
        outcome = follow(host, manifest, &mut observer, told) => outcome,
        never = attending => match never {},
    };
    progress.end();
    outcome.map_err(|source| CommandError::Unfollowed {
        run: manifest.run.clone(),
        place: " --aws",
        source,
    })
}

/// How long the reference holds a run to take, with what starting functions takes where there is more than one.
fn needed(job: &Job, limits: &Limits) -> Duration {
    const STARTING: Duration = Duration::from_secs(3);
    let timetable = job.task.timetable();
    let length = match timetable.extent() {
        Extent::Timed(length) => length,
        Extent::Batch => limits.batch_end,
    };
    let rate = timetable.peak_rate(Window::ALL);
    let several = length > limits.chunk || limits.chunk_rate.is_some_and(|most| rate > most);
    length + STARTING + if several { limits.lead } else { Duration::ZERO }
}

/// Whether it is waited for: as in the reference, where it is over within the time for which it would wait for an answer.
fn waits(job: &Job, limits: &Limits) -> bool {
    const HTTP_TIMEOUT: Duration = Duration::from_mins(2);
    const ROOM: Duration = Duration::from_secs(2);
    needed(job, limits) <= HTTP_TIMEOUT.min(limits.chunk).saturating_sub(ROOM)
}

/// The script, in the reference's order: the standard input, `-d`, `-p`, `./script.yml`, the built-in one.
fn read(args: &InvokeArgs) -> Result<Job, CommandError> {
    let text = |name: &str, text: &str| job::read_text(name, text, args.strict);
    if args.std_in {
        return job::read_file(Path::new("-"), args.strict);
    }
    if let Some(data) = &args.data {
        return text("--data", data);
    }
    if let Some(path) = &args.path {
        return job::read_file(path, args.strict);
    }
    let there = PathBuf::from(SCRIPT);
    if there.exists() {
        return job::read_file(&there, args.strict);
    }
    text("the built-in script", BUILT_IN)
}

/// Answers flags that are not taken, as the reference does.
fn refuse(args: &InvokeArgs) -> Result<(), CommandError> {
    let reserved = [
        ("-t/--type", &args.invocation_type),
        ("-f/--function", &args.function),
    ];
    for (flag, given) in reserved {
        if given.is_some() {
            return Err(CommandError::Usage(format!(
                "the flag `{flag}` is reserved: whether the run is waited for follows from how long it takes, and its function is the one deployed"
            )));
        }
    }
    if args.script.is_some() {
        return Err(CommandError::Usage(
            "the flag `--script` was removed: name the script with `-p FILE`".to_owned(),
        ));
    }
    if args.raw {
        return Err(CommandError::Usage(
            "the flag `--raw` is not supported: a script is JSON or YAML".to_owned(),
        ));
    }
    Ok(())
}
