//! Reading a text from its beginning.

use std::borrow::Cow;

use crate::syntax::SyntaxError;

/// The longest expression, in bytes.
const LENGTH_LIMIT: usize = 4 * 1024;

/// The most parts of an expression; bounds the recursion of all that walk it.
const PARTS_LIMIT: usize = 250;

/// How deep parentheses and brackets may lie in each other.
const DEPTH_LIMIT: usize = 25;

/// A place in the text of an expression.
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
    parts: usize,
    depth: usize,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Result<Self, SyntaxError> {
        let reader = Self {
            text,
            at: 0,
            parts: 0,
            depth: 0,
        };
        if text.len() > LENGTH_LIMIT {
            let message = format!("the expression is longer than {LENGTH_LIMIT} bytes");
            return Err(reader.error(message, "write a shorter one"));
        }
        Ok(reader)
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The next character behind blanks.
    pub(super) fn peek(&mut self) -> Option<char> {
        self.blanks();
        self.rest().chars().next()
    }

    pub(super) fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    /// Reads over a sign, if it is next behind blanks.
    pub(super) fn eat(&mut self, sign: &str) -> bool {
        self.blanks();
        let there = self.rest().starts_with(sign);
        if there {
            self.at += sign.len();
        }
        there
    }

    /// Reads over an operator, if it is next behind blanks; a word only where it ends there.
    pub(super) fn eat_operator(&mut self, written: &str) -> bool {
        self.blanks();
        let Some(behind) = self.rest().strip_prefix(written) else {
            return false;
        };
        let is_word = written.starts_with(is_name_start);
        if is_word && behind.starts_with(is_name_part) {
            return false;
        }
        self.at += written.len();
        true
    }

    /// The name that is next, which is not read over.
    pub(super) fn name(&mut self) -> Option<&'t str> {
        self.blanks();
        let rest = self.rest();
        rest.starts_with(is_name_start).then(|| {
            let end = rest.find(|c| !is_name_part(c)).unwrap_or(rest.len());
            &rest[..end]
        })
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// What stands behind the next bytes and blanks.
    pub(super) fn behind(&self, bytes: usize) -> &'t str {
        self.rest()[bytes..].trim_start_matches([' ', '\t', '\n', '\r'])
    }

    /// What is read up to a sign, which is read over as well.
    pub(super) fn until(&mut self, sign: char) -> Option<&'t str> {
        let (found, _) = self.rest().split_once(sign)?;
        self.at += found.len() + sign.len_utf8();
        Some(found)
    }

    /// Counts one more part.
    pub(super) fn part(&mut self) -> Result<(), SyntaxError> {
        self.parts += 1;
        if self.parts > PARTS_LIMIT {
            let message = format!("the expression has more than {PARTS_LIMIT} parts");
            return Err(self.error(message, "write a shorter one"));
        }
        Ok(())
    }

    /// Reads something that lies within something else.
    pub(super) fn within<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, SyntaxError>,
    ) -> Result<T, SyntaxError> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            let message = "parentheses and brackets are nested too deeply here";
            return Err(self.error(message, format!("{DEPTH_LIMIT} levels are possible")));
        }
        let read = read(self)?;
        self.depth -= 1;
        Ok(read)
    }

    /// Reads over a sign that has to be there.
    pub(super) fn expect(&mut self, sign: &'static str) -> Result<(), SyntaxError> {
        if self.eat(sign) {
            return Ok(());
        }
        let message = match self.peek() {
            Some(found) => format!("`{sign}` is missing before `{found}`"),
            None => format!("`{sign}` is missing at the end"),
        };
        Err(self.error(message, format!("write `{sign}`")))
    }

    /// An error at this place.
    pub(super) fn error(
        &self,
        message: impl Into<Cow<'static, str>>,
        help: impl Into<Cow<'static, str>>,
    ) -> SyntaxError {
        SyntaxError::new(self.at, message, help)
    }
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{B7}')
}
