//! The value of a condition.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;
use star_core::draw::Draws;

use super::code::{Binary, Op};
use super::error::Unevaluated;
use super::function::{Function, power};
use super::{Condition, Names};
use crate::jsonpath::TooMuch;
use crate::jsonpath::expression::{Budget, Item, Operand, Pattern};
use crate::script::Vars;
use crate::script::path::Path;
use crate::script::template::json_text;

/// How many steps an evaluation may take; one is an operation, or a pass over some letters of a text.
pub const STEP_LIMIT: u64 = 1 << 20;

impl Condition {
    /// Whether it holds, given what its names stand for. `random` draws from `draws`.
    ///
    /// # Errors
    /// Where it takes too long, or a text that should be a regular expression is none.
    pub fn holds(&self, names: &impl Names, draws: &mut Draws) -> Result<bool, Unevaluated> {
        Ok(self.value(names, draws)?.is_truthy())
    }

    pub(super) fn value<'a>(
        &'a self,
        names: &'a impl Names,
        draws: &mut Draws,
    ) -> Result<Operand<'a>, Unevaluated> {
        let mut machine = Machine {
            names,
            draws,
            budget: Budget::new(STEP_LIMIT),
            stack: Vec::new(),
        };
        machine.run(&self.code)?;
        Ok(machine.take())
    }
}

impl Names for Vars {
    fn value(&self, name: &Path) -> Option<Cow<'_, Value>> {
        self.get(name)
    }
}

struct Machine<'a, 'd, N> {
    names: &'a N,
    draws: &'d mut Draws,
    budget: Budget,
    stack: Vec<Operand<'a>>,
}

impl<'a, N: Names> Machine<'a, '_, N> {
    fn run(&mut self, code: &'a [Op]) -> Result<(), Unevaluated> {
        let mut at = 0;
        // Jumps lead forward only, so it ends.
        while let Some(op) = code.get(at) {
            self.budget.spend(1)?;
            at += 1;
            match op {
                Op::Jump(to) => at = *to,
                Op::JumpUnless(to) => {
                    if !self.take().is_truthy() {
                        at = *to;
                    }
                }
                Op::Settle(truth, to) => {
                    if self.take().is_truthy() == *truth {
                        self.put_truth(*truth);
                        at = *to;
                    }
                }
                op => self.compute(op)?,
            }
        }
        Ok(())
    }

    fn compute(&mut self, op: &'a Op) -> Result<(), Unevaluated> {
        match op {
            Op::Number(number) => self.put_number(*number),
            Op::Text(text) => self.stack.push(Operand::Text(Cow::Borrowed(text))),
            Op::Name(path) => self.stack.push(operand(self.names.value(path))),
            Op::Member(name) => {
                let member = self.member(name)?;
                self.stack.push(member);
            }
            Op::List(count) => {
                let list = self.take_some(*count);
                self.stack.push(Operand::List(list));
            }
            Op::Call(function, count) => self.call(*function, *count)?,
            Op::Negate => {
                let number = self.take().to_number(&mut self.budget)?;
                self.put_number(-number);
            }
            Op::Not => {
                let truth = self.take().is_truthy();
                self.put_truth(!truth);
            }
            Op::Truth => {
                let truth = self.take().is_truthy();
                self.put_truth(truth);
            }
            Op::Matches(pattern) => {
                let text = self.take().to_text(&mut self.budget)?;
                let truth = pattern.test(&text, &mut self.budget)?;
                self.put_truth(truth);
            }
            Op::Binary(binary) => self.binary(*binary)?,
            // They are not computed.
            Op::Jump(_) | Op::JumpUnless(_) | Op::Settle(..) => {}
        }
        Ok(())
    }

    fn take(&mut self) -> Operand<'a> {
        self.stack.pop().unwrap_or(Operand::Undefined)
    }

    fn take_some(&mut self, count: usize) -> Vec<Operand<'a>> {
        self.stack.split_off(self.stack.len().saturating_sub(count))
    }

    fn put_number(&mut self, number: f64) {
        self.stack.push(Operand::Number(number));
    }

    fn put_truth(&mut self, truth: bool) {
        self.put_number(f64::from(u8::from(truth)));
    }

    /// A member that the value itself has.
    fn member(&mut self, name: &str) -> Result<Operand<'a>, TooMuch> {
        let of = self.take();
        let member = match &of {
            Operand::Json(value) => Item::Json(value).own(name, &mut self.budget)?,
            Operand::Text(text) => Item::of_text(text, name, &mut self.budget)?,
            Operand::List(list) if name == "length" => Some(Item::Length(list.len())),
            Operand::List(list) => {
                let item = name.parse().ok().and_then(|at: usize| list.get(at));
                return Ok(item.cloned().unwrap_or(Operand::Undefined));
            }
            _ => None,
        };
        Ok(member.map_or(Operand::Undefined, Operand::from))
    }

    fn call(&mut self, function: Function, count: usize) -> Result<(), TooMuch> {
        let mut numbers = Vec::with_capacity(count);
        for argument in self.take_some(count) {
            numbers.push(argument.to_number(&mut self.budget)?);
        }
        let number = function.call(&numbers, self.draws);
        self.put_number(number);
        Ok(())
    }

    fn binary(&mut self, binary: Binary) -> Result<(), Unevaluated> {
        let (right, left) = (self.take(), self.take());
        let budget = &mut self.budget;
        if let (Operand::Text(left), Operand::Text(right)) = (&left, &right) {
            budget.spend_on_text(left.len().min(right.len()))?;
        }
        let truth = match binary {
            Binary::Equal => left.loosely_equals(&right, budget)?,
            Binary::NotEqual => !left.loosely_equals(&right, budget)?,
            Binary::Less => left.compare(&right, budget)?.is_some_and(Ordering::is_lt),
            Binary::LessOrEqual => left.compare(&right, budget)?.is_some_and(Ordering::is_le),
            Binary::Greater => left.compare(&right, budget)?.is_some_and(Ordering::is_gt),
            Binary::GreaterOrEqual => left.compare(&right, budget)?.is_some_and(Ordering::is_ge),
            Binary::In => is_in(&left, &right, budget)?,
            Binary::NotIn => !is_in(&left, &right, budget)?,
            Binary::Matches => matches(&left, &right, budget)?,
            Binary::Add => {
                let sum = left.add(&right, budget)?;
                self.stack.push(sum);
                return Ok(());
            }
            Binary::Subtract
            | Binary::Multiply
            | Binary::Divide
            | Binary::Remainder
            | Binary::Power => {
                let (left, right) = (left.to_number(budget)?, right.to_number(budget)?);
                self.put_number(match binary {
                    Binary::Subtract => left - right,
                    Binary::Multiply => left * right,
                    Binary::Divide => left / right,
                    Binary::Remainder => left % right,
                    _ => power(left, right),
                });
                return Ok(());
            }
        };
        self.put_truth(truth);
        Ok(())
    }
}

