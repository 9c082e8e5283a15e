//! The operators.

use super::cursor::Cursor;
use super::literal;
use crate::syntax::SyntaxError;

/// An operator before a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unary {
    Not,
    Negate,
    Number,
    TypeOf,
}

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    Or,
    And,
    Equal,
    NotEqual,
    StrictlyEqual,
    StrictlyNotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// How they are written; longer ones before their beginnings.
const BINARY: [(&str, Binary); 15] = [
    ("===", Binary::StrictlyEqual),
    ("!==", Binary::StrictlyNotEqual),
    ("==", Binary::Equal),
    ("!=", Binary::NotEqual),
    ("<=", Binary::LessOrEqual),
    (">=", Binary::GreaterOrEqual),
    ("&&", Binary::And),
    ("||", Binary::Or),
    ("<", Binary::Less),
    (">", Binary::Greater),
    ("+", Binary::Add),
    ("-", Binary::Subtract),
    ("*", Binary::Multiply),
    ("/", Binary::Divide),
    ("%", Binary::Remainder),
];

/// Those of JavaScript that are refused, with what to write instead.
const REFUSED: [(&str, &str); 13] = [
    ("**", "multiply"),
    ("++", "write a space between, or add 1"),
    ("--", "write a space between, or subtract 1"),
    ("<<", "multiply"),
    (">>", "divide"),
    ("=>", "call a method without a function, such as `includes`"),
    ("=", "compare with `==`"),
    ("?.", "test that the value is there with `&&`"),
    ("?", "combine with `&&` and `||`"),
    ("|", "write `||` for `or`"),
    ("&", "write `&&` for `and`"),
    ("^", "compare with `!=`"),
    ("~", "compare with `==`"),
];

impl Unary {
    /// Reads one, if it is next.
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Option<Self>, SyntaxError> {
        let refused = ["++", "--", "~"]
            .into_iter()
            .find(|text| cursor.rest().starts_with(text));
        if let Some(text) = refused {
            return Err(refuse(cursor, text, "write the value without it"));
        }
        let (operator, length) = match cursor.peek() {
            Some('!') => (Self::Not, 1),
            Some('-') => (Self::Negate, 1),
            Some('+') => (Self::Number, 1),
            Some('t') if literal::name_ahead(cursor) == "typeof" => (Self::TypeOf, "typeof".len()),
            _ => return Ok(None),
        };
        cursor.skip(length);
        Ok(Some(operator))
    }
}

impl Binary {
    /// Reads one, if it is next.
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Option<Self>, SyntaxError> {
        let rest = cursor.rest();
        let known = BINARY.iter().find(|(text, _)| rest.starts_with(text));
        let refused = REFUSED.iter().find(|(text, _)| rest.starts_with(text));
        match (known, refused) {
            // `<<` is no `<`.
            (Some((text, _)), Some((longer, help))) if longer.len() > text.len() => {
                Err(refuse(cursor, longer, help))
            }
            // `+=` is no `+`.
            (Some((text, _)), _) if rest[text.len()..].starts_with('=') => {
                Err(refuse(cursor, &rest[..=text.len()], "compare with `==`"))
            }
            (Some((text, operator)), _) => {
                cursor.skip(text.len());
                Ok(Some(*operator))
            }
            (None, Some((text, help))) => Err(refuse(cursor, text, help)),
            (None, None) => Ok(None),
        }
    }

    /// How strongly it binds.
    pub(super) fn binding(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::NotEqual | Self::StrictlyEqual | Self::StrictlyNotEqual => 3,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 4,
            Self::Add | Self::Subtract => 5,
            Self::Multiply | Self::Divide | Self::Remainder => 6,
        }
    }
}

fn refuse(cursor: &Cursor<'_>, operator: &str, help: &'static str) -> SyntaxError {
    let message = format!("`{operator}` is not supported in expressions");
    cursor.error(message, help)
}
