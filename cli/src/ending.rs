//! What the function tells of a run that is over: to its log, and where a monitor's run failed, to whoever is to know.

use serde_json::{Value, json};
use star_aws::alert::Alert;
use star_aws::ending::Tidings;
use star_core::AnyOutcome;

use crate::exit::Exit;
use crate::hint::Hint;
use crate::monitor::Round;

/// So much of the scenarios' figures goes with an alert, in bytes: a message has 256 KB at most.
const MOST: usize = 200 * 1024;

/// So much of them goes with an answer, which has 6 MB at most.
const MOST_ANSWERED: usize = 5 * 1024 * 1024;

/// What a run came to, and an alert where it is one of those of which somebody is to know.
pub(crate) fn tidings(outcome: &AnyOutcome) -> Tidings {
    let exit = Exit::of(outcome);
    let report = outcome.summary_json(None).unwrap_or_default();
    let round = Round::of(outcome, &report);
    let alert = (outcome.alerts && exit == Exit::Failed).then(|| alert(&round, &report));
    let mut ended = json!({ "exitCode": exit.code() });
    if exit != Exit::Passed {
        ended["why"] = json!(round.message);
    }
    for key in ["errors", "totals", "errorMessage"] {
        if let Some(value) = report.get(key) {
            ended[key] = value.clone();
        }
    }
    let result = result(&report);
    Tidings {
        ended,
        result,
        alert,
    }
}

/// The reference's result, as reports have it beside their figures, where there is one.
fn result(report: &Value) -> Value {
    let keys = ["errors", "reports", "totals", "errorMessage"];
    let values = keys
        .iter()
        .filter_map(|key| Some((*key, report.get(*key)?)));
    let fits =
        values.filter(|(key, value)| *key != "reports" || value.to_string().len() <= MOST_ANSWERED);
    let result = fits.map(|(key, value)| (key.to_owned(), value.clone()));
    Value::Object(result.collect())
}

/// The reference's alert: its subject, the same and what failed in lines, and its result as JSON.
fn alert(round: &Round, report: &Value) -> Alert {
    let subject = format!("Alert: {}", round.message);
    let mut result = json!({
        "run": round.run,
        "errorMessage": round.message,
        "errors": round.errors,
        "totals": round.totals,
    });
    if let Some(reports) = report
        .get("reports")
        .filter(|reports| reports.to_string().len() <= MOST)
    {
        result["reports"] = reports.clone();
    }
    let result = format!("{result:#}");
    let report = Hint::of_function().of_runs();
    let report = report.command(&["report", round.run.as_str()]);
    let more = format!("`{report}` tells more");
    // What is said of all of the run is the subject.
    let told = round.told.iter();
    let told = told.filter(|line| !line.ends_with(&round.message));
    let lines = std::iter::once(&subject).chain(told);
    let lines: Vec<_> = lines.chain([&more, &result]).map(String::as_str).collect();
    Alert::new(&subject, &lines.join("\n"))
}
