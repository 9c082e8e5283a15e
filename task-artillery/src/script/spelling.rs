//! The ways in which a text is spelled inside of others.

/// How long a value is that begins a text, letter by letter as it is, in small or capital letters, or escaped as in JSON, URLs, forms and
/// HTML.
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

/// How long each spelling of a letter is that begins a text.
fn spellings(text: &str, letter: char) -> [Option<usize>; 2] {
    let Some(first) = text.chars().next() else {
        return [None; 2];
    };
    let plain = first.eq_ignore_ascii_case(&letter) || (letter, first) == (' ', '+');
    let escaped = match first {
        '\\' => in_json(text, letter),
        '%' => in_url(text, letter),
        '&' => in_html(text, letter),
        _ => None,
    };
    [plain.then(|| first.len_utf8()), escaped]
}

/// Its length as JSON escapes it.
fn in_json(text: &str, letter: char) -> Option<usize> {
    let short = match letter {
        '"' | '\\' | '/' => letter,
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        _ => '\0',
    };
    let rest = &text[1..];
    if short != '\0' && rest.starts_with(short) {
        return Some(2);
    }
    let mut units = [0; 2];
    let mut length = 0;
    for unit in letter.encode_utf16(&mut units) {
        let code = text[length..].strip_prefix("\\u")?.get(..4)?;
        if u16::from_str_radix(code, 16) != Ok(*unit) {
            return None;
        }
        length += 6;
    }
    Some(length)
}

/// Its length as URLs and forms escape it.
fn in_url(text: &str, letter: char) -> Option<usize> {
    let mut bytes = [0; 4];
    let mut length = 0;
    for byte in letter.encode_utf8(&mut bytes).bytes() {
        let code = text[length..].strip_prefix('%')?.get(..2)?;
        if u8::from_str_radix(code, 16) != Ok(byte) {
            return None;
        }
        length += 3;
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
