//! HTML documents, and the elements in them that CSS selectors name.
//!
//! Documents are read as browsers read them, by `html5ever`. What a server answers must not stall a worker: the size of a document's
//! tree, its depth and the length of its tags are bounded, and so are the steps of a search.

mod cost;
mod document;
mod selector;
#[cfg(test)]
mod tests;

pub(crate) use document::Document;
pub(crate) use selector::Selector;
