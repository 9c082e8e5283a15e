//! `slsart invoke`: runs a script or job on AWS Lambda.

use std::fmt::Write as _;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use star_aws::deploy::id_of;
use star_aws::{Lambda, Waited};
use star_core::job::Split;
use star_core::ledger::Manifest;
use star_core::worker::{Host, Ids as _, SystemIds};
use star_core::{
    AnyOutcome, Extent, Intervals, Job, Launch, Limits, RunId, Window, launch, try_attend,
};

use super::assets::limits as deployed;
use super::deploy::own_program;
use super::forecast::{foresee, undone};
use super::out::Out;
use super::place::Deployed;
use super::script::{read, script_here};
use crate::args::InvokeArgs;
use crate::command::follow::attended;
use crate::command::run::{annotate, tell_undone};
use crate::command::telling::Telling;
use crate::command::{LONGEST_LIFE, fits_functions, in_functions, on_runtime};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::hint::Hint;
use crate::interrupt::{self, Left, Told};
use crate::job;
use crate::output;

pub(in crate::command) fn invoke(args: &InvokeArgs) -> Result<Exit, CommandError> {
    let told = |error: &CommandError| {
        let out = (args.output.as_deref(), args.junit.as_deref());
        tell_undone(out, script_of(args), error);
    };
    // Before the job is sound a file may be one that it is read from; of what is wrong with it that is known not to be so.
    let unsound = |error: &CommandError| {
        if matches!(error, CommandError::Job { .. }) {
            told(error);
        }
    };
    let job = read(args).inspect_err(unsound)?;
    invoked(args, job).inspect_err(told)
}

fn invoked(args: &InvokeArgs, mut job: Job) -> Result<Exit, CommandError> {
    let seed = args.seed.unwrap_or_else(|| SystemIds.next() >> 11);
    job.task.seed(seed);
    fits_functions(&job)?;
    let split = deployed(args.aws.config.as_deref())?;
    // What can't be cut is to be found before AWS is asked anything.
    job::cut(&job, &cut(&job, LONGEST_LIFE, &split, args))?;
    let out = Out::prepare(args, job.task.formats())?;
    on_runtime(async {
        let place = Deployed::new(&args.aws).await?;
        let there = place.deployment().await?;
        if there.launcher != id_of(&own_program()?) {
            return Err(CommandError::OtherProgram {
                stack: place.names.stack(),
                deploy: place.hint.command(&["deploy"]),
            });
        }
        let host = place.launcher(&there)?;
        let lambda = Lambda::new(&place.config, &there.function);
        let configured = lambda.configured().await;
        let configured = configured.map_err(|why| place.refused(&why))?;
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
        let manifest = launch(&host, &job, how).await?;
        out.say("Invoking test Lambda\n")?;
        job.blobs = Vec::new();
        let asked = args.wait || args.junit.is_some();
        let waits = !args.detach && (asked || waits(&job, &manifest.limits));
        let run = Invoked {
            host: if waits {
                answered(host, &place, lambda, configured.life)
            } else {
                host
            },
            job,
            manifest,
            out,
            hint: place.hint.of_runs(),
        };
        if waits {
            run.waited(args).await
        } else {
            run.leave_no_old_report(args);
            run.sent().await
        }
    })?
}

/// A launcher that is told what the function that starts the run answers.
fn answered(host: Host, place: &Deployed, lambda: Lambda, life: Duration) -> Host {
    let told = |said: &str| output::note(&format!("{said}; what becomes of the run is followed\n"));
    Host {
        transport: Arc::new(Waited::new(&place.config, lambda, life, told)),
        ..host
    }
}

/// How a job is cut for functions that live so long.
fn cut(job: &Job, life: Duration, split: &Split, args: &InvokeArgs) -> Limits {
    Limits {
        late: Duration::from_millis(args.late_limit),
        ..in_functions(job, life, split)
    }
}

/// A run that was launched.
struct Invoked {
    host: Host,
    job: Job,
    manifest: Rc<Manifest>,
    out: Out,
    hint: Hint,
}

impl Invoked {
    /// A command on this run.
    fn command(&self, what: &str) -> String {
        self.hint.command(&[what, self.manifest.run.as_str()])
    }

    /// Has the files say that nobody waited for their reports.
    fn leave_no_old_report(&self, args: &InvokeArgs) {
        let watch = self.command("watch");
        let why = format!("the run was sent, and not waited for (`{watch}` follows it)");
        let (report, junit) = (args.output.as_deref(), args.junit.as_deref());
        output::tell_undone(report, junit, script_of(args), &[why]);
    }

