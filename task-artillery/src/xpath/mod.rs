//! `XPath` 1.0 over documents of `roxmltree`.
//!
//! All of the language but for what a script has no use for, which is refused: variables, `id()`, the axis `namespace`, and prefixes
//! other than `xml`, which nothing could bind. A name without a prefix means elements that are in no namespace, as the standard has it.
//!
//! Evaluation is bounded, by [`STEP_LIMIT`], and so are the sizes of expressions and documents: whatever a server answers, an
//! expression is evaluated in a time that can be waited for.

mod axis;
mod call;
mod compare;
mod evaluate;
mod function;
mod parse;
mod step;
mod syntax;
#[cfg(test)]
mod tests;
mod text;
mod value;

use roxmltree::{Document, ParsingOptions};

use crate::jsonpath::expression::{Budget, TooMuch};
use crate::syntax::SyntaxError;
use syntax::Expr;

/// The most steps of an evaluation: nodes that are visited.
const STEP_LIMIT: u64 = 1 << 22;

/// The most nodes of a document.
const NODES_LIMIT: u32 = 500_000;

/// An expression that was read.
#[derive(Clone, Debug)]
pub(crate) struct XPath(Expr);

impl XPath {
    /// Reads an expression.
    ///
    /// # Errors
    /// Says where the text is not understood, what is wrong there and what would be right.
    pub(crate) fn parse(text: &str) -> Result<Self, SyntaxError> {
        parse::parse(text).map(Self)
    }

    /// What the expression stands for at a document's root element: of nodes the first one's text, otherwise a number, a text or a boolean. None where
    /// there is no node, and where a number is none.
    ///
    /// # Errors
    /// Where the evaluation takes more than [`STEP_LIMIT`] steps.
    pub(crate) fn find(
        &self,
        document: &Document<'_>,
    ) -> Result<Option<serde_json::Value>, TooMuch> {
        evaluate::evaluate(&self.0, document, &mut Budget::new(STEP_LIMIT))
    }
}

/// Reads a document; none where the text is none, or one that declares entities, whose expansion could take any space.
pub(crate) fn document(text: &str) -> Option<Document<'_>> {
    if text.contains("<!ENTITY") {
        return None;
    }
    let options = ParsingOptions {
        allow_dtd: true,
        nodes_limit: NODES_LIMIT,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).ok()
}
