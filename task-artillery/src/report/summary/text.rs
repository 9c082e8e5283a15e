//! The report as text.

use std::collections::BTreeSet;
use std::fmt;

use star_core::{Facts, Histogram, Report as _, Verdict, printable};

use super::super::apdex::Apdex;
use super::super::few::Few;
use super::super::judgement::Tried;
use super::super::load::{LoadReport, RequestReport};
use super::super::traffic::Traffic;
use super::super::users::Users;
use super::artillery::rate;
use super::checked;
use super::numbers::{bytes, count, some, tenths};
use super::stats::Stats;
use super::table::Table;

/// The most errors that are shown by name.
const MOST_ERRORS: usize = 20;

/// The most requests, scenarios and phases that are shown one by one.
const MOST_ROWS: usize = 40;

/// What narrow terminals are spared first.
const SPARED: [&str; 6] = ["codes", "min", "answered", "completed", "requests", "p99"];

/// The columns of [`times`].
const TIMES: [&str; 5] = ["min", "median", "p95", "p99", "max ms"];

/// Writes all that there is to say.
pub(super) fn write(report: &LoadReport, facts: &Facts, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    tried(report, facts, f)?;
    head(report, f)?;
    errors(&report.traffic, f)?;
    checked::write(report, facts, f)?;
    sinks(report, f)?;
    for table in [
        latencies(report),
        requests(report),
        scenarios(report),
        phases(report),
    ] {
        write_table(&table, f)?;
    }
    Ok(())
}

/// What became of figures that were sent elsewhere.
fn sinks(report: &LoadReport, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if !report.sinks.is_empty() {
        f.write_str("\n")?;
    }
    for (sink, delivery) in &report.sinks {
        match delivery.warning(sink) {
            Some(warning) => writeln!(f, "warning   {warning}")?,
            None => writeln!(f, "sink      {sink}: {} periods", count(delivery.periods))?,
        }
    }
    Ok(())
}

/// Writes a table, if it has any rows, into the width that was asked for.
fn write_table(table: &Table, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if table.is_empty() {
        return Ok(());
    }
    f.write_str("\n")?;
    fmt::Display::fmt(table, f)
}

/// What a run was worth that tried scenarios out, once it is over.
fn tried(report: &LoadReport, facts: &Facts, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Some(tried) = Tried::of(report, facts) else {
        return Ok(());
    };
    let what = match (facts.settled, report.verdict(facts)) {
        (false, _) => "so far",
        (true, Verdict::Passed) => "PASSED",
        (true, _) => "FAILED",
    };
    writeln!(
        f,
        "{:11}{what}: {} samples, {} errors, error budget {}",
        tried.sampled.trial.name(),
        count(tried.run),
        count(tried.errors),
        count(tried.sampled.error_budget)
    )
}

fn head(report: &LoadReport, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Users {
        started,
        completed,
        failed,
    } = report.users;
    write!(
        f,
        "users     {} started, {} completed, {} failed",
        count(started),
        count(completed),
        count(failed)
    )?;
    match started.saturating_sub(completed + failed) {
        0 => writeln!(f)?,
        open => writeln!(f, ", {} not yet ended", count(open))?,
    }
    let traffic = &report.traffic;
    writeln!(
        f,
        "requests  {} sent, {} answered, {} a second, {} received",
        count(traffic.requests),
        count(traffic.responses),
        tenths(rate(traffic.requests, report.requesting.length())),
        bytes(traffic.bytes)
    )?;
    if !traffic.codes.is_empty() {
        writeln!(f, "codes     {}", codes(&traffic.codes))?;
    }
    for proxy in &report.proxies {
        writeln!(f, "proxy     {proxy}")?;
    }
    apdex(report, f)
}

/// How content those who wait would be.
fn apdex(report: &LoadReport, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let counted = report.periods.whole().apdex;
    let (Some(score), Some(threshold)) = (counted.score(), report.view.apdex) else {
        return Ok(());
    };
    let millis = |micros: u64| tenths(micros as f64 / 1000.0).replace(".0", "");
    writeln!(
        f,
        "apdex     {score:.2} ({}): {} in {} ms, {} in {} ms, {} later",
        Apdex::rating(score),
        count(counted.satisfied),
        millis(threshold),
        count(counted.tolerated),
        millis(threshold.saturating_mul(4)),
        count(counted.frustrated),
    )
}

fn codes(codes: &Few<u16, u64>) -> String {
    let each = codes
        .iter()
        .map(|(code, answers)| format!("{code} × {}", count(*answers)));
    each.collect::<Vec<_>>().join(", ")
}

/// The errors, the most frequent first.
fn errors(traffic: &Traffic, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if traffic.errors.is_empty() {
        return Ok(());
    }
    let mut errors: Vec<_> = traffic.errors.iter().collect();
    // The sort is stable: errors of one count stay in alphabetical order.
    errors.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    let mut table = Table::new(&["errors", ""]);
    for (name, times) in errors.iter().take(MOST_ERRORS) {
        table.row(vec![format!("  {name}"), count(*times)]);
    }
    if errors.len() > MOST_ERRORS {
        let rest = errors[MOST_ERRORS..].iter().map(|(_, times)| times).sum();
        let kinds = errors.len() - MOST_ERRORS;
        table.row(vec![format!("  of {kinds} further kinds"), count(rest)]);
    }
    write_table(&table, f)
}