    /// What is written in the place of a report where there is none.
    fn not_told(&self, why: &CommandError) -> Value {
        let run = &self.manifest.run;
        match why {
            CommandError::NotSent(why) => json!({ "run": run, "started": false, "why": why }),
            _ => json!({ "run": run }),
        }
    }

    fn tell_name(&self) {
        output::note(&format!(
            "run {}  (`{}` follows it, `{}` ends it)\n",
            self.manifest.run,
            self.command("watch"),
            self.command("stop")
        ));
    }

    /// Has the run begin, and waits for it.
    async fn waited(&self, args: &InvokeArgs) -> Result<Exit, CommandError> {
        let run = &self.manifest.run;
        let site = (&self.host, &self.hint);
        let observer = self.job.task.observe(&self.host, Rc::clone(&self.manifest));
        let following = attended(site, &self.manifest, observer, false);
        // Whoever reads of the run can say that it is enough.
        let told = Told::new();
        self.tell_name();
        let outcome = tokio::select! {
            outcome = following => match outcome {
                Ok(outcome) => outcome,
                Err(unfollowed) => {
                    self.out.no_report(&self.not_told(&unfollowed))?;
                    return Err(unfollowed);
                }
            },
            left = interrupt::stop_or_leave(told, &self.host, run) => {
                self.leave_no_old_report(args);
                self.out.no_report(&json!({ "run": run }))?;
                return Ok(match left {
                    Left::AtOnce => Exit::Interrupted,
                    Left::Detached => {
                        let watch = self.command("watch");
                        output::note(&format!("the run goes on: `{watch}` follows it\n"));
                        Exit::Passed
                    }
                });
            }
        };
        self.ended(&outcome, args)
    }

    /// Writes and prints what the run came to that was waited for.
    fn ended(&self, outcome: &AnyOutcome, args: &InvokeArgs) -> Result<Exit, CommandError> {
        let exit = Exit::of(outcome);
        let out = &self.out;
        if has_run(outcome) {
            out.say("Your function invocation has completed.\n")?;
        } else if outcome.facts.zero.is_none() && outcome.facts.never_began().is_none() {
            output::note(NOT_STARTED);
        }
        annotate(script_of(args), outcome, exit);
        let reports = out.only.iter().chain(&out.report);
        let exit = Telling::of(reports, out.junit.as_ref()).tell(outcome, exit);
        if outcome.must_be_whole {
            out.say(&format!("\nResults:\n{}\n", result(outcome, exit)))?;
        }
        Ok(exit)
    }

    /// A run that nobody waits for: told where it is once its first worker is at it.
    async fn sent(&self) -> Result<Exit, CommandError> {
        let (host, job, manifest) = (&self.host, &self.job, &self.manifest);
        let run = &manifest.run;
        self.tell_name();
        if let Err(refused) = try_attend(host, manifest).await {
            let refused = CommandError::NotSent(self.hint.in_text(&refused.why));
            self.out.no_report(&self.not_told(&refused))?;
            return Err(refused);
        }
        let mut observer = job.task.observe(host, Rc::clone(manifest));
        let outcome = observer.look().await?;
        if let Some(why) = outcome.facts.never_began() {
            let why = why.clone();
            let told = json!({ "run": run, "started": false, "why": why.to_string() });
            self.out.no_report(&told)?;
            return Err(CommandError::NeverBegan(why, Exit::of(&outcome)));
        }
        let started = outcome.facts.zero.is_some();
        self.out
            .no_report(&json!({ "run": run, "started": started }))?;
        if !started {
            output::note(NOT_STARTED);
            return Ok(undone(job));
        }
        let mut text = "Your function has been invoked.".to_owned();
        // How long a batch takes shows when it is done.
        if !job.task.timetable().extent().is_batch() {
            let seconds = needed(job, &manifest.limits).as_secs();
            let _infallible = write!(
                text,
                " The load is scheduled to be completed in {seconds} seconds."
            );
        }
        self.out.say(&format!("{text}\n"))?;
        Ok(Exit::Passed)
    }
}

const NOT_STARTED: &str = "the run has not started: no function took it up\n";

/// Whether functions did what they were to do until its end; how well is in the report.
fn has_run(outcome: &AnyOutcome) -> bool {
    let facts = &outcome.facts;
    let begun = facts.zero.is_some() && facts.never_began().is_none();
    let some = facts.planned == 0 || facts.tally.started > 0;
    begun && some && facts.settled && facts.stopped.is_none()
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
