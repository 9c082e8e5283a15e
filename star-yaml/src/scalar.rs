//! What a scalar means.

use granit_parser::{ScalarStyle, Tag};
use star_core::document::{Diagnostic, Span, Value};

use crate::number::{Numeral, number};
use crate::tag::{TagKind, strange, written};

/// A scalar as the parser reports it.
#[derive(Debug)]
pub(crate) struct Scalar<'t> {
    /// The text, escapes resolved.
    pub(crate) text: &'t str,
    /// How it was written.
    pub(crate) style: ScalarStyle,
    /// Its tag and the tag's place.
    pub(crate) tag: Option<(&'t Tag, Span)>,
    /// The place of the text.
    pub(crate) span: Span,
}

impl Scalar<'_> {
    /// Whether nothing was written.
    fn is_blank(&self) -> bool {
        self.is_plain() && self.span.start == self.span.end
    }

    fn is_plain(&self) -> bool {
        self.style == ScalarStyle::Plain
    }

    /// Whether this, as a key, merges other mappings into its own.
    pub(crate) fn is_merge(&self) -> bool {
        self.is_plain() && self.tag.is_none() && self.text == "<<"
    }

    /// What it means as a key: its text.
    pub(crate) fn key(&self) -> Result<String, Diagnostic> {
        if self.is_blank() {
            return Err(Diagnostic::error("the key before this `:` is missing").at(self.span, ""));
        }
        match self.tag {
            Some((tag, span)) if TagKind::of(tag) != TagKind::Text => Err(strange(tag, span)),
            _ => Ok(self.text.to_owned()),
        }
    }

    /// What it means as a value.
    pub(crate) fn value(&self) -> Result<Value, Diagnostic> {
        let text = if self.is_blank() { "" } else { self.text };
        let Some((tag, tag_span)) = self.tag else {
            return match self.style {
                ScalarStyle::Plain => self.unquoted(text),
                _ => Ok(Value::String(text.to_owned())),
            };
        };
        match TagKind::of(tag) {
            TagKind::Text => Ok(Value::String(text.to_owned())),
            TagKind::Collection | TagKind::Other => Err(strange(tag, tag_span)),
            kind => kind.of_scalar(self.unquoted(text)?).ok_or_else(|| {
                // Not the text: it may be a secret, and the line is shown.
                let tag = written(tag);
                Diagnostic::error(format!("this is not what the tag `{tag}` says"))
                    .at(self.span, "")
                    .see(tag_span, "this tag")
            }),
        }
    }

    fn unquoted(&self, text: &str) -> Result<Value, Diagnostic> {
        plain(text).map_err(|fault| fault.at(self.span, ""))
    }
}

/// What an unquoted scalar means.
fn plain(text: &str) -> Result<Value, Diagnostic> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
        "true" | "True" | "TRUE" => return Ok(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Value::Bool(false)),
        _ => {}
    }
    match number(text) {
        Numeral::Fits(number) => Ok(Value::Number(number)),
        Numeral::None => Ok(Value::String(text.to_owned())),
        Numeral::TooLarge => {
            // Not the digits: they may be a password.
            Err(unfit("this is too large for a number".to_owned()))
        }
        Numeral::NotFinite => Err(unfit(format!("`{text}` is not a finite number"))),
    }
}

fn unfit(message: String) -> Diagnostic {
    Diagnostic::error(message).help("put it in quotes if it is meant as text")
}

#[cfg(test)]
mod tests;
