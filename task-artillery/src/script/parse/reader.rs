//! What is told of a script, and the typed readers: from a node to a value, or a message at its place.

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use star_core::document::{Diagnostic, Diagnostics, Document, Entry, Node, Span, Value};

use super::layers::Outside;
use super::scope::Scope;
use super::signing::Signatures;
use crate::script::duration::{self, DurationError};
use crate::script::environment::Environment;
use crate::script::model::{Jitter, Trial};
use crate::script::number;
use crate::script::secrets::Secrets;
use crate::script::split::{MAX_SCRIPT_DURATION, Split};
use crate::script::template::json_text;

/// From here on messages do without "did you mean": who made so many faults at once did not mistype a word, and a script of
/// nothing but faults is still read in linear time.
const SUGGESTED: usize = 200;

/// Longer words are no slips of anything.
const LONGEST_WORD: usize = 64;

/// How durations are written.
const UNITS: &str = "a number means seconds; `500ms`, `5m`, `0.5 min` and `1 hour` say their unit";

/// Reads a script: keeps what is wrong with it, and goes on.
#[derive(Debug)]
pub(super) struct Reader<'d> {
    pub(super) document: &'d mut Document,
    /// The script's limits; the defaults until `_split` was read.
    pub(super) split: Split,
    /// The names that placeholders may use.
    pub(super) scope: Scope,
    /// Where the variables of `$env` are looked up.
    pub(super) environment: Environment,
    /// Which of `config.environments` was chosen.
    pub(super) environment_name: Option<String>,
    /// The target that was typed.
    pub(super) typed_target: Option<String>,
    /// What the run is for, if that was typed.
    pub(super) typed_trial: Option<Trial>,
    /// Whether the only scenario was chosen, whatever its weight.
    pub(super) one_scenario: bool,
    /// Whether a capture is strict that does not say.
    pub(super) strict_capture: bool,
    /// Whether requests have a `content-type` that do not say.
    pub(super) default_content_type: bool,
    /// By how much pauses differ that do not say.
    pub(super) think_jitter: Option<Jitter>,
    /// Whether requests are signed.
    pub(super) signatures: Signatures,
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
}

