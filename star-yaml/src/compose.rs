//! The parser's events into a tree.
//!
//! Not recursive, so that no nesting can exhaust the stack. The parser bounds what it looks ahead and how deep it goes; what
//! aliases can multiply is counted here.

use std::ops::Range;

use granit_parser::{Event, Parser, StructureStyle, Tag};
use star_core::document::{Diagnostic, FileId, Node, Span, Value};

use crate::anchor::{Anchored, Anchors, Size};
use crate::collection::{Collection, Items};
use crate::limits::{MAX_DEPTH, MAX_KEY, MAX_TEXT, MAX_VALUES};
use crate::scalar::Scalar;
use crate::syntax;
use crate::tag::check_collection_tag;

/// Reads the only document of a text.
pub(crate) fn compose(file: FileId, text: &str) -> Result<Node, Diagnostic> {
    let options = granit_parser::options! {
        simple_key_max_lookahead: MAX_KEY,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
        emit_comments: false,
    };
    let mut composer = Composer::new(file, text);
    for next in Parser::new_from_str_with_options(text, options) {
        match next {
            Ok((event, place)) => composer.take(&event, &place)?,
            Err(error) => return Err(syntax::diagnose(&error, file, text, composer.open.last())),
        }
    }
    composer.finish()
}

struct Composer<'t> {
    file: FileId,
    text: &'t str,
    open: Vec<Collection>,
    root: Option<Node>,
    anchors: Anchors,
    size: Size,
}

impl<'t> Composer<'t> {
    fn new(file: FileId, text: &'t str) -> Self {
        Self {
            file,
            text,
            open: Vec::new(),
            root: None,
            anchors: Anchors::default(),
            size: Size::default(),
        }
    }

