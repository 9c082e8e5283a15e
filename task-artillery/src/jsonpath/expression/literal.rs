//! Numbers, texts, names and regular expressions as they are written.

use super::Variable;
use super::cursor::Cursor;
use super::pattern::Pattern;
use crate::syntax::SyntaxError;

/// Reads a number: decimal digits, perhaps a fraction, perhaps an exponent.
pub(super) fn number(cursor: &mut Cursor<'_>) -> Result<f64, SyntaxError> {
    let start = cursor.at();
    let rest = cursor.rest();
    let bytes = rest.as_bytes();
    let digits = |from: usize| {
        let digits = bytes[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit());
        digits.count()
    };
    let mut length = digits(0);
    if bytes.get(length) == Some(&b'.') {
        length += 1 + digits(length + 1);
    }
    if let Some(b'e' | b'E') = bytes.get(length) {
        length += 1 + usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        length += digits(length);
    }
    let (number, behind) = rest.split_at(length);
    cursor.skip(length);
    let ends = !behind.starts_with(|c: char| is_name_part(c) || c == '.');
    number.parse().ok().filter(|_| ends).ok_or_else(|| {
        let help = "write decimal digits, as in `10`, `0.5` or `1e3`";
        cursor.error_at(start, "this is no number", help)
    })
}

/// Reads a text in single or double quotes.
pub(super) fn text<V: Variable>(
    cursor: &mut Cursor<'_>,
    quote: char,
) -> Result<Box<str>, SyntaxError> {
    let start = cursor.at();
    let mut text = String::new();
    let mut chars = cursor.rest().char_indices().skip(1);
    let length = loop {
        let Some((at, c)) = chars.next() else {
            let help = format!("write {quote} after it");
            return Err(cursor.error_at(start, "the text is not closed", help));
        };
        if c == quote {
            break at + 1;
        }
        if c != '\\' {
            text.push(c);
            continue;
        }
        text.push(match chars.next() {
            Some((_, 'n')) => '\n',
            Some((_, 'r')) => '\r',
            Some((_, 't')) => '\t',
            Some((_, 'b')) => '\u{8}',
            Some((_, 'f')) => '\u{C}',
            Some((_, 'v')) => '\u{B}',
            Some((_, c)) if !c.is_alphanumeric() => c,
            _ => {
                let message = "the escape is not supported";
                return Err(cursor.error_at(start + at, message, "write the character itself"));
            }
        });
    };
    check::<V>(cursor, length)?;
    cursor.skip(length);
    Ok(text.into())
}

/// Reads a regular expression between slashes, with its flags.
pub(super) fn pattern<V: Variable>(cursor: &mut Cursor<'_>) -> Result<Pattern, SyntaxError> {
    let rest = cursor.rest();
    let mut in_set = false;
    let mut chars = rest.char_indices().skip(1);
    let end = loop {
        match chars.next() {
            Some((at, '/')) if !in_set => break at,
            Some((_, '\\')) => drop(chars.next()),
            Some((_, '[')) => in_set = true,
            Some((_, ']')) => in_set = false,
            Some(_) => {}
            None => {
                let message = "the regular expression is not closed";
                return Err(cursor.error(message, "write `/` after it"));
            }
        }
    };
    check::<V>(cursor, end + 1)?;
    let (source, flags) = (&rest[1..end], &rest[end + 1..]);
    let behind = flags.find(|c: char| !c.is_ascii_alphanumeric());
    let flags = &flags[..behind.unwrap_or(flags.len())];
    let pattern = Pattern::parse(source, flags, cursor.offset() + 1)?;
    cursor.skip(end + 1 + flags.len());
    Ok(pattern)
}

/// The name that is next; may be empty.
pub(super) fn name_ahead<'t>(cursor: &Cursor<'t>) -> &'t str {
    let rest = cursor.rest();
    if !rest.starts_with(is_name_start) {
        return "";
    }
    &rest[..rest.find(|c| !is_name_part(c)).unwrap_or(rest.len())]
}

fn is_name_part(c: char) -> bool {
    is_name_start(c) || c.is_ascii_digit()
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '_' | '$') || !c.is_ascii() && !c.is_whitespace()
}

/// Refuses what may not stand in a literal that is so long.
fn check<V: Variable>(cursor: &Cursor<'_>, length: usize) -> Result<(), SyntaxError> {
    V::check_literal(&cursor.rest()[..length]).map_err(|error| error.within(cursor.offset()))
}
