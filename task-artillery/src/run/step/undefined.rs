//! What checks are made of that is undefined. A check that cannot be made does not hold.

use crate::script::model::{CaptureSource, Expectation, Match};
use crate::script::template::{JsonTemplate, Template};
use crate::script::{Lack, Vars};

/// What an expectation is made of that is undefined, in a sentence.
pub(super) fn of_expectation(expectation: &Expectation, vars: &Vars) -> Option<String> {
    match expectation {
        Expectation::StatusCode(wanted) | Expectation::NotStatusCode(wanted) => {
            in_json(wanted, vars)
        }
        Expectation::ContentType(text)
        | Expectation::HasProperty(text)
        | Expectation::NotHasProperty(text)
        | Expectation::HasHeader(text)
        | Expectation::MatchesRegexp(text) => in_text(text, vars),
        Expectation::HeaderEquals(name, value) => {
            in_text(name, vars).or_else(|| in_text(value, vars))
        }
        Expectation::Equals(values) => values.iter().find_map(|value| in_json(value, vars)),
        Expectation::CdnHit(_) | Expectation::Jmespath(..) => None,
    }
}

/// What a `match` is made of that is undefined, in a sentence: its value, or where it looks.
pub(super) fn of_match(wanted: &Match, vars: &Vars) -> Option<String> {
    let place = match &wanted.from {
        CaptureSource::Json(text)
        | CaptureSource::JsonList(text)
        | CaptureSource::Header(text)
        | CaptureSource::Regexp { pattern: text, .. }
        | CaptureSource::Xpath(text)
        | CaptureSource::Selector { css: text, .. } => text,
    };
    in_json(&wanted.value, vars).or_else(|| in_text(place, vars))
}

/// Whether a value is made of placeholders, and nothing came of them.
pub(super) fn is_made_empty(template: &JsonTemplate, rendered: &str) -> bool {
    template.as_fixed().is_none() && rendered.is_empty()
}

fn in_json(json: &JsonTemplate, vars: &Vars) -> Option<String> {
    match json {
        JsonTemplate::Fixed(_) => None,
        JsonTemplate::Text(text) => in_text(text, vars),
        JsonTemplate::List(items) => items.iter().find_map(|item| in_json(item, vars)),
        JsonTemplate::Map(entries) => entries
            .iter()
            .find_map(|(key, value)| in_text(key, vars).or_else(|| in_json(value, vars))),
    }
}

fn in_text(text: &Template, vars: &Vars) -> Option<String> {
    if text.as_fixed().is_some() {
        return None;
    }
    let of = |(whole, path)| {
        if vars.get(&path).is_none() {
            return Some(format!("`{whole}`, which is undefined"));
        }
        let why = match vars.lack_at(&path)? {
            Lack::NotFound => "of which a capture found nothing",
            Lack::Undefined => "which is made of what is undefined",
        };
        Some(format!("`{whole}`, {why}"))
    };
    // A call of what is no helper is undefined, whoever calls.
    let call = || text.unknown_calls().map(|(whole, _)| whole).next();
    let variable = text.variables().find_map(of);
    variable.or_else(|| call().map(|whole| format!("`{whole}`, which is undefined")))
}
