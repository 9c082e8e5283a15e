//! `JSONPath` in the dialect of `jsonpath-plus` 10.3, which Artillery's captures are written in.
//!
//! A [`Path`] is read once and selects from any number of documents. What it selects, in which
//! order and how often, is what `jsonpath-plus` returns for `{ json, path }`, its peculiarities
//! included: the table `cases.json` beside this file holds its answers, made by `cases.mjs`, and the
//! tests compare. Cases that differ on purpose say why.
//!
//! There are three answers to a text that is odd:
//! - refused by [`Path::parse`] is what `jsonpath-plus` cannot evaluate whatever the document, what
//!   lies outside the subset of JavaScript in filters, and what it would evaluate as another
//!   expression than the one written;
//! - read as `jsonpath-plus` reads it, with a [`Warning`], is what finds something else than it
//!   seems to, such as `[-1]`;
//! - an error of [`Path::select`] is what `jsonpath-plus` throws for this document (Artillery then
//!   captures nothing).
//!
//! It differs in that evaluation is bounded: by [`STEP_LIMIT`] and by the depth of the document.
//!
//! ```
//! use serde_json::json;
//! use task_artillery::jsonpath::Path;
//!
//! let document = json!({ "items": [{ "id": 7, "price": 3 }, { "id": 8, "price": 30 }] });
//! let path = Path::parse("items[?(@.price < 10)].id")?;
//! let hits = path.select(&document)?;
//! assert_eq!(hits.len(), 1);
//! assert_eq!(*hits[0], json!(7));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod element;
mod error;
pub(crate) mod expression;
mod filter;
mod frame;
mod mark;
mod path;
mod script;
mod seek;
mod select;
mod split;
mod step;
#[cfg(test)]
mod tests;
mod variable;
mod warning;

pub use error::{ParseError, SelectError};
pub use expression::{EvaluationError, EvaluationErrorKind, TooMuch};
pub use path::Path;
pub use seek::NotSought;
pub use select::STEP_LIMIT;
pub use warning::Warning;
