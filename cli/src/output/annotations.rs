//! What failed, as GitHub shows it beside the changes.

use std::fmt::Write as _;
use std::path::Path;

use star_core::Case;

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
            "::error file={},title={}::{}",
            property(&file.display().to_string()),
            property(&title),
            message(&told)
        );
    }
    text
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
            "::error file=a%2Cb.yml,title=scenarios%3A buy%2C 100%25%3A all%0A%3A%3Astop::one%0D%0Atwo%0Athree: 5%25\n"
        );
        let many: Vec<_> = (0..30).map(|_| case(Some("why"))).collect();
        assert_eq!(annotations(&many, Path::new("a")).lines().count(), MOST);
    }
}
