//! Trees for these tests.

use super::super::super::source::FileId;
use super::super::super::tree::{Entry, Map, Value};
use super::super::*;

/// A tree from JSON, placed as in that text: enough of a reader for these tests.
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    /// The tree of a text.
    pub(super) fn node(text: &str) -> Node {
        Reader { text, at: 0 }.value()
    }

    fn rest(&mut self) -> &str {
        let rest = self.text[self.at..].trim_start_matches([' ', ',', ':']);
        self.at = self.text.len() - rest.len();
        rest
    }

    fn scalar(&mut self) -> Node {
        let start = self.text.len() - self.rest().len();
        let mut values = serde_json::Deserializer::from_str(&self.text[start..])
            .into_iter::<serde_json::Value>();
        let value = match values.next().unwrap().unwrap() {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(value) => Value::Bool(value),
            serde_json::Value::Number(number) => Value::Number(number),
            serde_json::Value::String(text) => Value::String(text),
            other => panic!("{other} is no scalar"),
        };
        self.at = start + values.byte_offset();
        let span = Span::new(FileId::default(), start, self.at);
        Node { value, span }
    }

    fn value(&mut self) -> Node {
        let first = self.rest().chars().next().unwrap();
        let start = self.at;
        let value = match first {
            '[' => {
                self.at += 1;
                let mut nodes = Vec::new();
                while !self.rest().starts_with(']') {
                    nodes.push(self.value());
                }
                Value::List(nodes)
            }
            '{' => {
                self.at += 1;
                let mut map = Map::default();
                while !self.rest().starts_with('}') {
                    let key = self.scalar();
                    map.insert(Entry {
                        key: key.as_str().unwrap().to_owned(),
                        key_span: key.span,
                        node: self.value(),
                    });
                }
                Value::Map(map)
            }
            _ => return self.scalar(),
        };
        self.at += 1;
        let span = Span::new(FileId::default(), start, self.at);
        Node { value, span }
    }
}
