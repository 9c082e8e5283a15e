//! What is said about compatibility is what the differential kit looks at.

use std::collections::BTreeSet;

use tests::differential::{folder, known, page, scripts};

#[test]
fn the_page_about_compatibility_says_what_the_kit_looks_at() {
    let path = folder().join("../../docs/compatibility.md");
    let written = std::fs::read_to_string(path).unwrap();
    assert!(
        written == page(),
        "docs/compatibility.md is not what the scripts, differences.yml and by-hand.md in tests/differential come to; `bash .ci/long` writes it"
    );
}

#[test]
fn every_difference_is_of_a_script_and_argued_for() {
    let scripts = scripts(&folder().join("scripts"));
    let names: BTreeSet<_> = scripts.iter().map(|script| &script.name).collect();
    let mut seen = BTreeSet::new();
    for known in known() {
        assert!(names.contains(&known.script), "{known:?}");
        assert!(known.why.trim().len() > 20, "{known:?}");
        assert!(!known.differs.is_empty(), "{known:?}");
        for line in &known.differs {
            let line = (known.script.clone(), line.clone());
            assert!(seen.insert(line.clone()), "{line:?} is listed twice");
        }
    }
}
