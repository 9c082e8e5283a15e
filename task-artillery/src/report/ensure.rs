//! Whether what should hold of a report does.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;
use star_core::draw::Draws;
use star_core::{Facts, printable};

use super::load::LoadReport;
use super::summary::figures;
use super::view::Ensured;
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
        text: printable(&one.text),
        strict: one.strict,
        broken: broken(one, &figures).map(|why| printable(&why)),
    });
    all.collect()
}

/// Why a condition does not hold: what its names stand for.
fn broken(one: &Ensured, figures: &Figures) -> Option<String> {
    let condition = match Condition::parse(&one.condition) {
        Ok(condition) => condition,
        Err(error) => return Some(format!("it cannot be read: {}", error.message)),
    };
    let mut known = Vec::new();
    for named in condition.names() {
        let name = named.path.source();
        let value = figures.get(name);
        // Of the text nothing is hidden any more.
        let hidden = one.concealed && !one.text.contains(name);
        match value {
            // A figure that there is not is neither less nor more than anything.
            None if hidden => return Some("the report has no such figure".to_owned()),
            None => return Some(format!("the report has no `{name}`")),
            Some(value) if hidden => known.push(format!("it is {value}")),
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
