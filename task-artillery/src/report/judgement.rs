//! What a run is worth: whether what was asked for holds.

use std::time::Duration;

use star_core::{Case, Facts, Loss, Report as _, Verdict, Why, printable};

use super::checks::FailedCheck;
use super::ensure::{self, Ensurance};
use super::load::{LoadReport, ScenarioReport};
use super::made::MOST;
use super::view::Sampled;

/// How scenarios did that were tried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// How it was done.
    pub sampled: Sampled,
    /// How many samples were begun.
    pub run: u64,
    /// How many samples were not begun, or not seen to end.
    pub not_run: u64,
    /// How many errors there were in all: those counted, and a sample that was not run is one.
    pub errors: u64,
}

impl Tried {
    /// Of a run that tried scenarios out; none of a load test.
    pub fn of(report: &LoadReport, facts: &Facts) -> Option<Self> {
        let sampled = report.view.sampling.clone()?;
        let users = report.users;
        let ended = users.completed + users.failed;
        let wanted = facts.planned.saturating_mul(sampled.size);
        let not_run = if facts.settled {
            wanted.saturating_sub(ended)
        } else {
            0
        };
        Some(Self {
            run: users.started,
            not_run,
            errors: report.errors().total() + not_run,
            sampled,
        })
    }

    /// Whether there are more errors than a run may have that passes.
    pub fn is_overdrawn(&self) -> bool {
        self.errors > self.sampled.error_budget
    }

    /// Why the run failed: the sentence that `serverless-artillery` has for it, where there are too many errors, and else the first reason.
    pub fn error_message(&self, report: &LoadReport, facts: &Facts) -> Option<String> {
        if !facts.settled {
            return self.overdrawn();
        }
        match verdict(report, facts) {
            Verdict::Failed(why) => why.into_iter().next(),
            Verdict::Passed | Verdict::NoAnswer => None,
        }
    }

    /// The reference's sentence, where there are too many errors.
    fn overdrawn(&self) -> Option<String> {
        let Self {
            run,
            errors,
            sampled,
            ..
        } = self;
        self.is_overdrawn().then(|| {
            format!(
                "{} failure: scenarios run: {run}, total errors: {errors}, error budget: {}",
                sampled.trial.name(),
                sampled.error_budget
            )
        })
    }

    /// How many samples of a scenario were not run.
    fn not_run_of(&self, scenario: &ScenarioReport) -> u64 {
        let ended = scenario.users.completed + scenario.users.failed;
        self.sampled.size.saturating_sub(ended)
    }
}

/// What a run is worth.
pub(super) fn verdict(report: &LoadReport, facts: &Facts) -> Verdict {
    let tried = Tried::of(report, facts);
    // Requests for which the generator had no descriptor, port or memory never came to the target.
    let health = &facts.health;
    let refused = health.no_descriptor + health.no_port + health.no_memory;
    let unanswered = report.traffic.requests > refused && report.traffic.responses == 0;
    if tried.is_none() && unanswered {
        // There is nothing to judge.
        return Verdict::NoAnswer;
    }
    let mut why = Vec::new();
    if let Some(failure) = facts.never_began().filter(|_| tried.is_some()) {
        // All else follows from that.
        return Verdict::Failed(vec![format!("the run never began: {failure}")]);
    }
    if let Some(tried) = &tried {
        if facts.settled && facts.tally.skipped > 0 {
            // That samples are missing follows from that.
            why.push("nothing was tried out, as `_simulation` asks for".to_owned());
        } else {
            why.extend(tried.overdrawn());
            if tried.not_run > 0 {
                why.extend(missing(report, tried));
            }
        }
        if unanswered {
            why.push("the target never answered".to_owned());
        }
        if facts.settled {
            why.extend(incomplete(facts));
        }
    } else if report.checks.failed > 0 {
        let (failed, all) = (
            report.checks.failed,
            report.checks.failed + report.checks.ok,
        );
        why.push(format!("{failed} of {all} expectations were not met"));
    }
    let broken = ensure::look(report, facts)
        .into_iter()
        .filter(|one| one.strict);
    why.extend(broken.filter_map(|one| {
        let broken = one.broken?;
        Some(format!("`{}` does not hold: {broken}", one.text))
    }));
    if tried.is_some() && facts.settled && facts.stopped.is_none() && why.is_empty() {
        why.extend(untold(facts));
    }
    if why.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Failed(why)
    }
}

/// The samples that were not run, by scenario.
fn missing(report: &LoadReport, tried: &Tried) -> Vec<String> {
    let size = tried.sampled.size;
    let each = report.scenarios.iter().filter_map(|scenario| {
        let not_run = tried.not_run_of(scenario);
        let name = printable(&scenario.name);
        (not_run > 0).then(|| {
            format!("scenario `{name}`: {not_run} of {size} samples were not run to their end")
        })
    });
    let each: Vec<_> = each.collect();
    if each.is_empty() {
        return vec![format!(
            "{} samples were not run to their end",
            tried.not_run
        )];
    }
    each
}

