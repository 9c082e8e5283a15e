//! One step of a path.

use super::error::ParseError;
use super::expression::Expression;
use super::filter::Filter;
use super::split::Piece;
use super::variable::Reference;

/// One step of a path.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// The byte of the path that it begins at.
    pub(super) offset: usize,
    /// Its text: some steps are names first.
    pub(super) text: Box<str>,
    /// What it does.
    pub(super) kind: Kind,
}

/// What a step does.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// Goes to the property of that name.
    Name,
    /// `*`: goes to all values in a list or an object.
    Wildcard,
    /// `..`: goes to the value itself, and to all lists, objects and nulls in it, at any depth.
    Descent,
    /// `^`: goes back to the parent.
    Parent,
    /// `~`: selects the name of the value.
    PropertyName,
    /// `$`: stays, and forgets the parent.
    Root,
    /// `[1:5:2]`: goes to some items of a list.
    Slice(Slice),
    /// `[?(…)]`: goes to some values in a list or an object.
    Filter(Filter),
    /// `[(…)]`: goes to the property whose name is computed.
    Computed(Expression<Reference>),
    /// `@string()`: selects the value if it is of the type.
    Type(Type),
    /// Another name with `@`.
    UnknownType,
    /// `` `name ``: goes to the property of that name, whatever else the name would mean.
    Escaped {
        /// The steps that it is when there is no such property, and it has a comma.
        union: Vec<Step>,
    },
    /// `a,b`: takes one step after the other.
    Union(Vec<Step>),
}

/// A type that can be selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// Anything but lists and objects.
    Scalar,
    /// True or false.
    Boolean,
    /// A text.
    String,
    /// A number without a fraction.
    Integer,
    /// A number.
    Number,
    /// A list or an object.
    Object,
    /// A list.
    Array,
    /// Null.
    Null,
    /// What no JSON value is: undefined, a function, an infinite number.
    Never,
}

/// A part of a list, as in Python. What is missing or 0 counts as left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slice {
    start: i64,
    end: i64,
    step: usize,
}

impl Step {
    /// Reads a step.
    pub(super) fn parse(piece: &Piece) -> Result<Self, ParseError> {
        match piece.script {
            None => Self::parse_text(&piece.text, piece.offset),
            Some(']') => {
                let kind = if piece.text.starts_with('?') {
                    Kind::Filter(Filter::parse(&piece.text, piece.offset)?)
                } else {
                    Kind::Computed(Expression::parse(&piece.text, piece.offset)?)
                };
                Ok(Self {
                    offset: piece.offset,
                    text: piece.text.as_str().into(),
                    kind,
                })
            }
            Some(closer) => {
                let end = piece.offset + piece.text.len();
                let message = format!("the expression ends here for JSONPath Plus, at `){closer}`");
                let help =
                    "leave the parenthesis out of the quotes, for example with `.startsWith('x')`";
                Err(ParseError::new(end - 1, message, help))
            }
        }
    }

    /// Reads anything but a script.
    fn parse_text(text: &str, offset: usize) -> Result<Self, ParseError> {
        let Some(step) = Self::of_text(text, offset) else {
            let message = format!("`{text}` is read as an expression, and is none");
            let help = "write `[?(…)]` or `[(…)]`, closed and on one line; names do not begin so";
            return Err(ParseError::new(offset, message, help));
        };
        if text == "@other()" {
            let help = "select another type, such as `@object()`";
            return Err(ParseError::new(
                offset,
                "`@other()` needs a function of one's own",
                help,
            ));
        }
        Ok(step)
    }

    /// The step that a text means; nothing where it is an expression.
    pub(super) fn of_text(text: &str, offset: usize) -> Option<Self> {
        let parts = || {
            text.split(',')
                .map(|part| Self::of_text(part, offset))
                .collect::<Option<Vec<_>>>()
        };
        let kind = match text {
            "*" => Kind::Wildcard,
            ".." => Kind::Descent,
            "^" => Kind::Parent,
            "~" => Kind::PropertyName,
            "$" => Kind::Root,
            _ => match (Slice::parse(text), text.as_bytes()) {
                (Some(slice), _) => Kind::Slice(slice),
                (None, [b'?', b'(', ..] | [b'(', ..]) => return None,
                (None, [b'@', ..]) => Type::parse(text).map_or(Kind::UnknownType, Kind::Type),
                (None, [b'`', ..]) => Kind::Escaped {
                    union: if text.contains(',') {
                        parts()?
                    } else {
                        Vec::new()
                    },
                },
                (None, _) if text.contains(',') => Kind::Union(parts()?),
                (None, _) => Kind::Name,
            },
        };
        Some(Self {
            offset,
            text: text.into(),
            kind,
        })
    }
}

impl Type {
    fn parse(text: &str) -> Option<Self> {
        // `jsonpath-plus` looks at the name only, not at the parentheses.
        let mut chars = text.chars();
        chars.next_back();
        chars.next_back();
        Some(match chars.as_str().get(1..)? {
            "scalar" => Self::Scalar,
            "boolean" => Self::Boolean,
            "string" => Self::String,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "object" => Self::Object,
            "array" => Self::Array,
            "null" => Self::Null,
            "undefined" | "function" | "nonFinite" => Self::Never,
            _ => return None,
        })
    }
}

impl Slice {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let (start, end) = (number(parts.next()?)?, number(parts.next()?)?);
        let step = parts.next().unwrap_or("");
        if parts.next().is_some() || step.starts_with('-') {
            return None;
        }
        let step = usize::try_from(number(step)?.max(1)).unwrap_or(usize::MAX);
        Some(Self { start, end, step })
    }

    /// The indices that it means in a list of some length.
    pub(super) fn indices(self, length: usize) -> impl Iterator<Item = usize> {
        let place = |wanted: i64| {
            let wanted_from_end = usize::try_from(wanted.unsigned_abs()).unwrap_or(usize::MAX);
            if wanted < 0 {
                length.saturating_sub(wanted_from_end)
            } else {
                wanted_from_end.min(length)
            }
        };
        let end = if self.end == 0 {
            length
        } else {
            place(self.end)
        };
        (place(self.start)..end).step_by(self.step)
    }
}

/// Digits, perhaps with a sign; none are 0.
fn number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = if digits.is_empty() {
        0
    } else {
        digits.parse().unwrap_or(i64::MAX)
    };
    Some(if text.starts_with('-') {
        -number
    } else {
        number
    })
}
