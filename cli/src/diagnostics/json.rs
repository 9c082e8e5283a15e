//! Diagnostics for machines.

use serde::Serialize;
use star_core::document::{Diagnostic, Diagnostics, Label, Severity, Sources, Span};

use super::order::sorted;

/// A diagnostic as an object. What there is not is null, so that every object has the same keys.
#[derive(Serialize)]
struct Object<'d> {
    severity: &'static str,
    message: &'d str,
    #[serde(flatten)]
    place: Place<'d>,
    help: Option<&'d str>,
    related: Vec<Place<'d>>,
}

/// Lines and columns count from one, columns in characters; the end is behind the last character.
#[derive(Default, Serialize)]
struct Place<'d> {
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    label: Option<&'d str>,
}

impl<'d> Place<'d> {
    fn of(label: &'d Label, sources: &Sources) -> Self {
        let Span { file, end, .. } = label.span;
        let start = sources.position(label.span);
        let end = sources.position(Span::new(file, end as usize, end as usize));
        Self {
            file: Some(start.file),
            line: Some(start.line),
            column: Some(start.column),
            end_line: Some(end.line),
            end_column: Some(end.column),
            label: Some(label.text.as_str()).filter(|text| !text.is_empty()),
        }
    }
}

impl<'d> Object<'d> {
    fn of(diagnostic: &'d Diagnostic, sources: &Sources) -> Self {
        Self {
            severity: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            message: &diagnostic.message,
            place: diagnostic
                .primary
                .as_ref()
                .map_or_else(Place::default, |label| Place::of(label, sources)),
            help: diagnostic.help.as_deref(),
            related: diagnostic
                .related
                .iter()
                .map(|label| Place::of(label, sources))
                .collect(),
        }
    }
}

/// Renders diagnostics as a JSON array with an object for each of them, all of them, errors first.
///
/// The keys are `severity` (`error` or `warning`), `message`, `file`, `line`, `column`, `end_line`, `end_column`, `label`, `help`
/// and `related`, a list of places; without a place they are null.
pub fn render_json(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let objects: Vec<Object<'_>> = sorted(diagnostics)
        .into_iter()
        .map(|diagnostic| Object::of(diagnostic, sources))
        .collect();
    serde_json::to_string_pretty(&objects).expect("objects with text keys always have a JSON form")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn every_object_has_the_same_keys() {
        let mut sources = Sources::default();
        let file = sources.add("a.yml", "ä: 1\nb: [2,\n  3]\n");
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(Diagnostic::warning("no place"));
        diagnostics.push(
            Diagnostic::error("two lines")
                .at(Span::new(file, 9, 17), "this list")
                .see(Span::new(file, 0, 2), "")
                .help("do it"),
        );
        let rendered: Value = serde_json::from_str(&render_json(&diagnostics, &sources)).unwrap();
        assert_eq!(
            rendered,
            json!([
                {
                    "severity": "error", "message": "two lines", "file": "a.yml", "line": 2, "column": 4, "end_line": 3,
                    "end_column": 5, "label": "this list", "help": "do it",
                    "related": [
                        {"file": "a.yml", "line": 1, "column": 1, "end_line": 1, "end_column": 2, "label": null}
                    ]
                },
                {
                    "severity": "warning", "message": "no place", "file": null, "line": null, "column": null, "end_line": null,
                    "end_column": null, "label": null, "help": null, "related": []
                }
            ])
        );
        assert_eq!(render_json(&Diagnostics::default(), &sources), "[]");
    }
}
