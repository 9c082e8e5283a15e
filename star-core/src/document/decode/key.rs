//! A key as serde sees it: text, or what a typed mapping takes the text for.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::super::source::Span;
use super::super::tree::Entry;
use super::misfit::Fault;

/// A key, or the name of a variant.
#[derive(Clone, Copy)]
pub(super) struct Key<'de> {
    pub(super) text: &'de str,
    pub(super) span: Span,
}

impl<'de> Key<'de> {
    pub(super) fn of(entry: &'de Entry) -> Self {
        Self {
            text: &entry.key,
            span: entry.key_span,
        }
    }
}

/// Methods that take the text for a whole number where it is one.
macro_rules! whole_numbers {
    ($($method:ident)*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
                let result = if let Ok(number) = self.text.parse() {
                    visitor.visit_u64(number)
                } else if let Ok(number) = self.text.parse() {
                    visitor.visit_i64(number)
                } else {
                    visitor.visit_borrowed_str(self.text)
                };
                result.map_err(|fault: Fault| fault.at(self.span))
            }
        )*
    };
}

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor
            .visit_borrowed_str(self.text)
            .map_err(|fault: Fault| fault.at(self.span))
    }

    whole_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.text.parse() {
            Ok(value) => visitor.visit_bool(value),
            Err(_) => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor
            .visit_enum(BorrowedStrDeserializer::new(self.text))
            .map_err(|fault: Fault| fault.at(self.span))
    }

    forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
