//! Expressions of a path, computed for one element.

use serde_json::Value;

use super::error::SelectError;
use super::expression::{
    Children, EvaluationError, EvaluationErrorKind, Expression, Item, Key, Operand, array_index,
};
use super::filter::Filter;
use super::frame::{Frame, Place};
use super::select::{Done, Selection};
use super::step::Step;
use super::variable::Reference;

/// How much of a name an error shows, in characters.
const NAME_LIMIT: usize = 40;

/// What an expression is computed for.
#[derive(Clone, Copy)]
struct Element<'f, 'v> {
    /// The value.
    value: Item<'v>,
    /// Where it is.
    place: Option<&'f Place<'f>>,
    /// The frame that the step is taken from.
    container: &'f Frame<'f, 'v>,
}

impl<'v> Selection<'v> {
    /// Goes to the elements that a filter keeps.
    pub(super) fn filter(&mut self, filter: &Filter, rest: &[Step], frame: &Frame<'_, 'v>) -> Done {
        for (key, child) in frame.value.children() {
            let place = frame.place_of(key);
            if self.keeps(filter, Item::Json(child), &place, frame)? {
                self.follow(rest, &frame.child(Item::Json(child), &place))?;
            }
        }
        Ok(())
    }

    /// Whether a filter keeps an element, of the value of a frame or of a property of it.
    fn keeps(
        &mut self,
        filter: &Filter,
        element: Item<'v>,
        place: &Place<'_>,
        frame: &Frame<'_, 'v>,
    ) -> Result<bool, SelectError> {
        self.budget.spend(1)?;
        let (offset, name, filter) = match filter {
            Filter::Expression(expression) => {
                let element = Element {
                    value: element,
                    place: Some(place),
                    container: frame,
                };
                return Ok(self.evaluate(expression, element)?.is_truthy());
            }
            Filter::Nested {
                offset,
                name,
                filter,
            } => (*offset, name.as_deref(), filter),
        };
        let value = match (name, element) {
            (Some(name), Item::Json(Value::Null)) => {
                let property = name.to_owned();
                let kind = EvaluationErrorKind::NoProperties {
                    property,
                    of: "null",
                };
                return Err(EvaluationError { offset, kind }.into());
            }
            (Some(name), _) => element.own(name, &mut self.budget)?,
            (None, _) => Some(element),
        };
        let mut any = false;
        for (key, child) in value.map_or(Children::None, Item::children) {
            // `jsonpath-plus` believes such elements to be where the outer ones are.
            let place = frame.place_of(key);
            any |= self.keeps(filter, Item::Json(child), &place, frame)?;
        }
        Ok(any)
    }

    /// Goes to the property whose name an expression gives.
    pub(super) fn computed(
        &mut self,
        expression: &Expression<Reference>,
        offset: usize,
        rest: &[Step],
        frame: &Frame<'_, 'v>,
    ) -> Done {
        let element = Element {
            value: frame.value,
            place: frame.place,
            container: frame,
        };
        let name = self.evaluate(expression, element)?;
        let frame = frame.again();
        let text = name.to_text(&mut self.budget)?;
        self.budget.spend(text.len())?;
        if matches!(name, Operand::Text(_)) {
            // A text is read like a step that is written: it may be `*`.
            let step = Step::of_text(&text, offset);
            let step = step.ok_or(SelectError::ExpressionFromExpression { offset })?;
            return self.take(&step, rest, &frame);
        }
        let Some(child) = frame.value.own(&text, &mut self.budget)? else {
            let name = text.chars().take(NAME_LIMIT).collect();
            return Err(SelectError::NothingThere { offset, name });
        };
        let index = array_index(&text).filter(|_| matches!(name, Operand::Number(_)));
        let key = index.map_or(Key::Name(&text), Key::Index);
        self.enter(rest, &frame, key, child)
    }

    fn evaluate<'a>(
        &mut self,
        expression: &'a Expression<Reference>,
        element: Element<'a, 'v>,
    ) -> Result<Operand<'a>, SelectError>
    where
        'v: 'a,
    {
        let document = self.document;
        let scope = |reference: &Reference| match reference {
            Reference::Current => Operand::from(element.value),
            Reference::Property => match element.place {
                Some(place) => Operand::from(place.key),
                None => Operand::Text("$".into()),
            },
            Reference::Parent => element
                .container
                .parent
                .map_or(Operand::Null, Operand::from),
            Reference::ParentProperty => element.container.key.map_or(Operand::Null, Operand::from),
            Reference::Root => Operand::from(document),
            Reference::Path => Operand::Text(Place::write(element.place).into()),
        };
        Ok(expression.evaluate(&scope, &mut self.budget)?)
    }
}
