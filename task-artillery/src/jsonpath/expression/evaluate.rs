//! The value of an expression.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::budget::{Budget, TooMuch};
use super::error::{EvaluationError, EvaluationErrorKind};
use super::operand::Operand;
use super::operator::{Binary, Unary};
use super::{Expression, Node, member};

impl<V> Expression<V> {
    /// Computes the value, where `scope` says what the variables are.
    ///
    /// Both sides of `&&` and `||` are computed only where JavaScript does.
    pub(crate) fn evaluate<'a>(
        &'a self,
        scope: &dyn Fn(&V) -> Operand<'a>,
        budget: &mut Budget,
    ) -> Result<Operand<'a>, EvaluationError> {
        Evaluation { scope, budget }.value(self)
    }
}

struct Evaluation<'e, 'a, V> {
    scope: &'e dyn Fn(&V) -> Operand<'a>,
    budget: &'e mut Budget,
}

impl<'a, V> Evaluation<'_, 'a, V> {
    fn value(&mut self, expression: &'a Expression<V>) -> Result<Operand<'a>, EvaluationError> {
        let at = |kind| EvaluationError {
            offset: expression.offset,
            kind,
        };
        self.budget.spend(1).map_err(|error| at(error.into()))?;
        match &expression.node {
            Node::Undefined => Ok(Operand::Undefined),
            Node::Null => Ok(Operand::Null),
            Node::Bool(bool) => Ok(Operand::Bool(*bool)),
            Node::Number(number) => Ok(Operand::Number(*number)),
            Node::Text(text) => Ok(Operand::Text(Cow::Borrowed(text))),
            Node::List(list) => self.values(list).map(Operand::List),
            Node::Variable(variable) => {
                let value = (self.scope)(variable);
                self.spend_on(&value).map_err(|error| at(error.into()))?;
                Ok(value)
            }
            Node::Member { object, name } => {
                let object = self.value(object)?;
                member::read(&object, name, self.budget).map_err(at)
            }
            Node::Call {
                receiver,
                method,
                arguments,
            } => {
                let arguments = self.values(arguments)?;
                let receiver = self.value(receiver)?;
                method.call(&receiver, &arguments, self.budget).map_err(at)
            }
            Node::Match { receiver, pattern } => match self.value(receiver)? {
                Operand::Text(text) => pattern
                    .find(&text, self.budget)
                    .map_err(|error| at(error.into())),
                other => {
                    member::read(&other, "match", self.budget).map_err(at)?;
                    let of = other.type_name();
                    Err(at(EvaluationErrorKind::NoMethod {
                        method: "match",
                        of,
                    }))
                }
            },
            Node::Test { pattern, argument } => {
                let argument = self.value(argument)?;
                let test = argument
                    .to_text(self.budget)
                    .and_then(|text| pattern.test(&text, self.budget));
                test.map(Operand::Bool).map_err(|error| at(error.into()))
            }
            Node::Unary { operator, argument } => {
                let argument = self.value(argument)?;
                self.unary(*operator, &argument)
                    .map_err(|error| at(error.into()))
            }
            Node::Binary { operator, sides } => self.binary(*operator, sides, expression.offset),
        }
    }

    /// Takes the steps of making a text.
    fn spend_on(&mut self, value: &Operand<'a>) -> Result<(), TooMuch> {
        match value {
            Operand::Text(Cow::Owned(text)) => self.budget.spend_on_text(text.len()),
            _ => Ok(()),
        }
    }

    fn values(&mut self, list: &'a [Expression<V>]) -> Result<Vec<Operand<'a>>, EvaluationError> {
        list.iter()
            .map(|expression| self.value(expression))
            .collect()
    }

    fn unary(&mut self, operator: Unary, argument: &Operand<'a>) -> Result<Operand<'a>, TooMuch> {
        Ok(match operator {
            Unary::Not => Operand::Bool(!argument.is_truthy()),
            Unary::Negate => Operand::Number(-argument.to_number(self.budget)?),
            Unary::Number => Operand::Number(argument.to_number(self.budget)?),
            Unary::TypeOf => Operand::Text(Cow::Borrowed(argument.type_name())),
        })
    }

    fn binary(
        &mut self,
        operator: Binary,
        [left, right]: &'a [Expression<V>; 2],
        offset: usize,
    ) -> Result<Operand<'a>, EvaluationError> {
        let left = self.value(left)?;
        match operator {
            Binary::Or if left.is_truthy() => return Ok(left),
            Binary::And if !left.is_truthy() => return Ok(left),
            _ => {}
        }
        let right = self.value(right)?;
        self.combine(operator, &left, right)
            .map_err(|error| EvaluationError {
                offset,
                kind: error.into(),
            })
    }

    fn combine(
        &mut self,
        operator: Binary,
        left: &Operand<'a>,
        right: Operand<'a>,
    ) -> Result<Operand<'a>, TooMuch> {
        let budget = &mut *self.budget;
        if let (Operand::Text(left), Operand::Text(right)) = (left, &right) {
            budget.spend_on_text(left.len().min(right.len()))?;
        }
        let mut order = |accepted: fn(Ordering) -> bool| -> Result<bool, TooMuch> {
            Ok(left.compare(&right, budget)?.is_some_and(accepted))
        };
        let truth = match operator {
            Binary::Or | Binary::And => return Ok(right),
            Binary::Less => order(Ordering::is_lt)?,
            Binary::LessOrEqual => order(Ordering::is_le)?,
            Binary::Greater => order(Ordering::is_gt)?,
            Binary::GreaterOrEqual => order(Ordering::is_ge)?,
            Binary::Equal => left.loosely_equals(&right, budget)?,
            Binary::NotEqual => !left.loosely_equals(&right, budget)?,
            Binary::StrictlyEqual => left.strictly_equals(&right),
            Binary::StrictlyNotEqual => !left.strictly_equals(&right),
            Binary::Add => return left.add(&right, budget),
            Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Remainder => {
                let (left, right) = (left.to_number(budget)?, right.to_number(budget)?);
                return Ok(Operand::Number(match operator {
                    Binary::Subtract => left - right,
                    Binary::Multiply => left * right,
                    Binary::Divide => left / right,
                    _ => left % right,
                }));
            }
        };
        Ok(Operand::Bool(truth))
    }
}
