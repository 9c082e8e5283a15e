//! Where captures look, compiled.

use serde_json::Value;
use star_core::Failure;
use star_core::draw::Draws;

use super::header::HeaderSource;
use super::json::JsonSource;
use super::looked::Looked;
use super::regexp::RegexpSource;
use super::selector::SelectorSource;
use super::xpath::XpathSource;
use crate::script::Vars;
use crate::script::model::CaptureSource;

/// Where a capture looks.
#[derive(Debug)]
pub(super) enum Source {
    Json(JsonSource),
    Header(HeaderSource),
    Regexp(RegexpSource),
    Xpath(XpathSource),
    Selector(SelectorSource),
}

/// What is found of a response.
#[derive(Debug)]
pub(super) enum Found {
    Value(Value),
    /// Nothing, of which `""` is kept: by a header or a regular expression.
    Nothing,
    /// Nothing, of which nothing is kept.
    Undefined,
}

impl Source {
    pub(super) fn compile(source: &CaptureSource) -> Result<Self, Failure> {
        Ok(match source {
            CaptureSource::Json(path) => Self::Json(JsonSource::compile(path, false)?),
            CaptureSource::JsonList(path) => Self::Json(JsonSource::compile(path, true)?),
            CaptureSource::Header(name) => Self::Header(HeaderSource::compile(name)?),
            CaptureSource::Regexp {
                pattern,
                flags,
                group,
            } => Self::Regexp(RegexpSource::compile(pattern, flags, group.as_ref())?),
            CaptureSource::Xpath(expression) => Self::Xpath(XpathSource::compile(expression)?),
            CaptureSource::Selector { css, attr, index } => {
                Self::Selector(SelectorSource::compile(css, attr.as_deref(), *index)?)
            }
        })
    }

    pub(super) fn needs_body(&self) -> bool {
        !matches!(self, Self::Header(_))
    }

    /// Whether it finds `""` where there is nothing.
    pub(super) fn is_empty_where_nothing_is(&self) -> bool {
        matches!(self, Self::Header(_) | Self::Regexp(_))
    }

    /// What it finds in a response. It draws as often whatever it finds: what a user draws must not depend on answers.
    pub(super) fn find(&self, looked: &Looked<'_>, vars: &Vars, draws: &mut Draws) -> Found {
        match self {
            Self::Json(source) => source.find(looked, vars, draws).into(),
            Self::Header(source) => source.find(looked, vars, draws),
            Self::Regexp(source) => source.find(looked, vars, draws),
            Self::Xpath(source) => source.find(looked, vars, draws).into(),
            Self::Selector(source) => source.find(looked, vars, draws).into(),
        }
    }
}

impl Found {
    /// What is kept of it; none is undefined.
    pub(super) fn into_value(self) -> Option<Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::Nothing => Some(Value::from("")),
            Self::Undefined => None,
        }
    }
}

impl From<Option<Value>> for Found {
    fn from(found: Option<Value>) -> Self {
        found.map_or(Self::Undefined, Self::Value)
    }
}

/// What is said of an expression that was not checked, and is none.
pub(super) fn unreadable(
    what: &str,
    text: &str,
    error: &(impl std::error::Error + 'static),
) -> Failure {
    Failure::because(format!("{what} `{text}` cannot be read"), error)
}
