//! Captures by `xpath`.

use serde_json::Value;
use star_core::Failure;
use star_core::draw::Draws;

use super::expression::Expression;
use super::looked::Looked;
use super::source::unreadable;
use crate::script::Vars;
use crate::script::template::Template;
use crate::xpath::XPath;

/// An `XPath` into a body that is XML.
#[derive(Debug)]
pub(super) struct XpathSource {
    path: Expression<XPath>,
}

impl XpathSource {
    pub(super) fn compile(path: &Template) -> Result<Self, Failure> {
        let read =
            |text: &str| XPath::parse(text).map_err(|error| unreadable("the XPath", text, &error));
        let path = Expression::compile(path, read)?;
        Ok(Self { path })
    }

    /// The first node's text, or what else the expression stands for.
    pub(super) fn find(
        &self,
        looked: &Looked<'_>,
        vars: &Vars,
        draws: &mut Draws,
    ) -> Option<Value> {
        let path = self.path.get(vars, draws, XPath::parse)?;
        path.find(looked.xml()?).ok().flatten()
    }
}
