//! What expressions compute with, and JavaScript's conversions and comparisons.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::budget::{Budget, TooMuch};
use super::item::Item;
use super::number;

/// Lists within lists beyond this are given up when they are to be written as a text.
const LIST_DEPTH_LIMIT: usize = 128;

/// A value in an expression.
#[derive(Clone, Debug)]
pub(crate) enum Operand<'a> {
    /// What a property is that is not there.
    Undefined,
    /// JSON's null.
    Null,
    /// True or false.
    Bool(bool),
    /// A double, as all numbers of JavaScript are.
    Number(f64),
    /// A text.
    Text(Cow<'a, str>),
    /// A list or an object of the document; equal to itself only.
    Json(&'a Value),
    /// A list that the expression made; equal to nothing.
    List(Vec<Operand<'a>>),
    /// A method that lists, texts or other values have from birth, not called.
    Function,
}

impl<'a> From<&'a Value> for Operand<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(bool) => Self::Bool(*bool),
            Value::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
            Value::String(text) => Self::Text(Cow::Borrowed(text)),
            Value::Array(_) | Value::Object(_) => Self::Json(value),
        }
    }
}

impl<'a> From<Item<'a>> for Operand<'a> {
    fn from(item: Item<'a>) -> Self {
        match item {
            Item::Json(value) => Self::from(value),
            Item::Length(length) => Self::Number(length as f64),
            Item::Unit(unit) => Self::Text(Cow::Owned(unit.to_string())),
        }
    }
}

impl<'a> Operand<'a> {
    /// Whether it counts as true.
    pub(crate) fn is_truthy(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(bool) => *bool,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Json(_) | Self::List(_) | Self::Function => true,
        }
    }

    /// What `typeof` says.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::Null | Self::Json(_) | Self::List(_) => "object",
            Self::Function => "function",
        }
    }

    /// The number that it stands for; NaN where it stands for none.
    pub(crate) fn to_number(&self, budget: &mut Budget) -> Result<f64, TooMuch> {
        Ok(match self {
            Self::Undefined => f64::NAN,
            Self::Null => 0.0,
            Self::Bool(bool) => f64::from(u8::from(*bool)),
            Self::Number(number) => *number,
            Self::Text(text) => {
                budget.spend_on_text(text.len())?;
                number::parse(text)
            }
            Self::Json(_) | Self::List(_) | Self::Function => number::parse(&self.to_text(budget)?),
        })
    }

    /// The text that it is written as.
    pub(crate) fn to_text(&self, budget: &mut Budget) -> Result<Cow<'a, str>, TooMuch> {
        Ok(match self {
            Self::Undefined => Cow::Borrowed("undefined"),
            Self::Null => Cow::Borrowed("null"),
            Self::Bool(true) => Cow::Borrowed("true"),
            Self::Bool(false) => Cow::Borrowed("false"),
            Self::Number(number) => Cow::Owned(number::format(*number)),
            Self::Text(text) => text.clone(),
            Self::Json(Value::Array(list)) => {
                let items = list.iter().map(Self::from);
                Cow::Owned(join(items, LIST_DEPTH_LIMIT, budget)?)
            }
            Self::List(list) => Cow::Owned(join(list.iter().cloned(), LIST_DEPTH_LIMIT, budget)?),
            Self::Json(_) => Cow::Borrowed("[object Object]"),
            Self::Function => Cow::Borrowed("function () { [native code] }"),
        })
    }

    /// Lists, objects and functions as the text that stands for them in computations, others as
    /// they are.
    pub(crate) fn to_primitive(&self, budget: &mut Budget) -> Result<Self, TooMuch> {
        match self {
            Self::Json(_) | Self::List(_) | Self::Function => self.to_text(budget).map(Self::Text),
            _ => Ok(self.clone()),
        }
    }

    /// `+`: joins texts where one side is a text, or is written as one; adds otherwise.
    pub(crate) fn add(&self, other: &Self, budget: &mut Budget) -> Result<Self, TooMuch> {
        let (left, right) = (self.to_primitive(budget)?, other.to_primitive(budget)?);
        if !matches!(left, Self::Text(_)) && !matches!(right, Self::Text(_)) {
            return Ok(Self::Number(
                left.to_number(budget)? + right.to_number(budget)?,
            ));
        }
        let mut joined = left.to_text(budget)?.into_owned();
        let right = right.to_text(budget)?;
        budget.spend_on_text(joined.len() + right.len())?;
        joined.push_str(&right);
        Ok(Self::Text(joined.into()))
    }

    /// `===`.
    pub(super) fn strictly_equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Undefined, Self::Undefined) | (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => same_number(*a, *b),
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Json(a), Self::Json(b)) => std::ptr::eq(*a, *b),
            _ => false,
        }
    }

    /// `==`.
    pub(crate) fn loosely_equals(
        &self,
        other: &Self,
        budget: &mut Budget,
    ) -> Result<bool, TooMuch> {
        use Operand::{Bool, Null, Number, Text, Undefined};
        Ok(match (self, other) {
            (Undefined | Null, Undefined | Null) => true,
            (Undefined | Null, _) | (_, Undefined | Null) => false,
            (Number(_) | Bool(_) | Text(_), Number(_) | Bool(_) | Text(_)) => {
                if let (Text(a), Text(b)) = (self, other) {
                    a == b
                } else {
                    same_number(self.to_number(budget)?, other.to_number(budget)?)
                }
            }
            (Number(_) | Bool(_) | Text(_), object) => {
                self.loosely_equals(&object.to_primitive(budget)?, budget)?
            }
            (object, Number(_) | Bool(_) | Text(_)) => {
                object.to_primitive(budget)?.loosely_equals(other, budget)?
            }
            _ => self.strictly_equals(other),
        })
    }

    /// Which is smaller; nothing where NaN is involved.
    pub(crate) fn compare(
        &self,
        other: &Self,
        budget: &mut Budget,
    ) -> Result<Option<Ordering>, TooMuch> {
        let (left, right) = (self.to_primitive(budget)?, other.to_primitive(budget)?);
        if let (Self::Text(a), Self::Text(b)) = (&left, &right) {
            return Ok(Some(a.encode_utf16().cmp(b.encode_utf16())));
        }
        Ok(left
            .to_number(budget)?
            .partial_cmp(&right.to_number(budget)?))
    }
}

#[expect(clippy::float_cmp, reason = "JavaScript compares numbers exactly")]
fn same_number(a: f64, b: f64) -> bool {
    a == b
}

/// Items as a list is written: with commas, null and undefined as nothing.
fn join<'a>(
    items: impl Iterator<Item = Operand<'a>>,
    depth: usize,
    budget: &mut Budget,
) -> Result<String, TooMuch> {
    let mut text = String::new();
    for (index, item) in items.enumerate() {
        // Writing a number takes longer than looking at one.
        budget.spend(4)?;
        if index > 0 {
            text.push(',');
        }
        let written = match item {
            Operand::Undefined | Operand::Null => continue,
            Operand::Json(Value::Array(_)) | Operand::List(_) if depth == 0 => {
                return Err(budget.exhausted());
            }
            Operand::Json(Value::Array(list)) => {
                Cow::Owned(join(list.iter().map(Operand::from), depth - 1, budget)?)
            }
            Operand::List(list) => Cow::Owned(join(list.into_iter(), depth - 1, budget)?),
            other => other.to_text(budget)?,
        };
        budget.spend_on_text(written.len())?;
        text.push_str(&written);
    }
    Ok(text)
}
