//! What must hold of any path and any document.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::Value;

use super::*;

/// Pieces of paths, right ones and broken ones.
fn path_text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "$",
        ".",
        "..",
        "*",
        "[*]",
        "[",
        "]",
        "['",
        "']",
        "[\"",
        "\"]",
        "^",
        "~",
        "a",
        "b",
        "0",
        "1",
        "length",
        "[0]",
        "[-1:]",
        "[::2]",
        "[0,1]",
        "a,b",
        "`",
        "@string()",
        "@number()",
        "@x",
        "[?(",
        ")]",
        "[(",
        "@",
        "@.a",
        "@.length",
        "@ ",
        "@property",
        "@parent",
        "@root",
        "@path",
        " == ",
        "===",
        "<",
        "&&",
        "||",
        "!",
        "+",
        "-",
        "%",
        "'x'",
        "\"",
        "'",
        "(",
        ")",
        "/a+/",
        "/.test(",
        ".match(/",
        "/)",
        ".includes(",
        "typeof ",
        "null",
        "1.5",
        "#",
        ";",
        ",",
        " ",
        "é",
        "😀",
        "\n",
        "\\",
        "{",
        "}",
        "?",
        ":",
    ]);
    prop::collection::vec(pieces, 0..14).prop_map(|pieces| pieces.concat())
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3..30_i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-cé😀 ]{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 5, |inner| {
        let name =
            prop::sample::select(vec!["a", "b", "c", "0", "10", "length", "*", "..", "", "é"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..5)
                .prop_map(|entries| entries.into_iter().collect::<Value>()),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_at_one_of_its_characters(
        text in prop_oneof![any::<String>(), path_text()]
    ) {
        match Path::parse(&text) {
            Ok(path) => {
                let mut offsets = path.warnings().iter().map(|warning| warning.offset);
                prop_assert!(offsets.all(|offset| text.is_char_boundary(offset)), "{path:?}");
            }
            Err(ParseError(error)) => prop_assert!(text.is_char_boundary(error.offset), "{error:?}"),
        }
    }

    #[test]
    fn any_path_ends_within_its_steps(
        text in path_text(), document in document(), limit in 0..2_000_u64
    ) {
        if let Ok(path) = Path::parse(&text) {
            match select(&path.steps, &document, limit) {
                // A hit takes a step at least.
                Ok(hits) => prop_assert!(hits.len() as u64 <= limit),
                Err(SelectError::TooMuch(error)) => prop_assert_eq!(error.limit, limit),
                Err(_) => {}
            }
        }
    }

    #[test]
    fn a_larger_limit_changes_nothing_but_giving_up(text in path_text(), document in document()) {
        if let Ok(path) = Path::parse(&text) {
            let few = select(&path.steps, &document, 50);
            let many = select(&path.steps, &document, 100_000);
            prop_assert!(few == many || matches!(few, Err(SelectError::TooMuch(_))));
        }
    }
}

/// What paths are made of, for paths that are long.
const PARTS: &[&str] = &[
    "$",
    "..",
    ".",
    "*",
    "[*]",
    "[0]",
    "[-1:]",
    "[?(@.a)]",
    "[?(",
    ")]",
    "@",
    "@.a",
    "a",
    "'a'",
    "\"",
    "'",
    "`",
    "~",
    "^",
    "[",
    "]",
    "(",
    ")",
    " && ",
    " == ",
    "1",
    "/a+/.test(@)",
    "!",
    "-",
    ",",
    "é",
    "@number()",
    ".length",
    "[?(@.a.includes('b'))]",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_path_of_64_kibibytes_takes_long(
        parts in prop::collection::vec(prop::sample::select(PARTS), 1..6),
        head in prop::collection::vec(prop::sample::select(PARTS), 0..4),
        document in document(),
    ) {
        let (head, part) = (head.concat(), parts.concat());
        let text = format!("{head}{}", part.repeat((64 << 10) / part.len()));
        let started = Instant::now();
        if let Ok(path) = Path::parse(&text) {
            // Given up or not, it ends.
            let _hits = path.select(&document);
        }
        prop_assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    }
}
