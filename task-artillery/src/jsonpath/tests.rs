use std::borrow::Cow;
use std::error::Error;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::select::select;
use super::*;

/// The answers of `jsonpath-plus` 10.3; `cases.mjs` makes them.
const CASES: &str = include_str!("cases.json");

fn owned(hits: Vec<Cow<'_, Value>>) -> Value {
    hits.into_iter().map(Cow::into_owned).collect()
}

fn hits(path: &str, document: &Value) -> Result<Value, Box<dyn Error>> {
    Ok(owned(Path::parse(path)?.select(document)?))
}

/// The table: documents by name, and cases.
fn table() -> (Map<String, Value>, Vec<Map<String, Value>>) {
    let table: Value = serde_json::from_str(CASES).unwrap();
    let documents = table["documents"].as_object().unwrap().clone();
    let cases = table["cases"].as_array().unwrap();
    (
        documents,
        cases
            .iter()
            .map(|case| case.as_object().unwrap().clone())
            .collect(),
    )
}

/// What is wrong with the outcome of a case, if anything.
fn mistake(case: &Map<String, Value>, documents: &Map<String, Value>) -> Option<String> {
    let path = case["path"].as_str().unwrap();
    let outcome = hits(path, &documents[case["document"].as_str().unwrap()]);
    let theirs = case.get("hits");
    let ours = match (case.get("ours"), theirs) {
        (Some(ours), Some(theirs)) if ours == theirs => {
            return Some("it does not differ".to_owned());
        }
        (Some(ours), _) => (ours != "refused").then_some(ours),
        (None, theirs) => theirs,
    };
    match (&outcome, ours) {
        (Ok(found), Some(expected)) if found == expected => None,
        (Err(_), None) => None,
        _ => Some(format!("found {outcome:?}")),
    }
}

