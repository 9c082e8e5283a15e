//! What in a text is not to be shown: passwords, tokens, and cookies.

use std::ops::Range;

/// Behind these keys stands who somebody is, in documents of any kind.
const KEYS: [&str; 10] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "pass",
    "password",
    "passphrase",
    "apikey",
    "appkey",
    "token",
];

/// Whether the value of such a key is not to be shown.
pub fn is_secret_key(key: &str) -> bool {
    KEYS.iter().any(|secret| key.eq_ignore_ascii_case(secret))
}

/// The parts of a text that are in no placeholder (`{{ name }}`).
pub(super) fn around_placeholders(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    while let Some(open) = text[start..].find("{{") {
        let Some(close) = text[start + open..].find("}}") else {
            break;
        };
        parts.push(start..start + open);
        start += open + close + 2;
    }
    parts.push(start..text.len());
    parts.into_iter().filter(|part| !part.is_empty())
}

/// Where in a URL, or what should have been one, the user and the password are.
pub fn user_in(url: &str) -> Option<Range<usize>> {
    let start = url.find("://").map_or(0, |at| at + "://".len());
    let rest = &url[start..];
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let user = authority.rfind('@').or_else(|| {
        // A slash in a password ends the host's name where one reads on to it: such a text is no URL.
        let odd = authority
            .rsplit_once(':')
            .filter(|(_, port)| !port.ends_with(']'))
            .is_some_and(|(_, port)| !port.bytes().all(|digit| digit.is_ascii_digit()));
        rest.rfind('@').filter(|_| odd)
    });
    user.map(|at| start..start + at)
}

/// Where secrets are in a text that nobody may have been able to read: behind keys, and before hosts of URLs, but for placeholders. Where
/// it is not clear how far one reaches, it is taken to reach further.
pub fn secrets_in(text: &str) -> Vec<Range<usize>> {
    let mut found = behind_keys(text);
    found.extend(in_urls(text));
    let parts = found.into_iter().flat_map(|range| {
        let parts = around_placeholders(&text[range.clone()]);
        parts.map(move |part| range.start + part.start..range.start + part.end)
    });
    parts.collect()
}

fn in_urls(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("://") {
        let rest = &text[at..];
        let mut end = rest.len();
        for part in around_placeholders(rest) {
            if let Some(stop) =
                rest[part.clone()].find(|c: char| c.is_whitespace() || matches!(c, '"' | '\''))
            {
                end = part.start + stop;
                break;
            }
        }
        if let Some(user) = user_in(&rest[..end]) {
            found.push(at + user.start..at + user.end);
        }
    }
    found
}

fn behind_keys(text: &str) -> Vec<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some((start, end)) = next_key(&lower, from) {
        from = end;
        let rest = text[end..].trim_start_matches(['"', '\'']);
        let Some(value) = rest.trim_start().strip_prefix(':') else {
            continue;
        };
        let key = Key::at(text, start);
        let value = text.len() - value.len();
        from = value + key.value(&text[value..]);
        found.push(value..from);
    }
    found
}

/// The next word that is a key of a secret.
fn next_key(lower: &str, from: usize) -> Option<(usize, usize)> {
    let words = KEYS.iter().filter_map(|word| {
        let mut hits = lower[from..].match_indices(word);
        let (at, _) = hits.find(|(at, _)| {
            let before = lower[..from + at].chars().next_back();
            !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
        })?;
        Some((from + at, from + at + word.len()))
    });
    // Of those that begin at one place the longest: `password` begins with another.
    words.min_by_key(|&(start, end)| (start, std::cmp::Reverse(end)))
}

/// How a key stands in its text.
struct Key {
    /// In a flow that begins on its line.
    flow: bool,
    column: usize,
}

impl Key {
    fn at(text: &str, start: usize) -> Self {
        let line = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let before = &text[line..start];
        let mut outside = around_placeholders(before);
        let flow = outside.any(|part| before[part].contains(['{', '[']));
        let plain = before
            .trim_matches([' ', '\t', '-', '?', '"', '\''])
            .is_empty();
        let column = if plain {
            before.trim_end_matches(['"', '\'']).len()
        } else {
            indent(before)
        };
        Self { flow, column }
    }

    /// How long the value is that begins a text.
    fn value(&self, text: &str) -> usize {
        let mut start = indent(text);
        let next = text.trim_start();
        let below = text.len() - next.len();
        let newline = text[..below].rfind('\n');
        // Below the key, it belongs to it where it stands deeper, or a flow goes on.
        if newline.is_some_and(|newline| self.flow || below - newline > self.column + 1) {
            start = below;
        }
        let Some(opening) = text[start..].chars().next() else {
            return 0;
        };
        let closed = match opening {
            '"' | '\'' => closing_quote(&text[start..], opening),
            '{' | '[' if !text[start..].starts_with("{{") => closing_bracket(&text[start..]),
            _ => None,
        };
        match closed.map(|length| start + length) {
            Some(end) if is_ended(&text[end..]) => end,
            Some(end) if self.flow => end + in_flow(&text[end..]),
            Some(end) => end + self.in_block(&text[end..]),
            None if matches!(opening, '"' | '\'' | '[') => text.len(),
            None if self.flow => in_flow(text),
            None => self.in_block(text),
        }
    }

    /// To the end of the line, and of those below that are not others' lines.
    fn in_block(&self, text: &str) -> usize {
        let mut lines = text.split_inclusive('\n');
        let mut end = lines.next().map_or(0, str::len);
        for line in lines {
            let deep = line.trim().is_empty() || indent(line) > self.column;
            if !deep && is_structure(line.trim()) {
                break;
            }
            end += line.len();
        }
        end
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// Whether a line that is not deeper than the key begins something else.
fn is_structure(line: &str) -> bool {
    line.starts_with(['-', '}', ']', '#', '?']) || begins_with_key(line) || line == "..."
}

fn begins_with_key(text: &str) -> bool {
    let text = text.trim_start();
    let rest = match text.chars().next() {
        Some(quote @ ('"' | '\'')) => closing_quote(text, quote).map(|end| &text[end..]),
        _ => text
            .find(|c: char| !(c.is_alphanumeric() || "_-$.<".contains(c)))
            .filter(|&at| at > 0)
            .map(|at| &text[at..]),
    };
    let rest = rest.and_then(|rest| rest.trim_start_matches([' ', '\t']).strip_prefix(':'));
    rest.is_some_and(|rest| {
        text.starts_with('"') || rest.is_empty() || rest.starts_with(char::is_whitespace)
    })
}

/// Whether nothing of a value follows.
fn is_ended(rest: &str) -> bool {
    let line = rest.lines().next().unwrap_or_default().trim();
    line.is_empty() || line.starts_with([',', '}', ']', '#'])
}

/// To what ends an entry of a flow: a bracket with nothing behind it but the end of others, or a comma and another key.
fn in_flow(text: &str) -> usize {
    for part in around_placeholders(text) {
        for (at, found) in text[part.clone()].match_indices([',', '}', ']']) {
            let at = part.start + at;
            let behind = &text[at + 1..];
            if found == "," && begins_with_key(behind) || found != "," && is_ended(behind) {
                return at;
            }
        }
    }
    text.len()
}

fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        let doubled = quote == '\'' && letters.peek().is_some_and(|(_, next)| *next == quote);
        if letter == '\\' && quote == '"' || letter == quote && doubled {
            letters.next();
        } else if letter == quote {
            return Some(at + 1);
        }
    }
    None
}

fn closing_bracket(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests;
