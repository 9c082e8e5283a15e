//! The environment, and files that add to it.

use std::collections::BTreeMap;

/// Where the variables that a script names are looked up: what the process was given, then files of `NAME=value` lines.
#[derive(Debug, Default)]
pub(super) struct Environment {
    /// What the process is given where the script is carried out; none where that is this process.
    own: Option<BTreeMap<String, String>>,
    files: BTreeMap<String, String>,
}

/// A line that is no variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is not of the form `NAME=value`")]
pub(super) struct EnvironmentError {
    /// Counted from 1.
    pub(super) line: usize,
}

impl Environment {
    /// The environment where a script is carried out; none where that is this process's own.
    pub(super) fn of(own: Option<BTreeMap<String, String>>) -> Self {
        Self {
            own,
            files: BTreeMap::new(),
        }
    }

    /// Adds the variables of a file's text: a `NAME=value` a line, perhaps with `export` before it; `#` begins a comment; quotes of
    /// three kinds keep blanks and line breaks, and in double ones `\n`, `\r`, `\t`, `\"` and `\\` mean what they mean elsewhere.
    pub(super) fn add(&mut self, text: &str) -> Result<(), EnvironmentError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (mut rest, mut counted, mut line) = (text, text, 1);
        while !rest.is_empty() {
            let passed = &counted[..counted.len() - rest.len()];
            line += passed.matches('\n').count();
            counted = rest;
            let trimmed = rest.trim_start_matches([' ', '\t', '\r']);
            let (first, after) = trimmed.split_once('\n').unwrap_or((trimmed, ""));
            if first.is_empty() || first.starts_with('#') {
                rest = after;
                continue;
            }
            let (name, value) = trimmed
                .split_once('=')
                .filter(|(name, _)| !name.contains('\n'))
                .ok_or(EnvironmentError { line })?;
            let name = name.strip_prefix("export ").unwrap_or(name).trim();
            let letter =
                |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
            if name.is_empty() || !name.bytes().all(letter) {
                return Err(EnvironmentError { line });
            }
            let (value, after) = read_value(value);
            self.files.insert(name.to_owned(), value);
            rest = after;
        }
        Ok(())
    }

    /// The value of a variable: the process's own comes first.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let files = || self.files.get(name).cloned();
        if let Some(own) = &self.own {
            return own.get(name).cloned().or_else(files);
        }
        // The system's function panics at names that no variable can have.
        let possible = !name.is_empty() && !name.contains(['=', '\0']);
        let own = possible.then(|| std::env::var(name).ok()).flatten();
        own.or_else(files)
    }
}

/// The value at the beginning of a text, and what is behind its line.
fn read_value(text: &str) -> (String, &str) {
    let start = text.trim_start_matches([' ', '\t']);
    if let Some(quote) = start
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\'' | '`'))
        && let Some((value, behind)) = quoted(&start[1..], quote)
    {
        return (
            value,
            behind.split_once('\n').map_or("", |(_, after)| after),
        );
    }
    let (line, after) = text.split_once('\n').unwrap_or((text, ""));
    let value = line.split_once('#').map_or(line, |(value, _)| value);
    (value.trim().to_owned(), after)
}

/// What stands before a closing quote, and what is behind it; none without one.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' if quote == '"' => match letters.next()?.1 {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                escaped @ ('"' | '\\') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            _ if letter == quote => return Some((value, &text[at + 1..])),
            _ => value.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, EnvironmentError> {
        let mut environment = Environment::default();
        environment.add(text)?;
        Ok(environment.files.into_iter().collect())
    }

    #[test]
    fn files_are_read_as_dotenv_reads_them() {
        let text = "\u{feff}# a comment\n\nA=1\r\n  B = two words # why\nexport C='a # b'\nD=\"x\\ny\"\nE=`m\nn`\nF=\nG=\"open\nH=it's\n";
        let read = read(text).unwrap();
        let expected = [
            ("A", "1"),
            ("B", "two words"),
            ("C", "a # b"),
            ("D", "x\ny"),
            ("E", "m\nn"),
            ("F", ""),
            ("G", "\"open"),
            ("H", "it's"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read, expected);
    }

    #[test]
    fn a_line_that_is_no_variable_is_named_and_not_shown() {
        for (text, line) in [
            ("A=1\nhunter2\nB=2", 2),
            ("\n\na b=1", 3),
            ("=x", 1),
            ("A='1\n2'\n\nb", 4),
        ] {
            assert_eq!(read(text), Err(EnvironmentError { line }), "{text:?}");
        }
    }

    #[test]
    fn what_the_process_was_given_comes_first() {
        let mut environment = Environment::default();
        environment.add("PATH=x\nNOBODY_SETS_THIS=y").unwrap();
        assert_ne!(environment.get("PATH").as_deref(), Some("x"));
        assert_eq!(environment.get("NOBODY_SETS_THIS").as_deref(), Some("y"));
        assert_eq!(environment.get("a=b"), None);
        assert_eq!(environment.get(""), None);
    }
}
