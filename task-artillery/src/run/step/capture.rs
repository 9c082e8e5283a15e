//! What is kept of a response.
//!
//! The rules are Artillery's: of several hits one is drawn; nothing, `""` and a body that is no JSON are failures, and `null`, `0` and
//! `false` are none; where one strict capture fails, nothing of the response is kept and the user fails. A capture that is not strict
//! and finds nothing leaves its variable as it was, where Artillery makes it undefined.

use std::borrow::Cow;

use serde_json::Value;
use star_core::Failure;
use star_core::draw::Draws;

use super::super::error::UserError;
use super::super::http::{Answer, Kept};
use crate::jsonpath;
use crate::script::Vars;
use crate::script::model::{Capture, CaptureSource};
use crate::script::path::Path;
use crate::script::template::Template;

/// The captures of a request.
#[derive(Debug)]
pub(super) struct Captures(Vec<JsonCapture>);

#[derive(Debug)]
struct JsonCapture {
    path: JsonPath,
    to: Path,
    strict: bool,
}

#[derive(Debug)]
enum JsonPath {
    Fixed(jsonpath::Path),
    /// To be read when its placeholders are rendered.
    Template(Template),
}

impl Captures {
    pub(super) fn compile(captures: &[Capture]) -> Result<Self, Failure> {
        captures
            .iter()
            .map(JsonCapture::compile)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps what they find in an answer.
    ///
    /// # Errors
    /// Where a strict one fails, or the body can't be looked at.
    pub(super) fn keep(
        &self,
        answer: &Answer,
        vars: &mut Vars,
        draws: &mut Draws,
    ) -> Result<(), UserError> {
        let body = match &answer.body {
            Kept::All(body) => answer.encoding.decode(body)?,
            Kept::Nothing => Cow::Borrowed(&[][..]),
            Kept::TooLong => return Err(UserError::BodyTooLong),
        };
        let document: Option<Value> = serde_json::from_slice(&body).ok();
        let mut found = Vec::with_capacity(self.0.len());
        for capture in &self.0 {
            let value = capture.find(document.as_ref(), vars, draws);
            let failed = value
                .as_ref()
                .is_none_or(|value| value.as_str() == Some(""));
            if failed && capture.strict {
                return Err(UserError::Capture);
            }
            found.extend(value.map(|value| (&capture.to, value)));
        }
        for (to, value) in found {
            vars.set(to, value);
        }
        Ok(())
    }

    /// Keeps what stands for something found: `<name>`.
    pub(super) fn rehearse(&self, vars: &mut Vars, draws: &mut Draws) {
        for capture in &self.0 {
            capture.find(None, vars, draws);
            vars.set(
                &capture.to,
                Value::from(format!("<{}>", capture.to.source())),
            );
        }
    }
}

impl JsonCapture {
    fn compile(capture: &Capture) -> Result<Self, Failure> {
        let CaptureSource::Json(template) = &capture.from;
        let path = match template.as_fixed() {
            Some(text) => JsonPath::Fixed(jsonpath::Path::parse(text).map_err(|error| {
                Failure::because(format!("the JSONPath `{text}` cannot be read"), &error)
            })?),
            None => JsonPath::Template(template.clone()),
        };
        Ok(Self {
            path,
            to: capture.to.clone(),
            strict: capture.strict,
        })
    }

    /// What it finds in a body. It draws as often whatever it finds: what a user draws must not depend on answers.
    fn find(&self, document: Option<&Value>, vars: &Vars, draws: &mut Draws) -> Option<Value> {
        let read;
        let path = match &self.path {
            JsonPath::Fixed(path) => Some(path),
            JsonPath::Template(template) => {
                read = jsonpath::Path::parse(&template.text(vars, draws)).ok();
                read.as_ref()
            }
        };
        let selected = path
            .zip(document)
            .and_then(|(path, document)| path.select(document).ok());
        let mut hits = selected.unwrap_or_default();
        let chosen = draws.below(hits.len() as u64) as usize;
        (chosen < hits.len()).then(|| hits.swap_remove(chosen).into_owned())
    }
}
