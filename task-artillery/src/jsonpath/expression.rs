//! Expressions in a subset of JavaScript, for filters and conditions.
//!
//! What names stand for is up to the user of this module, through [`Variable`]; nothing here knows
//! of paths.
//!
//! The subset: literals (`'x'`, `"x"`, numbers, `true`, `false`, `null`, `undefined`, `[1, 2]`),
//! members (`.x`, `['x']`, `[0]`), some methods, `.match(/x/)` and `/x/.test(…)`, `!`, `-`, `+`,
//! `typeof`, `* / %`, `+ -`, comparisons, `&&`, `||` and parentheses. The meaning is JavaScript's:
//! truthiness, `==` with its conversions, comparisons of texts by UTF-16 units. Everything else is
//! refused when the text is read.
//!
//! Narrower than JavaScript: methods not called (`@.map`) are values that equal nothing; half of a
//! surrogate pair becomes U+FFFD; and what [`Pattern`] says of regular expressions.

mod access;
mod budget;
mod cursor;
mod error;
mod evaluate;
mod item;
mod literal;
mod member;
mod method;
mod number;
mod operand;
mod operator;
mod parse;
mod pattern;
#[cfg(test)]
mod tests;

use crate::syntax::SyntaxError;
pub(crate) use budget::Budget;
pub use budget::TooMuch;
pub use error::{EvaluationError, EvaluationErrorKind};
pub(crate) use item::{Children, Item, Key, array_index};
use method::Method;
pub(crate) use operand::Operand;
use operator::{Binary, Unary};
pub(crate) use pattern::{Pattern, Search};

/// What names stand for where an expression is used.
pub(crate) trait Variable: Sized {
    /// Reads the variable that a text begins with, and says how many bytes it takes.
    ///
    /// `None` where no variable begins there; an error where the text looks like one and is none,
    /// with its offset from the beginning of the text.
    fn read(rest: &str) -> Option<Result<(Self, usize), SyntaxError>>;

    /// Refuses a literal (as written, with its quotes or slashes) for what stands in it.
    fn check_literal(literal: &str) -> Result<(), SyntaxError>;
}

/// An expression, or a part of one.
#[derive(Clone, Debug)]
pub(crate) struct Expression<V> {
    /// The byte of the surrounding text that it begins at.
    offset: usize,
    /// How many levels of parts it has; bounds the recursion of all that walk it.
    height: usize,
    node: Node<V>,
}

#[derive(Clone, Debug)]
enum Node<V> {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(Box<str>),
    List(Vec<Expression<V>>),
    Variable(V),
    Member {
        object: Box<Expression<V>>,
        name: Box<str>,
    },
    Call {
        receiver: Box<Expression<V>>,
        method: Method,
        arguments: Vec<Expression<V>>,
    },
    Match {
        receiver: Box<Expression<V>>,
        pattern: Pattern,
    },
    Test {
        pattern: Pattern,
        argument: Box<Expression<V>>,
    },
    Unary {
        operator: Unary,
        argument: Box<Expression<V>>,
    },
    Binary {
        operator: Binary,
        sides: Box<[Expression<V>; 2]>,
    },
}
