//! The methods that expressions may call.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use serde_json::Value;

use super::budget::{Budget, TooMuch};
use super::error::EvaluationErrorKind;
use super::operand::Operand;
use super::{item, member, number};

/// A method of texts, lists or all values. `match` and `test` are apart, for they take regular
/// expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    CharAt,
    EndsWith,
    HasOwnProperty,
    Includes,
    IndexOf,
    LastIndexOf,
    Slice,
    StartsWith,
    Substring,
    ToLowerCase,
    ToString,
    ToUpperCase,
    Trim,
}

const METHODS: [(&str, Method, RangeInclusive<usize>); 13] = [
    ("charAt", Method::CharAt, 1..=1),
    ("endsWith", Method::EndsWith, 1..=1),
    ("hasOwnProperty", Method::HasOwnProperty, 1..=1),
    ("includes", Method::Includes, 1..=1),
    ("indexOf", Method::IndexOf, 1..=1),
    ("lastIndexOf", Method::LastIndexOf, 1..=1),
    ("slice", Method::Slice, 1..=2),
    ("startsWith", Method::StartsWith, 1..=1),
    ("substring", Method::Substring, 1..=2),
    ("toLowerCase", Method::ToLowerCase, 0..=0),
    ("toString", Method::ToString, 0..=0),
    ("toUpperCase", Method::ToUpperCase, 0..=0),
    ("trim", Method::Trim, 0..=0),
];

type Outcome<'a> = Result<Operand<'a>, EvaluationErrorKind>;

impl Method {
    /// The method of that name, and how many arguments it takes.
    pub(super) fn named(name: &str) -> Option<(Self, RangeInclusive<usize>)> {
        METHODS
            .iter()
            .find(|(known, ..)| *known == name)
            .map(|(_, method, arity)| (*method, arity.clone()))
    }

    /// The names of all, for messages.
    pub(super) fn names() -> String {
        let names = METHODS
            .iter()
            .map(|(name, ..)| *name)
            .chain(["match", "test"]);
        names.collect::<Vec<_>>().join(", ")
    }

