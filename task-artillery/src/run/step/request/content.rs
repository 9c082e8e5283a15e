//! Bodies.

use bytes::Bytes;
use http::HeaderValue;
use star_core::Failure;
use star_core::draw::Draws;

use super::super::super::engine::Compiler;
use super::super::super::http::{Outgoing, RequestError};
use super::parts::Parts;
use super::urlencoded;
use crate::script::Vars;
use crate::script::model::{Body, Field};
use crate::script::template::{JsonTemplate, Template, json_text};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// A body, compiled.
#[derive(Debug)]
pub(super) enum Content {
    Fixed(Outgoing),
    Json(JsonTemplate),
    Text(Template),
    Form(Vec<Field>),
    Parts(Parts),
}

impl Content {
    /// The body, and its content type where the script says none.
    pub(super) fn compile(
        body: Option<&Body>,
        compiler: &Compiler<'_>,
    ) -> Result<(Self, Option<HeaderValue>), Failure> {
        Ok(match body {
            None => (Self::Fixed(Outgoing::default()), None),
            Some(Body::Json(json)) => match json.as_fixed() {
                Some(value) => (Self::Fixed(json_text(value).into()), Some(JSON)),
                None => (Self::Json(json.clone()), Some(JSON)),
            },
            Some(Body::Text(text)) => match text.as_fixed() {
                Some(text) => {
                    let text = Bytes::copy_from_slice(text.as_bytes());
                    (Self::Fixed(text.into()), None)
                }
                None => (Self::Text(text.clone()), None),
            },
            Some(Body::Form(fields)) if urlencoded::is_fixed(fields) => {
                let mut nothing_drawn = Draws::new(0, 0, 0, 0);
                let text = urlencoded::form(fields, &Vars::default(), &mut nothing_drawn);
                (Self::Fixed(text.into()), Some(FORM))
            }
            Some(Body::Form(fields)) => (Self::Form(fields.clone()), Some(FORM)),
            Some(Body::Parts(parts)) => {
                let parts = Parts::compile(parts, compiler);
                let kind = parts.content_type()?;
                let content = match parts.as_fixed() {
                    Some(body) => Self::Fixed(body),
                    None => Self::Parts(parts),
                };
                (content, Some(kind))
            }
        })
    }

    /// The body of one user.
    ///
    /// # Errors
    /// Where it cannot be sent.
    pub(super) fn render(&self, vars: &Vars, draws: &mut Draws) -> Result<Outgoing, RequestError> {
        Ok(match self {
            Self::Fixed(body) => body.clone(),
            Self::Json(json) => {
                let value = json.value(vars, draws);
                value.map_or_else(Outgoing::default, |value| json_text(&value).into())
            }
            Self::Text(text) => text.text(vars, draws).into_owned().into(),
            Self::Form(fields) => urlencoded::form(fields, vars, draws).into(),
            Self::Parts(parts) => return parts.render(vars, draws),
        })
    }
}
