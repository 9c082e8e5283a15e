//! `slsart run`: runs a job on this machine.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use star_core::ledger::Book;
use star_core::worker::{Host, Ids as _, SystemIds};
use star_core::{AnyOutcome, Intervals, Job, Launch, Limits, Plan, RunId, launch};

use super::follow::attended;
use super::on_runtime;
use super::telling::Telling;
use crate::args::{JobArgs, OutArgs, RunArgs, RunsArgs};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::hint::Hint;
use crate::output::{self, Said, Written};
use crate::place::{self, Room, Runs};
use crate::target::{Running, Target};
use crate::{interrupt, job, trace};

/// What is to be said of a run whose report is that of nothing.
const NOTHING_DONE: &str = "SIMULATION: nothing was done, as `_simulation` asks for\n";

pub(super) fn run(args: &RunArgs) -> Result<Exit, CommandError> {
    let told = |error: &CommandError| {
        let out = (args.out.output.as_deref(), args.out.junit.as_deref());
        tell_undone(out, script_of(&args.job), error);
    };
    // Before the job is sound a file may be one that it is read from; of what is wrong with it that is known not to be so.
    let unsound = |error: &CommandError| {
        if matches!(error, CommandError::Job { .. }) {
            told(error);
        }
    };
    let (job, how, _target) = prepared(args).inspect_err(unsound)?;
    begin(args, job, how).inspect_err(told)
}

/// The job, its seed and how it is cut, and the target that is served for it.
type Prepared = (Job, (u64, Limits), Option<Running>);

fn prepared(args: &RunArgs) -> Result<Prepared, CommandError> {
    place::raise_descriptors()?;
    args.out.keep_apart()?;
    let mut typed = args.job.clone();
    let target = args.bundled_target.then(bundled_target).transpose()?;
    if let Some(target) = &target {
        typed.target = Some(target.url().to_owned());
    }
    let written = Written::by([
        ("-o", args.out.output.as_deref()),
        ("--junit", args.out.junit.as_deref()),
        ("--trace", args.trace.as_deref()),
    ]);
    let mut job = job::read(&typed, &written)?;
    let seed = args.seed.unwrap_or_else(|| SystemIds.next() >> 11);
    job.task.seed(seed);
    let mut limits = Place::of(args).limits(&job);
    // What can't be cut is to be found before anything is begun.
    let plan = job::cut(&job, &limits)?;
    let room = Room {
        processes: args.processes,
        bundled_target: target.is_some(),
    };
    room.bound(&mut limits, &job, &plan);
    crowd(&job, &plan, &limits, args.quiet);
    Ok((job, (seed, limits), target))
}

/// The file that the script is.
fn script_of(job: &JobArgs) -> Option<&Path> {
    let script = job.script.first().or(job.input.first());
    script.map(PathBuf::as_path)
}

/// Runs a job cut under these limits, whatever this machine is.
pub(super) fn cut_like(
    job: Job,
    limits: Limits,
    seed: u64,
    runs: &RunsArgs,
) -> Result<Exit, CommandError> {
    let args = RunArgs {
        job: JobArgs::default(),
        out: OutArgs::default(),
        workers: None,
        processes: false,
        late_limit: 0,
        seed: None,
        name: None,
        bundled_target: false,
        trusted: false,
        trace: None,
        quiet: false,
        runs: RunsArgs {
            runs: runs.runs.clone(),
        },
    };
    job::cut(&job, &limits)?;
    begin(&args, job, (seed, limits))
}

fn begin(args: &RunArgs, job: Job, (seed, limits): (u64, Limits)) -> Result<Exit, CommandError> {
    let simulation = job.task.manner().simulation;
    let report = args.out.report(job.task.formats())?;
    let junit = args.out.junit()?;
    if let Some(trace) = &args.trace {
        output::prepare(trace)?;
    }
    let runs = Runs::resolve(&args.runs)?;
    runs.prepare()?;
    let telling = Telling::of(report.as_ref(), junit.as_ref());
    let said = if telling.is_readable() {
        Said::Out
    } else {
        Said::Err
    };
    let telling = telling.quiet(args.quiet);
    let host = if args.processes {
        runs.processes(Some(said))?
    } else {
        runs.threads(said)?
    };
    let how = Launch {
        run: args
            .name
            .clone()
            .unwrap_or_else(|| RunId::mint(host.world.clock.now(), SystemIds.next())),
        seed,
        limits,
        intervals: Intervals::HERE,
        rehearsal: false,
        traced: args.trace.is_some(),
    };
    let run = how.run.clone();
    let ended = on_runtime(carry_out(&host, job, how, args))??;
    let Ended::Outcome(outcome) = ended else {
        let report = Hint::here(&args.runs).command(&["report", run.as_str()]);
        let why = format!(
            "the run was interrupted, and what became of it was not waited for (`{report}` tells)"
        );
        args.out.tell_undone(&why);
        return Ok(Exit::Interrupted);
    };
    let exit = exit(&outcome, args.trusted);
    annotate(script_of(&args.job), &outcome, exit);
    let code = telling.tell(&outcome, exit);
    if simulation && telling.is_readable() && outcome.facts.never_began().is_none() {
        output::print(NOTHING_DONE)?;
    }
    Ok(code)
}

