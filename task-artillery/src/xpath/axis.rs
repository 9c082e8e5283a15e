//! The nodes in a direction.

use roxmltree::Node;

use super::syntax::{Axis, Test};
use super::value::Item;
use crate::jsonpath::expression::{Budget, TooMuch};

/// The nodes that a step finds from one node, nearest first.
pub(super) fn find<'a, 'd>(
    from: Item<'a, 'd>,
    axis: Axis,
    test: &Test,
    budget: &mut Budget,
) -> Result<Vec<Item<'a, 'd>>, TooMuch> {
    if matches!(axis, Axis::Following | Axis::Preceding) {
        budget.spend(from.node.ancestors().count())?;
    }
    let mut found = Vec::new();
    let mut take = |item: Item<'a, 'd>| {
        budget.spend(1)?;
        if fits(&item, axis, test) {
            found.push(item);
        }
        Ok(())
    };
    let nodes = |nodes: &mut dyn Iterator<Item = Node<'a, 'd>>, take: &mut dyn FnMut(_) -> _| {
        nodes.map(Item::from).try_for_each(take)
    };
    let node = from.node;
    // An attribute has a parent and nothing else around it.
    let is_attribute = from.attribute.is_some();
    match axis {
        Axis::Itself => take(from)?,
        Axis::Parent if is_attribute => take(node.into())?,
        Axis::Parent => nodes(&mut node.parent().into_iter(), &mut take)?,
        Axis::AncestorOrSelf if is_attribute => {
            take(from)?;
            nodes(&mut node.ancestors(), &mut take)?;
        }
        Axis::AncestorOrSelf => nodes(&mut node.ancestors(), &mut take)?,
        Axis::Ancestor => {
            let skipped = usize::from(!is_attribute);
            nodes(&mut node.ancestors().skip(skipped), &mut take)?;
        }
        Axis::DescendantOrSelf if is_attribute => take(from)?,
        Axis::Child
        | Axis::Attribute
        | Axis::Descendant
        | Axis::FollowingSibling
        | Axis::PrecedingSibling
            if is_attribute => {}
        Axis::Child => nodes(&mut node.children(), &mut take)?,
        Axis::Attribute => {
            for (number, attribute) in (0..).zip(node.attributes()) {
                let attribute = Some((number, attribute));
                take(Item { node, attribute })?;
            }
        }
        Axis::Descendant => nodes(&mut node.descendants().skip(1), &mut take)?,
        Axis::DescendantOrSelf => nodes(&mut node.descendants(), &mut take)?,
        Axis::FollowingSibling => nodes(&mut node.next_siblings().skip(1), &mut take)?,
        Axis::PrecedingSibling => nodes(&mut node.prev_siblings().skip(1), &mut take)?,
        Axis::Following => {
            if is_attribute {
                nodes(&mut node.descendants().skip(1), &mut take)?;
            }
            for around in node.ancestors() {
                for sibling in around.next_siblings().skip(1) {
                    nodes(&mut sibling.descendants(), &mut take)?;
                }
            }
        }
        Axis::Preceding => {
            for around in node.ancestors() {
                for sibling in around.prev_siblings().skip(1) {
                    nodes(&mut sibling.descendants().rev(), &mut take)?;
                }
            }
        }
    }
    Ok(found)
}

fn fits(item: &Item<'_, '_>, axis: Axis, test: &Test) -> bool {
    let is_named = || {
        let (is_attribute, wanted) = (item.attribute.is_some(), axis == Axis::Attribute);
        is_attribute == wanted && (is_attribute || item.node.is_element())
    };
    let is_tree = item.attribute.is_none();
    match test {
        Test::Name(namespace, local) => is_named() && item.name() == (*namespace, &**local),
        Test::AnyName => is_named(),
        Test::Node => true,
        Test::Text => is_tree && item.node.is_text(),
        Test::Comment => is_tree && item.node.is_comment(),
        Test::Instruction(name) => {
            let is_called = |name: &str| item.name().1 == name;
            is_tree && item.node.is_pi() && name.as_deref().is_none_or(is_called)
        }
    }
}
