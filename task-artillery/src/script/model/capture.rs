//! What is looked for in a response.

use serde::{Deserialize, Serialize};

use super::super::path::Path;
use super::super::template::{JsonTemplate, Template};

/// Something to keep of a response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Capture {
    /// What is looked for.
    pub from: CaptureSource,
    /// The variable, or the place in one, that it goes to.
    pub to: Path,
    /// Whether the user fails when it is not found.
    pub strict: bool,
}

/// Something that a response has to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Match {
    /// What is looked for.
    pub from: CaptureSource,
    /// What is to be found.
    pub value: JsonTemplate,
    /// Whether the user fails when something else is found.
    pub strict: bool,
}

/// Where a capture looks. What has no placeholders was checked when it was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum CaptureSource {
    /// A `JSONPath` in the body: one of what it finds.
    Json(Template),
    /// A `JSONPath` in the body: all of what it finds.
    JsonList(Template),
    /// The header of that name.
    Header(Template),
    /// A JavaScript regular expression in the body.
    #[serde(rename_all = "camelCase")]
    Regexp {
        /// The expression, without slashes.
        pattern: Template,
        /// Its flags.
        flags: String,
        /// Which part of the match is kept; all of it, where there is none.
        group: Option<Group>,
    },
    /// An `XPath` 1.0 expression in the body.
    Xpath(Template),
    /// A CSS selector in the body.
    #[serde(rename_all = "camelCase")]
    Selector {
        /// The selector.
        css: Template,
        /// Which attribute of the element is kept; its text, where there is none.
        attr: Option<String>,
        /// Which of the elements.
        index: Nth,
    },
}

/// A part of what a regular expression matches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Group {
    /// A group, counted from 1.
    Number(u32),
    /// A group by its name.
    Name(String),
}

/// One of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Nth {
    /// Counted from 0.
    At(u32),
    /// The last.
    Last,
    /// One that is drawn.
    Random,
}
