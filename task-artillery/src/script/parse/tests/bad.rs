//! What is said of bad scripts: each case of these files is a script, and below it every line that is said of it.

use super::*;

/// The cases: `script`, a line `=>`, the lines said, a line `---`.
const CASES: [&str; 5] = [
    include_str!("bad.txt"),
    include_str!("bad/requests.txt"),
    include_str!("bad/tls.txt"),
    include_str!("bad/sampling.txt"),
    include_str!("bad/sinks.txt"),
];

#[test]
fn each_fault_is_told_at_its_place_with_what_would_be_right() {
    let mut wrong = Vec::new();
    for case in CASES.into_iter().flat_map(|cases| cases.split("---\n")) {
        let (script, said) = case.split_once("=>\n").unwrap();
        let told = complaints(script).join("\n");
        if told != said.trim_end() {
            wrong.push(format!("{script}=>\n{told}\n"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("---\n"));
}
