//! Sets of characters in square brackets.

use super::class;
use super::escape::Escaped;
use super::translate::{SET_WEIGHT, Translation};
use crate::syntax::SyntaxError;

impl Translation<'_> {
    /// Reads and writes a set.
    pub(super) fn set(&mut self) -> Result<usize, SyntaxError> {
        let start = self.cursor.at();
        self.cursor.skip(1);
        let negated = self.cursor.eat("^");
        let mut set = String::new();
        while !self.cursor.eat("]") {
            let low = self.member(start)?;
            let rest = self.cursor.rest();
            if rest.starts_with('-') && !rest.starts_with("-]") {
                self.cursor.skip(1);
                let high = self.member(start)?;
                self.push_range(&mut set, low, high)?;
            } else {
                self.push_member(&mut set, &low)?;
            }
        }
        // No characters at all is none, or with `^` any.
        let negated = negated != set.is_empty();
        let opener = if negated { "[^" } else { "[" };
        let members = if set.is_empty() { class::ANY } else { &set };
        self.push_set(opener, members);
        Ok(SET_WEIGHT + set.len() / 16)
    }

    fn member(&mut self, start: usize) -> Result<Escaped, SyntaxError> {
        let Some(c) = self.cursor.peek() else {
            let help = "write `]` behind it, or `\\[` for the character";
            return Err(self.cursor.error_at(start, "the set is not closed", help));
        };
        if c != '\\' {
            self.cursor.skip(c.len_utf8());
            return Ok(Escaped::Char(c));
        }
        if self.cursor.eat("\\b") {
            return Ok(Escaped::Char('\u{8}'));
        }
        self.escaped()
    }

    /// Writes what stands on both sides of a hyphen.
    fn push_range(&self, set: &mut String, low: Escaped, high: Escaped) -> Result<(), SyntaxError> {
        match (low, high) {
            (Escaped::Char(low), Escaped::Char(high)) if low <= high => {
                self.push_span(set, low, high)
            }
            (Escaped::Char(_), Escaped::Char(_)) => {
                let message = "a range is the wrong way round";
                Err(self.cursor.error(message, "put the smaller end first"))
            }
            (low, high) if !self.flags.unicode => {
                // Beside a set of its own, like `\w`, the hyphen is itself.
                self.push_member(set, &low)?;
                self.push_member(set, &Escaped::Char('-'))?;
                self.push_member(set, &high)
            }
            _ => {
                let message = "a range has a set as its end";
                Err(self.cursor.error(message, "write `\\-` for the character"))
            }
        }
    }

    fn push_member(&self, set: &mut String, member: &Escaped) -> Result<(), SyntaxError> {
        match member {
            Escaped::Char(c) => self.push_span(set, *c, *c),
            Escaped::Set(inner) => {
                set.push_str(inner);
                Ok(())
            }
        }
    }

    /// Writes the characters from one to another as part of a set, in both cases if case is
    /// ignored.
    pub(super) fn push_span(
        &self,
        set: &mut String,
        low: char,
        high: char,
    ) -> Result<(), SyntaxError> {
        class::push_range(set, low, high);
        if self.flags.ignore_case && !class::push_other_cases(set, low, high) {
            let message = "the range is too large for the flag `i`";
            return Err(self.cursor.error(message, "leave out the flag"));
        }
        Ok(())
    }
}
