//! What the compiler says of the likeliest mistakes of authors.

use std::io::Write as _;
use std::process::Command;

/// Compilers word their errors differently: these are the words of this one.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn mistakes_of_authors_are_told_in_their_own_words() {
    let rustc = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let version = Command::new(rustc).arg("--version").output().unwrap();
    let version = String::from_utf8_lossy(&version.stdout);
    if !version.starts_with(COMPILER) {
        // Not by a macro: what those print of a test that passes is not shown.
        let skipped =
            format!("SKIPPED: the messages are those of {COMPILER}, and this is {version}");
        return std::io::stderr().write_all(skipped.as_bytes()).unwrap();
    }
    trybuild::TestCases::new().compile_fail("tests/mistakes/*.rs");
}