/// What a run comes to. Where it must be trusted, one that cannot be is not what was asked for.
fn exit(outcome: &AnyOutcome, trusted: bool) -> Exit {
    let exit = Exit::of(outcome);
    if trusted && exit == Exit::Passed && !outcome.facts.trust().is_given() {
        return if outcome.must_be_whole {
            Exit::Failed
        } else {
            Exit::Partial
        };
    }
    exit
}

/// Tells GitHub what failed, if it reads this, and the script is a file.
pub(super) fn annotate(script: Option<&Path>, outcome: &AnyOutcome, exit: Exit) {
    if let Some(script) = script
        && output::annotations_are_read()
    {
        output::command(&output::annotations(&output::cases(outcome, exit), script));
    }
}

/// Tells those who read reports and annotations why there is no run, so that they do not take an old one for it.
pub(super) fn tell_undone(
    (report, junit): (Option<&Path>, Option<&Path>),
    script: Option<&Path>,
    error: &CommandError,
) {
    if matches!(error, CommandError::Output(_)) {
        // Nobody reads what is printed; the files may be written already.
        return;
    }
    let CommandError::Job {
        diagnostics,
        sources,
    } = error
    else {
        return output::tell_undone(report, junit, script, &[error.to_string()]);
    };
    if let Some(script) = script
        && output::annotations_are_read()
    {
        output::command(&output::of_faults(diagnostics, sources, script));
    }
    output::tell_undone(report, junit, script, &output::faults(diagnostics, sources));
}

pub(super) fn bundled_target() -> Result<Running, CommandError> {
    Target::start(0).map_err(|source| CommandError::System {
        what: "cannot serve the bundled target",
        source,
    })
}

/// Says so beforehand where more users are to be expected than a worker may have.
fn crowd(job: &Job, plan: &Plan, limits: &Limits, quiet: bool) {
    let Some(most) = limits.open_units else {
        return;
    };
    let expected = job.task.expected_open(plan);
    if expected > most && !quiet {
        output::note(&format!(
            "warning: some {expected} units will be open at once in a worker, and its descriptors are enough for {most}: what is due then is missed (raise `ulimit -n`, or take more workers that are `--processes`)\n"
        ));
    }
}

/// How a run on this machine is carried out, as it was typed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) workers: Option<u32>,
    pub(super) processes: bool,
    pub(super) late: Duration,
}

impl Place {
    fn of(args: &RunArgs) -> Self {
        Self {
            workers: args.workers,
            processes: args.processes,
            late: Duration::from_millis(args.late_limit),
        }
    }

    /// Cut by cores, unless the job or the command line says otherwise.
    pub(super) fn limits(self, job: &Job) -> Limits {
        let place = Limits::here(self.workers.unwrap_or_else(place::cores));
        let mut limits = job.task.limits(place);
        limits.late = self.late;
        if self.workers.is_some() {
            limits.workers = self.workers;
        }
        if self.processes {
            // A process takes longer to be there than a thread.
            limits.lead = limits.lead.max(Duration::from_millis(250));
        }
        limits
    }
}

enum Ended {
    Outcome(Box<AnyOutcome>),
    /// Interrupted a second time: at once, without a report.
    AtOnce,
}

async fn carry_out(
    host: &Host,
    mut job: Job,
    how: Launch,
    args: &RunArgs,
) -> Result<Ended, CommandError> {
    let manifest = launch(host, &job, how).await?;
    // From here on the ledger has them; also here workers get them from there.
    job.blobs = Vec::new();
    let hint = Hint::here(&args.runs);
    if !args.quiet {
        let run = &manifest.run;
        output::note(&format!(
            "run {run}  (`{}` ends it)\n",
            hint.command(&["stop", run.as_str()])
        ));
    }
    let observer = job.task.attend(host, Rc::clone(&manifest));
    let following = attended((host, &hint), &manifest, observer, args.quiet);
    let ended = tokio::select! {
        outcome = following => Ended::Outcome(Box::new(outcome?)),
        () = interrupt::twice(host, &manifest.run) => Ended::AtOnce,
    };
    if let (Some(path), Ended::Outcome(_)) = (&args.trace, &ended) {
        let book = Book::new(
            std::sync::Arc::clone(&host.world.ledger),
            manifest.run.clone(),
        );
        trace::write(&book, path).await?;
    }
    Ok(ended)
}
