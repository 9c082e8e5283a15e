//! The machine that conditions are code for.

use super::function::Function;
use crate::jsonpath::expression::Pattern;
use crate::script::path::Path;

/// What the machine does: it takes values from its stack and puts one there.
#[derive(Clone, Debug)]
pub(super) enum Op {
    /// Puts a number.
    Number(f64),
    /// Puts a text.
    Text(Box<str>),
    /// Puts what a name stands for.
    Name(Path),
    /// Takes a value and puts its member of this name.
    Member(Box<str>),
    /// Takes so many values and puts them as a list.
    List(usize),
    /// Takes so many values and puts what a function gives for them.
    Call(Function, usize),
    /// Takes a value and puts its number, negated.
    Negate,
    /// Takes a value and puts 1 if it is false, otherwise 0.
    Not,
    /// Takes a value and puts 1 if it is true, otherwise 0.
    Truth,
    /// Takes two values and puts one.
    Binary(Binary),
    /// Takes a value and puts 1 if its text matches, otherwise 0.
    Matches(Box<Pattern>),
    /// Goes on there.
    Jump(usize),
    /// Takes a value, and goes on there if it is false.
    JumpUnless(usize),
    /// Takes a value; if it is of this truth, puts that as a number and goes on there.
    Settle(bool, usize),
}

/// What takes two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    In,
    NotIn,
}
