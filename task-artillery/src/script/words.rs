//! Which values are hidden wherever they stand, and which only as words.

use std::ops::Range;

/// Shorter values may be parts of words that are no secrets.
const LONG: usize = 8;

/// What is no secret, whoever holds it.
const OPEN: [&str; 4] = ["true", "false", "null", "undefined"];

/// Whether a value is one that everybody knows.
pub(super) fn is_open(value: &str) -> bool {
    OPEN.iter().any(|open| value.eq_ignore_ascii_case(open))
}

/// Whether what was found in a text is the value: a short one is not where it is a part of a word. What is made of letters only, or of
/// digits only, is no word of its own either in `text/html`, `2026-11-29` or `http://`.
pub(super) fn stands_alone(text: &str, found: Range<usize>, value: &str) -> bool {
    if value.chars().count() >= LONG {
        return true;
    }
    let plain = value.chars().all(char::is_alphabetic) || value.chars().all(char::is_numeric);
    let begins_a_word = value.starts_with(is_of_words);
    let ends_a_word = value.ends_with(is_of_words);
    !(begins_a_word && goes_on_before(&text[..found.start], plain)
        || ends_a_word && goes_on_behind(&text[found.end..], plain))
}

fn is_of_words(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// What joins plain words to one.
fn joins(letter: char) -> bool {
    matches!(letter, '/' | '-' | '.')
}

fn goes_on_before(before: &str, plain: bool) -> bool {
    let mut letters = before.chars().rev();
    match letters.next() {
        Some(last) if is_of_words(last) => !ends_in_escape(before),
        Some(last) if plain && joins(last) => letters.next().is_some_and(is_of_words),
        _ => false,
    }
}

fn goes_on_behind(behind: &str, plain: bool) -> bool {
    let mut letters = behind.chars();
    match letters.next() {
        Some(first) if is_of_words(first) => true,
        Some(first) if plain && joins(first) => letters.next().is_some_and(is_of_words),
        Some(':') if plain => letters.next() == Some('/'),
        _ => false,
    }
}

/// Whether what ends a text is a letter as JSON or a URL escapes it: `\n`, `\u0022`, `%20`.
fn ends_in_escape(text: &str) -> bool {
    let behind = |mark: char, length: usize| {
        let at = text.rfind(mark)?;
        let code = &text[at + mark.len_utf8()..];
        (code.len() == length).then_some(code)
    };
    let hex = |code: &str| code.bytes().all(|byte| byte.is_ascii_hexdigit());
    behind('%', 2).is_some_and(hex)
        || behind('%', 4).is_some_and(|code| code.starts_with("25") && hex(code))
        || behind('\\', 1).is_some_and(|code| "nrtbf".contains(code))
        || behind('\\', 5)
            .and_then(|code| code.strip_prefix('u'))
            .is_some_and(hex)
}

#[cfg(test)]
mod tests {
    use crate::script::Secrets;

    fn shown(value: &str, text: &str) -> String {
        let mut secrets = Secrets::default();
        secrets.keep("S", value);
        secrets.redact(text).into_owned()
    }

    #[test]
    fn short_values_are_hidden_as_words_only() {
        for (value, text) in [
            ("text", "content-type is text/html; a context"),
            ("test", "the latest tests, test-order, test.html"),
            ("1234", "51234 12345 12.1234 2026-1234"),
            ("http", "http://t.test/ https"),
            ("abc12", "abc123 xabc12 abc12_"),
            ("true", "true"),
            ("False", "false"),
            ("null", "null bnVsbA"),
            ("undefined", "undefined"),
        ] {
            assert_eq!(shown(value, text), text);
        }
        for (value, text) in [
            ("test", "<test>"),
            ("test", "Bearer test."),
            ("test", "a=test&b"),
            ("test", "me:test@host"),
            ("1234", r#"{"id":1234}"#),
            ("abc12", "/x/abc12/y"),
            ("abc12", r#""\nabc12\n""#),
            ("abc12", r#"\"abc12\""#),
            ("abc12", r"\u0022abc12\u0022"),
            ("abc12", "%22abc12%22 %2522abc12%2522"),
            ("abc12", "&quot;abc12&quot;"),
            ("a+b/c", "xa+b/cy a+b/c"),
            ("longer12", "xlonger12x"),
        ] {
            let shown = shown(value, text);
            assert!(shown.contains("{{ $env.S }}"), "{text}: {shown}");
        }
        assert_eq!(shown("a+b/c", "xa+b/cy"), "xa+b/cy");
    }
}
