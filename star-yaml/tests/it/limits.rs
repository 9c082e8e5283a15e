//! What would choke a reader is answered at once.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use star_yaml::limits::{MAX_BYTES, MAX_DEPTH, MAX_KEYS};

use crate::{json, read};

/// Reads a text that must be refused, in time.
fn refused(text: &str) -> String {
    // A debug build is some ten times slower.
    let patience = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 1 });
    let start = Instant::now();
    let fault = read("t.yml", text).expect_err("this is beyond the limits");
    let spent = start.elapsed();
    assert!(spent < patience, "{fault}: {spent:?}");
    fault
}

const TOO_DEEP: &str = "error: lists and mappings are nested more than 128 levels deep";
const TOO_MUCH: &str = "error: with its aliases expanded, the document has more than 1000000 values or 32 MiB of text \
    (move bulk data into a file of its own)";

#[test]
fn nesting_is_bounded_in_every_notation() {
    for (open, column) in [("[", 129), ("{\"a\":", 641), ("- ", 257), ("[[", 129)] {
        let fault = refused(&open.repeat(100_000));
        assert_eq!(fault, format!("t.yml:1:{column}: {TOO_DEEP}"), "{open}");
    }
    for open in ["? ", "{? ", "{{", "&a ", "!a ", "*a ", "a: ", "- - [{"] {
        refused(&open.repeat(100_000));
    }
    let lines = (0..1_000).fold(String::new(), |mut text, depth| {
        let _infallible = writeln!(text, "{}a:", " ".repeat(depth));
        text
    });
    assert_eq!(refused(&lines), format!("t.yml:129:129: {TOO_DEEP}"));
    let mixed = format!("{}{}{}", "- ".repeat(100), "[".repeat(100), "]".repeat(100));
    assert_eq!(refused(&mixed), format!("t.yml:1:229: {TOO_DEEP}"));
}

#[test]
fn what_is_just_within_the_depth_is_read() {
    let text = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert!(json(&text).is_ok());
}

#[test]
fn depth_counts_through_aliases() {
    let text = (1..200).fold("a0: &a0 [x]\n".to_owned(), |mut text, level| {
        let _infallible = writeln!(text, "a{level}: &a{level} [*a{}]", level - 1);
        text
    });
    assert_eq!(refused(&text), format!("t.yml:128:14: {TOO_DEEP}"));
}

#[test]
fn an_alias_bomb_does_not_go_off() {
    let bomb = (1..10).fold(
        "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned(),
        |mut text, level| {
            let _infallible = writeln!(
                text,
                "a{level}: &a{level} [{}]",
                vec![format!("*a{}", level - 1); 10].join(",")
            );
            text
        },
    );
    let fault = refused(&bomb);
    assert!(
        fault.starts_with("t.yml:6:") && fault.ends_with(TOO_MUCH),
        "{fault}"
    );
    let merges = (1..24).fold("a0: &a0 {x: {y: z}}\n".to_owned(), |mut text, level| {
        let below = level - 1;
        let _infallible = writeln!(
            text,
            "a{level}: &a{level} {{b{level}: *a{below}, <<: *a{below}}}"
        );
        text
    });
    let fault = refused(&merges);
    assert!(fault.contains("more than 1000000 values"), "{fault}");
}

#[test]
fn a_bomb_of_text_does_not_go_off() {
    let text = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(1 << 20),
        vec!["*a"; 1_000].join(",")
    );
    let fault = refused(&text);
    assert!(
        fault.starts_with("t.yml:2:") && fault.ends_with(TOO_MUCH),
        "{fault}"
    );
}

#[test]
fn anchors_within_anchors_are_paid_for() {
    let text = format!(
        "{}[{}]{}",
        "&a [".repeat(100),
        "x,".repeat(100_000),
        "]".repeat(100)
    );
    assert!(refused(&text).contains("the document has more than 1000000 values"));
}

#[test]
fn values_and_keys_are_bounded() {
    assert!(
        refused(&format!("[{}]", "1,".repeat(1_500_000)))
            .contains("the document has more than 1000000 values")
    );
    let many = (0..=MAX_KEYS).fold(String::new(), |mut text, key| {
        let _infallible = writeln!(text, "k{key}: 1");
        text
    });
    assert_eq!(
        refused(&many),
        "t.yml:2001:1: error: this mapping has more than 2000 keys (move bulk data into a file of its own)"
    );
}

#[test]
fn a_text_of_ten_megabytes_is_refused_unread() {
    assert_eq!(
        refused(&"- think: 1\n".repeat(1_000_000)),
        "error: `t.yml` is larger than the 8 MiB that a document may have \
         (move bulk data into a file of its own, such as a CSV payload)"
    );
    assert!(json(&format!("a: {}", "x".repeat(MAX_BYTES - 3))).is_ok());
}

#[test]
fn a_script_of_twenty_thousand_steps_is_read() {
    let script = (0..20_000).fold(
        "config:\n  target: http://localhost\nscenarios:\n  - flow:\n".to_owned(),
        |mut text, step| {
            let _infallible = write!(
                text,
                "      - post:\n          url: /items/{step}\n          headers:\n            x-step: \"{step}\"\n          json:\n            \
                 name: item {step}\n            tags: [a, b, c]\n          capture:\n            - json: $.id\n              as: id{step}\n"
            );
            text
        },
    );
    let node = read("t.yml", &script).unwrap();
    let flow = node
        .get("scenarios")
        .and_then(|list| list.as_list()?[0].get("flow")?.as_list());
    assert_eq!(flow.map(<[_]>::len), Some(20_000));
}
