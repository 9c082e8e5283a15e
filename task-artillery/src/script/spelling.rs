//! The ways in which a text is spelled inside of others.

/// How long a value is that begins a text, letter by letter as it is, in small or capital letters, or escaped as in JSON, URLs, forms and
/// HTML, or in JSON within JSON and a URL within a URL.
pub(super) fn spelled(text: &str, value: &str) -> Option<usize> {
    // A backslash may be one or half of one, so there can be more than one way on.
    let mut letters = value.chars();
    let first = spellings(text, letters.next()?);
    let mut ends: Vec<usize> = first.into_iter().flatten().collect();
    for letter in letters {
        if ends.is_empty() {
            return None;
        }
        let mut next = Vec::new();
        for end in ends {
            let rest = &text[end..];
            for length in spellings(rest, letter).into_iter().flatten() {
                if !next.contains(&(end + length)) {
                    next.push(end + length);
                }
            }
        }
        ends = next;
    }
    ends.into_iter().max()
}

/// How often a text in JSON or in a URL may lie within another.
const DEEPEST: usize = 3;

/// How long each spelling of a letter is that begins a text: as it is, and escaped so many times.
fn spellings(text: &str, letter: char) -> [Option<usize>; 1 + DEEPEST] {
    let mut lengths = [None; 1 + DEEPEST];
    let Some(first) = text.chars().next() else {
        return lengths;
    };
    let plain = first.eq_ignore_ascii_case(&letter) || (letter, first) == (' ', '+');
    lengths[0] = plain.then(|| first.len_utf8());
    for (times, length) in (1..).zip(&mut lengths[1..]) {
        *length = match first {
            '\\' => in_json(text, letter, times),
            '%' => in_url(text, letter, times),
            '&' if times == 1 => in_html(text, letter),
            _ => None,
        };
    }
    lengths
}

/// Its length as JSON escapes it that many times: each time doubles the backslashes, and puts one before a quote.
fn in_json(text: &str, letter: char, times: u32) -> Option<usize> {
    let doubled = 2_usize.pow(times - 1);
    let behind = |backslashes: usize| {
        let all = text.as_bytes().get(..backslashes)?;
        all.iter()
            .all(|byte| *byte == b'\\')
            .then(|| &text[backslashes..])
    };
    let short = match letter {
        '\\' => {
            if behind(2 * doubled).is_some() {
                return Some(2 * doubled);
            }
            '\0'
        }
        '"' | '\'' => {
            let backslashes = 2 * doubled - 1;
            if behind(backslashes).is_some_and(|rest| rest.starts_with(letter)) {
                return Some(backslashes + 1);
            }
            '\0'
        }
        '/' => letter,
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        _ => '\0',
    };
    let rest = behind(doubled)?;
    if short != '\0' && rest.starts_with(short) {
        return Some(doubled + 1);
    }
    let mut units = [0; 2];
    let mut length = 0;
    for unit in letter.encode_utf16(&mut units) {
        let rest = text.get(length..)?;
        let backslashes = rest.bytes().take_while(|byte| *byte == b'\\').count();
        let code = rest[backslashes..].strip_prefix('u')?.get(..4)?;
        if backslashes != doubled || u16::from_str_radix(code, 16) != Ok(*unit) {
            return None;
        }
        length += doubled + 5;
    }
    Some(length)
}

/// Its length as URLs and forms escape it that many times: each time makes `%25` of the percent sign.
fn in_url(text: &str, letter: char, times: u32) -> Option<usize> {
    let mut bytes = [0; 4];
    let mut length = 0;
    for byte in letter.encode_utf8(&mut bytes).bytes() {
        let mut rest = text[length..].strip_prefix('%')?;
        for _ in 1..times {
            rest = rest.strip_prefix("25")?;
        }
        let code = rest.get(..2)?;
        if u8::from_str_radix(code, 16) != Ok(byte) {
            return None;
        }
        length += 1 + 2 * times as usize;
    }
    Some(length)
}

/// Its length as HTML and XML escape it: `&lt;`, `&#60;` or `&#x3c;`.
fn in_html(text: &str, letter: char) -> Option<usize> {
    let length = text
        .bytes()
        .take(LONGEST_ENTITY)
        .position(|byte| byte == b';')?;
    let name = &text[1..length];
    let is_it = match name.strip_prefix('#') {
        None => match letter {
            '<' => name == "lt",
            '>' => name == "gt",
            '&' => name == "amp",
            '"' => name == "quot",
            '\'' => name == "apos",
            _ => false,
        },
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            code == Ok(letter.into())
        }
    };
    is_it.then_some(length + 1)
}

/// The longest text that stands for a letter in HTML, as far as letters are looked for: `&#x0010ffff;`.
const LONGEST_ENTITY: usize = 12;