impl<'d> Reader<'d> {
    pub(super) fn new(document: &'d mut Document, outside: Outside) -> Self {
        Self {
            document,
            split: Split::default(),
            scope: Scope::default(),
            environment: outside.environment,
            environment_name: outside.environment_name,
            typed_target: outside.target,
            typed_trial: outside.trial,
            one_scenario: outside.one_scenario,
            strict_capture: true,
            default_content_type: false,
            think_jitter: None,
            signatures: Signatures::default(),
            errors: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Notes an error.
    pub(super) fn tell(&mut self, error: Diagnostic) {
        self.errors.push(error);
    }

    /// Notes an error at a place, with what would be right (nothing where the message says it).
    pub(super) fn error(&mut self, at: Span, message: impl Into<String>, help: impl Into<String>) {
        self.errors
            .push(told(Diagnostic::error(message), at, help.into()));
    }

    /// Notes a warning at a place, with what would be right (nothing where the message says it).
    pub(super) fn warn(&mut self, at: Span, message: impl Into<String>, help: impl Into<String>) {
        self.warnings
            .push(told(Diagnostic::warning(message), at, help.into()));
    }

    /// Says that something is part of the language and not of this version, and what is possible instead.
    pub(super) fn not_yet(&mut self, at: Span, what: &str, instead: &str) {
        self.error(
            at,
            format!("{what} is not carried out by this version"),
            instead,
        );
    }

    /// Whether something is wrong already.
    pub(super) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Gives the warnings to the document, and out the errors, each in the order of their places.
    pub(super) fn finish(mut self) -> Diagnostics {
        let place = |told: &Diagnostic| told.primary.as_ref().map(|label| label.span);
        let secrets = self.scope.secrets();
        self.warnings.sort_by_key(place);
        for warning in once_each(self.warnings) {
            self.document.warn(redacted(warning, secrets));
        }
        self.errors.sort_by_key(place);
        let mut errors = Diagnostics::default();
        errors.extend(
            once_each(self.errors)
                .into_iter()
                .map(|error| redacted(error, secrets)),
        );
        errors
    }

    /// The known name nearest to what was typed.
    pub(super) fn closest<'k>(
        &self,
        typed: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Option<&'k str> {
        if self.errors.len() > SUGGESTED || typed.len() > LONGEST_WORD {
            return None;
        }
        let short = known.into_iter().filter(|name| name.len() <= LONGEST_WORD);
        star_core::document::closest(typed, short)
    }

    /// Where a part of a text stands, or all of the text: quotes and escapes may hide the part.
    pub(super) fn place_of(&self, part: &str, whole: Span) -> Span {
        let found = self.document.sources.snippet(whole).find(part);
        found.map_or(whole, |at| within(whole, at, part.len()))
    }

    /// The same of what a text ends with.
    pub(super) fn place_of_end(&self, end: &str, whole: Span) -> Span {
        let found = self.document.sources.snippet(whole).rfind(end);
        found.map_or(whole, |at| within(whole, at, end.len()))
    }

    /// Says that a value is of the wrong kind. Its name is a key, or words.
    pub(super) fn mismatch<T>(&mut self, name: &str, node: &Node, wanted: &str) -> Option<T> {
        let name = if name.contains(' ') {
            name.to_owned()
        } else {
            format!("`{name}`")
        };
        if matches!(node.value, Value::Null) {
            let help = format!("it must be {wanted}; leave the key out where it is not needed");
            self.error(node.span, format!("{name} has no value"), help);
        } else {
            let found = node.describe();
            self.error(
                node.span,
                format!("{name} must be {wanted}, not {found}"),
                "",
            );
        }
        None
    }

    /// A list.
    pub(super) fn list<'n>(&mut self, name: &str, node: &'n Node) -> Option<&'n [Node]> {
        match node.as_list() {
            Some(items) => Some(items),
            None => self.mismatch(name, node, "a list"),
        }
    }

    /// The entries of a mapping of names to values; none of what is no mapping.
    pub(super) fn named_values<'n>(&mut self, name: &str, node: &'n Node) -> &'n [Entry] {
        let Some(map) = node.as_map() else {
            self.mismatch::<()>(name, node, "a mapping of names to values");
            return &[];
        };
        map.entries()
    }

    /// Text, as it stands; numbers and booleans are taken as they are written.
    pub(super) fn words(&mut self, name: &str, node: &Node) -> Option<String> {
        match &node.value {
            Value::String(text) => Some(text.clone()),
            Value::Number(_) | Value::Bool(_) => Some(json_text(&node.to_json())),
            Value::Null | Value::List(_) | Value::Map(_) => self.mismatch(name, node, "text"),
        }
    }

    /// True or false.
    pub(super) fn boolean(&mut self, name: &str, node: &Node) -> Option<bool> {
        match node.value {
            Value::Bool(value) => Some(value),
            _ => self.mismatch(name, node, "`true` or `false`"),
        }
    }

    /// A finite number that is not negative, perhaps written as text.
    pub(super) fn number(&mut self, name: &str, node: &Node, wanted: &str) -> Option<f64> {
        let number = match &node.value {
            Value::Number(number) => number.as_f64(),
            Value::String(_) => number::parse(&self.config_text(name, node)?),
            Value::Null | Value::Bool(_) | Value::List(_) | Value::Map(_) => {
                return self.mismatch(name, node, wanted);
            }
        };
        match number.filter(|number| number.is_finite()) {
            None => {
                self.error(node.span, format!("`{name}` must be {wanted}"), "");
                None
            }
            Some(number) if number < 0.0 => {
                self.error(node.span, format!("`{name}` must not be negative"), "");
                None
            }
            number => number,
        }
    }

    /// A whole number in a range.
    pub(super) fn whole(
        &mut self,
        name: &str,
        node: &Node,
        range: RangeInclusive<u64>,
    ) -> Option<u64> {
        let wanted = format!("a whole number from {} to {}", range.start(), range.end());
        let number = self.number(name, node, &wanted)?;
        // From 2⁵³ on floats have no fraction, and the conversion saturates.
        let whole = number as u64;
        if number.fract() != 0.0 || !range.contains(&whole) {
            self.error(node.span, format!("`{name}` must be {wanted}"), "");
            return None;
        }
        Some(whole)
    }

    /// A duration, no longer than any run.
    pub(super) fn duration(&mut self, name: &str, node: &Node) -> Option<Duration> {
        let read = match &node.value {
            Value::Number(seconds) => duration::from_seconds(seconds.as_f64().unwrap_or(f64::NAN)),
            Value::String(_) => duration::parse(&self.config_text(name, node)?),
            Value::Null | Value::Bool(_) | Value::List(_) | Value::Map(_) => {
                let wanted = "a duration, such as `60` (seconds) or `5m`";
                return self.mismatch(name, node, wanted);
            }
        };
        let longest = Duration::from_secs(u64::from(*MAX_SCRIPT_DURATION.range.end()));
        let reason = match read {
            Ok(duration) if duration <= longest => return Some(duration),
            Ok(_) => DurationError::Endless,
            Err(reason) => reason,
        };
        let help = match reason {
            DurationError::Shape => UNITS.to_owned(),
            DurationError::Negative => String::new(),
            DurationError::Endless => {
                format!("no run may last longer than {}", duration::show(longest))
            }
        };
        self.error(node.span, format!("`{name}` is {reason}"), help);
        None
    }
}

/// Each but once: what is included several times has the same faults each time.
fn once_each(mut told: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    told.retain(|one| {
        let place = one.primary.as_ref().map(|label| label.span);
        seen.insert((place, one.message.clone()))
    });
    told
}

/// The same without values of the environment.
fn redacted(mut diagnostic: Diagnostic, secrets: &Secrets) -> Diagnostic {
    diagnostic.message = secrets.redact(diagnostic.message).into_owned();
    diagnostic.help = diagnostic
        .help
        .map(|help| secrets.redact(help).into_owned());
    diagnostic
}

/// So many bytes of what stands at a place, from one of its bytes on.
fn within(whole: Span, at: usize, length: usize) -> Span {
    let start = whole.start as usize + at;
    Span::new(whole.file, start, start + length)
}

fn told(diagnostic: Diagnostic, at: Span, help: String) -> Diagnostic {
    let diagnostic = diagnostic.at(at, "");
    if help.is_empty() {
        diagnostic
    } else {
        diagnostic.help(help)
    }
}
