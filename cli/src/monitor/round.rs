//! One round of a monitor: a run in memory, which leaves nothing behind but what it came to.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use star_core::clock::Clock;
use star_core::ledger::Memory;
use star_core::registry::Kinds;
use star_core::transport::Threads;
use star_core::worker::{Host, Ids as _, SystemIds, World};
use star_core::{
    AnyOutcome, Bell, Ending, Intervals, Job, Launch, Limits, RunId, Verdict, Voice, attend,
    follow, launch,
};

use super::rules::millis;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{self, cases, oddities};

/// What a round came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Round {
    /// When it began, in milliseconds since the epoch.
    pub(crate) at: u64,
    /// How long it took, in milliseconds.
    pub(crate) took: u64,
    /// The run's name.
    pub(crate) run: String,
    /// Whether all was as it should be.
    pub(crate) passed: bool,
    /// Why it was not: the reference's sentence, where there is one.
    pub(crate) message: String,
    /// How many errors there were.
    pub(crate) errors: u64,
    /// What was counted, as the reference has it.
    pub(crate) totals: Value,
    /// What is to be told of it, a line each.
    pub(crate) told: Vec<String>,
    /// What is odd and fails nothing, such as a sink that takes no figures: by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) warnings: BTreeMap<String, String>,
}

/// The most lines that are told of a round.
const MOST: usize = 20;

impl Round {
    fn new(outcome: &AnyOutcome, began: u64, took: Duration) -> Self {
        let report = outcome.summary_json(None).unwrap_or_default();
        Self {
            at: began,
            took: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            ..Self::of(outcome, &report)
        }
    }

    /// What a run came to that has this report, wherever it took place. How long it took is for others to say.
    pub(crate) fn of(outcome: &AnyOutcome, report: &Value) -> Self {
        let exit = Exit::of(outcome);
        let cases = cases(outcome, exit);
        let failed = cases.iter().filter(|case| case.failed.is_some());
        let told = failed.flat_map(|case| {
            let lines = case.told.iter();
            lines.map(|line| format!("{}: {line}", case.name))
        });
        let mut told: Vec<_> = told.collect();
        told.truncate(MOST);
        let warnings =
            oddities(&cases).map(|(name, warning)| (name.to_owned(), warning.to_owned()));
        let message = match &outcome.verdict() {
            Verdict::Failed(why) => why.first().cloned(),
            Verdict::NoAnswer | Verdict::Passed => None,
        };
        let message = message.or_else(|| cases.last()?.failed.clone());
        let passed = exit == Exit::Passed;
        Self {
            at: outcome.facts.zero.map_or(0, millis),
            took: 0,
            run: outcome.facts.run.to_string(),
            passed,
            message: message.unwrap_or_default(),
            errors: report["errors"].as_u64().unwrap_or(u64::from(!passed)),
            totals: report["totals"].clone(),
            told,
            warnings: warnings.collect(),
        }
    }

    /// A round that could not be done.
    pub(crate) fn undone(error: &CommandError, began: u64, took: Duration) -> Self {
        let message = format!("the round could not be done: {error}");
        Self {
            at: began,
            took: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            run: String::new(),
            passed: false,
            told: vec![message.clone()],
            message,
            errors: 1,
            totals: Value::Null,
            warnings: BTreeMap::new(),
        }
    }

    /// One that passed, or had five errors.
    #[cfg(test)]
    pub(super) fn of_test(passed: bool, at: star_core::Time) -> Self {
        let message = "monitoring failure: scenarios run: 5, total errors: 5, error budget: 4";
        Self {
            at: millis(at),
            took: 20,
            run: "r".to_owned(),
            passed,
            message: if passed {
                String::new()
            } else {
                message.to_owned()
            },
            errors: if passed { 0 } else { 5 },
            totals: serde_json::json!({ "scenariosCreated": 5 }),
            told: Vec::new(),
            warnings: BTreeMap::new(),
        }
    }
}

/// Does a job once, in memory and by threads of this process; none where it was stopped meanwhile.
pub(crate) async fn play(
    job: &Job,
    limits: &Limits,
    clock: &Arc<dyn Clock>,
    stopped: impl Future<Output = ()>,
) -> Option<Round> {
    let began = clock.now();
    let done = one(job, limits, clock, stopped).await;
    let took = clock.now().since(began);
    match done {
        Ok(outcome) => Some(Round::new(&outcome?, millis(began), took)),
        Err(error) => Some(Round::undone(&error, millis(began), took)),
    }
}

async fn one(
    job: &Job,
    limits: &Limits,
    clock: &Arc<dyn Clock>,
    stopped: impl Future<Output = ()>,
) -> Result<Option<AnyOutcome>, CommandError> {
    let host = host(clock)?;
    let seed = SystemIds.next() >> 11;
    let mut job = Job {
        task: job.task.clone(),
        blobs: job.blobs.clone(),
    };
    job.task.seed(seed);
    let how = Launch {
        run: RunId::mint(clock.now(), SystemIds.next()),
        seed,
        limits: limits.clone(),
        intervals: Intervals::HERE,
        rehearsal: false,
        traced: false,
    };
    let manifest = launch(&host, &job, how).await?;
    let mut observer = job.task.observe(&host, Rc::clone(&manifest));
    let attending = async {
        attend(&host, &manifest).await;
        std::future::pending::<std::convert::Infallible>().await
    };
    let stopping = async {
        stopped.await;
        if let Err(error) = star_core::stop(&host, &manifest.run).await {
            output::note(&format!("the round could not be told to stop: {error}\n"));
        }
        std::future::pending::<std::convert::Infallible>().await
    };
    let following = follow(&host, &manifest, &mut observer, |_outcome| {});
    let outcome = tokio::select! {
        outcome = following => outcome?,
        never = attending => match never {},
        never = stopping => match never {},
    };
    Ok(outcome.facts.stopped.is_none().then_some(outcome))
}

fn host(clock: &Arc<dyn Clock>) -> Result<Host, CommandError> {
    let world = World {
        ledger: Arc::new(Memory::default()),
        clock: Arc::clone(clock),
        kinds: Kinds::linked()?,
        ids: Arc::new(SystemIds),
        deployment: "monitor".to_owned(),
        voice: Voice::default(),
        ending: Ending::default(),
        bell: Bell::default(),
    };
    Ok(Threads::new(world).host())
}
