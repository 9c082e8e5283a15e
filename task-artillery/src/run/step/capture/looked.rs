//! A response that is looked at.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};

use http::HeaderMap;
use serde_json::Value;

use crate::jsonpath::{NotSought, Path};
use crate::{html, xpath};

/// A response: each kind of document is made of its body once, when it is needed.
#[derive(Debug)]
pub(super) struct Looked<'a> {
    /// None in a rehearsal.
    response: Option<(&'a HeaderMap, &'a [u8])>,
    text: Option<&'a OnceCell<Cow<'a, str>>>,
    json: OnceCell<Option<Value>>,
    /// Whether something was sought in the body.
    sought: Cell<bool>,
    html: OnceCell<Option<html::Document>>,
    xml: OnceCell<Option<roxmltree::Document<'a>>>,
}

impl<'a> Looked<'a> {
    /// No response: nothing is found in it.
    pub(super) fn nothing() -> Self {
        Self {
            response: None,
            text: None,
            json: OnceCell::new(),
            sought: Cell::new(false),
            html: OnceCell::new(),
            xml: OnceCell::new(),
        }
    }

    /// A response, with a place for its body as text.
    pub(super) fn new(
        headers: &'a HeaderMap,
        body: &'a [u8],
        text: &'a OnceCell<Cow<'a, str>>,
    ) -> Self {
        Self {
            response: Some((headers, body)),
            text: Some(text),
            ..Self::nothing()
        }
    }

    /// Its headers.
    pub(super) fn headers(&self) -> Option<&'a HeaderMap> {
        self.response.map(|(headers, _)| headers)
    }

    /// Its body, in which what is no UTF-8 became U+FFFD.
    pub(super) fn text(&self) -> Option<&'a str> {
        let (_, body) = self.response?;
        let text = self.text?;
        Some(text.get_or_init(|| String::from_utf8_lossy(body)))
    }

    /// Its body, if it is JSON.
    pub(super) fn json(&self) -> Option<&Value> {
        let read = || serde_json::from_slice(self.response?.1).ok();
        self.json.get_or_init(read).as_ref()
    }

    /// What a path finds in its body, where that can be told without reading the body as a whole. Whoever asks a second time had better
    /// do that.
    pub(super) fn seek(&self, path: &Path) -> Result<Option<Value>, NotSought> {
        let (_, body) = self.response.ok_or(NotSought)?;
        if self.sought.replace(true) {
            return Err(NotSought);
        }
        path.seek(body)
    }

    /// Its body as HTML, if it is not too large.
    pub(super) fn html(&self) -> Option<&html::Document> {
        let read = || html::Document::read(self.text()?);
        self.html.get_or_init(read).as_ref()
    }

    /// Its body, if it is XML.
    pub(super) fn xml(&self) -> Option<&roxmltree::Document<'a>> {
        let read = || xpath::document(self.text()?);
        self.xml.get_or_init(read).as_ref()
    }
}
