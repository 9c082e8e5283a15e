//! What a path selects from a document.

use std::borrow::Cow;

use serde_json::Value;

use super::error::SelectError;
use super::expression::{Budget, Item, Key, Operand};
use super::frame::Frame;
use super::step::{Kind, Slice, Step, Type};

/// The most steps that a selection takes.
///
/// A step looks at one value or computes one part of an expression; long texts and regular
/// expressions count for more. A selection that is given up has taken some tenths of a second.
pub const STEP_LIMIT: u64 = 5_000_000;

/// The most frames before a frame: steps of the path and levels of the document.
const DEPTH_LIMIT: usize = 300;

type Hits<'v> = Vec<Cow<'v, Value>>;

/// What some steps select from a document, within a limit.
pub(super) fn select<'v>(
    steps: &[Step],
    document: &'v Value,
    limit: u64,
) -> Result<Hits<'v>, SelectError> {
    if !Operand::from(document).is_truthy() {
        // `jsonpath-plus` takes such a document for none.
        return Ok(Vec::new());
    }
    let root = Frame::of_document(Item::Json(document));
    let mut selection = Selection {
        document,
        hits: Vec::new(),
        budget: Budget::new(limit),
    };
    selection.follow(steps, &root)?;
    Ok(selection.hits)
}

/// A selection under way.
pub(super) struct Selection<'v> {
    pub(super) document: &'v Value,
    hits: Hits<'v>,
    pub(super) budget: Budget,
}

pub(super) type Done = Result<(), SelectError>;

impl<'v> Selection<'v> {
    /// Takes the steps from a frame; where there are none, the value is a hit.
    pub(super) fn follow(&mut self, steps: &[Step], frame: &Frame<'_, 'v>) -> Done {
        if let Some((step, rest)) = steps.split_first() {
            return self.take(step, rest, frame);
        }
        self.budget.spend(1)?;
        self.hits.push(frame.value.into_value());
        Ok(())
    }

    /// Takes one step from a frame, and then the rest.
    pub(super) fn take(&mut self, step: &Step, rest: &[Step], frame: &Frame<'_, 'v>) -> Done {
        self.budget.spend(1)?;
        if frame.depth > DEPTH_LIMIT {
            return Err(SelectError::TooDeep { limit: DEPTH_LIMIT });
        }
        if frame.literal_first
            && let Some(child) = frame.value.own(&step.text, &mut self.budget)?
        {
            return self.enter(rest, frame, Key::Name(&step.text), child);
        }
        match &step.kind {
            Kind::Name => self.named(&step.text, rest, frame),
            Kind::Wildcard => self.each(rest, frame),
            Kind::Descent => self.descend(step, rest, frame),
            Kind::Parent => match frame.back() {
                Some(back) => self.follow(rest, &back),
                None => Ok(()),
            },
            Kind::PropertyName => {
                if let Some(Key::Name(name)) = frame.key {
                    self.budget.spend_on_text(name.len())?;
                }
                self.hits.push(Cow::Owned(name_of(frame)));
                Ok(())
            }
            Kind::Root => self.follow(rest, &frame.as_root()),
            Kind::Slice(slice) => self.slice(*slice, rest, frame),
            Kind::Filter(filter) => self.filter(filter, rest, frame),
            Kind::Computed(expression) => self.computed(expression, step.offset, rest, frame),
            Kind::Type(kind) => {
                if is_of_type(frame.value, *kind) {
                    self.hits.push(frame.value.into_value());
                }
                Ok(())
            }
            Kind::UnknownType => Err(SelectError::UnknownType {
                offset: step.offset,
                name: step.text.to_string(),
            }),
            Kind::Escaped { union } => self.escaped(step, union, rest, frame),
            Kind::Union(parts) => self.union(parts, rest, frame),
        }
    }

    fn named(&mut self, name: &str, rest: &[Step], frame: &Frame<'_, 'v>) -> Done {
        match frame.value.own(name, &mut self.budget)? {
            Some(child) => self.enter_literally(rest, frame, Key::Name(name), child),
            None => Ok(()),
        }
    }

    fn each(&mut self, rest: &[Step], frame: &Frame<'_, 'v>) -> Done {
        for (key, child) in frame.value.children() {
            self.enter_literally(rest, frame, key, Item::Json(child))?;
        }
        Ok(())
    }

    fn slice(&mut self, slice: Slice, rest: &[Step], frame: &Frame<'_, 'v>) -> Done {
        let Item::Json(Value::Array(list)) = frame.value else {
            return Ok(());
        };
        for index in slice.indices(list.len()) {
            let (key, child) = (Key::Index(index), Item::Json(&list[index]));
            self.enter(rest, &frame.again(), key, child)?;
        }
        Ok(())
    }

    fn descend(&mut self, step: &Step, rest: &[Step], frame: &Frame<'_, 'v>) -> Done {
        self.follow(rest, &frame.again())?;
        // What is passed over takes time as well.
        self.budget.spend(frame.value.size() / 8)?;
        for (key, child) in frame.value.children() {
            if matches!(child, Value::Array(_) | Value::Object(_) | Value::Null) {
                let place = frame.place_of(key);
                self.take(step, rest, &frame.child(Item::Json(child), &place))?;
            }
        }
        Ok(())
    }

    fn escaped(
        &mut self,
        step: &Step,
        union: &[Step],
        rest: &[Step],
        frame: &Frame<'_, 'v>,
    ) -> Done {
        let name = &step.text["`".len()..];
        if let Some(child) = frame.value.own(name, &mut self.budget)? {
            self.enter_literally(rest, frame, Key::Name(name), child)
        } else if union.is_empty() {
            // With the backtick, unless that was tried before.
            if frame.literal_first {
                Ok(())
            } else {
                self.named(&step.text, rest, frame)
            }
        } else {
            self.union(union, rest, frame)
        }
    }

    fn union(&mut self, parts: &[Step], rest: &[Step], frame: &Frame<'_, 'v>) -> Done {
        for part in parts {
            self.take(part, rest, &frame.again())?;
        }
        Ok(())
    }

    /// Follows the rest from a value in that of a frame.
    pub(super) fn enter(
        &mut self,
        rest: &[Step],
        frame: &Frame<'_, 'v>,
        key: Key<'_>,
        child: Item<'v>,
    ) -> Done {
        let place = frame.place_of(key);
        self.follow(rest, &frame.child(child, &place))
    }

    /// Does so where the next step is a name if it can be.
    fn enter_literally(
        &mut self,
        rest: &[Step],
        frame: &Frame<'_, 'v>,
        key: Key<'_>,
        child: Item<'v>,
    ) -> Done {
        let place = frame.place_of(key);
        let literal_first = true;
        let child = frame.child(child, &place);
        self.follow(
            rest,
            &Frame {
                literal_first,
                ..child
            },
        )
    }
}

/// What `~` selects.
fn name_of(frame: &Frame<'_, '_>) -> Value {
    match frame.key {
        Some(Key::Index(index)) => Value::from(index),
        Some(Key::Name(name)) => Value::from(name),
        None => Value::Null,
    }
}

fn is_of_type(item: Item<'_>, kind: Type) -> bool {
    let value = item.into_value();
    match kind {
        Type::Scalar => !value.is_array() && !value.is_object(),
        Type::Boolean => value.is_boolean(),
        Type::String => value.is_string(),
        Type::Number => value.is_number(),
        Type::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        Type::Object => value.is_object() || value.is_array(),
        Type::Array => value.is_array(),
        Type::Null => value.is_null(),
        Type::Never => false,
    }
}
