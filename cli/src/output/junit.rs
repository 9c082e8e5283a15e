//! What was tried out as a test report: in XML, as `JUnit` has it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use star_core::{AnyOutcome, Case, Facts, Verdict, printable, printable_lines};

use super::facts::chunk;
use super::file::{prepare, write_whole};
use crate::error::CommandError;
use crate::exit::Exit;

/// The group of the case that all of a run is.
const RUN: &str = "run";

/// What is said of a run of which more is to come: what was done of it says nothing of the rest.
pub(crate) const STILL_RUNNING: &str = "the run is still running: this is its report so far";

/// A file for a test report.
#[derive(Debug)]
pub(crate) struct JunitFile {
    /// None for the standard output.
    path: Option<PathBuf>,
}

impl JunitFile {
    /// Finds out before the run whether it can be written.
    pub(crate) fn prepare(path: Option<&Path>) -> Result<Option<Self>, CommandError> {
        let Some(path) = path else {
            return Ok(None);
        };
        let path = (path != Path::new("-")).then(|| path.to_owned());
        path.as_deref().map_or(Ok(()), prepare)?;
        Ok(Some(Self { path }))
    }

    /// Whether it takes up the standard output.
    pub(crate) fn to_stdout(&self) -> bool {
        self.path.is_none()
    }

    /// Writes what a run came to.
    pub(crate) fn write(&self, outcome: &AnyOutcome, exit: Exit) -> Result<(), CommandError> {
        let text = xml(&cases(outcome, exit), length(outcome));
        match &self.path {
            Some(path) => write_whole(path, text.as_bytes()),
            None => super::print(&text),
        }
    }
}

/// What was tried out, and all of the run: it has failed wherever the command does.
pub(crate) fn cases(outcome: &AnyOutcome, exit: Exit) -> Vec<Case> {
    let why = reasons(outcome, exit);
    let mut cases = outcome.cases();
    cases.push(Case {
        group: RUN.to_owned(),
        name: outcome.facts.run.to_string(),
        took: Some(length(outcome)),
        failed: why.first().cloned(),
        told: why,
    });
    cases
}

/// A test report where there is no run's: a single case, which failed for this.
pub(super) fn of_none(script: Option<&Path>, why: &[String]) -> String {
    let told: Vec<_> = why.iter().map(|why| printable(why)).collect();
    let case = Case {
        group: RUN.to_owned(),
        name: script.map_or_else(|| RUN.to_owned(), |path| path.display().to_string()),
        took: None,
        failed: told.first().cloned(),
        told,
    };
    xml(&[case], Duration::ZERO)
}

/// Why a run is not as it should be.
fn reasons(outcome: &AnyOutcome, exit: Exit) -> Vec<String> {
    if exit == Exit::Passed {
        return Vec::new();
    }
    let facts = &outcome.facts;
    let goes_on = (!facts.settled && facts.stopped.is_none()).then(|| STILL_RUNNING.to_owned());
    let mut why = match &outcome.verdict() {
        Verdict::Failed(why) => why.clone(),
        Verdict::NoAnswer => vec!["the target never answered".to_owned()],
        Verdict::Passed => Vec::new(),
    };
    why.splice(0..0, goes_on);
    if facts.stopped.is_some() {
        why.push("the run was stopped".to_owned());
    }
    if let Some(failure) = facts.never_began() {
        let never = format!("the run never began: {failure}");
        if !why.contains(&never) {
            why.push(never);
        }
    }
    if why.is_empty() {
        why = incomplete(facts);
    }
    why
}

/// What keeps a run from being whole, or from being trusted.
fn incomplete(facts: &Facts) -> Vec<String> {
    let mut why = Vec::new();
    let undone = facts.lost + facts.unfinished + facts.tally.missed;
    if undone > 0 {
        why.push(format!(
            "{undone} of {} units are lost, unfinished or missed",
            facts.planned
        ));
    }
    let faults = facts.faults.iter().map(|fault| match fault.chunk {
        Some(slice) => format!("{}: {}", chunk(slice), fault.failure),
        None => fault.failure.to_string(),
    });
    why.extend(faults);
    if why.is_empty() {
        why.push(facts.trust().to_string());
    }
    why
}

/// How long a run took, as far as its task tells.
fn length(outcome: &AnyOutcome) -> Duration {
    let cases = outcome.cases();
    let took = cases.iter().filter_map(|case| case.took);
    took.max().unwrap_or(outcome.facts.length)
}

