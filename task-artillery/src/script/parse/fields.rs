//! The keys of a mapping.

use star_core::document::{Entry, Map, Node, Span};

use super::keys::{self, Mapping, Status};
use super::reader::Reader;

/// A mapping whose keys were looked at.
#[derive(Clone, Debug)]
pub(super) struct Fields<'n> {
    map: &'n Map,
    mapping: &'static Mapping,
    /// The keys that other keys seem to be meant for: that they are missing need not be told as well.
    slips: Vec<&'static str>,
    /// Where the mapping stands.
    pub(super) span: Span,
}

impl<'n> Fields<'n> {
    /// A mapping whose keys are looked at by the caller.
    pub(super) fn unchecked(map: &'n Map, span: Span, mapping: &'static Mapping) -> Self {
        Self {
            map,
            mapping,
            slips: Vec::new(),
            span,
        }
    }

    /// Notes keys that seem to be meant by others.
    pub(super) fn slip(&mut self, meant: impl IntoIterator<Item = &'static str>) {
        self.slips.extend(meant);
    }

    /// The value under a key that is carried out.
    pub(super) fn get(&self, key: &'static str) -> Option<&'n Node> {
        debug_assert_eq!(
            self.mapping.status(key),
            Some(Status::Done),
            "`{key}` in {}",
            self.mapping.noun
        );
        self.map.get(key)
    }

    /// The value under a key, where such a mapping may have it.
    pub(super) fn if_known(&self, key: &'static str) -> Option<&'n Node> {
        let known = self.mapping.status(key) == Some(Status::Done);
        known.then(|| self.map.get(key)).flatten()
    }

    /// Whether one of these keys is there, or another that seems to be meant for one.
    pub(super) fn means(&self, keys: &[&str]) -> bool {
        keys.iter()
            .any(|key| self.map.get(key).is_some() || self.slips.contains(key))
    }

    /// What messages call such a mapping.
    pub(super) fn noun(&self) -> &'static str {
        self.mapping.noun
    }

    /// Where a key stands, if it is there.
    pub(super) fn key_span(&self, key: &str) -> Option<Span> {
        self.map.entry(key).map(|entry| entry.key_span)
    }
}

impl Reader<'_> {
    /// The fields of a mapping; says what is wrong with its keys.
    pub(super) fn fields<'n>(
        &mut self,
        name: &str,
        node: &'n Node,
        mapping: &'static Mapping,
    ) -> Option<Fields<'n>> {
        let Some(map) = node.as_map() else {
            return self.mismatch(name, node, "a mapping");
        };
        let mut fields = Fields::unchecked(map, node.span, mapping);
        for entry in map.entries() {
            fields.slip(self.key(entry, mapping));
        }
        Some(fields)
    }

    /// Says what is wrong with a key, and which key seems to be meant.
    pub(super) fn key(&mut self, entry: &Entry, mapping: &'static Mapping) -> Option<&'static str> {
        let (key, at) = (&entry.key, entry.key_span);
        match mapping.status(key) {
            Some(Status::Done | Status::Silent) => {}
            Some(Status::NotYet(instead)) => self.not_yet(at, &format!("`{key}`"), instead),
            Some(Status::Harmless(reason)) => {
                self.warn(at, format!("`{key}` has no effect here: {reason}"), "");
            }
            Some(Status::Elsewhere(place)) => {
                self.error(at, format!("`{key}` is in the wrong place"), place);
                // A step that stands in a scenario is what its missing flow should hold.
                return mapping.done().find(|done| *done == "flow");
            }
            None => {
                let meant = self.closest(key, mapping.own());
                let help = match meant {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => keys::home(key).unwrap_or_else(|| mapping.list()),
                };
                let key = short(key);
                self.error(at, format!("unknown key `{key}` in {}", mapping.noun), help);
                return meant;
            }
        }
        None
    }

    /// A key that has to be there.
    pub(super) fn required<'n>(
        &mut self,
        fields: &Fields<'n>,
        key: &'static str,
        example: &str,
    ) -> Option<&'n Node> {
        if !fields.means(&[key]) {
            let message = format!("{} needs `{key}`", fields.mapping.noun);
            self.error(fields.span, message, format!("for example `{example}`"));
        }
        fields.get(key)
    }

    /// One of these words.
    pub(super) fn choice(
        &mut self,
        name: &str,
        node: &Node,
        words: &[&'static str],
    ) -> Option<&'static str> {
        let text = self.words(name, node)?;
        if let Some(word) = words.iter().find(|word| **word == text) {
            return Some(word);
        }
        let help = match self.closest(&text, words.iter().copied()) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("it may be {}", enumerate(words.iter().copied())),
        };
        self.error(
            node.span,
            format!("`{name}` cannot be `{}`", short(&text)),
            help,
        );
        None
    }
}

/// A text that fits into a message.
pub(super) fn short(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Names in a row: `` `a`, `b` or `c` ``.
pub(super) fn enumerate<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
