//! The parts of a node as serde asks for them.

use serde::de::{
    DeserializeSeed, Deserializer as _, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::super::source::Span;
use super::super::tree::{Entry, Map, Node, Value};
use super::deserializer::Placed;
use super::key::Key;
use super::misfit::{Fault, Misfit};

/// The items of a list, one after the other.
pub(super) struct Items<'de> {
    rest: std::slice::Iter<'de, Node>,
    taken: usize,
}

impl<'de> Items<'de> {
    pub(super) fn new(nodes: &'de [Node]) -> Self {
        Self {
            rest: nodes.iter(),
            taken: 0,
        }
    }

    /// The next item.
    pub(super) fn next(&mut self) -> Option<&'de Node> {
        let node = self.rest.next()?;
        self.taken += 1;
        Some(node)
    }

    /// How many items have been taken.
    pub(super) fn taken(&self) -> usize {
        self.taken
    }
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        self.next().map(|node| value_of(node, seed)).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// The entries of a mapping, one after the other.
pub(super) struct Entries<'de> {
    rest: std::slice::Iter<'de, Entry>,
    current: Option<&'de Entry>,
    taken: usize,
    /// The keys of the structure that it is to be, where it is to be one.
    known: Option<&'static [&'static str]>,
}

impl<'de> Entries<'de> {
    pub(super) fn new(map: &'de Map, known: Option<&'static [&'static str]>) -> Self {
        Self {
            rest: map.entries().iter(),
            current: None,
            taken: 0,
            known,
        }
    }

    /// The next entry.
    pub(super) fn next(&mut self) -> Option<&'de Entry> {
        self.current = self.rest.next();
        self.taken += usize::from(self.current.is_some());
        self.current
    }

    /// How many entries have been taken.
    pub(super) fn taken(&self) -> usize {
        self.taken
    }

    /// The place of the key that was taken last.
    pub(super) fn last_key(&self) -> Option<Span> {
        self.current.map(|entry| entry.key_span)
    }
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let Some(entry) = self.next() else {
            return Ok(None);
        };
        // A structure that does not deny unknown fields would pass over a slip of the pen.
        if let Some(known) = self.known
            && !known.contains(&&*entry.key)
        {
            let name = entry.key.clone();
            return Err(Fault::from(Misfit::UnknownKey { name, known }).at(entry.key_span));
        }
        let key = seed.deserialize(Key::of(entry));
        key.map(Some).map_err(|fault| fault.at(entry.key_span))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        match self.current {
            Some(entry) => value_of(&entry.node, seed),
            None => Err(Misfit::Said("a value was asked for before its key".to_owned()).into()),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// A value; also what its type finds fault with after reading it is at its place.
fn value_of<'de, T: DeserializeSeed<'de>>(node: &'de Node, seed: T) -> Result<T::Value, Fault> {
    seed.deserialize(Placed(node))
        .map_err(|fault| fault.at(node.span))
}

/// One of an enum's variants: a name, or a name with a value.
pub(super) struct Choice<'de> {
    name: Key<'de>,
    node: Option<&'de Node>,
}

impl<'de> Choice<'de> {
    /// `name`
    pub(super) fn named(text: &'de str, span: Span) -> Self {
        Self {
            name: Key { text, span },
            node: None,
        }
    }

    /// `name: value`
    pub(super) fn with_value(entry: &'de Entry) -> Self {
        Self {
            name: Key::of(entry),
            node: Some(&entry.node),
        }
    }

    fn value(&self) -> Result<&'de Node, Fault> {
        self.node.ok_or_else(|| {
            let name = self.name.text.to_owned();
            Fault::from(Misfit::Alone { name }).at(self.name.span)
        })
    }
}

impl<'de> EnumAccess<'de> for Choice<'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        let name = seed
            .deserialize(self.name)
            .map_err(|fault| fault.at(self.name.span))?;
        Ok((name, self))
    }
}

impl<'de> VariantAccess<'de> for Choice<'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.node {
            Some(node) if node.value != Value::Null => Err(Fault::unlike(node, "nothing")),
            _ => Ok(()),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        value_of(self.value()?, seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Fault> {
        Placed(self.value()?).deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        Placed(self.value()?).deserialize_struct("", fields, visitor)
    }
}
