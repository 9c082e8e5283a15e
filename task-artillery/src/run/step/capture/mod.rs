//! What is kept of a response, and what it has to be.
//!
//! The rules are Artillery's: of several hits one is drawn; undefined, `""` and a body that is none of its kind are failures, and `null`,
//! `0` and `false` are none; where one strict capture or match fails, nothing of the response is kept and the user fails. What is not
//! strict and fails is kept as it is: where nothing is found the variable is undefined, or `""` from a header or a regular expression.
//! All of them see the variables as they were before the response.

mod expression;
mod header;
mod json;
mod looked;
mod regexp;
mod selector;
mod source;
mod xpath;

use std::borrow::Cow;
use std::cell::OnceCell;

use serde_json::Value;
use star_core::Failure;
use star_core::draw::Draws;

use super::super::error::UserError;
use super::super::http::{Answer, Kept};
use crate::script::Vars;
use crate::script::model::{Capture, Match};
use crate::script::path::Path;
use crate::script::template::JsonTemplate;
use looked::Looked;
use source::Source;

/// The captures and matches of a request.
#[derive(Debug)]
pub(super) struct Captures {
    captures: Vec<(Source, Path, bool)>,
    matches: Vec<(Source, JsonTemplate, bool)>,
}

impl Captures {
    pub(super) fn compile(captures: &[Capture], matches: &[Match]) -> Result<Self, Failure> {
        let captures = captures.iter().map(|capture| {
            let source = Source::compile(&capture.from)?;
            Ok((source, capture.to.clone(), capture.strict))
        });
        let matches = matches.iter().map(|wanted| {
            let source = Source::compile(&wanted.from)?;
            Ok((source, wanted.value.clone(), wanted.strict))
        });
        Ok(Self {
            captures: captures.collect::<Result<_, Failure>>()?,
            matches: matches.collect::<Result<_, Failure>>()?,
        })
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.captures.is_empty() && self.matches.is_empty()
    }

    /// How many matches there are.
    pub(super) fn matches(&self) -> u64 {
        self.matches.len() as u64
    }

    /// Whether one of them looks at the body.
    pub(super) fn need_body(&self) -> bool {
        let captures = self.captures.iter().map(|(source, ..)| source);
        let matches = self.matches.iter().map(|(source, ..)| source);
        captures.chain(matches).any(Source::needs_body)
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
            Kept::NoRoom => return Err(UserError::NoRoom),
        };
        let text = OnceCell::new();
        let looked = Looked::new(&answer.headers, &body, &text);
        let mut found = Vec::with_capacity(self.captures.len());
        for (source, to, strict) in &self.captures {
            let value = source.find(&looked, vars, draws);
            let failed = value
                .as_ref()
                .is_none_or(|value| value.as_str() == Some(""));
            if failed && *strict {
                return Err(UserError::Capture);
            }
            found.push((to, value));
        }
        for (source, wanted, strict) in &self.matches {
            let value = source.find(&looked, vars, draws);
            let wanted = wanted.value(vars, draws);
            if *strict && !is_same(value.as_ref(), wanted.as_deref()) {
                return Err(UserError::Capture);
            }
        }
        for (to, value) in found {
            match value {
                Some(value) => vars.set(to, value),
                None => vars.unset(to),
            }
        }
        Ok(())
    }

    /// Keeps what stands for something found: `<name>`.
    pub(super) fn rehearse(&self, vars: &mut Vars, draws: &mut Draws) {
        let nothing = Looked::nothing();
        for (source, ..) in &self.captures {
            source.find(&nothing, vars, draws);
        }
        for (source, wanted, _) in &self.matches {
            source.find(&nothing, vars, draws);
            wanted.value(vars, draws);
        }
        for (_, to, _) in &self.captures {
            vars.set(to, Value::from(format!("<{}>", to.source())));
        }
    }
}

/// `===` of JavaScript: numbers are floats, and lists and mappings are never the same.
fn is_same(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(Value::Number(one)), Some(Value::Number(other))) => one.as_f64() == other.as_f64(),
        (Some(Value::Array(_) | Value::Object(_)), _) => false,
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::run::http::Encoding;

    /// What a user draws next after these captures and this match of an answer; or of a rehearsal.
    fn next_draw(answer: Option<&str>) -> u64 {
        let captures = [
            json!({"json": "$.list[*]"}),
            json!({"jsonList": "$.list[*]"}),
            json!({"json": "$.{{ $randomString(3) }}"}),
            json!({"selector": {"css": "li", "attr": null, "index": "random"}}),
            json!({"selector": {"css": "{{ v }}", "attr": null, "index": "random"}}),
            json!({"regexp": {"pattern": "{{ $randomNumber(1, 9) }}", "flags": "", "group": null}}),
            json!({"xpath": "//{{ $randomString(3) }}"}),
            json!({"header": "x-{{ $randomString(3) }}"}),
        ]
        .map(|from| json!({"from": from, "to": "a", "strict": false}));
        let captures: Vec<Capture> = serde_json::from_value(json!(captures)).unwrap();
        let wanted = json!([{"from": {"json": "$.list[*]"}, "value": "{{ $randomNumber(1, 9) }}", "strict": false}]);
        let matches: Vec<Match> = serde_json::from_value(wanted).unwrap();
        let captures = Captures::compile(&captures, &matches).unwrap();
        let (mut vars, mut draws) = (Vars::default(), Draws::new(1, 2, 3, 4));
        match answer {
            None => captures.rehearse(&mut vars, &mut draws),
            Some(body) => {
                let answer = Answer {
                    headers: http::HeaderMap::new(),
                    body: Kept::All(bytes::Bytes::copy_from_slice(body.as_bytes())),
                    encoding: Encoding::Identity,
                    answered: crate::report::Answered::default(),
                    ended: std::time::Duration::ZERO,
                };
                captures.keep(&answer, &mut vars, &mut draws).unwrap();
            }
        }
        draws.next_u64()
    }

    #[test]
    fn what_a_user_draws_next_does_not_depend_on_the_answer() {
        let rehearsed = next_draw(None);
        for body in [
            "",
            "{\"list\": [1, 2, 3]}",
            "<li>1<li>2",
            "<r><a/></r>",
            "[",
            "\0",
        ] {
            assert_eq!(next_draw(Some(body)), rehearsed, "{body}");
        }
    }

    #[test]
    fn values_are_the_same_as_javascript_has_it() {
        for (one, other, same) in [
            (json!(1), json!(1.0), true),
            (json!(1), json!("1"), false),
            (json!("a"), json!("a"), true),
            (json!("a"), json!("A"), false),
            (json!(null), json!(null), true),
            (json!(null), json!(false), false),
            (json!([]), json!([]), false),
            (json!({"a": 1}), json!({"a": 1}), false),
        ] {
            assert_eq!(is_same(Some(&one), Some(&other)), same, "{one} {other}");
            assert!(!is_same(Some(&one), None));
        }
        assert!(is_same(None, None));
    }
}