/// What kept the run from being whole.
fn incomplete(facts: &Facts) -> Vec<String> {
    let losses = facts.losses.iter();
    let losses = losses.map(lost);
    let faults = facts.faults.iter().map(|fault| match fault.chunk {
        Some(chunk) => format!("chunk {}: {}", chunk.lanes, fault.failure),
        None => fault.failure.to_string(),
    });
    losses.chain(faults).collect()
}

/// A loss, and what that is in plain words.
fn lost(loss: &Loss) -> String {
    let plainly = match loss.why {
        Why::Unreported => ": it was killed, or has hung",
        Why::Undelivered | Why::Failed(_) => "",
    };
    let (units, why, lanes) = (loss.units, &loss.why, loss.chunk.lanes);
    format!("{units} scenarios are lost: {why}{plainly} (chunk {lanes})")
}

/// What else keeps a run from being whole, where nothing tells it by its name.
fn untold(facts: &Facts) -> Option<String> {
    let trust = facts.trust();
    (facts.is_partial() || trust.is_lost()).then(|| {
        if trust.is_given() {
            "not all of the run was done".to_owned()
        } else {
            trust.to_string()
        }
    })
}

/// A failed check in a sentence.
pub(super) fn sentence(failed: &FailedCheck, request: &str) -> String {
    format!("{}: {}", printable(request), failed.sentence())
}

impl LoadReport {
    /// What a request is called.
    pub(super) fn request_name(&self, number: usize) -> &str {
        self.requests
            .get(number)
            .map_or("a request", |request| &request.name)
    }

    /// What should hold of the report, and whether it does.
    pub fn ensured(&self, facts: &Facts) -> Vec<Ensurance> {
        ensure::look(self, facts)
    }
}

/// The scenarios and what should hold of the report, as test reports have them. A scenario with errors has failed where the run has.
pub(super) fn cases(report: &LoadReport, facts: &Facts) -> Vec<Case> {
    let tried = Tried::of(report, facts);
    let failed = report.verdict(facts) != Verdict::Passed;
    let scenarios = report.scenarios.iter().enumerate();
    let scenarios = scenarios.map(|(number, scenario)| {
        let mut told = told(report, number, scenario, tried.as_ref());
        let errors = errors(scenario);
        // Errors alone are no failure of a load test, but whoever looks for one is to see them.
        let is_one = !told.is_empty() || tried.is_some();
        told.extend(errors);
        let failed = told.first().filter(|_| failed && is_one).cloned();
        case(scenario, failed, told)
    });
    let ensured = ensure::look(report, facts).into_iter().map(|one| {
        let told = one.broken.clone().into_iter().collect();
        Case {
            group: "ensure".to_owned(),
            name: one.text,
            took: None,
            failed: one.broken.filter(|_| one.strict),
            told,
        }
    });
    let sinks = report.sinks.iter().map(|(sink, delivery)| Case {
        group: "sinks".to_owned(),
        name: sink.clone(),
        took: None,
        // Where figures are kept is no matter of what they say.
        failed: None,
        told: delivery.warning(sink).into_iter().collect(),
    });
    scenarios.chain(ensured).chain(sinks).collect()
}

fn case(scenario: &ScenarioReport, failed: Option<String>, told: Vec<String>) -> Case {
    Case {
        group: "scenarios".to_owned(),
        name: scenario.name.clone(),
        took: took(scenario),
        failed,
        told,
    }
}

/// How long the samples of a scenario took together; none where nobody knows.
fn took(scenario: &ScenarioReport) -> Option<Duration> {
    let lived = scenario.lived.as_ref().map_or(0, |lived| lived.sum());
    let micros = lived.saturating_add(scenario.failed_for);
    (micros > 0).then(|| Duration::from_micros(micros))
}

/// What went wrong with a scenario, beside the errors of its users.
fn told(
    report: &LoadReport,
    number: usize,
    scenario: &ScenarioReport,
    tried: Option<&Tried>,
) -> Vec<String> {
    let mut told = Vec::new();
    if let Some(tried) = tried {
        let not_run = tried.not_run_of(scenario);
        if not_run > 0 {
            let size = tried.sampled.size;
            told.push(format!(
                "{not_run} of {size} samples were not run to their end"
            ));
        }
    }
    let failures = report.checks.failures.values();
    let own = failures.filter(|failed| failed.scenario == number);
    told.extend(own.map(|failed| sentence(failed, report.request_name(failed.request))));
    if let Some(times) = report.checks.left_out.get(&number) {
        told.push(format!(
            "{times} failed checks are left out here, since the first {MOST} kinds of them are told apart"
        ));
    }
    told
}

/// The errors of a scenario's users.
fn errors(scenario: &ScenarioReport) -> impl Iterator<Item = String> {
    let errors = scenario.traffic.errors.iter();
    errors.map(|(name, times)| match times {
        1 => name.to_owned(),
        times => format!("{name}, {times} times"),
    })
}
