//! From JavaScript's syntax to that of the `regex` crate.

use super::Flags;
use super::class;
use crate::jsonpath::expression::cursor::Cursor;
use crate::syntax::SyntaxError;

/// Groups within groups beyond this are refused.
const DEPTH_LIMIT: usize = 50;

/// A set counts for several positions: it takes the bytes of many characters.
pub(super) const SET_WEIGHT: usize = 4;

/// What is refused because it takes more than linear time.
const LOOKS: [(&str, &str); 4] = [
    ("(?=", "look-ahead"),
    ("(?!", "look-ahead"),
    ("(?<=", "look-behind"),
    ("(?<!", "look-behind"),
];

/// A pattern that is being read and written.
pub(super) struct Translation<'s> {
    pub(super) cursor: Cursor<'s>,
    pub(super) flags: Flags,
    out: String,
    /// The names of groups, in order, where they have some.
    groups: Vec<Option<String>>,
}

/// A pattern in the other syntax.
pub(super) struct Translated {
    pub(super) regex: String,
    /// How many positions it has, repetitions multiplied out.
    pub(super) weight: usize,
    /// The names of its groups, in order, where they have some.
    pub(super) groups: Vec<Option<String>>,
}

/// How often something is repeated.
struct Repetition<'s> {
    written: &'s str,
    most: usize,
}

/// Writes a pattern in the other syntax.
pub(super) fn translate(
    source: &str,
    flags: Flags,
    offset: usize,
) -> Result<Translated, SyntaxError> {
    let mut translation = Translation {
        cursor: Cursor::new(source, offset),
        flags,
        out: String::new(),
        groups: Vec::new(),
    };
    let weight = translation.alternatives()?;
    if translation.cursor.peek().is_some() {
        let help = "write `\\)` for the character";
        return Err(translation.cursor.error("`)` closes nothing", help));
    }
    Ok(Translated {
        regex: translation.out,
        weight,
        groups: translation.groups,
    })
}

impl<'s> Translation<'s> {
    fn alternatives(&mut self) -> Result<usize, SyntaxError> {
        let mut weight = 1_usize;
        loop {
            let more = match self.cursor.peek() {
                None | Some(')') => return Ok(weight),
                Some('|') => {
                    self.cursor.skip(1);
                    self.out.push('|');
                    1
                }
                Some(c) => self.term(c)?,
            };
            weight = weight.saturating_add(more);
        }
    }

    /// An assertion, or an atom with its repetition.
    fn term(&mut self, first: char) -> Result<usize, SyntaxError> {
        let start = self.out.len();
        let atom = self.assertion_or_atom(first)?;
        let place = self.cursor.at();
        let repetition = self.repetition()?;
        let (weight, repetition) = match (atom, repetition) {
            (Some(weight), Some(repetition)) => (weight, repetition),
            (atom, None) => return Ok(atom.unwrap_or(1)),
            (None, Some(_)) => return Err(self.nothing_to_repeat(place)),
        };
        // One atom may be written as several.
        self.out.insert_str(start, "(?:");
        self.out.extend([")", repetition.written]);
        if self.cursor.eat("?") {
            self.out.push('?');
        }
        let place = self.cursor.at();
        if self.repetition()?.is_some() {
            return Err(self.nothing_to_repeat(place));
        }
        Ok(weight.saturating_mul(repetition.most).saturating_add(1))
    }

    /// The weight of an atom; nothing for an assertion, and where a repetition is next.
    fn assertion_or_atom(&mut self, first: char) -> Result<Option<usize>, SyntaxError> {
        match first {
            '^' | '$' => {
                self.cursor.skip(1);
                if self.flags.multi_line {
                    self.out.extend(["(?mR:", &first.to_string(), ")"]);
                } else {
                    self.out.push(first);
                }
                Ok(None)
            }
            '*' | '+' | '?' => Ok(None),
            '{' if self.repetition_in_braces()?.is_some() => Ok(None),
            '{' | '}' | ']' if self.flags.unicode => {
                let message = format!("`{first}` stands alone");
                Err(self.cursor.error(message, "write a backslash before it"))
            }
            '.' => {
                self.cursor.skip(1);
                if self.flags.dot_all {
                    self.push_set("[", class::ANY);
                } else {
                    self.push_set("[^", class::LINE_END);
                }
                Ok(Some(SET_WEIGHT))
            }
            '(' => self.group().map(Some),
            '[' => self.set().map(Some),
            '\\' => self.escape(),
            _ => {
                self.cursor.skip(first.len_utf8());
                self.push_literal(first)?;
                Ok(Some(first.len_utf8()))
            }
        }
    }

