//! What is kept of a response, and what it has to be.
//!
//! The rules are Artillery's: of several hits one is drawn; undefined, `""` and a body that is none of its kind are failures, and `null`,
//! `0` and `false` are none; where one strict capture or match fails, nothing of the response is kept and the user fails. What is not
//! strict and fails is kept as it is: where nothing is found the variable is undefined, or `""` from a header or a regular expression; a check
//! that is made of such a `""` does not hold.
//! All of them see the variables as they were before the response.

mod expression;
mod header;
mod json;
mod looked;
mod regexp;
mod selector;
mod source;
mod xpath;

use std::cell::OnceCell;

use http::HeaderMap;
use serde_json::Value;
use star_core::Failure;
use star_core::draw::Draws;

use super::undefined;
use crate::script::model::{Capture, CaptureSource, Match};
use crate::script::path::Path;
use crate::script::template::{JsonTemplate, json_text};
use crate::script::{Confidential, INSTEAD, Vars, says_who_asks};
pub(super) use expression::Expression;
pub(super) use header::joined;
use looked::Looked;
use source::{Found, Source};

/// The captures and matches of a request.
#[derive(Debug)]
pub(super) struct Captures {
    kept: Vec<(Source, Path, bool)>,
    matches: Vec<Wanted>,
    /// Where each of them looks, for people: captures before matches.
    places: Vec<String>,
}

/// What a response has to be, compiled.
#[derive(Debug)]
struct Wanted {
    source: Source,
    /// As the script has it.
    written_as: Match,
    /// What is said of the value where that is made of what is not to be shown.
    written: Option<String>,
}

/// Why a strict one failed.
#[derive(Debug)]
pub(super) struct Unmet {
    /// What was looked at.
    pub(super) check: String,
    /// What it has to be.
    pub(super) expected: String,
    /// What it is; none where nothing is there.
    pub(super) got: Option<String>,
}

impl Wanted {
    /// Whether it looks at a header that says who asks, or may do so.
    fn is_secret(&self) -> bool {
        match &self.written_as.from {
            CaptureSource::Header(name) => name.as_fixed().is_none_or(says_who_asks),
            _ => false,
        }
    }

    /// Holds what was found against what it has to be. What can't be compared is not the same.
    ///
    /// # Errors
    /// What was found instead; none where nothing was.
    fn compare(
        &self,
        found: Option<&Value>,
        is: Option<&Value>,
        vars: &Vars,
    ) -> Result<(), Option<String>> {
        if let Some(why) = undefined::of_match(&self.written_as, vars) {
            return Err(Some(why));
        }
        let value = is.and_then(Value::as_str);
        let made_empty =
            value.is_some_and(|text| undefined::is_made_empty(&self.written_as.value, text));
        if made_empty && self.source.is_empty_where_nothing_is() {
            return Err(None);
        }
        if is_same(found, is) {
            Ok(())
        } else {
            Err(found.map(|found| {
                if self.is_secret() {
                    return INSTEAD.to_owned();
                }
                json_text(found)
            }))
        }
    }
}

impl Captures {
    pub(super) fn compile(
        captures: &[Capture],
        matches: &[Match],
        confidential: &Confidential,
    ) -> Result<Self, Failure> {
        let sources = captures.iter().map(|capture| &capture.from);
        let sources = sources.chain(matches.iter().map(|wanted| &wanted.from));
        let places = sources.map(place).collect();
        let captures = captures.iter().map(|capture| {
            let source = Source::compile(&capture.from)?;
            Ok((source, capture.to.clone(), capture.strict))
        });
        let matches = matches.iter().map(|wanted| {
            let source = Source::compile(&wanted.from)?;
            let written = confidential.is_in_json(&wanted.value);
            Ok(Wanted {
                source,
                written_as: wanted.clone(),
                written: written.then(|| json(&wanted.value)),
            })
        });
        Ok(Self {
            kept: captures.collect::<Result<_, Failure>>()?,
            matches: matches.collect::<Result<_, Failure>>()?,
            places,
        })
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.matches.is_empty()
    }

    /// How many matches there are.
    pub(super) fn matches(&self) -> u64 {
        self.matches.len() as u64
    }

    /// Whether one of them looks at the body.
    pub(super) fn need_body(&self) -> bool {
        let captures = self.kept.iter().map(|(source, ..)| source);
        let matches = self.matches.iter().map(|wanted| &wanted.source);
        captures.chain(matches).any(Source::needs_body)
    }

