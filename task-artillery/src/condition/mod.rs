//! Conditions: expressions over names, in the language of `filtrex` 2, which Artillery's `ifTrue` and `ensure` are written in.
//!
//! | what | how |
//! |---|---|
//! | values | `12`, `1.5`, `"text"`, `name`, `a.b`, `'any name'`, `(1, 2)` for a list |
//! | logic | `a and b`, `a or b`, `not a`: 1 or 0; `a ? b : c` |
//! | comparisons | `==`, `!=`, `<`, `<=`, `>`, `>=`: 1 or 0, with JavaScript's conversions, so that `"4" == 4`; `a ~= "pattern"` |
//! | membership | `a in (b, c)`, `a not in (b, c)`; a list is in another when all of it is |
//! | arithmetic | `+`, `-`, `*`, `/`, `%`, `^`; `+` joins texts |
//! | members | `length of list` |
//! | functions | `abs`, `ceil`, `floor`, `log`, `max`, `min`, `random`, `round`, `sqrt` |
//!
//! `or` binds the weakest but for `?`, then `and`, `in`, `==`, `<`, `+`, `*`, `^`, `not`, `-` before a value, and `of`. `^` leads from the left:
//! `2 ^ 3 ^ 2` is 64.
//!
//! Otherwise than in `filtrex`: `a.b` leads into a value, where it is a name with a dot there (such a name comes first here as well);
//! `and` and `or` give 1 or 0 of any values, where `1 and "x"` is not a number there; `in` compares as `==` does, which its documentation
//! says too; `not in` binds as `in` does; keywords need no space behind them; and one `?` behind another needs parentheses, since it
//! would mean something else than in other languages. What cannot be read is an error.
//!
//! A condition is code for a machine with a stack, so reading and evaluating it take bounded depth; and evaluating it takes a bounded
//! number of steps.

mod code;
mod error;
mod evaluate;
mod function;
mod lexer;
mod parse;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use crate::script::path::Path;
use crate::syntax::SyntaxError;
use code::Op;
pub use error::Unevaluated;
pub use evaluate::STEP_LIMIT;

/// What names in a condition stand for.
pub trait Names {
    /// The value of a name, which is also the path to a value; none where there is none.
    fn value(&self, name: &Path) -> Option<Cow<'_, Value>>;
}

/// A condition that was read. On the wire it is the text.
#[derive(Clone)]
pub struct Condition {
    source: Box<str>,
    code: Vec<Op>,
    names: Vec<Named>,
}

/// A name in a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub path: Path,
    /// The byte of the text that it begins at.
    pub offset: usize,
    /// How many bytes it takes, with its quotes.
    pub length: usize,
    /// Whether it stands in single quotes, which others take for those of a text.
    pub quoted: bool,
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// Where it is none: at which byte, and what would be right.
    pub fn parse(source: &str) -> Result<Self, SyntaxError> {
        let (code, names) = parse::parse(source)?;
        Ok(Self {
            source: source.into(),
            code,
            names,
        })
    }

    /// The text as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names in it, in order.
    pub fn names(&self) -> &[Named] {
        &self.names
    }

    /// The name that it is, if it is nothing else.
    pub fn as_name(&self) -> Option<&Named> {
        match (&*self.code, &*self.names) {
            ([Op::Name(_)], [name]) => Some(name),
            _ => None,
        }
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.source, f)
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.source)
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
