//! From text to expression.

use super::access;
use super::cursor::Cursor;
use super::literal;
use super::operator::{Binary, Unary};
use super::{Expression, Node, Variable};
use crate::syntax::SyntaxError;

/// The most levels of parts.
const HEIGHT_LIMIT: usize = 100;

/// The most parentheses, brackets and signs within each other.
const DEPTH_LIMIT: usize = 50;

/// An expression, or why there is none.
pub(super) type Parsed<V> = Result<Expression<V>, SyntaxError>;

impl<V: Variable> Expression<V> {
    /// Reads an expression that begins at byte `offset` of the surrounding text.
    pub(crate) fn parse(text: &str, offset: usize) -> Parsed<V> {
        let mut cursor = Cursor::new(text, offset);
        let expression = operation(&mut cursor, 0)?;
        match cursor.peek() {
            None => Ok(expression),
            Some(c) => Err(unexpected(&cursor, c)),
        }
    }
}

impl<V> Expression<V> {
    /// An expression over parts of which the highest has the given height.
    pub(super) fn over(
        cursor: &Cursor<'_>,
        offset: usize,
        height: usize,
        node: Node<V>,
    ) -> Parsed<V> {
        if height >= HEIGHT_LIMIT {
            return Err(too_deep(cursor));
        }
        let height = height + 1;
        Ok(Self {
            offset,
            height,
            node,
        })
    }
}

/// Operations that bind more strongly than `above`.
fn operation<V: Variable>(cursor: &mut Cursor<'_>, above: u8) -> Parsed<V> {
    let mut left = operand(cursor)?;
    loop {
        cursor.eat_blanks();
        let start = cursor.at();
        let Some(operator) = Binary::read(cursor)? else {
            return Ok(left);
        };
        if operator.binding() <= above {
            cursor.back_to(start);
            return Ok(left);
        }
        let right = operation(cursor, operator.binding())?;
        let (offset, height) = (left.offset, left.height.max(right.height));
        let sides = Box::new([left, right]);
        left = Expression::over(cursor, offset, height, Node::Binary { operator, sides })?;
    }
}

/// One value, with the signs before it and the members after it.
fn operand<V: Variable>(cursor: &mut Cursor<'_>) -> Parsed<V> {
    cursor.eat_blanks();
    let offset = cursor.offset();
    let Some(operator) = Unary::read(cursor)? else {
        let primary = primary(cursor, offset)?;
        return access::members(cursor, primary);
    };
    let argument = within(cursor, operand)?;
    let height = argument.height;
    let argument = Box::new(argument);
    Expression::over(cursor, offset, height, Node::Unary { operator, argument })
}

fn primary<V: Variable>(cursor: &mut Cursor<'_>, offset: usize) -> Parsed<V> {
    let Some(c) = cursor.peek() else {
        return Err(cursor.error("the expression ends too early", "write a value here"));
    };
    let node = if let Some(variable) = V::read(cursor.rest()) {
        let (variable, length) = variable.map_err(|error| error.within(cursor.offset()))?;
        cursor.skip(length);
        Node::Variable(variable)
    } else {
        match c {
            '0'..='9' | '.' => Node::Number(literal::number(cursor)?),
            '\'' | '"' => Node::Text(literal::text::<V>(cursor, c)?),
            '(' => {
                cursor.skip(1);
                let inner = within(cursor, |cursor| operation(cursor, 0))?;
                close(cursor, ')')?;
                return Ok(inner);
            }
            '[' => {
                cursor.skip(1);
                let list = list(cursor, ']')?;
                return Expression::over(cursor, offset, height(&list), Node::List(list));
            }
            '/' => return access::test(cursor, offset),
            _ => word(cursor, c)?,
        }
    };
    Expression::over(cursor, offset, 0, node)
}

/// A word that is a literal.
fn word<V>(cursor: &mut Cursor<'_>, first: char) -> Result<Node<V>, SyntaxError> {
    let word = literal::name_ahead(cursor);
    let node = match word {
        "" => return Err(unexpected(cursor, first)),
        "true" => Node::Bool(true),
        "false" => Node::Bool(false),
        "null" => Node::Null,
        "undefined" => Node::Undefined,
        _ => {
            let message = format!("`{word}` is no known name");
            return Err(cursor.error(message, format!("write '{word}' for the text")));
        }
    };
    cursor.skip(word.len());
    Ok(node)
}

/// Values with commas between them, up to and with the closing character.
pub(super) fn list<V: Variable>(
    cursor: &mut Cursor<'_>,
    closer: char,
) -> Result<Vec<Expression<V>>, SyntaxError> {
    let mut list = Vec::new();
    cursor.eat_blanks();
    if cursor.peek() == Some(closer) {
        cursor.skip(1);
        return Ok(list);
    }
    loop {
        list.push(within(cursor, |cursor| operation(cursor, 0))?);
        cursor.eat_blanks();
        if !cursor.eat(",") {
            break;
        }
    }
    close(cursor, closer)?;
    Ok(list)
}

/// Reads over a closing character.
pub(super) fn close(cursor: &mut Cursor<'_>, closer: char) -> Result<(), SyntaxError> {
    cursor.eat_blanks();
    match cursor.peek() {
        Some(c) if c == closer => {
            cursor.skip(1);
            Ok(())
        }
        Some(c) => Err(unexpected(cursor, c)),
        None => {
            let message = format!("`{closer}` is missing");
            Err(cursor.error(message, format!("write `{closer}` here")))
        }
    }
}

/// Reads something that is surrounded by something else.
fn within<V: Variable>(
    cursor: &mut Cursor<'_>,
    read: impl FnOnce(&mut Cursor<'_>) -> Parsed<V>,
) -> Parsed<V> {
    if !cursor.open(DEPTH_LIMIT) {
        return Err(too_deep(cursor));
    }
    let inner = read(cursor)?;
    cursor.close();
    Ok(inner)
}

/// The height of the highest.
pub(super) fn height<V>(list: &[Expression<V>]) -> usize {
    list.iter()
        .map(|expression| expression.height)
        .max()
        .unwrap_or(0)
}

fn unexpected(cursor: &Cursor<'_>, c: char) -> SyntaxError {
    let message = format!("`{c}` is not expected here");
    cursor.error(message, "write an operator, or close the expression")
}

fn too_deep(cursor: &Cursor<'_>) -> SyntaxError {
    let message = "the expression has too many parts within parts";
    cursor.error(message, "write a shorter one")
}