#[test]
fn paths_select_what_jsonpath_plus_selects() {
    let (documents, cases) = table();
    assert!(
        cases.len() > 500,
        "the table has only {} cases",
        cases.len()
    );
    let wrong: Vec<_> = cases
        .iter()
        .filter_map(|case| {
            Some(format!(
                "{}: {}",
                Value::from(case.clone()),
                mistake(case, &documents)?
            ))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} cases are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_path_without_a_root_is_the_same_as_one_with_it() {
    let document = json!({ "items": [{ "id": 1 }] });
    assert_eq!(hits("items[0].id", &document).unwrap(), json!([1]));
    assert_eq!(hits("$.items[0].id", &document).unwrap(), json!([1]));
}

#[test]
fn hits_of_the_document_are_borrowed_and_derived_ones_are_owned() {
    let document = json!({ "a": { "b": "text" } });
    let path = Path::parse("$.a.b").unwrap();
    let found = path.select(&document).unwrap();
    assert!(
        matches!(found[0], Cow::Borrowed(hit) if std::ptr::eq(hit, &raw const document["a"]["b"]))
    );
    for derived in ["$.a.*~", "$.a.b.length", "$.a.b[0]"] {
        let path = Path::parse(derived).unwrap();
        assert!(
            matches!(path.select(&document).unwrap()[0], Cow::Owned(_)),
            "`{derived}`"
        );
    }
}

#[test]
fn large_whole_numbers_are_selected_as_they_are() {
    let document = json!({ "id": 9_007_199_254_740_993_u64 });
    assert_eq!(
        hits("$.id", &document).unwrap(),
        json!([9_007_199_254_740_993_u64])
    );
}

#[test]
fn half_of_a_surrogate_pair_is_the_replacement_character() {
    let document = json!({ "emoji": "😀" });
    assert_eq!(hits("$.emoji[0]", &document).unwrap(), json!(["\u{FFFD}"]));
    assert_eq!(hits("$.emoji.length", &document).unwrap(), json!([2]));
}

#[test]
fn a_path_is_shown_as_it_was_written() {
    assert_eq!(
        Path::parse("a[?(@.b>1)]").unwrap().to_string(),
        "a[?(@.b>1)]"
    );
}

#[test]
fn parse_errors_say_where_what_and_what_would_be_right() {
    for (path, offset, message) in [
        ("$.a[?(@.b = 1)]", 10, "`=` is not supported in expressions"),
        (
            "$.a[?(@==1)]",
            6,
            "`@` is read only before a dot, a space, `[` or `)`",
        ),
        (
            "$.a[?(@.b > 1]",
            4,
            "`?(@.b > 1` is read as an expression, and is none",
        ),
        (
            "$.é[?(@.b.map(1))]",
            11,
            "the method `map` is not supported",
        ),
        ("$.a[?(Math.abs(1))]", 6, "`Math` is no known name"),
        (
            "$.a[?(/(?=x)/.test(@.b))]",
            7,
            "look-ahead, `(?=…)`, is not supported",
        ),
        ("$.a[?(/x(y/.test(@.b))]", 8, "the group is not closed"),
        (
            "$.a[?(@.b == 'x(y)' && @.c)]",
            17,
            "the expression ends here for JSONPath Plus, at `)'`",
        ),
        (
            "$.a[?(@.b ? 1 : 2)]",
            10,
            "`?` is not supported in expressions",
        ),
        ("$.a[?(@.b == 'it)]", 13, "the text is not closed"),
        (
            "$.a[?(@.mail == 'x@.y')]",
            18,
            "`@.` is replaced in texts and patterns, too",
        ),
        (
            "$.a[?(@.b.includes())]",
            10,
            "`includes` is called with 0 values",
        ),
        (
            "$.a[?(@['x'",
            4,
            "`?(@` is read as an expression, and is none",
        ),
        (
            "$.a[?(@.b@string())]",
            9,
            "a type inside an expression is not supported",
        ),
        (
            "$.a#1",
            3,
            "a digit behind `#`, or directly behind a filter, cannot be read",
        ),
        ("$^", 1, "the document has no parent"),
        ("$.*@other()", 3, "`@other()` needs a function of one's own"),
    ] {
        let error = Path::parse(path).unwrap_err();
        assert_eq!(
            (error.offset, error.message.as_ref()),
            (offset, message),
            "`{path}`"
        );
        assert!(!error.help.is_empty(), "`{path}` has no help");
    }
}

#[test]
fn a_parse_error_is_one_sentence() {
    let error = Path::parse("$.a[?(@.b = 1)]").unwrap_err();
    assert_eq!(
        error.to_string(),
        "`=` is not supported in expressions (byte 10 of the path); compare with `==`"
    );
}

#[test]
fn warnings_point_at_what_finds_something_else_than_it_seems_to() {
    for (path, offset, message) in [
        ("$.a[-1]", 4, "a negative index finds nothing in a list"),
        (
            "$.a[?@.b]",
            4,
            "a filter without parentheses is read as a name",
        ),
        ("$.a['b','c']", 5, "the quotes are part of the name"),
        ("$.a[b, c]", 4, "the spaces are part of the name"),
        ("$.a ", 2, "the spaces are part of the name"),
        ("$..", 0, ""),
        ("$.a.[0]", 3, "this looks at all levels, like `..`"),
        (
            "$.a[?(@.b)]c",
            11,
            "what stands directly beside a filter is ignored",
        ),
        ("$.a~.b", 4, "what follows `~` or a type is ignored"),
        ("$.a[]", 3, "the name is empty"),
        ("$.a['b.c'][0]..d[1:2]^^~", 0, ""),
    ] {
        let path_read = Path::parse(path).unwrap();
        let warnings: Vec<_> = path_read
            .warnings()
            .iter()
            .map(|warning| (warning.offset, warning.message.as_ref()))
            .collect();
        if message.is_empty() {
            assert_eq!(warnings, [], "`{path}`");
        } else {
            assert_eq!(warnings.first(), Some(&(offset, message)), "`{path}`");
        }
    }
}

#[test]
fn errors_of_a_selection_say_which_part_of_the_path_fails() {
    let document = json!({ "list": [{ "a": null }] });
    let path = Path::parse("$.list[?(@.b || @.a.c)]").unwrap();
    let error = path.select(&document).unwrap_err();
    assert_eq!(
        error.to_string(),
        "an expression of the path (byte 16) fails"
    );
    let SelectError::Evaluation(source) = error else {
        panic!("unexpected {error:?}")
    };
    let why = EvaluationErrorKind::NoProperties {
        property: "c".to_owned(),
        of: "null",
    };
    assert_eq!(
        source,
        EvaluationError {
            offset: 16,
            kind: why
        }
    );
}

#[test]
fn a_selection_is_given_up_after_its_steps() {
    let document = json!((0..100).collect::<Vec<_>>());
    let path = Path::parse("$[*]").unwrap();
    // One for the wildcard and one for each hit.
    assert!(select(&path.steps, &document, 101).is_ok());
    assert_eq!(
        select(&path.steps, &document, 100),
        Err(SelectError::TooMuch(TooMuch { limit: 100 }))
    );
}

#[test]
fn paths_that_multiply_their_hits_are_given_up() {
    let mut document = json!(1);
    for _ in 0..40 {
        document = json!([document, 1]);
    }
    let path = Path::parse(&format!("${}", "..*".repeat(12))).unwrap();
    let limit = 100_000;
    let given_up = SelectError::TooMuch(TooMuch { limit });
    assert_eq!(select(&path.steps, &document, limit), Err(given_up));
}

#[test]
fn regular_expressions_over_long_texts_are_given_up_before_they_take_long() {
    let document = json!(["ab".repeat(500_000)]);
    let path = Path::parse("$[?(/(a|b|ab|.){1,40}x/.test(@ ))]").unwrap();
    assert!(matches!(
        path.select(&document),
        Err(SelectError::TooMuch(_))
    ));
    let too_large = Path::parse("$[?(/((a{1,100}){1,100}){1,100}/.test(@ ))]").unwrap_err();
    assert_eq!(too_large.message, "the regular expression is too large");
}

#[test]
fn documents_that_are_too_deep_are_an_error_and_no_overflow() {
    let mut document = json!(1);
    for _ in 0..1_000 {
        document = json!([document]);
    }
    let sum = format!("$..[?({}1)]", "1 + ".repeat(95));
    for path in ["$..", "$..[0]^", "$..[?(@ && @.a)]", &sum] {
        let error = Path::parse(path).unwrap().select(&document).unwrap_err();
        assert!(
            matches!(error, SelectError::TooDeep { .. }),
            "`{path}`: {error}"
        );
    }
    let as_text = Path::parse("$[?(@ == 'x')]").unwrap();
    assert!(matches!(
        as_text.select(&document),
        Err(SelectError::TooMuch(_))
    ));
    // Dropping it level by level needs no deep stack.
    while let Value::Array(mut list) = document {
        document = list.pop().unwrap();
    }
}

#[test]
fn texts_nested_without_end_are_refused_and_no_overflow() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("!", ""),
        ("-(", ")"),
        ("@.a.includes(", ")"),
    ] {
        let path = format!("$[?({}1{})]", open.repeat(500), close.repeat(500));
        let error = Path::parse(&path).unwrap_err();
        assert_eq!(
            error.message, "the expression has too many parts within parts",
            "{open}"
        );
    }
    for path in [
        format!("$[?({}1)]", "1+".repeat(2_000)),
        format!("$[?(@{})]", ".a".repeat(2_000)),
        format!("$[?(/{}/.test(1))]", "(".repeat(2_000)),
        format!("$[?({}@.x{})]", "@[?(".repeat(1_000), ")]".repeat(1_000)),
        "$.$".repeat(2_000),
        "$.a".repeat(3_000),
    ] {
        assert!(Path::parse(&path).is_err());
    }
}

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
            Err(error) => prop_assert!(text.is_char_boundary(error.offset), "{error:?}"),
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
