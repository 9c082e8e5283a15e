//! What answers should be, and what should hold of the report: as JSON and as text.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use star_core::Facts;

use super::super::checks::Held;
use super::super::judgement::sentence;
use super::super::load::LoadReport;
use super::numbers::count;

/// The most failures that the text has one by one.
const MOST: usize = 20;

/// All checks of a run.
#[derive(Debug, Serialize)]
pub(super) struct Checked<'r> {
    ok: u64,
    failed: u64,
    kinds: &'r BTreeMap<String, Held>,
    failures: Vec<Failure<'r>>,
    #[serde(rename = "failuresLeftOut", skip_serializing_if = "Option::is_none")]
    failures_left_out: Option<u64>,
    ensure: Vec<Ensured>,
}

#[derive(Debug, Serialize)]
struct Failure<'r> {
    scenario: &'r str,
    request: &'r str,
    check: &'r str,
    expected: &'r str,
    got: &'r str,
    times: u64,
}

#[derive(Debug, Serialize)]
struct Ensured {
    check: String,
    strict: bool,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    got: Option<String>,
}

impl<'r> Checked<'r> {
    /// None where nothing was checked.
    pub(super) fn of(report: &'r LoadReport, facts: &Facts) -> Option<Self> {
        let ensured = report.ensured(facts).into_iter().map(|one| Ensured {
            check: one.text,
            strict: one.strict,
            ok: one.broken.is_none(),
            got: one.broken,
        });
        let checks = &report.checks;
        let failures = checks.failures.values().map(|failed| Failure {
            scenario: report
                .scenarios
                .get(failed.scenario)
                .map_or("", |scenario| &scenario.name),
            request: report.request_name(failed.request),
            check: &failed.check,
            expected: &failed.expected,
            got: &failed.got,
            times: failed.times,
        });
        let ensure: Vec<_> = ensured.collect();
        (!checks.is_empty() || !ensure.is_empty()).then(|| Self {
            ok: checks.ok,
            failed: checks.failed,
            kinds: &checks.kinds,
            failures: failures.collect(),
            failures_left_out: Some(checks.left_out()).filter(|times| *times > 0),
            ensure,
        })
    }
}

/// Writes what there is to say of checks.
pub(super) fn write(report: &LoadReport, facts: &Facts, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let checks = &report.checks;
    if checks.ok + checks.failed > 0 {
        let (ok, failed) = (count(checks.ok), count(checks.failed));
        writeln!(f, "\nexpected  {ok} met, {failed} not met")?;
    }
    if !checks.failures.is_empty() {
        writeln!(f, "\nfailed checks")?;
        for failed in checks.failures.values().take(MOST) {
            let request = report.request_name(failed.request);
            writeln!(f, "  {}", sentence(failed, request))?;
        }
        if checks.failures.len() > MOST {
            let more = checks.failures.len() - MOST;
            writeln!(f, "  … and {more} kinds more")?;
        }
        if checks.left_out() > 0 {
            let left_out = count(checks.left_out());
            writeln!(
                f,
                "  … and {left_out} of other kinds, which are not told apart"
            )?;
        }
    }
    let ensured = report.ensured(facts);
    if !ensured.is_empty() {
        writeln!(f, "\nchecks")?;
    }
    for one in ensured {
        match (one.broken, one.strict) {
            (None, _) => writeln!(f, "  ok    {}", one.text)?,
            (Some(broken), true) => writeln!(f, "  fail  {} ({broken})", one.text)?,
            (Some(broken), false) => writeln!(f, "  fail  {} (optional; {broken})", one.text)?,
        }
    }
    Ok(())
}
