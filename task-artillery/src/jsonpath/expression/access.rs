//! Members, calls of methods, and matches of regular expressions.

use super::cursor::Cursor;
use super::literal;
use super::method::Method;
use super::parse::{self, Parsed};
use super::pattern::Pattern;
use super::{Expression, Node, Variable, number};

/// Reads the members and calls that follow a value.
pub(super) fn members<V: Variable>(
    cursor: &mut Cursor<'_>,
    mut object: Expression<V>,
) -> Parsed<V> {
    loop {
        cursor.eat_blanks();
        if cursor.eat(".") {
            cursor.eat_blanks();
            object = after_dot(cursor, object)?;
        } else if cursor.eat("[") {
            object = in_brackets(cursor, object)?;
        } else if cursor.peek() == Some('(') {
            let help = "call a method, as in `@.name.includes('x')`";
            return Err(cursor.error("this cannot be called", help));
        } else {
            return Ok(object);
        }
    }
}

/// Reads `/x/.test(…)`.
pub(super) fn test<V: Variable>(cursor: &mut Cursor<'_>, offset: usize) -> Parsed<V> {
    let start = cursor.at();
    let pattern = literal::pattern::<V>(cursor)?;
    if !cursor.eat(".test(") {
        let message = "a regular expression is no value here";
        let help = "write `/…/.test(value)` or `value.match(/…/)`";
        return Err(cursor.error_at(start, message, help));
    }
    if pattern.is_global() {
        let message = "`test` with the flag `g` looks at the rest of the text before";
        return Err(cursor.error_at(start, message, "leave out the flag"));
    }
    let mut arguments = parse::list(cursor, ')')?;
    let (Some(argument), true) = (arguments.pop(), arguments.is_empty()) else {
        return Err(cursor.error_at(start, "`test` takes one value", "call it with 1"));
    };
    let height = argument.height;
    let argument = Box::new(argument);
    Expression::over(cursor, offset, height, Node::Test { pattern, argument })
}

/// `.` was read.
fn after_dot<V: Variable>(cursor: &mut Cursor<'_>, object: Expression<V>) -> Parsed<V> {
    let start = cursor.at();
    let name = literal::name_ahead(cursor);
    if name.is_empty() {
        let help = "write a name, or `['a name']` for one with other characters";
        return Err(cursor.error("there is no name after the dot", help));
    }
    cursor.skip(name.len());
    cursor.eat_blanks();
    if cursor.eat("(") {
        return match name {
            "match" => call_of_match(cursor, object),
            _ => call(cursor, object, name, start),
        };
    }
    if matches!(object.node, Node::Match { .. }) && name != "length" {
        let message = format!("`{name}` of a match is not supported");
        let help = "take a group by its number: `.match(/x(y)/)[1]`";
        return Err(cursor.error_at(start, message, help));
    }
    member(cursor, object, name.into())
}

/// `.name(` was read.
fn call<V: Variable>(
    cursor: &mut Cursor<'_>,
    object: Expression<V>,
    name: &str,
    start: usize,
) -> Parsed<V> {
    let Some((method, arity)) = Method::named(name) else {
        let message = format!("the method `{name}` is not supported");
        let help = format!("known methods: {}", Method::names());
        return Err(cursor.error_at(start, message, help));
    };
    let arguments = parse::list(cursor, ')')?;
    if !arity.contains(&arguments.len()) {
        let message = format!("`{name}` is called with {} values", arguments.len());
        let help = match arity.into_inner() {
            (least, most) if least == most => format!("call it with {least}"),
            (least, most) => format!("call it with {least} or {most}"),
        };
        return Err(cursor.error_at(start, message, help));
    }
    let offset = object.offset;
    let height = object.height.max(parse::height(&arguments));
    let node = Node::Call {
        receiver: Box::new(object),
        method,
        arguments,
    };
    Expression::over(cursor, offset, height, node)
}

/// `.match(` was read.
fn call_of_match<V: Variable>(cursor: &mut Cursor<'_>, object: Expression<V>) -> Parsed<V> {
    cursor.eat_blanks();
    let start = cursor.offset();
    let pattern = match cursor.peek() {
        Some('/') => literal::pattern::<V>(cursor)?,
        Some(quote @ ('\'' | '"')) => {
            let source = literal::text::<V>(cursor, quote)?;
            Pattern::parse(&source, "", start)?
        }
        _ => {
            let message = "`match` takes a regular expression only";
            let help = "write `.match(/…/)`, or `.includes(…)` for a text";
            return Err(cursor.error(message, help));
        }
    };
    parse::close(cursor, ')')?;
    let (offset, height) = (object.offset, object.height);
    let receiver = Box::new(object);
    Expression::over(cursor, offset, height, Node::Match { receiver, pattern })
}

/// `[` was read. What is computed there is refused, because `jsonpath-plus` fails there.
fn in_brackets<V: Variable>(cursor: &mut Cursor<'_>, object: Expression<V>) -> Parsed<V> {
    cursor.eat_blanks();
    let name = match cursor.peek() {
        Some(quote @ ('\'' | '"')) => literal::text::<V>(cursor, quote)?,
        Some('0'..='9') => number::format(literal::number(cursor)?).into(),
        _ => {
            let message = "a member that is computed is not supported";
            let help = "write a name in quotes or a number, as in `@['a b'][0]`";
            return Err(cursor.error(message, help));
        }
    };
    parse::close(cursor, ']')?;
    member(cursor, object, name)
}

fn member<V>(cursor: &Cursor<'_>, object: Expression<V>, name: Box<str>) -> Parsed<V> {
    let (offset, height) = (object.offset, object.height);
    let object = Box::new(object);
    Expression::over(cursor, offset, height, Node::Member { object, name })
}