fn operand(value: Option<Cow<'_, Value>>) -> Operand<'_> {
    match value {
        None => Operand::Undefined,
        Some(Cow::Borrowed(value)) => Operand::from(value),
        Some(Cow::Owned(Value::String(text))) => Operand::Text(Cow::Owned(text)),
        Some(Cow::Owned(Value::Null)) => Operand::Null,
        Some(Cow::Owned(Value::Bool(truth))) => Operand::Bool(truth),
        Some(Cow::Owned(Value::Number(number))) => {
            Operand::Number(number.as_f64().unwrap_or(f64::NAN))
        }
        // Lists and mappings are made once, not for each who asks.
        Some(Cow::Owned(value)) => Operand::Text(Cow::Owned(json_text(&value))),
    }
}

/// The values in a list; the value itself where it is none.
fn items<'a>(operand: &Operand<'a>) -> Vec<Operand<'a>> {
    match operand {
        Operand::List(list) => list.clone(),
        Operand::Json(Value::Array(list)) => list.iter().map(Operand::from).collect(),
        one => vec![one.clone()],
    }
}

/// Whether all of the left is among the right.
fn is_in(left: &Operand<'_>, right: &Operand<'_>, budget: &mut Budget) -> Result<bool, TooMuch> {
    let (left, right) = (items(left), items(right));
    budget.spend(left.len() + right.len())?;
    for one in &left {
        let mut found = false;
        for other in &right {
            budget.spend(1)?;
            if let (Operand::Text(one), Operand::Text(other)) = (one, other) {
                budget.spend_on_text(one.len().min(other.len()))?;
            }
            found = one.loosely_equals(other, budget)?;
            if found {
                break;
            }
        }
        if !found {
            return Ok(false);
        }
    }
    Ok(true)
}

fn matches(
    left: &Operand<'_>,
    right: &Operand<'_>,
    budget: &mut Budget,
) -> Result<bool, Unevaluated> {
    let pattern = match right {
        Operand::Undefined => Cow::Borrowed(""),
        right => right.to_text(budget)?,
    };
    // Reading one takes longer than its text is long.
    budget.spend(pattern.len().saturating_mul(64))?;
    let Ok(pattern) = Pattern::parse(&pattern, "", 0) else {
        return Err(Unevaluated::Pattern);
    };
    Ok(pattern.test(&left.to_text(budget)?, budget)?)
}
