//! What a backslash begins.

use super::class;
use super::translate::{SET_WEIGHT, Translation};
use crate::syntax::SyntaxError;

/// What an escape stands for.
pub(super) enum Escaped {
    /// A character.
    Char(char),
    /// A set, as part of another one.
    Set(String),
}

impl Translation<'_> {
    /// Reads and writes an escape outside of a set; nothing for an assertion.
    pub(super) fn escape(&mut self) -> Result<Option<usize>, SyntaxError> {
        for (escape, boundary) in [("\\b", r"(?-u:\b)"), ("\\B", r"(?-u:\B)")] {
            if self.cursor.eat(escape) {
                self.push_assertion(boundary);
                return Ok(None);
            }
        }
        match self.escaped()? {
            Escaped::Char(c) => self.push_literal(c)?,
            Escaped::Set(set) => self.push_set("[", &set),
        }
        Ok(Some(SET_WEIGHT))
    }

    /// Reads an escape that may stand in a set as well.
    pub(super) fn escaped(&mut self) -> Result<Escaped, SyntaxError> {
        let start = self.cursor.at();
        self.cursor.skip(1);
        let Some(c) = self.cursor.peek() else {
            let help = "write `\\\\` for the character";
            return Err(self
                .cursor
                .error_at(start, "a backslash ends the pattern", help));
        };
        self.cursor.skip(c.len_utf8());
        if let Some(set) = class_escape(c) {
            return Ok(Escaped::Set(set));
        }
        let digit_follows = self.cursor.rest().starts_with(|c: char| c.is_ascii_digit());
        let (message, help) = match c {
            't' => return Ok(Escaped::Char('\t')),
            'n' => return Ok(Escaped::Char('\n')),
            'v' => return Ok(Escaped::Char('\u{B}')),
            'f' => return Ok(Escaped::Char('\u{C}')),
            'r' => return Ok(Escaped::Char('\r')),
            '0' if !digit_follows => return Ok(Escaped::Char('\0')),
            'x' => return self.hexadecimal(start, 2),
            'u' if self.cursor.rest().starts_with('{') => return self.code_point(start),
            'u' => return self.hexadecimal(start, 4),
            '0'..='9' | 'k' => (
                "back-references are not supported in regular expressions",
                if self.flags.search {
                    "write what it repeats once more"
                } else {
                    "compare with `==` in the expression instead"
                },
            ),
            'p' | 'P' => (
                "`\\p{…}` is not supported in regular expressions",
                "list the characters in square brackets",
            ),
            'c' if self.control_follows() => return Ok(self.control()),
            // Without the flag `u` any other letter stands for itself.
            _ if self.flags.unicode && (c.is_alphanumeric() || c == '_') => {
                ("the escape is not supported", "write the character itself")
            }
            _ => return Ok(Escaped::Char(c)),
        };
        Err(self.cursor.error_at(start, message, help))
    }

    fn control_follows(&self) -> bool {
        let mut rest = self.cursor.rest().chars();
        rest.next()
            .is_some_and(|letter| letter.is_ascii_alphabetic())
    }

    /// `\cJ`: the control character of a letter.
    fn control(&mut self) -> Escaped {
        let letter = self.cursor.rest().bytes().next().unwrap_or(b'@');
        self.cursor.skip(1);
        Escaped::Char(char::from(letter % 32))
    }

    /// The character that some digits stand for.
    fn hexadecimal(&mut self, start: usize, digits: usize) -> Result<Escaped, SyntaxError> {
        let written = self.cursor.rest().get(..digits);
        let is_digits = |text: &&str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let c = written
            .filter(is_digits)
            .and_then(|written| u32::from_str_radix(written, 16).ok())
            .and_then(char::from_u32);
        let Some(c) = c else {
            let message = "the escape stands for no character";
            return Err(self
                .cursor
                .error_at(start, message, "write the character itself"));
        };
        self.cursor.skip(digits);
        Ok(Escaped::Char(c))
    }

    /// `\u{1F600}`; without the flag `u`, JavaScript takes that for so many letters `u`.
    fn code_point(&mut self, start: usize) -> Result<Escaped, SyntaxError> {
        self.cursor.skip(1);
        let digits = self.cursor.rest().find('}').unwrap_or(0);
        if !self.flags.unicode || digits == 0 {
            let help = "write the character itself";
            return Err(self
                .cursor
                .error_at(start, "`\\u{…}` needs the flag `u`", help));
        }
        let c = self.hexadecimal(start, digits)?;
        self.cursor.skip(1);
        Ok(c)
    }
}

/// The set that a letter stands for.
fn class_escape(c: char) -> Option<String> {
    let all_but = |set: &str| format!("[^{set}]");
    Some(match c {
        'd' => class::DIGIT.to_owned(),
        'D' => all_but(class::DIGIT),
        'w' => class::WORD.to_owned(),
        'W' => all_but(class::WORD),
        's' => class::SPACE.to_owned(),
        'S' => all_but(class::SPACE),
        _ => return None,
    })
}
