//! The page about compatibility.

use std::fmt::Write as _;

use super::known::Known;
use super::script::Script;
use super::{folder, known, scripts};

/// `docs/compatibility.md`, from the kit's scripts, its list of differences and the part that is kept by hand.
pub fn page() -> String {
    let (scripts, known) = (scripts(&folder().join("scripts")), known());
    let by_hand = std::fs::read_to_string(folder().join("by-hand.md")).unwrap();
    let mut page = String::from(HEAD);
    let differing = |script: &Script| known.iter().any(|known| known.script == script.name);
    let same = scripts.iter().filter(|script| !differing(script)).count();
    let _infallible = write!(
        page,
        "\n{} scripts are compared; {same} of them come to the same, and {} do not, each for a reason.\n\n## What differs\n",
        scripts.len(),
        scripts.len() - same,
    );
    for script in scripts.iter().filter(|script| differing(script)) {
        let _infallible = write!(page, "\n### {}\n\n{}\n", script.name, script.title);
        for known in known.iter().filter(|known| known.script == script.name) {
            page.push_str(&entry(known));
        }
    }
    page.push_str("\n## What is the same\n\n| script | |\n|---|---|\n");
    for script in scripts.iter().filter(|script| !differing(script)) {
        let _infallible = writeln!(page, "| {} | {} |", script.name, script.title);
    }
    page.push('\n');
    page.push_str(&by_hand);
    page
}

fn entry(known: &Known) -> String {
    let mut entry = String::from("\n");
    for line in &known.differs {
        let _infallible = writeln!(entry, "- {line}");
    }
    let _infallible = writeln!(entry, "\n{}", known.why.trim());
    entry
}

const HEAD: &str = "\
# Compatibility with Artillery

What scripts come to here, compared with Artillery 2.0.34. This page is made by the differential kit (`bash .ci/long`), which puts scripts through both programs
against a target that remembers what it was sent: requests with their headers and bodies (in order, where there is one user), the report's counters, and how many
values each of its histograms has. Whatever differs and is not listed here fails the kit; so does what is listed here and differs no more.

Not compared are the headers that a program chooses for itself (`user-agent`, `connection`, which encodings are accepted) and, but for scripts about pauses, times.
";
