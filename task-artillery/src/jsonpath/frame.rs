//! A place that the evaluation has come to.

use super::expression::{Item, Key, Operand};

/// A value that the evaluation has come to, and the way there.
///
/// Frames live on the stack: each step refers to the one before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'f, 'v> {
    /// The value.
    pub(super) value: Item<'v>,
    /// The value that holds it; none for the document.
    pub(super) parent: Option<Item<'v>>,
    /// What it is called there.
    pub(super) key: Option<Key<'f>>,
    /// Where it is in the document.
    pub(super) place: Option<&'f Place<'f>>,
    /// The frame that `^` goes back to.
    pub(super) before: Option<&'f Frame<'f, 'v>>,
    /// Whether the next step is a name if the value has such a property, even `*`.
    pub(super) literal_first: bool,
    /// How many frames there are before.
    pub(super) depth: usize,
}

/// Where a value is in the document: its name, and where what holds it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'p> {
    pub(super) key: Key<'p>,
    pub(super) before: Option<&'p Place<'p>>,
}

impl<'f, 'v> Frame<'f, 'v> {
    /// The document.
    pub(super) fn of_document(value: Item<'v>) -> Self {
        Self {
            value,
            parent: None,
            key: None,
            place: None,
            before: None,
            literal_first: false,
            depth: 0,
        }
    }

    /// A further frame for the same value.
    pub(super) fn again<'s>(&'s self) -> Frame<'s, 'v> {
        Frame {
            before: Some(self),
            literal_first: false,
            depth: self.depth + 1,
            ..*self
        }
    }

    /// A further frame for the same value, which has no parent there.
    pub(super) fn as_root<'s>(&'s self) -> Frame<'s, 'v> {
        Frame {
            parent: None,
            key: None,
            ..self.again()
        }
    }

    /// Where a value in this one is.
    pub(super) fn place_of<'s>(&'s self, key: Key<'s>) -> Place<'s> {
        Place {
            key,
            before: self.place,
        }
    }

    /// A value in this one.
    pub(super) fn child<'s>(&'s self, value: Item<'v>, place: &'s Place<'s>) -> Frame<'s, 'v> {
        Frame {
            value,
            parent: Some(self.value),
            key: Some(place.key),
            place: Some(place),
            before: Some(self),
            literal_first: false,
            depth: self.depth + 1,
        }
    }

    /// What `^` goes to; none above the first frame.
    pub(super) fn back(&self) -> Option<Frame<'f, 'v>> {
        let place = self.place.and_then(|place| place.before);
        self.before.map(|frame| Frame {
            place,
            literal_first: false,
            depth: self.depth + 1,
            ..*frame
        })
    }
}

impl Place<'_> {
    /// The place as `jsonpath-plus` writes it: `$['items'][0]`.
    pub(super) fn write(place: Option<&Self>) -> String {
        let mut keys = Vec::new();
        let mut next = place;
        while let Some(place) = next {
            keys.push(place.key);
            next = place.before;
        }
        let mut text = String::from("$");
        for key in keys.iter().rev() {
            match key {
                Key::Index(index) => text.extend(["[", &index.to_string(), "]"]),
                Key::Name(name) if is_sign(name) => {}
                Key::Name(name) if is_index_like(name) => text.extend(["[", name, "]"]),
                Key::Name(name) => text.extend(["['", name, "']"]),
            }
        }
        text
    }
}

/// Names that are left out of a place as if they were steps.
fn is_sign(name: &str) -> bool {
    let is_type = name.starts_with('@')
        && name.ends_with("()")
        && !name.contains(['\n', '\r', '\u{2028}', '\u{2029}']);
    matches!(name, "~" | "^") || is_type
}

fn is_index_like(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'*')
}

impl<'k> From<Key<'k>> for Operand<'k> {
    fn from(key: Key<'k>) -> Self {
        match key {
            Key::Index(index) => Self::Number(index as f64),
            Key::Name(name) => Self::Text(name.into()),
        }
    }
}