    fn take(&mut self, event: &Event<'_>, place: &granit_parser::Span) -> Result<(), Diagnostic> {
        // The parser knows byte offsets wherever it reads from a string.
        let range = place.byte_range().unwrap_or(0..0);
        match event {
            Event::DocumentStart(..) if self.root.is_some() => Err(self.second_document(range)),
            Event::Scalar(text, style, anchor, tag) => {
                let scalar = Scalar {
                    text,
                    style: *style,
                    tag: tag.as_deref().map(|tag| (tag, self.tag_span(place))),
                    span: self.span(self.trimmed(range)),
                };
                self.scalar(&scalar, *anchor)
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.check_tag(tag.as_deref(), place, "seq")?;
                self.begin(range, *style, *anchor, Items::list())
            }
            Event::MappingStart(style, anchor, tag) => {
                self.check_tag(tag.as_deref(), place, "map")?;
                self.begin(range, *style, *anchor, Items::mapping())
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(&range),
            Event::Alias(anchor) => self.alias(*anchor, self.span(range)),
            _ => Ok(()),
        }
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    /// A place without the line breaks that end a block scalar.
    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let written = self.text.get(range.clone()).unwrap_or("");
        range.start..range.start + written.trim_end().len()
    }

    /// The parser puts a missing value before the `:` of its key; people look behind it.
    fn behind_colon(&self, span: Span) -> Span {
        let start = span.start as usize;
        let missing = span.start == span.end && self.text.as_bytes().get(start) == Some(&b':');
        if missing {
            self.span(start + 1..start + 1)
        } else {
            span
        }
    }

    fn tag_span(&self, place: &granit_parser::Span) -> Span {
        let tag = place.tag_span().and_then(|span| span.byte_range());
        self.span(tag.unwrap_or(0..0))
    }

    fn check_tag(
        &self,
        tag: Option<&Tag>,
        place: &granit_parser::Span,
        own: &str,
    ) -> Result<(), Diagnostic> {
        tag.map_or(Ok(()), |tag| {
            check_collection_tag(tag, self.tag_span(place), own)
        })
    }

    fn scalar(&mut self, scalar: &Scalar<'_>, anchor: usize) -> Result<(), Diagnostic> {
        let size = Size::of_scalar(scalar.text.len());
        if let Some(mapping) = self.open.last_mut().and_then(Collection::awaiting_key) {
            let text = scalar.key()?;
            mapping.key(text.clone(), scalar.span, scalar.is_merge());
            self.spend(Size::of_key(scalar.text.len()), scalar.span)?;
            let node = Node {
                value: Value::String(text),
                span: scalar.span,
            };
            return self.keep(anchor, &node, size, 0);
        }
        self.spend(size, scalar.span)?;
        let node = Node {
            value: scalar.value()?,
            span: self.behind_colon(scalar.span),
        };
        self.keep(anchor, &node, size, 0)?;
        self.put(node, 0)
    }

    fn begin(
        &mut self,
        range: Range<usize>,
        style: StructureStyle,
        anchor: usize,
        items: Items,
    ) -> Result<(), Diagnostic> {
        if let Some(outer) = self.open.last_mut()
            && outer.awaiting_key().is_some()
        {
            let doubled = outer.in_brackets && outer.start + 1 == range.start;
            let start = if doubled { outer.start } else { range.start };
            return Err(syntax::template(self.file, self.text, start)
                .unwrap_or_else(|| key_is_not_text(self.span(range))));
        }
        if self.open.len() == MAX_DEPTH {
            return Err(syntax::too_deep(self.span(range)));
        }
        self.spend(Size::of_scalar(0), self.span(range.clone()))?;
        let mut collection = Collection::new(range.start, style, items);
        collection.anchor = anchor;
        collection.outset = self.size;
        self.open.push(collection);
        Ok(())
    }

    fn end(&mut self, range: &Range<usize>) -> Result<(), Diagnostic> {
        // The parser never ends what has not begun.
        let Some(collection) = self.open.pop() else {
            return Ok(());
        };
        let end = if range.is_empty() {
            collection.end
        } else {
            range.end
        };
        let node = Node {
            span: self.span(collection.start..end),
            value: collection.items.finish()?,
        };
        let mut size = self.size.since(collection.outset);
        size.values += 1;
        self.keep(collection.anchor, &node, size, collection.height)?;
        self.put(node, collection.height)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Diagnostic> {
        let Some(anchored) = self.anchors.get(anchor) else {
            return Err(Diagnostic::error("a value cannot contain itself")
                .at(span, "within the value that this names"));
        };
        let (size, height) = (anchored.size, anchored.height);
        if self.open.len() + height > MAX_DEPTH {
            return Err(syntax::too_deep(span));
        }
        let within = self.size.plus(size);
        self.size =
            within.ok_or_else(|| too_much(span, "with its aliases expanded, the document has"))?;
        let node = Node {
            value: anchored.node.value.clone(),
            span,
        };
        match self.open.last_mut().and_then(Collection::awaiting_key) {
            None => self.put(node, height),
            Some(mapping) => {
                let key = key_of(&node.value).ok_or_else(|| key_is_not_text(span))?;
                mapping.key(key, span, false);
                Ok(())
            }
        }
    }

    /// Keeps a copy of an anchored value for its aliases.
    fn keep(
        &mut self,
        anchor: usize,
        node: &Node,
        size: Size,
        height: usize,
    ) -> Result<(), Diagnostic> {
        if anchor == 0 {
            return Ok(());
        }
        self.spend(size, node.span)?;
        let node = node.clone();
        self.anchors.keep(anchor, Anchored { node, size, height });
        Ok(())
    }

    fn put(&mut self, node: Node, height: usize) -> Result<(), Diagnostic> {
        let end = node.span.end as usize;
        if let Some(collection) = self.open.last_mut() {
            return collection.accept(node, end, height);
        }
        self.root = Some(node);
        Ok(())
    }

    fn spend(&mut self, size: Size, span: Span) -> Result<(), Diagnostic> {
        let within = self.size.plus(size);
        self.size = within.ok_or_else(|| too_much(span, "the document has"))?;
        Ok(())
    }

    fn second_document(&self, range: Range<usize>) -> Diagnostic {
        Diagnostic::error("a file can hold one document only")
            .at(self.span(range), "a second one starts here")
            .help("remove the `---`, or move what follows into a file of its own")
    }

    fn finish(self) -> Result<Node, Diagnostic> {
        match self.root {
            Some(node) if node.value != Value::Null || node.span.start < node.span.end => Ok(node),
            _ => Err(Diagnostic::error("the document is empty").at(Span::new(self.file, 0, 0), "")),
        }
    }
}

/// What an aliased scalar means as a key.
fn key_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

fn key_is_not_text(span: Span) -> Diagnostic {
    Diagnostic::error("a key must be text, not a list or a mapping")
        .at(span, "this is read as a key")
}

fn too_much(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(format!(
        "{what} more than {MAX_VALUES} values or {} MiB of text",
        MAX_TEXT >> 20
    ))
    .at(span, "reached here")
    .help("move bulk data into a file of its own")
}
