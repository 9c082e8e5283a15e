//! What expressions stand for.

use std::borrow::Cow;
use std::cmp::Ordering;

use roxmltree::{Attribute, Node, NodeType};

use crate::jsonpath::expression::{Budget, TooMuch};

/// A node: one of the tree, or an attribute of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a, 'd> {
    pub(super) node: Node<'a, 'd>,
    /// Which of the node's attributes is meant, and its number.
    pub(super) attribute: Option<(u32, Attribute<'a, 'd>)>,
}

impl<'a, 'd> From<Node<'a, 'd>> for Item<'a, 'd> {
    fn from(node: Node<'a, 'd>) -> Self {
        let attribute = None;
        Self { node, attribute }
    }
}

impl<'a, 'd> Item<'a, 'd> {
    /// Its place in the document.
    pub(super) fn order(&self) -> (u32, Option<u32>) {
        let number = self.attribute.as_ref().map(|(number, _)| *number);
        (self.node.id().get(), number)
    }

    /// Its name: with its namespace, where it has one.
    pub(super) fn name(&self) -> (Option<&'a str>, &'d str) {
        match (&self.attribute, self.node.node_type()) {
            (Some((_, attribute)), _) => (attribute.namespace(), attribute.name()),
            (None, NodeType::PI) => (None, self.node.pi().map_or("", |pi| pi.target)),
            (None, _) => {
                let name = self.node.tag_name();
                (name.namespace(), name.name())
            }
        }
    }

    /// Its name with the prefix, as the document writes it.
    pub(super) fn prefixed_name(&self) -> String {
        let (namespace, name) = self.name();
        let prefix = namespace.and_then(|uri| self.node.lookup_prefix(uri));
        match prefix.filter(|prefix| !prefix.is_empty()) {
            Some(prefix) => format!("{prefix}:{name}"),
            None => name.to_owned(),
        }
    }

    /// Its text: of an element that of everything in it.
    pub(super) fn text(&self, budget: &mut Budget) -> Result<Cow<'a, str>, TooMuch> {
        if let Some((_, attribute)) = &self.attribute {
            budget.spend_on_text(attribute.value().len())?;
            return Ok(Cow::Borrowed(attribute.value()));
        }
        match self.node.node_type() {
            NodeType::PI => {
                let value = self.node.pi().and_then(|pi| pi.value);
                let value = value.unwrap_or_default();
                budget.spend_on_text(value.len())?;
                Ok(Cow::Borrowed(value))
            }
            NodeType::Text | NodeType::Comment => {
                let text = self.node.text().unwrap_or_default();
                budget.spend_on_text(text.len())?;
                Ok(Cow::Borrowed(text))
            }
            NodeType::Root | NodeType::Element => {
                let mut all = Cow::Borrowed("");
                for node in self.node.descendants() {
                    budget.spend(1)?;
                    if node.is_text() {
                        let text = node.text().unwrap_or_default();
                        budget.spend_on_text(text.len())?;
                        all += text;
                    }
                }
                Ok(all)
            }
        }
    }
}

impl Item<'_, '_> {
    /// The number that its text is.
    pub(super) fn number(&self, budget: &mut Budget) -> Result<f64, TooMuch> {
        Ok(number(&self.text(budget)?))
    }
}

/// What an expression stands for.
#[derive(Debug)]
pub(super) enum Value<'a, 'd> {
    /// Nodes, in the order of the document, none twice.
    Nodes(Vec<Item<'a, 'd>>),
    Number(f64),
    Text(Cow<'a, str>),
    Bool(bool),
}

impl<'a> Value<'a, '_> {
    pub(super) fn into_bool(self) -> bool {
        match self {
            Self::Nodes(nodes) => !nodes.is_empty(),
            Self::Number(number) => number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Bool(value) => value,
        }
    }

    pub(super) fn into_text(self, budget: &mut Budget) -> Result<Cow<'a, str>, TooMuch> {
        Ok(match self {
            Self::Nodes(nodes) => match nodes.first() {
                Some(first) => first.text(budget)?,
                None => Cow::Borrowed(""),
            },
            Self::Number(number) => Cow::Owned(written(number)),
            Self::Text(text) => text,
            Self::Bool(true) => Cow::Borrowed("true"),
            Self::Bool(false) => Cow::Borrowed("false"),
        })
    }

    pub(super) fn into_number(self, budget: &mut Budget) -> Result<f64, TooMuch> {
        Ok(match self {
            Self::Number(number) => number,
            Self::Bool(value) => f64::from(u8::from(value)),
            other => number(&other.into_text(budget)?),
        })
    }
}

/// A number as `XPath` writes it: without an exponent.
fn written(number: f64) -> String {
    if number.is_infinite() {
        let sign = if number > 0.0 { "" } else { "-" };
        format!("{sign}Infinity")
    } else {
        // Zero has no sign.
        format!("{}", number + 0.0)
    }
}

/// The number that a text is: digits, perhaps with a point and a minus.
pub(super) fn number(text: &str) -> f64 {
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let known = |c: char| c.is_ascii_digit() || c == '.';
    if digits.chars().all(known) {
        text.parse().unwrap_or(f64::NAN)
    } else {
        f64::NAN
    }
}

/// Puts nodes into the order of the document, each once.
pub(super) fn sort(nodes: &mut Vec<Item<'_, '_>>) {
    let in_order = |pair: &[Item<'_, '_>]| pair[0].order().cmp(&pair[1].order()) == Ordering::Less;
    if !nodes.windows(2).all(in_order) {
        nodes.sort_unstable_by_key(Item::order);
        nodes.dedup_by_key(|item| item.order());
    }
}
