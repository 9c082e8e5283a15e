//! Which diagnostics come first.

use star_core::document::{Diagnostic, Diagnostics, Severity};

/// All of them, errors before warnings, and each in the order of the documents: what is left out of a long list is then the
/// least of it.
pub(super) fn sorted(diagnostics: &Diagnostics) -> Vec<&Diagnostic> {
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by_key(|diagnostic| {
        let place = diagnostic.primary.as_ref().map(|label| label.span);
        (diagnostic.severity != Severity::Error, place)
    });
    sorted
}
