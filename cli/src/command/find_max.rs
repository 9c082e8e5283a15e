//! `slsart find-max`: the highest rate that this machine holds.

use std::rc::Rc;
use std::time::Duration;

use star_core::job::split::MAX_CHUNK_RATE;
use star_core::worker::{Host, Ids as _, SystemIds};
use star_core::{AnyOutcome, Intervals, Job, Launch, Plan, Rate, RunId, Verdict, launch};

use super::follow::attended;
use super::on_runtime;
use super::run::{Place, bundled_target};
use crate::args::FindMaxArgs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::hint::Hint;
use crate::output::{self, Curve, Point, Said, Written, curve_end, curve_head, curve_line};
use crate::place::{self, Room, Runs};
use crate::search::Search;
use crate::{interrupt, job};

pub(super) fn find_max(args: &FindMaxArgs) -> Result<Exit, CommandError> {
    if let Some(from) = args.from.filter(|from| *from > args.to) {
        let to = args.to;
        return Err(CommandError::Usage(format!(
            "it cannot begin at {from}/s and go no higher than {to}/s: `--from` is at most `--to`"
        )));
    }
    if args.job.solo {
        return Err(CommandError::Usage(
            "one user has no rate: leave `--solo` out".to_owned(),
        ));
    }
    place::raise_descriptors()?;
    let mut typed = args.job.clone();
    let target = args.bundled_target.then(bundled_target).transpose()?;
    if let Some(target) = &target {
        typed.target = Some(target.url().to_owned());
    }
    let job = job::read(&typed, &Written::default())?;
    if job.task.manner().simulation {
        return Err(CommandError::Usage(
            "with `_simulation` nothing is done at any rate, so that all of them are held: leave it out of the job".to_owned(),
        ));
    }
    let runs = Runs::resolve(&args.runs)?;
    runs.prepare()?;
    let host = if args.processes {
        runs.processes(Some(Said::Err))?
    } else {
        runs.threads(Said::Err)?
    };
    let finder = Finder {
        args,
        host,
        job,
        seed: args.seed.unwrap_or_else(|| SystemIds.next() >> 11),
    };
    if !args.json {
        output::print(&curve_head())?;
    }
    let found = on_runtime(finder.find())??;
    if args.json {
        let text = serde_json::to_string_pretty(&found.curve);
        let text = text.map_err(|error| CommandError::Bug(error.to_string()))?;
        output::print(&format!("{text}\n"))?;
    } else {
        output::print(&curve_end(&found.curve))?;
    }
    Ok(found.exit)
}

/// The first rate that is tried where nothing is said.
const FIRST: u64 = 50;

struct Finder<'a> {
    args: &'a FindMaxArgs,
    host: Host,
    job: Job,
    seed: u64,
}

struct Found {
    curve: Curve,
    exit: Exit,
}

/// Why a search goes on or ends.
enum Step {
    Done(Point),
    /// The target does not answer, or somebody has had enough.
    End(Option<Point>, Exit),
}