    fn name(self) -> &'static str {
        let found = METHODS.iter().find(|(_, method, _)| *method == self);
        found.map_or("", |(name, ..)| name)
    }

    /// `receiver.method(arguments)`.
    pub(super) fn call<'a>(
        self,
        receiver: &Operand<'a>,
        arguments: &[Operand<'a>],
        budget: &mut Budget,
    ) -> Outcome<'a> {
        let name = self.name();
        let no_method = EvaluationErrorKind::NoMethod {
            method: name,
            of: receiver.type_name(),
        };
        if !matches!(member::read(receiver, name, budget)?, Operand::Function) {
            return Err(no_method);
        }
        match (self, receiver) {
            (Self::ToString, _) => Ok(Operand::Text(receiver.to_text(budget)?)),
            (Self::HasOwnProperty, _) => {
                let [name] = arguments else {
                    return Err(no_method);
                };
                let name = name.to_text(budget)?;
                budget.spend_on_text(name.len())?;
                let own = member::own(receiver, &name, budget)?;
                Ok(Operand::Bool(own.is_some()))
            }
            (_, Operand::Text(text)) => {
                budget.spend_on_text(text.len())?;
                self.of_text(text, arguments, budget)
            }
            (_, Operand::Json(Value::Array(list))) => {
                self.of_list(list.iter().map(Operand::from), arguments, budget)
            }
            (_, Operand::List(list)) => self.of_list(list.iter().cloned(), arguments, budget),
            _ => Err(no_method),
        }
    }

    fn of_text<'a>(
        self,
        text: &str,
        arguments: &[Operand<'a>],
        budget: &mut Budget,
    ) -> Outcome<'a> {
        let first = match arguments.first() {
            Some(argument) => argument.to_text(budget)?,
            None => Cow::Borrowed(""),
        };
        budget.spend_on_text(first.len())?;
        let index = |at: Option<usize>| match at {
            Some(at) => Operand::Number(item::utf16_length(&text[..at]) as f64),
            None => Operand::Number(-1.0),
        };
        Ok(match self {
            Self::EndsWith => Operand::Bool(text.ends_with(&*first)),
            Self::StartsWith => Operand::Bool(text.starts_with(&*first)),
            Self::Includes => Operand::Bool(text.contains(&*first)),
            Self::IndexOf => index(text.find(&*first)),
            Self::LastIndexOf => index(text.rfind(&*first)),
            Self::ToLowerCase => Operand::Text(text.to_lowercase().into()),
            Self::ToUpperCase => Operand::Text(text.to_uppercase().into()),
            Self::Trim => Operand::Text(text.trim_matches(number::is_space).to_owned().into()),
            Self::CharAt | Self::Slice | Self::Substring => {
                let units: Vec<u16> = text.encode_utf16().collect();
                let span = self.span(units.len(), arguments, budget)?;
                Operand::Text(String::from_utf16_lossy(&units[span]).into())
            }
            Self::ToString | Self::HasOwnProperty => Operand::Undefined,
        })
    }

    fn of_list<'a>(
        self,
        list: impl DoubleEndedIterator<Item = Operand<'a>> + ExactSizeIterator,
        arguments: &[Operand<'a>],
        budget: &mut Budget,
    ) -> Outcome<'a> {
        budget.spend(list.len())?;
        let sought = arguments.first().unwrap_or(&Operand::Undefined);
        let index = |found: Option<(usize, Operand<'_>)>| {
            Operand::Number(found.map_or(-1.0, |(index, _)| index as f64))
        };
        // One text is compared with each item of the same length.
        let mut compared = 0;
        let mut is_sought = |item: &Operand<'_>| {
            if let (Operand::Text(item), Operand::Text(sought)) = (item, sought) {
                compared += item.len().min(sought.len());
            }
            item.strictly_equals(sought)
        };
        let result = match self {
            // Unlike `indexOf`, it finds NaN.
            Self::Includes => Operand::Bool(
                list.into_iter()
                    .any(|item| is_sought(&item) || both_nan(&item, sought)),
            ),
            Self::IndexOf => index(list.enumerate().find(|(_, item)| is_sought(item))),
            Self::LastIndexOf => index(list.enumerate().rfind(|(_, item)| is_sought(item))),
            Self::Slice => {
                let span = self.span(list.len(), arguments, budget)?;
                Operand::List(list.skip(span.start).take(span.len()).collect())
            }
            _ => Operand::Undefined,
        };
        budget.spend_on_text(compared)?;
        Ok(result)
    }

    /// The part of something `length` long that `charAt`, `slice` and `substring` mean.
    fn span(
        self,
        length: usize,
        arguments: &[Operand<'_>],
        budget: &mut Budget,
    ) -> Result<std::ops::Range<usize>, TooMuch> {
        let mut place = |argument: &Operand<'_>| {
            let wanted = argument.to_number(budget)?;
            let wanted = if wanted.is_nan() { 0.0 } else { wanted.trunc() };
            let from_end = self == Self::Slice && wanted < 0.0;
            Ok(if from_end {
                wanted + length as f64
            } else {
                wanted
            })
        };
        let within = |wanted: f64| wanted.clamp(0.0, length as f64) as usize;
        let start = arguments.first().map_or(Ok(0.0), &mut place)?;
        if self == Self::CharAt {
            let there = start >= 0.0 && start < length as f64;
            return Ok(if there {
                within(start)..within(start) + 1
            } else {
                0..0
            });
        }
        let end = match arguments.get(1) {
            None | Some(Operand::Undefined) => length,
            Some(end) => within(place(end)?),
        };
        let start = within(start);
        Ok(match self {
            Self::Substring => start.min(end)..start.max(end),
            _ => start..end.max(start),
        })
    }
}

fn both_nan(a: &Operand<'_>, b: &Operand<'_>) -> bool {
    matches!((a, b), (Operand::Number(a), Operand::Number(b)) if a.is_nan() && b.is_nan())
}
