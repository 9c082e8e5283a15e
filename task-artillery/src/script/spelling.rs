//! The ways in which a text is spelled inside of others.

/// How long a value is that begins a text, letter by letter as it is, in small letters as in the names of hosts, or escaped as in JSON, URLs
/// and forms.
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
    let plain =
        first == letter || first == letter.to_ascii_lowercase() || (letter, first) == (' ', '+');
    let escaped = match first {
        '\\' => in_json(text, letter),
        '%' => in_url(text, letter),
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
