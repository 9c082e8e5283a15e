//! The report as text.

use std::collections::BTreeMap;
use std::fmt;

use star_core::Histogram;

use super::super::load::LoadReport;
use super::super::traffic::Traffic;
use super::super::users::Users;
use super::artillery::rate;
use super::stats::Stats;
use super::table::Table;

/// The most errors that are shown by name.
const MOST_ERRORS: usize = 20;

/// The columns of [`times`].
const TIMES: [&str; 5] = ["min", "median", "p95", "p99", "max ms"];

/// Writes all that there is to say.
pub(super) fn write(report: &LoadReport, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    head(report, f)?;
    errors(&report.traffic, f)?;
    for table in [
        latencies(report),
        requests(report),
        scenarios(report),
        phases(report),
    ] {
        if !table.is_empty() {
            write!(f, "\n{table}")?;
        }
    }
    Ok(())
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
    Ok(())
}

fn codes(codes: &BTreeMap<u16, u64>) -> String {
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
    write!(f, "\n{table}")
}

fn latencies(report: &LoadReport) -> Table {
    let mut table = Table::new(&with_times(&["times", "count"]));
    let mut add = |name: &str, histogram: &Histogram| {
        if !histogram.is_empty() {
            table.row(with(&[name, &count(histogram.count())], times(histogram)));
        }
    };
    add("response time", &report.traffic.response_time);
    if report.classes.len() > 1 {
        for (class, histogram) in &report.classes {
            add(&format!("  {class}xx"), histogram);
        }
    }
    add("  from when due", &report.due_latency);
    add("request in all", &report.total);
    add("  name look-up", &report.dns);
    add("  connecting", &report.connect);
    add("  TLS handshake", &report.tls);
    add("user's life", &report.session);
    table
}

fn requests(report: &LoadReport) -> Table {
    let mut table = Table::new(&with_times(&[
        "request", "sent", "answered", "errors", "codes",
    ]));
    for request in &report.requests {
        let traffic = &request.traffic;
        if traffic.requests == 0 && traffic.errors.is_empty() {
            continue;
        }
        let cells = [
            &*request.name,
            &count(traffic.requests),
            &count(traffic.responses),
            &some(traffic.errors.total()),
            &codes(&traffic.codes),
        ];
        table.row(with(&cells, times(&traffic.response_time)));
    }
    table
}

fn scenarios(report: &LoadReport) -> Table {
    let mut table = users_table("scenario");
    for scenario in &report.scenarios {
        table.row(users_row(&scenario.name, scenario.users, &scenario.traffic));
    }
    table
}

/// Nothing where there is only one phase: that is all of the run.
fn phases(report: &LoadReport) -> Table {
    let mut table = users_table("phase");
    if report.phases.len() < 2 {
        return table;
    }
    for (number, phase) in report.phases.iter().enumerate() {
        let span = format!("{}–{} s", phase.from.as_secs_f64(), phase.to.as_secs_f64());
        let name = match &phase.name {
            Some(name) => format!("{name} ({span})"),
            None => format!("{} ({span})", number + 1),
        };
        table.row(users_row(&name, phase.users, &phase.traffic));
    }
    table
}

fn users_table(of: &str) -> Table {
    Table::new(&with_times(&[
        of,
        "users",
        "completed",
        "failed",
        "requests",
    ]))
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

/// A number to one decimal, with its thousands divided.
fn tenths(number: f64) -> String {
    let tenths = (number * 10.0).round() as u64;
    format!("{}.{}", count(tenths / 10), tenths % 10)
}

/// A count, and nothing for zero.
fn some(number: u64) -> String {
    if number == 0 {
        String::new()
    } else {
        count(number)
    }
}

/// A count with its thousands divided.
fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn bytes(number: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let mut size = number as f64 / 1000.0;
    if size < 1.0 {
        return format!("{number} B");
    }
    let mut unit = UNITS[0];
    for larger in &UNITS[1..] {
        // What rounds to 1000.0 of a unit is 1.0 of the next.
        if size < 999.95 {
            break;
        }
        (size, unit) = (size / 1000.0, larger);
    }
    format!("{size:.1} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_sizes_are_written_as_people_read_them() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(count),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [0, 999, 1000, 999_949, 999_951, 5_400_000_000].map(bytes),
            ["0 B", "999 B", "1.0 kB", "999.9 kB", "1.0 MB", "5.4 GB"]
        );
        assert_eq!(tenths(1234.56), "1,234.6");
    }
}
