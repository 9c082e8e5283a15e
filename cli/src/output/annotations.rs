//! What failed, as GitHub shows it beside the changes.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use star_core::document::{Diagnostics, Severity, Sources};
use star_core::{Case, printable_lines};

use crate::job::STDIN;

/// The most that GitHub shows of a step.
const MOST: usize = 10;

/// Whether whoever reads the output is GitHub.
pub(crate) fn are_read() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// A line for each case that failed, about this file.
pub(crate) fn annotations(cases: &[Case], file: &Path) -> String {
    let mut text = String::new();
    let failed = cases
        .iter()
        .filter_map(|case| Some((case, case.failed.as_ref()?)));
    for (case, why) in failed.take(MOST) {
        let title = format!("{}: {}", case.group, case.name);
        let told = if case.told.is_empty() {
            why.clone()
        } else {
            case.told.join("\n")
        };
        let _infallible = writeln!(
            text,
            "::error {}title={}::{}",
            place(file).map_or_else(String::new, |file| format!("{file},")),
            property(&printable_lines(&title)),
            message(&printable_lines(&told))
        );
    }
    text
}

/// A line for each error of a script, at its place, and for each warning.
pub(crate) fn of_faults(diagnostics: &Diagnostics, sources: &Sources, script: &Path) -> String {
    let mut all: Vec<_> = diagnostics.iter().collect();
    // GitHub shows the first few.
    all.sort_by_key(|one| one.severity != Severity::Error);
    let lines = all.into_iter().take(MOST).map(|one| {
        let what = match one.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let at = one.primary.as_ref();
        let at = at.map(|label| sources.position(label.span));
        let file = at.as_ref().map_or(script, |at| Path::new(&at.file));
        let place = match (place(file), at) {
            (Some(file), Some(at)) => format!(" {file},line={},col={}", at.line, at.column),
            (Some(file), None) => format!(" {file}"),
            (None, _) => String::new(),
        };
        let help = one.help.iter().map(|help| format!("\nhelp: {help}"));
        let told = printable_lines(&(one.message.clone() + &help.collect::<String>()));
        format!("::{what}{place}::{}\n", message(&told))
    });
    lines.collect()
}

/// How GitHub is told of a file: from the folder that it checked out to, where the file is in it. None of the standard input.
fn place(file: &Path) -> Option<String> {
    if file == Path::new("-") || file == Path::new(STDIN) {
        return None;
    }
    let root = std::env::var_os("GITHUB_WORKSPACE").map(PathBuf::from);
    let root = root.and_then(|root| std::fs::canonicalize(root).ok());
    let within = root.and_then(|root| {
        let whole = std::fs::canonicalize(file).ok()?;
        Some(whole.strip_prefix(root).ok()?.to_owned())
    });
    let file = within.as_deref().unwrap_or(file);
    Some(format!("file={}", property(&file.display().to_string())))
}

/// A text that is not meant for GitHub, where it reads the output: no line of it is a command.
pub(crate) fn inert(text: &str) -> Cow<'_, str> {
    if are_read() {
        disarmed(text)
    } else {
        Cow::Borrowed(text)
    }
}

/// The text, with something between the letters that would make a command of it.
fn disarmed(text: &str) -> Cow<'_, str> {
    let is_command = |line: &str| line.trim_start().starts_with("::");
    if !text.contains("##[") && !text.split(['\n', '\r']).any(is_command) {
        return Cow::Borrowed(text);
    }
    let lines = text.split_inclusive(['\n', '\r']).map(|line| {
        let line = line.replace("##[", "# #[");
        if is_command(&line) {
            line.replacen("::", ": :", 1)
        } else {
            line
        }
    });
    Cow::Owned(lines.collect())
}

fn message(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_an_answer_says_is_a_command() {
        for (text, shown) in [
            ("plain :: text\n", "plain :: text\n"),
            ("a\n::stop-commands::x\n", "a\n: :stop-commands::x\n"),
            ("  ::error::y", "  : :error::y"),
            ("a\r::add-mask::y", "a\r: :add-mask::y"),
            ("a ##[error]b", "a # #[error]b"),
        ] {
            assert_eq!(disarmed(text), shown);
        }
    }

    #[test]
    fn what_failed_is_a_line_that_nothing_in_it_can_end() {
        let case = |failed: Option<&str>| Case {
            group: "scenarios".to_owned(),
            name: "buy, 100%: all\n::stop".to_owned(),
            took: None,
            failed: failed.map(str::to_owned),
            told: vec!["one\r\ntwo".to_owned(), "three: 5%".to_owned()],
        };
        let lines = annotations(&[case(None), case(Some("why"))], Path::new("a,b.yml"));
        assert_eq!(
            lines,
            "::error file=a%2Cb.yml,title=scenarios%3A buy%2C 100%25%3A all%0A%3A%3Astop::one%0Atwo%0Athree: 5%25\n"
        );
        let many: Vec<_> = (0..30).map(|_| case(Some("why"))).collect();
        assert_eq!(annotations(&many, Path::new("a")).lines().count(), MOST);
    }
}
