//! What `serverless-artillery` gives to its callers of scenarios that were tried out.

use std::collections::BTreeMap;

use serde::Serialize;
use star_core::Facts;

use super::super::few::Few;
use super::super::judgement::Tried;
use super::super::load::LoadReport;
use super::v1::Figures;

/// The result of an acceptance or monitoring run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Result<'r> {
    /// How many errors there were in all.
    errors: u64,
    /// One of each scenario, as Artillery 1 writes it.
    reports: Vec<Figures<'r>>,
    totals: Totals<'r>,
    /// Where the run failed: most often since there are more errors than there may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Totals<'r> {
    scenarios_created: u64,
    scenarios_completed: u64,
    requests_completed: u64,
    codes: &'r Few<u16, u64>,
    errors: BTreeMap<&'r str, u64>,
}

impl<'r> Result<'r> {
    /// None for a load test.
    pub(super) fn of(report: &'r LoadReport, facts: &Facts) -> Option<Self> {
        let tried = Tried::of(report, facts)?;
        let scenarios = report.scenarios.iter();
        Some(Self {
            errors: tried.errors,
            reports: scenarios
                .map(|scenario| Figures::of_scenario(report, scenario, facts))
                .collect(),
            totals: Totals {
                scenarios_created: report.users.started,
                scenarios_completed: report.users.completed,
                requests_completed: report.traffic.responses,
                codes: &report.traffic.codes,
                errors: report.errors().iter().collect(),
            },
            error_message: tried.error_message(report, facts),
        })
    }
}