fn latencies(report: &LoadReport) -> Table {
    let mut table = Table::new(&with_times(&["times", "count"])).sparing(&SPARED);
    let whole = report.periods.whole();
    let mut add = |name: &str, histogram: &Histogram| {
        if !histogram.is_empty() {
            table.row(with(&[name, &count(histogram.count())], times(histogram)));
        }
    };
    add("response time", &report.traffic.response_time);
    if whole.classes.len() > 1 {
        for (class, histogram) in whole.classes.iter() {
            add(&format!("  {class}xx"), histogram);
        }
    }
    add("  from when due", &report.due_latency);
    add("request in all", &report.total);
    add("  name look-up", &report.dns);
    add("  connecting", &report.connect);
    add("  TLS handshake", &report.tls);
    add("user's life", &whole.session);
    table
}

fn requests(report: &LoadReport) -> Table {
    let head = with_times(&["request", "sent", "answered", "errors", "codes"]);
    let mut table = Table::new(&head).sparing(&SPARED);
    if report.view.without_requests {
        return table;
    }
    let made = |request: &&RequestReport| {
        request.traffic.requests > 0 || !request.traffic.errors.is_empty()
    };
    let requests: Vec<_> = report.requests.iter().filter(made).collect();
    let mut row = |name: &str, traffic: &Traffic| {
        let cells = [
            name,
            &count(traffic.requests),
            &count(traffic.responses),
            &some(traffic.errors.total()),
            &codes(&traffic.codes),
        ];
        table.row(with(&cells, times(&traffic.response_time)));
    };
    let (shown, rest) = most(&requests, |request| request.traffic.requests);
    for request in shown {
        row(&printable(&request.name), &request.traffic);
    }
    if !rest.is_empty() {
        let mut traffic = Traffic::default();
        for request in &rest {
            traffic.merge(request.traffic.clone());
        }
        row(&format!("{} further", rest.len()), &traffic);
    }
    table
}

/// Of many things those that count most, in their order, and the others.
fn most<'r, T>(all: &[&'r T], count: impl Fn(&T) -> u64) -> (Vec<&'r T>, Vec<&'r T>) {
    let mut by_count: Vec<usize> = (0..all.len()).collect();
    by_count.sort_by_key(|number| std::cmp::Reverse(count(all[*number])));
    let shown: BTreeSet<usize> = by_count.into_iter().take(MOST_ROWS).collect();
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    for (number, one) in all.iter().enumerate() {
        let to = if shown.contains(&number) {
            &mut first
        } else {
            &mut rest
        };
        to.push(*one);
    }
    (first, rest)
}

fn scenarios(report: &LoadReport) -> Table {
    let mut table = users_table("scenario");
    let scenarios: Vec<_> = report.scenarios.iter().collect();
    let (shown, rest) = most(&scenarios, |scenario| scenario.users.started);
    for scenario in shown {
        table.row(users_row(
            &printable(&scenario.name),
            scenario.users,
            &scenario.traffic,
        ));
    }
    let rest = rest.iter().map(|one| (one.users, &one.traffic));
    further(&mut table, rest);
    table
}

/// Nothing where there is only one phase: that is all of the run.
fn phases(report: &LoadReport) -> Table {
    let mut table = users_table("phase");
    if report.phases.len() < 2 {
        return table;
    }
    let mut phases = report.phases.iter().enumerate();
    for (number, phase) in phases.by_ref().take(MOST_ROWS) {
        let span = format!("{}–{} s", phase.from.as_secs_f64(), phase.to.as_secs_f64());
        let name = match &phase.name {
            Some(name) => format!("{} ({span})", printable(name)),
            None => format!("{} ({span})", number + 1),
        };
        table.row(users_row(&name, phase.users, &phase.traffic));
    }
    further(&mut table, phases.map(|(_, one)| (one.users, &one.traffic)));
    table
}

/// A row for all that are not shown one by one.
fn further<'r>(table: &mut Table, rest: impl Iterator<Item = (Users, &'r Traffic)>) {
    let (mut number, mut users, mut traffic) = (0, Users::default(), Traffic::default());
    for (more_users, more_traffic) in rest {
        number += 1;
        users.merge(more_users);
        traffic.merge(more_traffic.clone());
    }
    if number > 0 {
        table.row(users_row(&format!("{number} further"), users, &traffic));
    }
}

fn users_table(of: &str) -> Table {
    let head = with_times(&[of, "users", "completed", "failed", "requests"]);
    Table::new(&head).sparing(&SPARED)
}

fn users_row(name: &str, users: Users, traffic: &Traffic) -> Vec<String> {
    let cells = [
        name,
        &count(users.started),
        &count(users.completed),
        &some(users.failed),
        &count(traffic.requests),
    ];
    with(&cells, times(&traffic.response_time))
}

fn with_times<'c>(cells: &[&'c str]) -> Vec<&'c str> {
    cells.iter().copied().chain(TIMES).collect()
}

fn with(cells: &[&str], times: [String; 5]) -> Vec<String> {
    cells
        .iter()
        .map(|&cell| cell.to_owned())
        .chain(times)
        .collect()
}

fn times(histogram: &Histogram) -> [String; 5] {
    match Stats::of(histogram) {
        Some(stats) => [stats.min, stats.median, stats.p95, stats.p99, stats.max].map(tenths),
        None => [const { String::new() }; 5],
    }
}
