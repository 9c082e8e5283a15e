//! JavaScript's regular expressions, for matching in linear time.

mod class;
mod escape;
mod search;
mod set;
mod translate;

use std::borrow::Cow;

use regex::{Regex, RegexBuilder};

use super::budget::{Budget, TooMuch};
use super::operand::Operand;
use crate::syntax::SyntaxError;
use translate::Translated;

pub(crate) use search::Search;

/// The most positions, repetitions multiplied out, that a pattern may have.
const WEIGHT_LIMIT: usize = 5_000;

/// The most memory for a compiled pattern, in bytes.
const SIZE_LIMIT: usize = 4 << 20;

/// A compiled regular expression.
///
/// The syntax is JavaScript's, the matching that of the `regex` crate: it takes time in proportion
/// to the text, whatever the pattern. What cannot be done so is refused: look-ahead, look-behind,
/// back-references; and the flags `m`, `y`, `d` and `v`. It counts characters where JavaScript
/// counts UTF-16 units, so `/^.$/` matches an emoji; with the flag `i` it knows two forms of a
/// letter outside ASCII, not three (`σ` is `Σ`, but not `ς`); and where a repeated group prefers to
/// match nothing, as in `(|a)*`, it finds the same texts, but not always the same part of them.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    regex: Regex,
    weight: usize,
    global: bool,
}

/// The flags that change what a pattern means.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each flag is there or not, whatever the others"
)]
struct Flags {
    global: bool,
    ignore_case: bool,
    dot_all: bool,
    unicode: bool,
    /// Only in a search.
    multi_line: bool,
    /// Whether the pattern is one by itself, not a part of an expression.
    search: bool,
}

impl Pattern {
    /// Reads a pattern (without its slashes) that begins at a byte of the surrounding text.
    pub(crate) fn parse(source: &str, flags: &str, offset: usize) -> Result<Self, SyntaxError> {
        let flags = Flags::parse(flags, offset + source.len() + 1)?;
        let translated = translate::translate(source, flags, offset)?;
        Ok(Self {
            regex: compile(&translated, offset)?,
            weight: translated.weight,
            global: flags.global,
        })
    }

    /// Whether it has the flag `g`.
    pub(super) fn is_global(&self) -> bool {
        self.global
    }

    /// `pattern.test(text)`.
    pub(crate) fn test(&self, text: &str, budget: &mut Budget) -> Result<bool, TooMuch> {
        self.spend(text.len(), budget)?;
        Ok(self.regex.is_match(text))
    }

    /// `text.match(pattern)`: the match and its groups, with the flag `g` all matches; null where
    /// there is none.
    pub(super) fn find<'a>(&self, text: &str, budget: &mut Budget) -> Result<Operand<'a>, TooMuch> {
        self.spend(text.len(), budget)?;
        let own = |found: regex::Match<'_>| Operand::Text(Cow::Owned(found.as_str().to_owned()));
        if !self.global {
            let groups = self.regex.captures(text);
            return Ok(groups.map_or(Operand::Null, |groups| {
                Operand::List(
                    groups
                        .iter()
                        .map(|group| group.map_or(Operand::Undefined, own))
                        .collect(),
                )
            }));
        }
        let mut all = Vec::new();
        for found in self.regex.find_iter(text) {
            // The search for the next one may look at all the rest.
            self.spend(text.len() - found.end(), budget)?;
            all.push(own(found));
        }
        Ok(if all.is_empty() {
            Operand::Null
        } else {
            Operand::List(all)
        })
    }

    fn spend(&self, bytes: usize, budget: &mut Budget) -> Result<(), TooMuch> {
        budget.spend(1 + bytes.saturating_mul(self.weight) / 4)
    }
}

/// Compiles a pattern that is not too large.
fn compile(translated: &Translated, offset: usize) -> Result<Regex, SyntaxError> {
    let too_large = || {
        let message = "the regular expression is too large";
        SyntaxError::new(offset, message, "repeat less, or take something simpler")
    };
    if translated.weight > WEIGHT_LIMIT {
        return Err(too_large());
    }
    let regex = RegexBuilder::new(&translated.regex)
        .size_limit(SIZE_LIMIT)
        .build();
    regex.map_err(|_| too_large())
}

impl Flags {
    fn parse(flags: &str, offset: usize) -> Result<Self, SyntaxError> {
        Self::default().with(flags, offset)
    }

    fn with(self, flags: &str, offset: usize) -> Result<Self, SyntaxError> {
        let mut known = self;
        for (at, flag) in flags.char_indices() {
            let field = match flag {
                'g' => &mut known.global,
                'i' => &mut known.ignore_case,
                's' => &mut known.dot_all,
                'u' => &mut known.unicode,
                'm' if known.search => &mut known.multi_line,
                _ => {
                    let message =
                        format!("the flag `{flag}` of a regular expression is not supported");
                    let help = if known.search {
                        "only `g`, `i`, `m`, `s` and `u` are"
                    } else {
                        "only `g`, `i`, `s` and `u` are"
                    };
                    return Err(SyntaxError::new(offset + at, message, help));
                }
            };
            if std::mem::replace(field, true) {
                let message = format!("the flag `{flag}` is there twice");
                return Err(SyntaxError::new(offset + at, message, "write it once"));
            }
        }
        if known.unicode && known.ignore_case {
            let message = "the flags `u` and `i` are not supported together";
            return Err(SyntaxError::new(offset, message, "leave out `u`"));
        }
        Ok(known)
    }
}
