//! Sets of characters, written for the `regex` crate without its Unicode tables.

use std::fmt::Write as _;

/// `\d` of JavaScript: ASCII only.
pub(super) const DIGIT: &str = "0-9";

/// `\w` of JavaScript: ASCII only.
pub(super) const WORD: &str = "0-9A-Z_a-z";

/// `\s` of JavaScript: Unicode's spaces and line ends with the byte order mark, without the
/// next-line control.
pub(super) const SPACE: &str = concat!(
    r"\t\n\x0B\f\r\x20\xA0\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}",
    r"\x{202F}\x{205F}\x{3000}\x{FEFF}",
);

/// What `.` does not match without the flag `s`.
pub(super) const LINE_END: &str = r"\n\r\x{2028}\x{2029}";

/// All characters.
pub(super) const ANY: &str = r"\x{0}-\x{10FFFF}";

/// The largest range outside ASCII whose other cases are looked up one by one.
const FOLD_LIMIT: u32 = 2_048;

/// Writes one character so that nothing about it is special.
pub(super) fn push_char(out: &mut String, c: char) {
    if c.is_ascii_alphanumeric() {
        out.push(c);
    } else {
        let _infallible = write!(out, "\\x{{{:X}}}", u32::from(c));
    }
}

/// Writes a range as part of a set.
pub(super) fn push_range(out: &mut String, start: char, end: char) {
    push_char(out, start);
    if start < end {
        out.push('-');
        push_char(out, end);
    }
}

/// Writes, as part of a set, what a range matches besides itself when case is ignored. False if it
/// is too large for that.
pub(super) fn push_other_cases(out: &mut String, start: char, end: char) -> bool {
    let ascii = |out: &mut String, from: char, to: char, shift: fn(&char) -> char| {
        let (low, high) = (start.max(from), end.min(to));
        if low <= high {
            push_range(out, shift(&low), shift(&high));
        }
    };
    ascii(out, 'a', 'z', char::to_ascii_uppercase);
    ascii(out, 'A', 'Z', char::to_ascii_lowercase);
    let start = start.max('\u{80}');
    if start <= end {
        if u32::from(end) - u32::from(start) > FOLD_LIMIT {
            return false;
        }
        for c in start..=end {
            for other in other_cases(c) {
                push_char(out, other);
            }
        }
    }
    true
}

/// The upper case of a character outside ASCII and the lower case of that, where they are single
/// characters outside ASCII.
fn other_cases(c: char) -> impl Iterator<Item = char> {
    let upper = single(c.to_uppercase()).filter(|upper| !upper.is_ascii());
    let lower = upper.and_then(|upper| single(upper.to_lowercase()));
    // JavaScript compares upper cases only, so the lower case must lead back.
    let lower = lower.filter(|lower| single(lower.to_uppercase()) == upper);
    upper
        .into_iter()
        .chain(lower)
        .filter(move |&other| other != c)
}

fn single(mut chars: impl Iterator<Item = char>) -> Option<char> {
    chars.next().filter(|_| chars.next().is_none())
}
