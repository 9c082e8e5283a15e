//! A text with placeholders.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use star_core::draw::Draws;

use super::super::path::Path;
use super::super::vars::Vars;
use super::helper::{Helper, HelperError, NAMES};
use super::json::{json_text, write_number};
use super::scan::{Piece, pieces};

/// A text, read for its placeholders. On the wire it is the text.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    source: Box<str>,
    shape: Shape,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    /// No placeholders: rendering borrows.
    Fixed,
    /// Exactly one variable.
    Variable(Path),
    /// Anything else.
    Mixed(Box<[Part]>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Variable(Path),
    Call(Helper),
}

/// A placeholder that can't be rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct TemplateError {
    /// The placeholder, as written.
    pub placeholder: String,
    /// Why not.
    #[source]
    pub reason: HelperError,
}

impl Template {
    /// Reads a text.
    pub fn parse(source: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        if source.contains("{{") {
            for piece in pieces(source) {
                parts.push(match piece {
                    Piece::Text(text) | Piece::Untouched(text) => Part::Text(text.to_owned()),
                    Piece::Path { path, .. } => Part::Variable(Path::parse(path)),
                    Piece::Call {
                        whole,
                        name,
                        arguments,
                    } => match Helper::parse(name, arguments) {
                        Some(Ok(helper)) => Part::Call(helper),
                        Some(Err(reason)) => {
                            return Err(TemplateError {
                                placeholder: whole.to_owned(),
                                reason,
                            });
                        }
                        None => Part::Variable(unknown_call(name, arguments)),
                    },
                });
            }
        }
        Ok(Self {
            source: source.into(),
            shape: Shape::of(parts),
        })
    }

    /// A text that means itself, whatever is in it; not for the wire, where what looks like a placeholder is one.
    pub(crate) fn literal(text: impl Into<Box<str>>) -> Self {
        Self {
            source: text.into(),
            shape: Shape::Fixed,
        }
    }

    /// The text as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The text, if it has no placeholders.
    pub fn as_fixed(&self) -> Option<&str> {
        matches!(self.shape, Shape::Fixed).then_some(&*self.source)
    }

    /// The variables that it names, with their placeholders as written, in order.
    pub fn variables(&self) -> impl Iterator<Item = (&str, Path)> {
        pieces(&self.source).filter_map(|piece| match piece {
            Piece::Path { whole, path } => Some((whole, Path::parse(path))),
            _ => None,
        })
    }

    /// The calls of what is no helper, and so undefined: their placeholders as written, and the names.
    pub fn unknown_calls(&self) -> impl Iterator<Item = (&str, &str)> {
        pieces(&self.source).filter_map(|piece| match piece {
            Piece::Call { whole, name, .. } if !NAMES.contains(&name) => Some((whole, name)),
            _ => None,
        })
    }

    /// Whether it calls a helper.
    pub fn has_calls(&self) -> bool {
        match &self.shape {
            Shape::Mixed(parts) => parts.iter().any(|part| matches!(part, Part::Call(_))),
            Shape::Fixed | Shape::Variable(_) => false,
        }
    }

    /// What looks like a placeholder but is none, and stays as typed: `{{ 1 + 1 }}`.
    pub fn untouched(&self) -> impl Iterator<Item = &str> {
        pieces(&self.source).filter_map(|piece| match piece {
            Piece::Untouched(whole) => Some(whole),
            _ => None,
        })
    }

    /// What begins like a placeholder and does not end like one, and stays as typed: of `a {{ x }` the text from the braces on.
    pub fn unclosed(&self) -> impl Iterator<Item = &str> {
        let mut end = 0;
        pieces(&self.source).filter_map(move |piece| {
            let start = end;
            end += piece.whole().len();
            match piece {
                Piece::Text(text) => text.find("{{").map(|at| &self.source[start + at..]),
                _ => None,
            }
        })
    }

    /// The text, rendered.
    pub fn text<'a>(&'a self, vars: &'a Vars, draws: &mut Draws) -> Cow<'a, str> {
        match &self.shape {
            Shape::Fixed => Cow::Borrowed(&self.source),
            Shape::Variable(path) => match vars.get(path) {
                Some(value) => text_of(value),
                None => Cow::Borrowed(UNDEFINED),
            },
            Shape::Mixed(_) => {
                // A placeholder is about as long as what it stands for.
                let mut out = String::with_capacity(self.source.len() + 16);
                self.write(vars, draws, &mut out);
                Cow::Owned(out)
            }
        }
    }

