//! From expressions to what they stand for.

use roxmltree::Document;
use serde_json::Number;

use super::axis;
use super::compare::{compare, compare_numbers};
use super::syntax::{Axis, Expr, Operator, Path, Start, Step};
use super::value::{Item, Value, sort};
use crate::jsonpath::expression::{Budget, TooMuch};

/// From here on, not all floats are whole numbers of their own.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// Where an expression is evaluated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a, 'd> {
    pub(super) item: Item<'a, 'd>,
    /// Its number among those that a predicate chooses from, counted from 1.
    pub(super) position: usize,
    /// How many those are.
    pub(super) size: usize,
}

/// What an expression stands for in a document, for a script.
pub(super) fn evaluate(
    expression: &Expr,
    document: &Document<'_>,
    budget: &mut Budget,
) -> Result<Option<serde_json::Value>, TooMuch> {
    let here = Context {
        item: document.root_element().into(),
        position: 1,
        size: 1,
    };
    Ok(match expression.value(here, budget)? {
        Value::Nodes(nodes) => match nodes.first() {
            Some(first) => Some(first.text(budget)?.into()),
            None => None,
        },
        Value::Number(number) if number.fract() == 0.0 && number.abs() < LARGEST_WHOLE => {
            Some((number as i64).into())
        }
        Value::Number(number) => Number::from_f64(number).map(Into::into),
        Value::Text(text) => Some(text.into()),
        Value::Bool(value) => Some(value.into()),
    })
}

impl Expr {
    pub(super) fn value<'e, 'd>(
        &'e self,
        here: Context<'e, 'd>,
        budget: &mut Budget,
    ) -> Result<Value<'e, 'd>, TooMuch> {
        budget.spend(1)?;
        match self {
            Self::Number(number) => Ok(Value::Number(*number)),
            Self::Text(text) => Ok(Value::Text((&**text).into())),
            Self::Negative(inner) => {
                let number = inner.value(here, budget)?.into_number(budget)?;
                Ok(Value::Number(-number))
            }
            Self::Binary(operator, sides) => binary(*operator, sides, here, budget),
            Self::Call(function, arguments) => function.call(arguments, here, budget),
            Self::Path(path) => path.nodes(here, budget).map(Value::Nodes),
        }
    }
}

fn binary<'e, 'd>(
    operator: Operator,
    [left, right]: &'e [Expr; 2],
    here: Context<'e, 'd>,
    budget: &mut Budget,
) -> Result<Value<'e, 'd>, TooMuch> {
    let left = left.value(here, budget)?;
    if matches!(operator, Operator::Or | Operator::And) {
        let left = left.into_bool();
        let is_decided = left == (operator == Operator::Or);
        let value = if is_decided {
            left
        } else {
            right.value(here, budget)?.into_bool()
        };
        return Ok(Value::Bool(value));
    }
    let right = right.value(here, budget)?;
    if operator == Operator::Union {
        if let (Value::Nodes(mut nodes), Value::Nodes(more)) = (left, right) {
            nodes.extend(more);
            sort(&mut nodes);
            return Ok(Value::Nodes(nodes));
        }
        return Ok(Value::Nodes(Vec::new()));
    }
    let calculate: fn(f64, f64) -> f64 = match operator {
        Operator::Plus => |left, right| left + right,
        Operator::Minus => |left, right| left - right,
        Operator::Times => |left, right| left * right,
        Operator::Divided => |left, right| left / right,
        Operator::Modulo => |left, right| left % right,
        _ => return compare(operator, left, right, budget).map(Value::Bool),
    };
    let (left, right) = (left.into_number(budget)?, right.into_number(budget)?);
    Ok(Value::Number(calculate(left, right)))
}

impl Path {
    pub(super) fn nodes<'e, 'd>(
        &'e self,
        here: Context<'e, 'd>,
        budget: &mut Budget,
    ) -> Result<Vec<Item<'e, 'd>>, TooMuch> {
        let mut nodes = match &self.start {
            Start::Root => vec![here.item.node.document().root().into()],
            Start::Here => vec![here.item],
            Start::At(inner, predicates) => {
                let Value::Nodes(nodes) = inner.value(here, budget)? else {
                    return Ok(Vec::new());
                };
                choose(nodes, predicates, budget)?
            }
        };
        for step in &self.steps {
            nodes = step.nodes(&nodes, budget)?;
        }
        Ok(nodes)
    }
}

impl Step {
    fn nodes<'e, 'd>(
        &'e self,
        from: &[Item<'e, 'd>],
        budget: &mut Budget,
    ) -> Result<Vec<Item<'e, 'd>>, TooMuch> {
        let mut all = Vec::new();
        for item in from {
            let mut found = axis::find(*item, self.axis, &self.test, budget)?;
            found = choose(found, &self.predicates, budget)?;
            if self.is_backwards() {
                found.reverse();
            }
            all.extend(found);
        }
        sort(&mut all);
        Ok(all)
    }

    fn is_backwards(&self) -> bool {
        matches!(
            self.axis,
            Axis::Ancestor | Axis::AncestorOrSelf | Axis::Preceding | Axis::PrecedingSibling
        )
    }
}

/// Those of some nodes, nearest first, that fulfil all predicates, each of which chooses from what the one before it has left.
fn choose<'e, 'd>(
    mut nodes: Vec<Item<'e, 'd>>,
    predicates: &'e [Expr],
    budget: &mut Budget,
) -> Result<Vec<Item<'e, 'd>>, TooMuch> {
    for predicate in predicates {
        let size = nodes.len();
        let mut kept = Vec::new();
        for (before, item) in nodes.into_iter().enumerate() {
            let position = before + 1;
            let here = Context {
                item,
                position,
                size,
            };
            let is_meant = match predicate.value(here, budget)? {
                Value::Number(number) => compare_numbers(Operator::Equal, number, position as f64),
                value => value.into_bool(),
            };
            if is_meant {
                kept.push(item);
            }
        }
        nodes = kept;
    }
    Ok(nodes)
}
