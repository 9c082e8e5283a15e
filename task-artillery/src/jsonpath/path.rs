//! Paths, from text to selection.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use super::error::{ParseError, SelectError};
use super::select::{self, STEP_LIMIT};
use super::split;
use super::step::{Kind, Step};
use super::warning::{self, Warning};

/// The longest path, in bytes.
const LENGTH_LIMIT: usize = 8 * 1024;

/// The most steps of a path.
const PATH_STEPS_LIMIT: usize = 100;

/// A path that was read.
#[derive(Clone, Debug)]
pub struct Path {
    text: Box<str>,
    pub(super) steps: Vec<Step>,
    warnings: Vec<Warning>,
}

impl Path {
    /// Reads a path; `$.` at its beginning may be left out.
    ///
    /// # Errors
    ///
    /// Says where the text is not understood, what is wrong there and what would be right.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.len() > LENGTH_LIMIT {
            let message = format!("the path is longer than {LENGTH_LIMIT} bytes");
            return Err(ParseError::new(0, message, "write a shorter one"));
        }
        let mut pieces = split::split(text)?;
        if pieces.len() > 1 && pieces[0].text == "$" {
            pieces.remove(0);
        }
        if let Some(piece) = pieces.get(PATH_STEPS_LIMIT) {
            let message = format!("the path has more than {PATH_STEPS_LIMIT} steps");
            return Err(ParseError::new(
                piece.offset,
                message,
                "write a shorter one",
            ));
        }
        let steps = pieces
            .iter()
            .map(Step::parse)
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(error) = steps.first().and_then(refuse_first) {
            return Err(error);
        }
        let warnings = warning::find(text, &pieces, &steps);
        Ok(Self {
            text: text.into(),
            steps,
            warnings,
        })
    }

    /// What the path selects from a document: in the order of `jsonpath-plus`, duplicates included.
    ///
    /// Hits that are no part of the document are owned: names (`~`), lengths and characters.
    ///
    /// # Errors
    ///
    /// Where `jsonpath-plus` throws, and where the selection takes too long ([`STEP_LIMIT`]) or the
    /// document is too deep.
    pub fn select<'v>(&self, document: &'v Value) -> Result<Vec<Cow<'v, Value>>, SelectError> {
        select::select(&self.steps, document, STEP_LIMIT)
    }

    /// Whether the path may select several values of one document.
    pub fn finds_several(&self) -> bool {
        self.steps.iter().any(|step| {
            matches!(
                step.kind,
                Kind::Wildcard | Kind::Descent | Kind::Slice(_) | Kind::Filter(_) | Kind::Union(_)
            )
        })
    }

    /// What in the path finds something else than it seems to, in the order of the text.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What cannot be a path's first step: it needs a value within the document.
fn refuse_first(step: &Step) -> Option<ParseError> {
    let (message, help) = match step.kind {
        Kind::Parent => ("the document has no parent", "write a step before `^`"),
        Kind::PropertyName => ("the document has no name", "write a step before `~`"),
        Kind::Type(_) => (
            "a type alone selects nothing",
            "write a step before it, as in `$.*@string()`",
        ),
        Kind::UnknownType => (
            "`@` begins a type here",
            "write a backtick before a name with `@`",
        ),
        _ => return None,
    };
    Some(ParseError::new(step.offset, message, help))
}