    /// Keeps what they find in an answer. What is found and not kept, for another goes by the same name or one failed, is dropped.
    ///
    /// # Errors
    /// The first strict one that fails.
    pub(super) fn keep(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        vars: &mut Vars,
        draws: &mut Draws,
        dropped: &mut Vec<(Path, Value)>,
    ) -> Result<(), Unmet> {
        let mut found = Vec::with_capacity(self.kept.len());
        let held = self.look(headers, body, vars, draws, &mut found);
        let mut found = found.into_iter();
        while let Some((to, value, is_nothing)) = found.next() {
            let mut later = found.as_slice().iter();
            match value {
                Some(value) if held.is_err() || later.any(|(other, ..)| to.is_within(other)) => {
                    dropped.push((to.clone(), value));
                }
                _ if held.is_err() => {}
                Some(value) => vars.set(to, value),
                None => vars.unset(to),
            }
            if is_nothing && held.is_ok() {
                vars.note_nothing(to);
            }
        }
        held
    }

    /// What they find in an answer.
    ///
    /// # Errors
    /// The first strict one that fails.
    fn look<'s>(
        &'s self,
        headers: &HeaderMap,
        body: &[u8],
        vars: &Vars,
        draws: &mut Draws,
        found: &mut Vec<(&'s Path, Option<Value>, bool)>,
    ) -> Result<(), Unmet> {
        let text = OnceCell::new();
        let looked = Looked::new(headers, body, &text);
        let mut places = self.places.iter();
        for (source, to, strict) in &self.kept {
            let place = places.next();
            let value = source.find(&looked, vars, draws);
            let is_nothing = matches!(value, Found::Nothing);
            let value = value.into_value();
            let failed = value
                .as_ref()
                .is_none_or(|value| value.as_str() == Some(""));
            if failed && *strict {
                return Err(Unmet {
                    check: format!("capture {}", place.map_or("", String::as_str)),
                    expected: "something to capture".to_owned(),
                    got: None,
                });
            }
            found.push((to, value, is_nothing));
        }
        for wanted in &self.matches {
            let place = places.next();
            let value = wanted.source.find(&looked, vars, draws).into_value();
            let is = wanted.written_as.value.value(vars, draws);
            if wanted.written_as.strict
                && let Err(got) = wanted.compare(value.as_ref(), is.as_deref(), vars)
            {
                let expected = wanted
                    .written
                    .clone()
                    .or_else(|| is.as_deref().map(json_text));
                return Err(Unmet {
                    check: format!("match {}", place.map_or("", String::as_str)),
                    expected: expected.unwrap_or_else(|| "undefined".to_owned()),
                    got,
                });
            }
        }
        Ok(())
    }

    /// Keeps what stands for something found: `<name>`.
    pub(super) fn rehearse(&self, vars: &mut Vars, draws: &mut Draws) {
        let nothing = Looked::nothing();
        for (source, ..) in &self.kept {
            source.find(&nothing, vars, draws);
        }
        for wanted in &self.matches {
            wanted.source.find(&nothing, vars, draws);
            wanted.written_as.value.value(vars, draws);
        }
        for (_, to, _) in &self.kept {
            vars.set(to, Value::from(format!("<{}>", to.source())));
        }
    }
}

/// Where something is looked for, as the script has it.
fn place(source: &CaptureSource) -> String {
    match source {
        CaptureSource::Json(path) | CaptureSource::JsonList(path) => {
            format!("json {}", path.source())
        }
        CaptureSource::Header(name) => format!("header {}", name.source()),
        CaptureSource::Regexp { pattern, .. } => format!("regexp {}", pattern.source()),
        CaptureSource::Xpath(path) => format!("xpath {}", path.source()),
        CaptureSource::Selector { css, .. } => format!("selector {}", css.source()),
    }
}

/// A value as the script has it.
fn json(value: &JsonTemplate) -> String {
    match value {
        JsonTemplate::Text(text) => text.source().to_owned(),
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}

/// `===` of JavaScript: numbers are floats, and lists and mappings are never the same; but nothing is the same as undefined.
fn is_same(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one, other) {
        (Some(Value::Number(one)), Some(Value::Number(other))) => one.as_f64() == other.as_f64(),
        // Of nothing there is nothing to compare.
        (Some(Value::Array(_) | Value::Object(_)) | None, _) | (_, None) => false,
        (Some(one), Some(other)) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
        let captures = Captures::compile(&captures, &matches, &Confidential::default()).unwrap();
        let (mut vars, mut draws) = (Vars::default(), Draws::new(1, 2, 3, 4));
        match answer {
            None => captures.rehearse(&mut vars, &mut draws),
            Some(body) => {
                let headers = HeaderMap::new();
                let kept = captures.keep(
                    &headers,
                    body.as_bytes(),
                    &mut vars,
                    &mut draws,
                    &mut Vec::new(),
                );
                kept.unwrap();
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
        assert!(!is_same(None, None));
    }
}
