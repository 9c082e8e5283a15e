//! `slsart monitor`: tries a script out again and again, and tells when it fails.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use star_core::clock::{Clock, SystemClock};
use star_core::{Job, Limits};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::on_runtime;
use super::run::Place;
use crate::args::MonitorArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::job;
use crate::monitor::{
    Alert, Kept, Round, Sender, Sent, Server, Shown, State, Status, Subject, Timing, Told, Watched,
    key, play, watch,
};
use crate::output::{self, Written};
use crate::place::{self, Room, Runs};

pub(super) fn monitor(args: &MonitorArgs) -> Result<Exit, CommandError> {
    place::raise_descriptors()?;
    let mut typed = args.job.clone();
    if !typed.mode.acceptance {
        typed.mode.monitoring = true;
    }
    let written = Written::by([("--state", args.state.as_deref())]);
    let (job, input) = job::read_with_input(&typed, &written)?;
    let limits = limits(&job, args.workers)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let sender = Sender::new(
        &clock,
        args.webhook.as_deref(),
        args.command.as_deref(),
        Subject::of(&args.job),
    )?;
    let kept = match &args.state {
        Some(path) => Kept::at(path.clone()),
        None => usual_state(args, input.as_deref())?,
    };
    let _others_are_kept_from_it = kept.alone()?;
    let state = kept.read()?;
    // Where it cannot be kept is to be found out before anything is begun.
    kept.write(&state)?;
    on_runtime(live(args, job, limits, clock, sender, kept, state))?
}

/// Cut by cores, as a run of it would be.
fn limits(job: &Job, workers: Option<u32>) -> Result<Limits, CommandError> {
    let place = Place {
        workers,
        processes: false,
        late: Duration::from_millis(100),
    };
    let mut limits = place.limits(job);
    let plan = job::cut(job, &limits)?;
    let room = Room {
        processes: false,
        bundled_target: false,
    };
    room.bound(&mut limits, job, &plan);
    Ok(limits)
}

/// The state of a monitor of what was typed, beside the runs.
fn usual_state(args: &MonitorArgs, input: Option<&str>) -> Result<Kept, CommandError> {
    let runs = Runs::resolve(&args.runs)?;
    // The folder may not be there yet, and is as private as a run makes it.
    runs.prepare()?;
    // No run can be called so.
    let folder = runs.folder().join(".monitors");
    let key = key(&args.job, input);
    Ok(Kept::at(folder.join(format!("{key}.json"))))
}

/// A monitor at work.
struct Monitor {
    job: Job,
    limits: Limits,
    clock: Arc<dyn Clock>,
    sender: Sender,
    kept: Kept,
    shown: Shown,
    stop: watch::Receiver<bool>,
    quiet: bool,
    /// What was warned of, and is still so.
    warned: BTreeSet<String>,
}

/// How long an alert may still take when the monitor is to end.
const LAST_WORDS: Duration = Duration::from_secs(2);

async fn live(
    args: &MonitorArgs,
    job: Job,
    limits: Limits,
    clock: Arc<dyn Clock>,
    sender: Sender,
    kept: Kept,
    state: State,
) -> Result<Exit, CommandError> {
    let (stopper, stop) = watch::channel(false);
    tokio::task::spawn_local(async move {
        told_to_end().await;
        output::note("\nstopping: the round that is under way may end within seconds\n");
        // Whoever listened is gone with the monitor.
        let _nobody = stopper.send(true);
        std::future::pending::<()>().await;
    });
    let shown = Shown::new(state.clone(), clock.now(), args.every);
    let last = state.last.iter();
    // Whoever read of it before need not be told again.
    let warned = last.flat_map(|round| round.warnings.keys().cloned());
    let warned = warned.collect();
    if let Some(address) = args.listen {
        let server = Server::bind(address).await?;
        output::note(&format!(
            "metrics  http://{0}/metrics and http://{0}/health\n",
            server.address()
        ));
        let clock = Arc::clone(&clock);
        tokio::task::spawn_local(server.serve(shown.clone(), move || clock.now()));
    }
    output::note(&format!("state    {}\n", kept.path().display()));
    let timing = Timing {
        every: args.every,
        remind: args.remind,
        rounds: args.rounds,
    };
    let mut monitor = Monitor {
        job,
        limits,
        clock: Arc::clone(&clock),
        sender,
        kept,
        shown,
        stop,
        quiet: args.quiet,
        warned,
    };
    let state = watch(&*clock, timing, state, &mut monitor).await;
    Ok(match state.failing_since {
        Some(_) if args.rounds.is_some() => Exit::Failed,
        _ => Exit::Passed,
    })
}

/// Returns at Ctrl-C, or when the program is told to terminate.
async fn told_to_end() {
    let listening = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    );
    let (Ok(mut interrupt), Ok(mut terminate)) = listening else {
        // Where signals can't be had, they do what they do by default.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

impl Monitor {
    fn tell(&self, round: &Round) {
        if self.quiet {
            return;
        }
        let took = Duration::from_millis(round.took).as_secs_f64();
        let line = if round.passed {
            format!("passed  {took:.1} s, {} errors\n", round.errors)
        } else {
            format!("FAILED  {took:.1} s: {}\n", round.message)
        };
        // Whoever read it has had enough; the monitor goes on.
        let _nobody_reads_it = output::print(&output::inert(&line));
    }
}

impl Monitor {
    /// Says what is odd once, as long as it stays so.
    fn warn(&mut self, round: &Round) {
        for (what, warning) in &round.warnings {
            if !self.warned.contains(what) {
                output::note(&format!("warning: {warning}\n"));
            }
        }
        self.warned = round.warnings.keys().cloned().collect();
    }
}

impl Watched for Monitor {
    async fn round(&mut self) -> Option<Round> {
        let mut stop = self.stop.clone();
        let stopped = async move {
            // An error is the end of whoever would say so.
            let _said = stop.wait_for(|stop| *stop).await;
        };
        let round = play(&self.job, &self.limits, &self.clock, stopped).await?;
        self.tell(&round);
        self.warn(&round);
        Some(round)
    }

    async fn send(&mut self, alert: &Alert, told: &mut Told) -> Sent {
        let mut stop = self.stop.clone();
        let clock = Arc::clone(&self.clock);
        let given_up = async move {
            let _said = stop.wait_for(|stop| *stop).await;
            clock.sleep_until(clock.now() + LAST_WORDS).await;
        };
        let sent = tokio::select! {
            biased;
            sent = self.sender.send(alert, told) => sent,
            () = given_up => {
                output::note("the alert is not sent to all: the monitor is to end\n");
                Sent::NotToAll
            }
        };
        if sent != Sent::NotToAll && !self.quiet {
            let what = match alert.status {
                Status::Failing | Status::StillFailing => "alert   ",
                Status::Recovered => "        ",
            };
            let line = format!("{what}{}\n", alert.subject);
            let _nobody_reads_it = output::print(&output::inert(&line));
        }
        sent
    }

    fn keep(&mut self, state: &State) {
        self.shown.set(state, self.clock.now());
        if let Err(error) = self.kept.write(state) {
            output::note(&format!("the monitor's state is not kept: {error}\n"));
        }
    }

    async fn stopped(&mut self) {
        let _said = self.stop.wait_for(|stop| *stop).await;
    }
}
