//! A node as serde sees it.

use serde::de::{Deserializer, Visitor};

use super::super::tree::{Map, Node, Value};
use super::access::{Choice, Entries, Items};
use super::misfit::{Fault, Misfit, list_of, listed};

/// A node of which serde may ask a type.
#[derive(Clone, Copy)]
pub(super) struct Placed<'de>(pub(super) &'de Node);

impl<'de> Placed<'de> {
    fn list<V: Visitor<'de>>(self, nodes: &'de [Node], visitor: V) -> Result<V::Value, Fault> {
        let mut items = Items::new(nodes);
        let value = visitor
            .visit_seq(&mut items)
            .map_err(|fault| fault.at(self.0.span))?;
        match items.next() {
            None => Ok(value),
            Some(surplus) => Err(Fault::from(Misfit::Items {
                found: nodes.len(),
                expected: list_of(items.taken() - 1),
            })
            .at(surplus.span)),
        }
    }

    fn mapping<V: Visitor<'de>>(
        self,
        map: &'de Map,
        known: Option<&'static [&'static str]>,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let mut entries = Entries::new(map, known);
        let value = visitor.visit_map(&mut entries).map_err(|fault| {
            let place = match fault.misfit {
                Misfit::Twice { .. } => entries.last_key(),
                _ => None,
            };
            fault.at(place.unwrap_or(self.0.span))
        })?;
        match entries.next() {
            None => Ok(value),
            Some(surplus) => Err(Fault::from(Misfit::Items {
                found: map.len(),
                expected: format!("a mapping of {} keys", entries.taken() - 1),
            })
            .at(surplus.key_span)),
        }
    }
}

/// Methods that do as `deserialize_any` does: the visitor says what it expects.
macro_rules! by_value {
    ($($method:ident)*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
                self.deserialize_any(visitor)
            }
        )*
    };
}

impl<'de> Deserializer<'de> for Placed<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let result = match &self.0.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => {
                if let Some(value) = number.as_u64() {
                    visitor.visit_u64(value)
                } else if let Some(value) = number.as_i64() {
                    visitor.visit_i64(value)
                } else {
                    visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN))
                }
            }
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::List(nodes) => self.list(nodes, visitor),
            Value::Map(map) => self.mapping(map, None, visitor),
        };
        result.map_err(|fault| fault.at(self.0.span))
    }

    by_value! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit
        deserialize_seq deserialize_map deserialize_identifier
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let result = match self.0.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        };
        result.map_err(|fault| fault.at(self.0.span))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0.value {
            Value::Null => self.deserialize_any(visitor),
            _ => Err(Fault::unlike(self.0, "nothing")),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor
            .visit_newtype_struct(self)
            .map_err(|fault| fault.at(self.0.span))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Fault> {
        match &self.0.value {
            Value::List(nodes) => self.list(nodes, visitor),
            _ => Err(Fault::unlike(self.0, list_of(len))),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match &self.0.value {
            Value::Map(map) => self
                .mapping(map, Some(fields), visitor)
                .map_err(|fault| fault.at(self.0.span)),
            // serde would take a list for the fields in their order, which nobody means who writes one.
            Value::List(_) => Err(Fault::unlike(self.0, "a mapping")),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let choice = match &self.0.value {
            Value::String(text) => Choice::named(text, self.0.span),
            Value::Map(map) => match map.entries() {
                [entry] => Choice::with_value(entry),
                entries => {
                    let place = entries.get(1).map_or(self.0.span, |entry| entry.key_span);
                    return Err(Fault::from(Misfit::NotOneKey {
                        found: entries.len(),
                        known: variants,
                    })
                    .at(place));
                }
            },
            _ => {
                return Err(Fault::unlike(
                    self.0,
                    format!("one of {}", listed(variants)),
                ));
            }
        };
        visitor
            .visit_enum(choice)
            .map_err(|fault| fault.at(self.0.span))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }
}