    fn group(&mut self) -> Result<usize, SyntaxError> {
        let start = self.cursor.at();
        let rest = self.cursor.rest();
        if let Some((opener, what)) = LOOKS.iter().find(|(opener, _)| rest.starts_with(opener)) {
            let message = format!("{what}, `{opener}…)`, is not supported");
            let help = if self.flags.search {
                "match what is beside it as well, and take a group"
            } else {
                "combine two tests with `&&`"
            };
            return Err(self.cursor.error(message, help));
        }
        let opener = if self.cursor.eat("(?:") {
            "(?:"
        } else {
            self.group_name()?;
            "("
        };
        self.out.push_str(opener);
        if !self.cursor.open(DEPTH_LIMIT) {
            let message = "there are too many groups within groups";
            return Err(self.cursor.error(message, "take something simpler"));
        }
        let weight = self.alternatives()?;
        self.cursor.close();
        if !self.cursor.eat(")") {
            let help = "write `)` behind it, or `\\(` for the character";
            return Err(self.cursor.error_at(start, "the group is not closed", help));
        }
        self.out.push(')');
        Ok(weight)
    }

    /// Reads over the beginning of a group, with its name if it has one: nothing in the pattern can refer to it.
    fn group_name(&mut self) -> Result<(), SyntaxError> {
        if !self.cursor.eat("(?<") {
            if self.cursor.rest().starts_with("(?") {
                let help = "write `(?:…)`, `(?<name>…)` or `(…)`";
                return Err(self.cursor.error("`(?` begins no kind of group", help));
            }
            self.cursor.skip(1);
            self.groups.push(None);
            return Ok(());
        }
        let name = self.cursor.rest().split_once('>').map(|(name, _)| name);
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
        match name.filter(|name| !name.is_empty() && name.chars().all(is_part)) {
            Some(name) => {
                self.cursor.skip(name.len() + 1);
                self.groups.push(Some(name.to_owned()));
                Ok(())
            }
            None => Err(self
                .cursor
                .error("the group has no name", "write `(?<name>…)`")),
        }
    }

    /// The repetition that is next.
    fn repetition(&mut self) -> Result<Option<Repetition<'s>>, SyntaxError> {
        let found = match self.cursor.peek() {
            Some('*' | '+' | '?') => Some(Repetition {
                written: &self.cursor.rest()[..1],
                most: 1,
            }),
            Some('{') => self.repetition_in_braces()?,
            _ => None,
        };
        if let Some(repetition) = &found {
            self.cursor.skip(repetition.written.len());
        }
        Ok(found)
    }

    /// `{2}`, `{2,}` or `{2,5}`; any other brace is itself.
    fn repetition_in_braces(&self) -> Result<Option<Repetition<'s>>, SyntaxError> {
        let rest = self.cursor.rest();
        let Some(end) = rest.find('}') else {
            return Ok(None);
        };
        let inner = &rest[1..end];
        let (least, most) = inner.split_once(',').unwrap_or((inner, inner));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if least.is_empty() || !is_digits(least) || !is_digits(most) {
            return Ok(None);
        }
        let least = least.parse().unwrap_or(usize::MAX);
        let most = match most {
            "" => least.saturating_add(1),
            _ => most.parse().unwrap_or(usize::MAX),
        };
        if most < least {
            let message = "a repetition is the wrong way round";
            return Err(self.cursor.error(message, "put the smaller number first"));
        }
        let written = &rest[..=end];
        Ok(Some(Repetition { written, most }))
    }

    /// Writes one character outside of a set.
    pub(super) fn push_literal(&mut self, c: char) -> Result<(), SyntaxError> {
        let mut set = String::new();
        self.push_span(&mut set, c, c)?;
        if self.flags.ignore_case {
            self.push_set("[", &set);
        } else {
            self.out.push_str(&set);
        }
        Ok(())
    }

    /// Writes a set.
    pub(super) fn push_set(&mut self, opener: &str, set: &str) {
        self.out.extend([opener, set, "]"]);
    }

    /// Writes an assertion.
    pub(super) fn push_assertion(&mut self, written: &str) {
        self.out.push_str(written);
    }

    fn nothing_to_repeat(&self, place: usize) -> SyntaxError {
        let message = "there is nothing to repeat";
        let help = "repeat a character or a group, and once";
        self.cursor.error_at(place, message, help)
    }
}
