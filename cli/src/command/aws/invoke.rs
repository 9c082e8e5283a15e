//! `slsart invoke`: runs a script or job on AWS Lambda.

use std::fmt::Write as _;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use serde_json::json;
use star_aws::Lambda;
use star_aws::deploy::id_of;
use star_core::job::Split;
use star_core::ledger::Manifest;
use star_core::worker::{Host, Ids as _, SystemIds};
use star_core::{
    AnyOutcome, Extent, Intervals, Job, Launch, Limits, RunId, Window, attend, follow, launch,
};

use super::assets::limits as deployed;
use super::deploy::own_program;
use super::forecast::{foresee, undone};
use super::place::Deployed;
use super::script::{read, refuse, script_here};
use crate::args::InvokeArgs;
use crate::command::report::tell;
use crate::command::run::{annotate, tell_unread};
use crate::command::{LONGEST_LIFE, fits_functions, in_functions, on_runtime};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::interrupt::{self, Left, Told};
use crate::job;
use crate::output::{self, JunitFile, Progress, ReportFile};

pub(in crate::command) fn invoke(args: &InvokeArgs) -> Result<Exit, CommandError> {
    let done = invoked(args);
    if let Err(error) = &done {
        tell_unread(args.junit.as_deref(), script_of(args), error)?;
    }
    done
}

fn invoked(args: &InvokeArgs) -> Result<Exit, CommandError> {
    refuse(args)?;
    args.passed.check()?;
    let mut job = read(args)?;
    let seed = args.seed.unwrap_or_else(|| SystemIds.next() >> 11);
    job.task.seed(seed);
    fits_functions(&job)?;
    let split = deployed(args.aws.config.as_deref())?;
    // What can't be cut is to be found before AWS is asked anything.
    job::cut(&job, &cut(&job, LONGEST_LIFE, &split, args))?;
    // With `--jsonOnly` the report is what is printed.
    let to_stdout = args.json_only.then_some(Path::new("-"));
    let report = ReportFile::prepare(
        args.output.as_deref().or(to_stdout),
        args.report_format.as_deref(),
        job.task.formats(),
    )?;
    let files = Files {
        report,
        junit: JunitFile::prepare(args.junit.as_deref())?,
    };
    on_runtime(async {
        let place = Deployed::new(&args.aws).await?;
        let there = place.deployment().await?;
        if there.launcher != id_of(&own_program()?) {
            return Err(CommandError::OtherProgram {
                stack: place.names.stack(),
            });
        }
        let host = place.launcher(&there)?;
        let lambda = Lambda::new(&place.config, &there.function);
        let configured = lambda.configured().await?;
        let limits = cut(&job, configured.life, &split, args);
        let workers = job::cut(&job, &limits)?.most_workers();
        let how = Launch {
            run: args
                .name
                .clone()
                .unwrap_or_else(|| RunId::mint(host.world.clock.now(), SystemIds.next())),
            seed,
            intervals: Intervals::of_fleet(workers),
            limits,
            rehearsal: false,
            traced: false,
        };
        foresee((&lambda, configured), &job, &how, args).await?;
        if !args.json_only {
            output::note("Invoking test Lambda\n");
        }
        let manifest = launch(&host, &job, how).await?;
        job.blobs = Vec::new();
        run(&host, &job, &manifest, &files, args).await
    })?
}

/// How a job is cut for functions that live so long.
fn cut(job: &Job, life: Duration, split: &Split, args: &InvokeArgs) -> Limits {
    Limits {
        late: Duration::from_millis(args.late_limit),
        ..in_functions(job, life, split)
    }
}

/// What is written of a run.
#[derive(Debug)]
struct Files {
    report: Option<ReportFile>,
    junit: Option<JunitFile>,
}

/// Has a launched run begin, and waits for it where it is to be waited for.
async fn run(
    host: &Host,
    job: &Job,
    manifest: &Rc<Manifest>,
    files: &Files,
    args: &InvokeArgs,
) -> Result<Exit, CommandError> {
    let run = &manifest.run;
    let asked = args.wait || args.junit.is_some();
    let waits = !args.detach && (asked || waits(job, &manifest.limits));
    // Whoever reads of the run can say that it is enough.
    let told = waits.then(Told::new).flatten();
    output::note(&format!(
        "run {run}  (`slsart watch {run} --aws` follows it, `slsart stop {run} --aws` ends it)\n"
    ));
    if !waits {
        return sent(host, job, manifest, args).await;
    }
    let outcome = tokio::select! {
        outcome = waited(host, job, manifest) => outcome?,
        left = interrupt::stop_or_leave(told, host, run) => return Ok(match left {
            Left::AtOnce => Exit::Interrupted,
            Left::Detached => {
                output::note(&format!("the run goes on: `slsart watch {run} --aws` follows it\n"));
                Exit::Passed
            }
        }),
    };
    if !args.json_only {
        output::note("Your function invocation has completed.\n");
    }
    ended(files, &outcome, args)
}