    /// As [`text`](Self::text), but none where the text is one variable and that is undefined: such a header is not sent.
    pub fn optional_text<'a>(&'a self, vars: &'a Vars, draws: &mut Draws) -> Option<Cow<'a, str>> {
        match &self.shape {
            Shape::Variable(path) => vars.get(path).map(text_of),
            Shape::Fixed | Shape::Mixed(_) => Some(self.text(vars, draws)),
        }
    }

    /// What the text stands for: the value of the one variable that it is, as it is, and none where that is undefined; otherwise
    /// the text.
    pub fn value<'a>(&'a self, vars: &'a Vars, draws: &mut Draws) -> Option<Cow<'a, Value>> {
        match &self.shape {
            Shape::Variable(path) => vars.get(path),
            Shape::Fixed | Shape::Mixed(_) => Some(Cow::Owned(Value::String(
                self.text(vars, draws).into_owned(),
            ))),
        }
    }

    /// Appends the text, rendered.
    pub fn write(&self, vars: &Vars, draws: &mut Draws, out: &mut String) {
        match &self.shape {
            Shape::Fixed => out.push_str(&self.source),
            Shape::Variable(path) => write_value(vars.get(path).as_deref(), out),
            Shape::Mixed(parts) => {
                for part in parts {
                    match part {
                        Part::Text(text) => out.push_str(text),
                        Part::Variable(path) => write_value(vars.get(path).as_deref(), out),
                        Part::Call(helper) => helper.write(draws, out),
                    }
                }
            }
        }
    }

    /// The template with the results of its calls in the place of the calls: for texts whose calls are made once for all users.
    #[must_use]
    pub fn settle(&self, draws: &mut Draws) -> Self {
        let Shape::Mixed(parts) = &self.shape else {
            return self.clone();
        };
        let mut source = String::new();
        let settled = parts.iter().map(|part| {
            let start = source.len();
            match part {
                Part::Text(text) => source.push_str(text),
                Part::Variable(path) => {
                    source.push_str("{{ ");
                    source.push_str(path.source());
                    source.push_str(" }}");
                    return Part::Variable(path.clone());
                }
                Part::Call(helper) => helper.write(draws, &mut source),
            }
            Part::Text(source[start..].to_owned())
        });
        let shape = Shape::of(settled.collect());
        Self {
            source: source.into(),
            shape,
        }
    }
}

impl Shape {
    fn of(pieces: Vec<Part>) -> Self {
        let mut parts: Vec<Part> = Vec::with_capacity(pieces.len());
        for piece in pieces {
            match (parts.last_mut(), piece) {
                (Some(Part::Text(text)), Part::Text(more)) => text.push_str(&more),
                (_, piece) => parts.push(piece),
            }
        }
        if parts.iter().all(|part| matches!(part, Part::Text(_))) {
            return Self::Fixed;
        }
        match (parts.len(), parts.pop()) {
            (1, Some(Part::Variable(path))) => Self::Variable(path),
            (_, last) => Self::Mixed(parts.into_iter().chain(last).collect()),
        }
    }
}

/// What is undefined, inside text.
const UNDEFINED: &str = "undefined";

/// What a value looks like as text.
fn text_of(value: Cow<'_, Value>) -> Cow<'_, str> {
    match value {
        Cow::Borrowed(Value::String(text)) => Cow::Borrowed(text),
        Cow::Owned(Value::String(text)) => Cow::Owned(text),
        value => {
            let mut out = String::new();
            write_value(Some(&value), &mut out);
            Cow::Owned(out)
        }
    }
}

fn write_value(value: Option<&Value>, out: &mut String) {
    match value {
        None => out.push_str(UNDEFINED),
        Some(Value::String(text)) => out.push_str(text),
        Some(Value::Number(number)) => write_number(number, out),
        Some(Value::Bool(true)) => out.push_str("true"),
        Some(Value::Bool(false)) => out.push_str("false"),
        Some(value) => out.push_str(&json_text(value)),
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.source, f)
    }
}

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.source)
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// The path that stands for a call of what is no helper: no variable has such a name.
fn unknown_call(name: &str, arguments: &str) -> Path {
    Path::parse(&format!("{name}({arguments})"))
}
