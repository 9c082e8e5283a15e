mod messages;
mod property;

use std::borrow::Cow;
use std::error::Error;

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
    let ParseError(too_large) =
        Path::parse("$[?(/((a{1,100}){1,100}){1,100}/.test(@ ))]").unwrap_err();
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
        let ParseError(error) = Path::parse(&path).unwrap_err();
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
