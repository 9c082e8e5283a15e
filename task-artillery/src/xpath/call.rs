//! What functions make of their arguments.

use std::borrow::Cow;

use super::evaluate::Context;
use super::function::Function;
use super::syntax::Expr;
use super::value::{Item, Value};
use crate::jsonpath::expression::{Budget, TooMuch};

const XML: &str = "http://www.w3.org/XML/1998/namespace";

impl Function {
    /// What it makes of its arguments.
    pub(super) fn call<'e, 'd>(
        self,
        arguments: &'e [Expr],
        here: Context<'e, 'd>,
        budget: &mut Budget,
    ) -> Result<Value<'e, 'd>, TooMuch> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(argument.value(here, budget)?);
        }
        let mut arguments = Arguments {
            here,
            values: values.into_iter(),
            budget,
        };
        match self {
            Self::True => Ok(Value::Bool(true)),
            Self::False => Ok(Value::Bool(false)),
            Self::Last => Ok(Value::Number(here.size as f64)),
            Self::Position => Ok(Value::Number(here.position as f64)),
            Self::Boolean => Ok(Value::Bool(arguments.next().into_bool())),
            Self::Not => Ok(Value::Bool(!arguments.next().into_bool())),
            Self::Count => Ok(Value::Number(arguments.nodes().len() as f64)),
            Self::Number => arguments.number().map(Value::Number),
            Self::Sum => arguments.sum().map(Value::Number),
            Self::Ceiling => Ok(Value::Number(arguments.number()?.ceil())),
            Self::Floor => Ok(Value::Number(arguments.number()?.floor())),
            Self::Round => Ok(Value::Number((arguments.number()? + 0.5).floor())),
            Self::String => arguments.text().map(Value::Text),
            Self::LocalName | Self::Name | Self::NamespaceUri => Ok(arguments.name(self)),
            Self::Lang => arguments.lang().map(Value::Bool),
            _ => arguments.of_texts(self),
        }
    }
}

/// The arguments of a call.
struct Arguments<'b, 'e, 'd> {
    here: Context<'e, 'd>,
    values: std::vec::IntoIter<Value<'e, 'd>>,
    budget: &'b mut Budget,
}

impl<'e, 'd> Arguments<'_, 'e, 'd> {
    /// The next one; the node that is looked at, where it was left out.
    fn next(&mut self) -> Value<'e, 'd> {
        let next = self.values.next();
        next.unwrap_or_else(|| Value::Nodes(vec![self.here.item]))
    }

    fn nodes(&mut self) -> Vec<Item<'e, 'd>> {
        match self.next() {
            Value::Nodes(nodes) => nodes,
            _ => Vec::new(),
        }
    }

    fn number(&mut self) -> Result<f64, TooMuch> {
        self.next().into_number(self.budget)
    }

    fn text(&mut self) -> Result<Cow<'e, str>, TooMuch> {
        let text = self.next().into_text(self.budget)?;
        self.budget.spend_on_text(text.len())?;
        Ok(text)
    }

    fn sum(&mut self) -> Result<f64, TooMuch> {
        let mut sum = 0.0;
        for node in self.nodes() {
            sum += node.number(self.budget)?;
        }
        Ok(sum)
    }

    fn name(&mut self, which: Function) -> Value<'e, 'd> {
        let nodes = self.nodes();
        let name = nodes.first().map(|node| match which {
            Function::LocalName => Cow::Owned(node.name().1.to_owned()),
            Function::NamespaceUri => Cow::Borrowed(node.name().0.unwrap_or_default()),
            _ => Cow::Owned(node.prefixed_name()),
        });
        Value::Text(name.unwrap_or_default())
    }

    /// Whether the node is in a language: that of the nearest `xml:lang`, or a part of it.
    fn lang(&mut self) -> Result<bool, TooMuch> {
        let wanted = self.text()?;
        let mut around = self.here.item.node.ancestors();
        self.budget.spend(around.clone().count())?;
        let lang = around.find_map(|node| node.attribute((XML, "lang")));
        Ok(lang.is_some_and(|lang| {
            let (start, rest) = lang.split_at_checked(wanted.len()).unwrap_or(("", lang));
            start.eq_ignore_ascii_case(&wanted) && (rest.is_empty() || rest.starts_with('-'))
        }))
    }

    /// The functions that take texts.
    fn of_texts(&mut self, function: Function) -> Result<Value<'e, 'd>, TooMuch> {
        let text = self.text()?;
        let part = |text: Cow<'e, str>, find: &dyn Fn(&str) -> Option<(usize, usize)>| {
            let (start, end) = find(&text).unwrap_or_default();
            Value::Text(Cow::Owned(text[start..end].to_owned()))
        };
        Ok(match function {
            Function::StartsWith => Value::Bool(text.starts_with(&*self.text()?)),
            Function::Contains => Value::Bool(text.contains(&*self.text()?)),
            Function::StringLength => Value::Number(text.chars().count() as f64),
            Function::SubstringBefore => {
                let sought = self.text()?;
                part(text, &|text| text.find(&*sought).map(|at| (0, at)))
            }
            Function::SubstringAfter => {
                let sought = self.text()?;
                part(text, &|text| {
                    text.find(&*sought)
                        .map(|at| (at + sought.len(), text.len()))
                })
            }
            Function::NormalizeSpace => {
                let words = text
                    .split([' ', '\t', '\n', '\r'])
                    .filter(|word| !word.is_empty());
                Value::Text(words.collect::<Vec<_>>().join(" ").into())
            }
            Function::Concat => {
                let mut all = text.into_owned();
                for more in self.values.by_ref() {
                    all.push_str(&more.into_text(self.budget)?);
                    self.budget.spend_on_text(all.len())?;
                }
                Value::Text(all.into())
            }
            Function::Translate => {
                let (from, to) = (self.text()?, self.text()?);
                self.budget
                    .spend(text.len().saturating_mul(from.len()) / 16)?;
                Value::Text(translate(&text, &from, &to).into())
            }
            // The only one left.
            _ => {
                let start = self.number()?;
                let length = match self.values.next() {
                    Some(length) => length.into_number(self.budget)?,
                    None => f64::INFINITY,
                };
                Value::Text(substring(&text, start, length).into())
            }
        })
    }
}

/// The characters from a position, counted from 1, on.
fn substring(text: &str, start: f64, length: f64) -> String {
    let round = |number: f64| (number + 0.5).floor();
    let start = round(start);
    let end = start + round(length);
    let letters = text.chars().enumerate();
    let meant = letters.filter(|(at, _)| {
        let position = (at + 1) as f64;
        position >= start && position < end
    });
    meant.map(|(_, letter)| letter).collect()
}

/// Each character that is in `from` becomes the one at the same place of `to`, or nothing.
fn translate(text: &str, from: &str, to: &str) -> String {
    let become_ = |letter: char| match from.chars().position(|known| known == letter) {
        Some(at) => to.chars().nth(at),
        None => Some(letter),
    };
    text.chars().filter_map(become_).collect()
}
