//! Whether what should hold of a report does.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;
use star_core::Facts;
use star_core::draw::Draws;

use super::load::LoadReport;
use super::summary::figures;
use crate::condition::{Condition, Names, Unevaluated};
use crate::script::path::Path;

/// Counters that are zero where nothing was counted: Artillery knows them only once something was.
const COUNTERS: [&str; 7] = [
    "vusers.",
    "errors.",
    "http.codes.",
    "http.requests",
    "http.responses",
    "http.downloaded_bytes",
    "plugins.expect.",
];

/// Something that should hold, and whether it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ensurance {
    /// As people read it.
    pub text: String,
    /// Whether the run fails where it does not hold.
    pub strict: bool,
    /// Why it does not hold; none where it does.
    pub broken: Option<String>,
}

/// The figures of a report by Artillery's names.
struct Figures(BTreeMap<String, f64>);

impl Figures {
    fn get(&self, name: &str) -> Option<f64> {
        let counted = || COUNTERS.iter().any(|counter| name.starts_with(counter));
        let found = self.0.get(name).copied();
        found.or_else(|| counted().then_some(0.0))
    }
}

impl Names for Figures {
    fn value(&self, name: &Path) -> Option<Cow<'_, Value>> {
        Some(Cow::Owned(self.get(name.source())?.into()))
    }
}

/// All that should hold, and whether it does.
pub(super) fn look(report: &LoadReport, facts: &Facts) -> Vec<Ensurance> {
    if report.view.ensured.is_empty() {
        return Vec::new();
    }
    let figures = Figures(figures(report, facts));
    let all = report.view.ensured.iter().map(|one| Ensurance {
        text: one.text.clone(),
        strict: one.strict,
        broken: broken(&one.condition, &figures),
    });
    all.collect()
}

/// Why a condition does not hold: what its names stand for.
fn broken(condition: &str, figures: &Figures) -> Option<String> {
    let condition = match Condition::parse(condition) {
        Ok(condition) => condition,
        Err(error) => return Some(format!("it cannot be read: {}", error.message)),
    };
    let mut known = Vec::new();
    for named in condition.names() {
        let name = named.path.source();
        match figures.get(name) {
            // A figure that there is not is neither less nor more than anything.
            None => return Some(format!("the report has no `{name}`")),
            Some(value) => known.push(format!("`{name}` is {value}")),
        }
    }
    // What is drawn in it is the same whoever looks.
    match condition.holds(figures, &mut Draws::new(0, 0, 0, 0)) {
        Ok(true) => None,
        Ok(false) if known.is_empty() => Some("it does not hold".to_owned()),
        Ok(false) => {
            known.dedup();
            Some(known.join(", "))
        }
        Err(error @ (Unevaluated::TooMuch(_) | Unevaluated::Pattern)) => Some(error.to_string()),
    }
}
