//! What a script does once per run: before the first user arrives, and after the last has left.
//!
//! It is done as a user would do it who has the first row of each payload. That user is none of the task's: it draws as nobody else does,
//! and measures into a report that nobody reads.

use std::error::Error;
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Map, Value};
use star_core::{Failure, RunContext, printable};

use super::Cx;
use super::engine::Engine;
use super::error::UserError;
use super::user::User;
use crate::arrivals::Arrivals;
use crate::report::{FailedCheck, LoadReport, Place};
use crate::script::model::{Scenario, Step};
use crate::script::once::captured_by;
use crate::script::path::Path;
use crate::script::{Script, Vars};

/// How long `before` may take, and how long `after`.
pub(crate) const LONGEST: Duration = Duration::from_mins(5);

/// So many checks of a request that failed are told.
const MOST_TOLD: usize = 5;

/// What `before` captured.
#[derive(Debug, Default)]
pub(crate) struct Captured {
    /// The variables.
    pub(crate) variables: Map<String, Value>,
    /// Where nothing was found, and something is kept all the same.
    pub(crate) not_found: Vec<String>,
}

/// Does `before`; gives what it captured.
///
/// # Errors
/// Where it can't be done to the end: which request it was, and why.
pub(crate) async fn before(
    script: &Script,
    arrivals: &Arrivals,
    cx: &RunContext,
) -> Result<Captured, Failure> {
    if cx.rehearsal() {
        return Ok(Captured {
            variables: script.known_from_before(true).into_owned(),
            not_found: Vec::new(),
        });
    }
    let vars = walk("before", &script.before, script, arrivals, cx).await?;
    let captured = captured_by(&script.before).into_iter().filter_map(|name| {
        let value = vars.get(&Path::parse(&name))?.into_owned();
        Some((name, value))
    });
    let nothing = vars.nothing().iter();
    Ok(Captured {
        variables: captured.collect(),
        not_found: nothing.map(|path| path.source().to_owned()).collect(),
    })
}

/// Does `after`, which knows what `before` captured.
///
/// # Errors
/// Where it can't be done to the end: which request it was, and why.
pub(crate) async fn after(
    script: &Script,
    arrivals: &Arrivals,
    cx: &RunContext,
) -> Result<(), Failure> {
    if cx.rehearsal() {
        return Ok(());
    }
    let walked = walk("after", &script.after, script, arrivals, cx).await;
    walked.map(|_vars| ())
}

/// The script as it is compiled for one of its flows that are done once.
pub(super) fn alone(script: &Script, flow: &[Step]) -> Script {
    let mut checking = script.checking.clone();
    // Who goes on with what is not as it should be is not to begin a run, or to end one.
    checking.failures_as_errors = true;
    Script {
        scenarios: vec![Scenario {
            name: None,
            weight: 1,
            flow: flow.to_vec(),
        }],
        before: Vec::new(),
        after: Vec::new(),
        sampling: None,
        checking,
        ..script.clone()
    }
}

async fn walk(
    name: &str,
    flow: &[Step],
    script: &Script,
    arrivals: &Arrivals,
    cx: &RunContext,
) -> Result<Vars, Failure> {
    if flow.is_empty() {
        return Ok(Vars::default());
    }
    let user = User::aside(&alone(script, flow), arrivals, cx).await?;
    let (engine, cx) = (&user.engine, &user.cx);
    let mut walk = user.set_out_aside();
    let ended = tokio::select! {
        biased;
        ended = walk.through(engine.flow(0), 0) => ended.map_err(Some),
        () = cx.sleep(LONGEST) => Err(None),
    };
    match ended {
        Ok(()) => Ok(walk.vars),
        Err(error) => {
            let said = said(name, error.as_ref(), engine, walk.place, cx);
            Err(Failure::new(printable(&engine.redacted(said.into()))))
        }
    }
}

/// What is said of a flow that was not done to its end: by an error, or because it takes too long.
fn said(name: &str, error: Option<&UserError>, engine: &Engine, place: Place, cx: &Cx) -> String {
    let mut said = format!("`{name}` failed");
    let request = place.request;
    if let Some(at) = request.and_then(|number| engine.names().requests.get(number)) {
        let _infallible = write!(said, " at `{}`", at.label);
    }
    let codes = cx.record(|report| {
        report.count_notes();
        let request = request.and_then(|number| report.requests.get(number));
        let codes = request.map(|request| request.traffic.codes.keys().map(u16::to_string));
        codes.map_or_else(Vec::new, Iterator::collect)
    });
    if !codes.is_empty() {
        let _infallible = write!(said, " (answered with {})", codes.join(", "));
    }
    let Some(error) = error else {
        let minutes = LONGEST.as_secs() / 60;
        let _infallible = write!(said, ": it may take {minutes} minutes, and takes longer");
        return said;
    };
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        let _infallible = write!(said, ": {error}");
        cause = error.source();
    }
    let failed = cx.record(|report| checks_of(report, request));
    if let Some((first, others)) = failed.split_first() {
        let _infallible = write!(said, ": {first}");
        let told = others.iter().take(MOST_TOLD - 1);
        told.for_each(|check| said.extend(["; ", check]));
        if failed.len() > MOST_TOLD {
            let _infallible = write!(said, "; and {} more", failed.len() - MOST_TOLD);
        }
    }
    said
}

/// The checks of a request that failed, or of all where it is not known which it was; a sentence each.
fn checks_of(report: &LoadReport, request: Option<usize>) -> Vec<String> {
    let failed = report.checks.failures.values();
    let failed = failed.filter(|failed| request.is_none_or(|number| number == failed.request));
    failed.map(FailedCheck::sentence).collect()
}
