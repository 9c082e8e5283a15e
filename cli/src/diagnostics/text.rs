//! Diagnostics for a terminal.

use std::collections::BTreeSet;

use annotate_snippets::{Group, Level, Renderer};
use star_core::document::{Diagnostic, Diagnostics, Severity, Sources};
use star_core::printable;

use super::excerpt::Excerpt;
use super::order::sorted;

/// More than this nobody reads before correcting the first.
const MOST: usize = 20;

/// Wider lines are cut around what is underlined.
const WIDTH: usize = 120;

/// Renders diagnostics as rustc does: each with its place, the line, what is wrong in it underlined, and what would be right.
/// Errors come before warnings, each in the order of the documents; of more than twenty the rest is only counted. The last line
/// says how many there are. Nothing in the documents can command the terminal. Empty if there are none.
pub fn render(diagnostics: &Diagnostics, sources: &Sources, colour: bool) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(WIDTH);
    let sorted = sorted(diagnostics);
    let mut parts: Vec<String> = sorted
        .iter()
        .take(MOST)
        .map(|diagnostic| renderer.render(&[group(diagnostic, sources)]))
        .collect();
    if sorted.len() > MOST {
        parts.push(format!("… and {} more", sorted.len() - MOST));
    }
    parts.push(closing_line(&sorted, sources));
    let mut text = parts.join("\n\n");
    text.push('\n');
    text
}

fn group<'d>(diagnostic: &'d Diagnostic, sources: &Sources) -> Group<'d> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(printable(&diagnostic.message));
    let excerpts = Excerpt::of(diagnostic, sources);
    let elements = excerpts
        .iter()
        .flat_map(|excerpt| excerpt.elements(sources));
    let group = Group::with_title(title).elements(elements);
    match &diagnostic.help {
        Some(help) => group.element(Level::HELP.message(printable(help))),
        None => group,
    }
}

/// `2 errors, 1 warning in script.yml`
fn closing_line(diagnostics: &[&Diagnostic], sources: &Sources) -> String {
    let errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .count();
    let counts: Vec<String> = [(errors, "error"), (diagnostics.len() - errors, "warning")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| format!("{count} {noun}{}", if count == 1 { "" } else { "s" }))
        .collect();
    let files: BTreeSet<&str> = diagnostics
        .iter()
        .filter_map(|diagnostic| diagnostic.primary.as_ref())
        .map(|label| sources.name(label.span.file))
        .collect();
    let place = match (files.first(), files.len()) {
        (None, _) => String::new(),
        (Some(file), 1) => format!(" in {}", printable(file)),
        (Some(_), several) => format!(" in {several} files"),
    };
    format!("{}{place}", counts.join(", "))
}

#[cfg(test)]
mod tests;