/// Writes and prints what a run came to that was waited for.
fn ended(files: &Files, outcome: &AnyOutcome, args: &InvokeArgs) -> Result<Exit, CommandError> {
    let exit = Exit::of(outcome);
    if let Some(junit) = &files.junit {
        junit.write(outcome, exit)?;
    }
    annotate(script_of(args), outcome, exit);
    let exit = tell(files.report.as_ref(), outcome, !args.json_only)?;
    let to_stdout = files.report.as_ref().is_some_and(ReportFile::to_stdout);
    if outcome.must_be_whole && !to_stdout {
        output::print(&format!("\nResults:\n{}\n", result(outcome, exit)))?;
    }
    Ok(exit)
}

/// The file that the script is in, where it is in one.
fn script_of(args: &InvokeArgs) -> Option<&Path> {
    let elsewhere = args.std_in || args.data.is_some();
    let path = args.path.as_deref().or_else(|| script_here());
    path.filter(|_| !elsewhere)
}

/// How scenarios that were tried out did, in the reference's words.
fn result(outcome: &AnyOutcome, exit: Exit) -> String {
    // The last case is the run.
    let run = output::cases(outcome, exit).pop();
    match run.and_then(|run| run.failed) {
        Some(why) => format!("FAILED {why}"),
        None => "PASSED".to_owned(),
    }
}

/// A run that nobody waits for: told where it is once its first worker is at it.
async fn sent(
    host: &Host,
    job: &Job,
    manifest: &Rc<Manifest>,
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
        return Ok(undone(job));
    }
    if args.json_only {
        output::print(&format!("{}\n", json!({ "run": &manifest.run })))?;
    } else {
        let mut text = "Your function has been invoked.".to_owned();
        // How long a batch takes shows when it is done.
        if !job.task.timetable().extent().is_batch() {
            let seconds = needed(job, &manifest.limits).as_secs();
            let _infallible = write!(
                text,
                " The load is scheduled to be completed in {seconds} seconds."
            );
        }
        output::note(&format!("{text}\n"));
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
    // The reference counts in whole seconds.
    let lead = Duration::from_secs(limits.lead.as_secs_f64().ceil() as u64);
    length + STARTING + if several { lead } else { Duration::ZERO }
}

/// Whether it is waited for: as in the reference, always where scenarios are tried out, and else where it is over within the time for
/// which it would wait for an answer.
fn waits(job: &Job, limits: &Limits) -> bool {
    const HTTP_TIMEOUT: Duration = Duration::from_mins(2);
    const ROOM: Duration = Duration::from_secs(2);
    job.task.must_be_whole()
        || needed(job, limits) <= HTTP_TIMEOUT.min(limits.chunk).saturating_sub(ROOM)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::ModeArgs;

    /// Whether a script is waited for in functions that live for 15 minutes, and for how long a run of it is said to take.
    fn rule(phases: &str, more: &str) -> (bool, u64) {
        let script = format!(
            "config: {{ target: \"http://t\", phases: [{phases}] }}\n{more}\nscenarios: [{{ flow: [{{ get: {{ url: / }} }}] }}]\n"
        );
        let job = crate::job::read_text(
            "script",
            &script,
            ModeArgs::default(),
            true,
            &crate::output::Written::default(),
        )
        .unwrap();
        let limits = in_functions(&job, LONGEST_LIFE, &Split::default());
        (waits(&job, &limits), needed(&job, &limits).as_secs())
    }

    #[test]
    fn a_run_is_waited_for_where_the_reference_waits() {
        for (phases, more, waited, seconds) in [
            // One function: 3 s more, within 118.
            ("{ duration: 115, arrivalRate: 25 }", "", true, 118),
            ("{ duration: 116, arrivalRate: 25 }", "", false, 119),
            (
                "{ duration: 60, arrivalRate: 1, rampTo: 25 }, { duration: 55, arrivalRate: 2 }",
                "",
                true,
                118,
            ),
            // Several, by rate: 15 s more.
            ("{ duration: 100, arrivalRate: 26 }", "", true, 118),
            ("{ duration: 101, arrivalRate: 26 }", "", false, 119),
            (
                "{ duration: 100, arrivalRate: 1, rampTo: 26 }",
                "",
                true,
                118,
            ),
            // Several, by length.
            ("{ duration: 121, arrivalRate: 1 }", "", false, 139),
            // What a chunk may take bounds the waiting too.
            (
                "{ duration: 55, arrivalRate: 1 }",
                "_split: { maxChunkDurationInSeconds: 60 }",
                true,
                58,
            ),
            (
                "{ duration: 56, arrivalRate: 1 }",
                "_split: { maxChunkDurationInSeconds: 60 }",
                false,
                59,
            ),
            // Never longer than an answer is waited for.
            (
                "{ duration: 116, arrivalRate: 1 }",
                "_split: { maxChunkDurationInSeconds: 600 }",
                false,
                119,
            ),
            // Fractions of a second count as one.
            (
                "{ duration: 113, arrivalRate: 26 }",
                "_split: { timeBufferInMilliseconds: 1001 }",
                true,
                118,
            ),
            (
                "{ duration: 114, arrivalRate: 26 }",
                "_split: { timeBufferInMilliseconds: 1001 }",
                false,
                119,
            ),
        ] {
            assert_eq!(rule(phases, more), (waited, seconds), "{phases} {more}");
        }
        for mode in ["acceptance", "mon"] {
            let mode = format!("mode: {mode}");
            assert!(rule("{ duration: 3600, arrivalRate: 25 }", &mode).0);
        }
    }
}