/// A test report: a suite for each group, in the order in which they come.
fn xml(cases: &[Case], length: Duration) -> String {
    let mut groups: Vec<&str> = Vec::new();
    for case in cases {
        if !groups.contains(&&*case.group) {
            groups.push(&case.group);
        }
    }
    let failures = cases.iter().filter(|case| case.failed.is_some()).count();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _infallible = writeln!(
        xml,
        "<testsuites name=\"slsart\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" time=\"{}\">",
        cases.len(),
        seconds(length)
    );
    for group in groups {
        let own: Vec<_> = cases.iter().filter(|case| case.group == group).collect();
        suite(group, &own, &mut xml);
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn suite(group: &str, cases: &[&Case], xml: &mut String) {
    let failures = cases.iter().filter(|case| case.failed.is_some()).count();
    let took = cases.iter().filter_map(|case| case.took).sum();
    let _infallible = writeln!(
        xml,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\" time=\"{}\">",
        escaped(group),
        cases.len(),
        seconds(took)
    );
    for case in cases {
        let _infallible = write!(
            xml,
            "    <testcase classname=\"{}\" name=\"{}\" time=\"{}\"",
            escaped(&case.group),
            escaped(&printable(&case.name)),
            seconds(case.took.unwrap_or_default())
        );
        let told = escaped(&printable_lines(&case.told.join("\n")));
        let _infallible = match &case.failed {
            Some(why) => writeln!(
                xml,
                ">\n      <failure message=\"{}\" type=\"failed\">{told}</failure>\n    </testcase>",
                escaped(&printable(why))
            ),
            None if told.is_empty() => writeln!(xml, "/>"),
            None => writeln!(
                xml,
                ">\n      <system-out>{told}</system-out>\n    </testcase>"
            ),
        };
    }
    xml.push_str("  </testsuite>\n");
}

fn seconds(took: Duration) -> String {
    format!("{:.3}", took.as_secs_f64())
}

/// A text in XML, in content and in attributes. What no document may have, however it is written, becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            '\t' => escaped.push_str("&#9;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(group: &str, name: &str, failed: Option<&str>, told: &[&str]) -> Case {
        Case {
            group: group.to_owned(),
            name: name.to_owned(),
            took: Some(Duration::from_millis(1500)),
            failed: failed.map(str::to_owned),
            told: told.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn a_test_report_is_read_by_others_as_it_was_meant() {
        let odd = "a <b> & \"c\" 'd' ]]> \u{1b}[1m\n\té\u{ffff}";
        let cases = [
            case("scenarios", "buy", None, &[]),
            case("ensure", "p99 < 5", None, &["it is 7"]),
            case("scenarios", odd, Some(odd), &["first", odd]),
        ];
        let text = xml(&cases, Duration::from_secs(3));
        let document = roxmltree::Document::parse(&text).unwrap();
        let all = document.root_element();
        assert_eq!(all.tag_name().name(), "testsuites");
        let of = |node: roxmltree::Node<'_, '_>, name: &str| {
            node.attribute(name).map(str::to_owned).unwrap_or_default()
        };
        assert_eq!(
            (of(all, "tests"), of(all, "failures")),
            ("3".to_owned(), "1".to_owned())
        );
        let suites: Vec<_> = all.children().filter(roxmltree::Node::is_element).collect();
        let names: Vec<_> = suites.iter().map(|suite| of(*suite, "name")).collect();
        assert_eq!(names, ["scenarios", "ensure"]);
        assert_eq!(of(suites[0], "time"), "3.000");
        let failed: Vec<_> = document
            .descendants()
            .filter(|node| node.has_tag_name("failure"))
            .collect();
        let lines = odd.replace('\u{1b}', "␛").replace('\u{ffff}', "\u{fffd}");
        let meant = lines.replace("\n\t", "␊␉");
        assert_eq!(failed.len(), 1);
        assert_eq!(of(failed[0], "message"), meant);
        assert_eq!(of(failed[0].parent().unwrap(), "name"), meant);
        assert_eq!(failed[0].text(), Some(&*format!("first\n{lines}")));
        let said = document
            .descendants()
            .find(|node| node.has_tag_name("system-out"));
        assert_eq!(said.unwrap().text(), Some("it is 7"));
    }
}
