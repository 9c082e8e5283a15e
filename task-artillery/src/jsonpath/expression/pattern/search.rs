//! JavaScript's regular expressions, for finding a part of a text.

use regex::Regex;

use super::{Flags, compile, translate};
use crate::syntax::SyntaxError;

/// The most steps of one search: positions of the pattern, multiplied by bytes of the text.
const STEP_LIMIT: usize = 1 << 30;

/// A regular expression that finds a part of a text: what `Pattern` says of its syntax and of its matching goes for it too. It knows
/// the flag `m`, with which `^` and `$` stand at `\n`, `\r\n` and `\r`.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    regex: Regex,
    weight: usize,
    groups: Vec<Option<String>>,
}

impl Search {
    /// Reads a pattern (without slashes around it).
    pub(crate) fn parse(source: &str, flags: &str) -> Result<Self, SyntaxError> {
        let flags = Self::flags(flags)?;
        let translated = translate::translate(source, flags, 0)?;
        Ok(Self {
            regex: compile(&translated, 0)?,
            weight: translated.weight,
            groups: translated.groups,
        })
    }

    /// Whether these are flags that a pattern may have.
    pub(crate) fn check_flags(flags: &str) -> Result<(), SyntaxError> {
        Self::flags(flags).map(|_| ())
    }

    fn flags(flags: &str) -> Result<Flags, SyntaxError> {
        let search = Flags {
            search: true,
            ..Flags::default()
        };
        search.with(flags, 0)
    }

    /// The number of a group by its name, if the pattern has it. Of several of one name the first is meant.
    pub(crate) fn named(&self, name: &str) -> Option<usize> {
        let found = |group: &Option<String>| group.as_deref() == Some(name);
        self.groups.iter().position(found).map(|at| at + 1)
    }

    /// The names of its groups, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().filter_map(Option::as_deref)
    }

    /// How many groups it has.
    pub(crate) fn count(&self) -> usize {
        self.groups.len()
    }

    /// What a group, counted from 1, holds of the first match in a text; 0 is all of the match. None where nothing matches, where the
    /// group has no part in the match, and where pattern and text are too large together.
    pub(crate) fn find<'t>(&self, text: &'t str, group: usize) -> Option<&'t str> {
        if text.len().saturating_mul(self.weight) > STEP_LIMIT {
            return None;
        }
        if group == 0 {
            return self.regex.find(text).map(|found| found.as_str());
        }
        let groups = self.regex.captures(text)?;
        groups.get(group).map(|found| found.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    fn found<'t>(pattern: &str, flags: &str, text: &'t str, group: usize) -> Option<&'t str> {
        Search::parse(pattern, flags).unwrap().find(text, group)
    }

    #[test]
    fn a_match_or_a_group_of_it_is_found() {
        let text = "a=1; token=xyz; token=abc";
        let pattern = r"token=(\w+)|none=(?<other>\w+)";
        for (group, expected) in [
            (0, Some("token=xyz")),
            (1, Some("xyz")),
            // It has no part in the match.
            (2, None),
            // There is none.
            (3, None),
        ] {
            assert_eq!(found(pattern, "", text, group), expected, "{group:?}");
        }
        let search = Search::parse(pattern, "").unwrap();
        assert_eq!(
            (search.named("other"), search.named("token")),
            (Some(2), None)
        );
        assert_eq!(
            (search.count(), search.names().collect::<Vec<_>>()),
            (2, vec!["other"])
        );
        assert_eq!(found("none", "", text, 0), None);
        assert_eq!(found("x*", "", text, 0), Some(""));
    }

    #[test]
    fn flags_mean_what_they_do_in_javascript() {
        let text = "One\r\ntwo\nTHREE";
        for (pattern, flags, expected) in [
            ("one", "", None),
            ("one", "i", Some("One")),
            ("^two$", "", None),
            ("^two$", "m", Some("two")),
            ("^t.*$", "mi", Some("two")),
            ("^T.*$", "mg", Some("THREE")),
            ("o.*o", "", None),
            ("e.*o", "s", Some("e\r\ntwo")),
            (r"\u{74}wo", "u", Some("two")),
        ] {
            let found = found(pattern, flags, text, 0);
            assert_eq!(found, expected, "/{pattern}/{flags}");
        }
        for (flags, offset) in [("y", 0), ("id", 1), ("mm", 1), ("é", 0)] {
            assert_eq!(
                Search::check_flags(flags).unwrap_err().offset,
                offset,
                "{flags}"
            );
        }
    }

    #[test]
    fn what_takes_more_than_linear_time_is_refused_with_what_would_be_right() {
        for (pattern, offset) in [("a(?=b)", 1), ("(?<!a)b", 0), (r"(a)\1", 3), ("(a", 0)] {
            let error = Search::parse(pattern, "").unwrap_err();
            assert_eq!(error.offset, offset, "{pattern}");
            assert!(!error.help.contains("&&"), "{pattern}: {}", error.help);
        }
        let error = Search::parse("(a{1000}){1000}", "").unwrap_err();
        assert_eq!(error.message, "the regular expression is too large");
    }

    #[test]
    fn patterns_that_stall_others_take_linear_time() {
        let text = format!("{}!", "a".repeat(100_000));
        let started = Instant::now();
        for pattern in [
            "(a+)+$",
            "(a|aa)+$",
            "(a*)*b",
            "^(([a-z])+.)+[A-Z]([a-z])+$",
        ] {
            assert_eq!(found(pattern, "", &text, 1), None, "{pattern}");
        }
        let huge = "a".repeat(16 * 1024 * 1024);
        assert_eq!(found("(a{4000})b", "", &huge, 0), None);
        assert!(started.elapsed() < Duration::from_mins(1));
    }

    proptest! {
        #[test]
        fn any_text_is_a_pattern_or_refused(
            pattern in r"[(){}\[\]|?*+^$.\\a-cA-Z0-9<>=!:,é-]{0,24}",
            flags in "[gimsu]{0,3}",
            text in "[a-c\\r\\né]{0,20}",
        ) {
            match Search::parse(&pattern, &flags) {
                Ok(search) => {
                    for group in 0..=search.count() {
                        let found = search.find(&text, group);
                        prop_assert!(found.is_none_or(|found| text.contains(found)));
                    }
                }
                Err(error) => prop_assert!(!error.message.is_empty()),
            }
        }
    }
}
