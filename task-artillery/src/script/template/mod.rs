//! Texts with `{{ placeholders }}`.
//!
//! They are read once, when the script is, so that rendering only joins pieces, and a mistake is found before the first request.
//! The rules are Artillery's:
//!
//! - `{{ x }}` and `{{{ x }}}` are the same; `x` is a [`Path`](super::path::Path) or the call of a [`Helper`].
//! - A text that is exactly one placeholder gives the variable's value as it is ([`Template::value`]).
//! - Inside other text a mapping or list becomes JSON, what is undefined the word `undefined`.
//! - What is no path and no call (`{{ 1 + 1 }}`) stays as typed ([`Template::untouched`]).
//! - A call gives text, so that `"{{ $randomNumber(1, 9) }}"` is `"4"` in JSON, and each use gives another.
//!
//! Otherwise than in Artillery a value that holds `{{ }}` itself is not rendered again, and `}}}` closes a placeholder only where
//! `{{{` opened it, so that the text `{"id":{{ id }}}` keeps its last brace.

mod helper;
mod json;
mod scan;
mod text;

pub use helper::{Helper, HelperError, NAMES as HELPERS};
pub use json::{JsonTemplate, MAX_DEPTH as MAX_JSON_DEPTH, json_text};
pub use text::{Template, TemplateError};

#[cfg(test)]
mod tests;