impl Finder<'_> {
    async fn find(&self) -> Result<Found, CommandError> {
        let mut search = Search::new(self.args.from.unwrap_or(FIRST), self.args.to);
        let (mut points, mut exit) = (Vec::new(), None);
        let mut workers = 1;
        // Whether what ended it was the job's own limit, and not the machine's.
        let mut forbidden = false;
        while let Some(rate) = search.next() {
            let Some(step) = self.at(rate) else {
                if points.is_empty() {
                    return Err(no_rate(&self.job, rate));
                }
                // The task itself forbids more.
                forbidden = true;
                search.note(rate, false, 0);
                continue;
            };
            let (plan, task) = step?;
            if let Some(crowd) = self.crowd(rate, &task, &plan) {
                output::note(&crowd);
                search.note(rate, false, 0);
                continue;
            }
            workers = place::workers(&plan);
            let mut tries = 0;
            let point = loop {
                tries += 1;
                match self.step(rate, &task, &plan).await? {
                    Step::End(point, why) => {
                        exit = Some(why);
                        break point;
                    }
                    // What a machine does not hold may have been somebody else's doing: only twice in a row counts.
                    Step::Done(point) if !point.held && tries == 1 && search.may_try_again() => {
                        self.tell(&point, &mut points)?;
                    }
                    Step::Done(point) => break Some(point),
                }
            };
            if let Some(point) = point {
                search.note(rate, point.held, tries);
                self.tell(&point, &mut points)?;
            }
            if exit.is_some() {
                break;
            }
        }
        let highest = search.best();
        let at_least = search.is_open_ended() || forbidden;
        let exit = exit.unwrap_or(if highest.is_some() {
            Exit::Passed
        } else {
            Exit::Partial
        });
        Ok(Found {
            curve: Self::curve(points, highest, at_least, workers),
            exit,
        })
    }

    fn tell(&self, point: &Point, points: &mut Vec<Point>) -> Result<(), CommandError> {
        if !self.args.json {
            output::print(&curve_line(point))?;
        }
        points.push(point.clone());
        Ok(())
    }

    fn curve(points: Vec<Point>, highest: Option<u64>, at_least: bool, workers: u64) -> Curve {
        // What a worker can do at its best is more than what it should be asked for all the time.
        let worker_rate = highest.map(|rate| (rate * 4 / 5 / workers).max(1));
        let limits_itself = points
            .iter()
            .any(|point| Some(point.rate) > highest && point.turned_away > 0);
        let suggestion = worker_rate.map(|rate| MAX_CHUNK_RATE.written(rate));
        Curve {
            points,
            highest,
            at_least: at_least && highest.is_some(),
            limits_itself,
            workers,
            worker_rate,
            suggestion,
        }
    }

    /// The job at this rate, as it is cut; none where it can't be had so.
    fn at(&self, rate: u64) -> Option<Result<(Plan, Job), CommandError>> {
        let duration = self.args.duration();
        let mut task = self.job.task.at_rate(Rate::per_second(rate), duration)?;
        task.seed(self.seed);
        let job = Job {
            task,
            blobs: self.job.blobs.clone(),
        };
        let plan = job::cut(&job, &self.place().limits(&job));
        Some(plan.map(|plan| (plan, job)))
    }

    fn place(&self) -> Place {
        Place {
            workers: self.args.workers,
            processes: self.args.processes,
            late: Duration::from_millis(self.args.late_limit),
        }
    }

    /// What is said of a rate at which more units would be open at once, were it kept up, than there may be; a step may be too short to show
    /// it.
    fn crowd(&self, rate: u64, job: &Job, plan: &Plan) -> Option<String> {
        let mut limits = self.place().limits(job);
        self.room().bound(&mut limits, job, plan);
        let most = limits.open_units?.saturating_mul(place::workers(plan));
        let open = u128::from(rate) * job.task.expected_life().as_millis() / 1000;
        (open > u128::from(most)).then(|| {
            format!(
                "{rate}/s is not tried: some {open} units would be open at once, and there may be {most} (raise `ulimit -n`, or take `--processes`)\n"
            )
        })
    }

    fn room(&self) -> Room {
        Room {
            processes: self.args.processes,
            bundled_target: self.args.bundled_target,
        }
    }

    async fn step(&self, rate: u64, job: &Job, plan: &Plan) -> Result<Step, CommandError> {
        let mut limits = self.place().limits(job);
        self.room().bound(&mut limits, job, plan);
        let how = Launch {
            run: RunId::mint(self.host.world.clock.now(), SystemIds.next()),
            seed: self.seed,
            limits,
            intervals: Intervals::HERE,
            rehearsal: false,
            traced: false,
        };
        let manifest = launch(&self.host, job, how).await?;
        let hint = Hint::here(&self.args.runs);
        let observer = job.task.attend(&self.host, Rc::clone(&manifest));
        let following = attended((&self.host, &hint), &manifest, observer, self.args.json);
        let ended = tokio::select! {
            outcome = following => outcome?,
            () = interrupt::twice(&self.host, &manifest.run) => {
                return Ok(Step::End(None, Exit::Interrupted));
            }
        };
        judged(rate, self.args.duration(), &ended)
    }
}

fn judged(rate: u64, duration: Duration, outcome: &AnyOutcome) -> Result<Step, CommandError> {
    if let Some(why) = outcome.facts.never_began() {
        return Err(CommandError::NeverBegan(why.clone(), Exit::of(outcome)));
    }
    let point = Point::of(rate, duration, outcome);
    Ok(match (&outcome.verdict(), outcome.facts.stopped) {
        (_, Some(_)) => Step::End(Some(point), Exit::Interrupted),
        (Verdict::NoAnswer, None) => Step::End(Some(point), Exit::NoAnswer),
        _ => Step::Done(point),
    })
}

fn no_rate(job: &Job, rate: u64) -> CommandError {
    let kind = job.task.kind();
    let why = if job.task.timetable().extent().is_batch() {
        "it is a batch, which has no rate"
    } else {
        "it allows itself less (`--from` says where to begin), or its kind does not say what it is at another rate (`at_rate`)"
    };
    CommandError::Usage(format!(
        "this job of kind `{kind}` cannot be run at {rate}/s: {why}"
    ))
}
