//! What finds something else than it seems to.

use std::borrow::Cow;

use super::split::Piece;
use super::step::{Kind, Step};

/// A part of a path that is read as `jsonpath-plus` reads it, which is probably not what is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The byte of the path that it begins at.
    pub offset: usize,
    /// What it finds: a lower-case clause, values in backticks.
    pub message: Cow<'static, str>,
    /// What would find what is probably meant.
    pub help: Cow<'static, str>,
}

/// Looks for such parts.
pub(super) fn find(text: &str, pieces: &[Piece], steps: &[Step]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (index, (piece, step)) in pieces.iter().zip(steps).enumerate() {
        let mut warn = |offset, message: &'static str, help: &'static str| {
            warnings.push(Warning {
                offset,
                message: message.into(),
                help: help.into(),
            });
        };
        if let Some(offset) = piece.ignored {
            warn(
                offset,
                "what stands directly beside a filter is ignored",
                "write a dot between",
            );
        }
        match &step.kind {
            Kind::Name => {
                if let Some((message, help)) = odd_name(&step.text) {
                    warn(step.offset, message, help);
                }
            }
            Kind::Union(parts) => {
                if let Some((message, help)) = parts.iter().find_map(|part| odd_name(&part.text)) {
                    warn(step.offset, message, help);
                }
            }
            Kind::Descent if !text[step.offset..].starts_with("..") => {
                warn(
                    step.offset,
                    "this looks at all levels, like `..`",
                    "leave out the dot before it",
                );
            }
            Kind::PropertyName | Kind::Type(_) if index + 1 < steps.len() => {
                let next = steps[index + 1].offset;
                warn(
                    next,
                    "what follows `~` or a type is ignored",
                    "end the path there",
                );
            }
            _ => {}
        }
    }
    warnings
}

/// What is odd about a name, and what to write instead.
fn odd_name(name: &str) -> Option<(&'static str, &'static str)> {
    let digits = name.strip_prefix('-').unwrap_or("");
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((
            "a negative index finds nothing in a list",
            "write `[-1:]` for the last item",
        ));
    }
    if name.starts_with("?@") {
        return Some((
            "a filter without parentheses is read as a name",
            "write `[?(…)]`",
        ));
    }
    if name.is_empty() {
        return Some(("the name is empty", "write a name, or `$` for the document"));
    }
    if name.contains(['\'', '"']) {
        return Some((
            "the quotes are part of the name",
            "leave them out, as in `[a,b]`",
        ));
    }
    if name.trim() != name {
        return Some(("the spaces are part of the name", "leave them out"));
    }
    None
}
