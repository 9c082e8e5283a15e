//! Comparing what expressions stand for.

use super::syntax::Operator;
use super::value::{Item, Value};
use crate::jsonpath::expression::{Budget, TooMuch};

/// Compares two values; of nodes it is enough that one fits.
pub(super) fn compare(
    operator: Operator,
    left: Value<'_, '_>,
    right: Value<'_, '_>,
    budget: &mut Budget,
) -> Result<bool, TooMuch> {
    match (left, right) {
        (Value::Nodes(left), Value::Nodes(right)) => compare_nodes(operator, &left, &right, budget),
        (left @ Value::Nodes(_), Value::Bool(right)) => compare_plain(
            operator,
            Value::Bool(left.into_bool()),
            Value::Bool(right),
            budget,
        ),
        (Value::Bool(left), right @ Value::Nodes(_)) => compare_plain(
            operator,
            Value::Bool(left),
            Value::Bool(right.into_bool()),
            budget,
        ),
        (Value::Nodes(left), right) => any_compares(operator, &left, right, false, budget),
        (left, Value::Nodes(right)) => any_compares(operator, &right, left, true, budget),
        (left, right) => compare_plain(operator, left, right, budget),
    }
}

/// Whether any of some nodes compares with any of others.
fn compare_nodes(
    operator: Operator,
    left: &[Item<'_, '_>],
    right: &[Item<'_, '_>],
    budget: &mut Budget,
) -> Result<bool, TooMuch> {
    if !is_equality(operator) {
        let right = right.iter().map(|node| node.number(budget));
        let right = right.collect::<Result<Vec<_>, _>>()?;
        for left in left {
            let left = left.number(budget)?;
            budget.spend(right.len())?;
            if right
                .iter()
                .any(|right| compare_numbers(operator, left, *right))
            {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let right = right.iter().map(|node| node.text(budget));
    let right = right.collect::<Result<Vec<_>, _>>()?;
    for left in left {
        let left = left.text(budget)?;
        for right in &right {
            budget.spend(1)?;
            budget.spend_on_text(left.len().min(right.len()))?;
            if compare_texts(operator, &left, right) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Compares a value that is neither a list of nodes nor true or false with each of some nodes, which are on its right if they are `behind`.
fn any_compares(
    operator: Operator,
    nodes: &[Item<'_, '_>],
    plain: Value<'_, '_>,
    behind: bool,
    budget: &mut Budget,
) -> Result<bool, TooMuch> {
    if let Value::Text(plain) = &plain
        && is_equality(operator)
    {
        for node in nodes {
            let node = node.text(budget)?;
            budget.spend_on_text(node.len().min(plain.len()))?;
            if compare_texts(operator, &node, plain) {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let plain = plain.into_number(budget)?;
    for node in nodes {
        let node = node.number(budget)?;
        let (left, right) = if behind { (plain, node) } else { (node, plain) };
        if compare_numbers(operator, left, right) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_equality(operator: Operator) -> bool {
    matches!(operator, Operator::Equal | Operator::NotEqual)
}

/// Whether texts are the same, or where the operator is `!=` are not.
fn compare_texts(operator: Operator, left: &str, right: &str) -> bool {
    (left == right) == (operator == Operator::Equal)
}

#[expect(clippy::float_cmp, reason = "`=` of XPath is exact")]
pub(super) fn compare_numbers(operator: Operator, left: f64, right: f64) -> bool {
    match operator {
        Operator::Equal => left == right,
        Operator::NotEqual => left != right,
        Operator::Less => left < right,
        Operator::LessOrEqual => left <= right,
        Operator::Greater => left > right,
        Operator::GreaterOrEqual => left >= right,
        _ => false,
    }
}

/// Compares two values that are no nodes.
fn compare_plain(
    operator: Operator,
    left: Value<'_, '_>,
    right: Value<'_, '_>,
    budget: &mut Budget,
) -> Result<bool, TooMuch> {
    let equality = is_equality(operator);
    Ok(match (left, right) {
        (Value::Bool(left), right) if equality => {
            (left == right.into_bool()) == (operator == Operator::Equal)
        }
        (left, Value::Bool(right)) if equality => {
            (left.into_bool() == right) == (operator == Operator::Equal)
        }
        (Value::Text(left), Value::Text(right)) if equality => {
            budget.spend_on_text(left.len().min(right.len()))?;
            compare_texts(operator, &left, &right)
        }
        (left, right) => {
            let (left, right) = (left.into_number(budget)?, right.into_number(budget)?);
            compare_numbers(operator, left, right)
        }
    })
}
