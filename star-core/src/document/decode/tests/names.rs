//! Keys and names that are missing, unknown or too many.

use super::*;

#[test]
fn a_missing_key_is_shown_at_its_mapping() {
    assert_eq!(
        fault::<Vec<Phase>>(r#"[{"duration": 1}, {"name": "x"}]"#),
        (
            "the key `duration` is missing".to_owned(),
            r#"{"name": "x"}"#.to_owned(),
            None
        )
    );
    let diagnostic = Diagnostic::from(read::<Phase>("{}").unwrap_err());
    assert_eq!(
        diagnostic.primary.map(|label| label.text),
        Some("in this mapping".to_owned())
    );
}

#[test]
fn an_unknown_key_is_shown_with_the_one_that_was_meant() {
    let text = r#"[{"duration": 1, "arivalrate": 5}]"#;
    assert_eq!(
        fault::<Vec<Phase>>(text),
        (
            "unknown key `arivalrate`".to_owned(),
            "\"arivalrate\"".to_owned(),
            Some("did you mean `arrivalRate`?".to_owned())
        )
    );
    let error = read::<Vec<Phase>>(text).unwrap_err();
    assert_eq!(error.unknown(), Some("arivalrate"));
    assert_eq!(
        error.known(),
        ["duration", "arrivalRate", "rate", "name", "codes"]
    );
    let (_, _, help) = fault::<Phase>(r#"{"loop": 1}"#);
    assert_eq!(
        help.as_deref(),
        Some("known here: `duration`, `arrivalRate`, `rate`, `name`, `codes`")
    );
}

#[test]
fn a_key_given_under_two_names_is_shown_at_the_second() {
    assert_eq!(
        said::<Phase>(r#"{"duration": 1, "rate": 1, "arrivalRate": 2, "name": "x"}"#),
        pair("the key `arrivalRate` is given twice", "\"arrivalRate\"")
    );
}

#[test]
fn an_unknown_name_is_shown_whether_it_is_a_value_or_a_key() {
    for text in [r#"["pause", "tink"]"#, r#"["pause", {"tink": 5}]"#] {
        assert_eq!(
            fault::<Vec<Step>>(text),
            (
                "`tink` is not known here".to_owned(),
                "\"tink\"".to_owned(),
                Some("did you mean `think`?".to_owned())
            )
        );
    }
}

#[test]
fn an_enum_is_one_name_with_or_without_its_value() {
    let two = r#"{"think": 1, "pause": null}"#;
    assert_eq!(
        fault::<Step>(two),
        (
            "expected a mapping with exactly one key, found 2".to_owned(),
            "\"pause\"".to_owned(),
            Some("known here: `pause`, `think`, `between`, `get`".to_owned())
        )
    );
    assert_eq!(
        said::<Step>("{}"),
        pair("expected a mapping with exactly one key, found 0", "{}")
    );
    assert_eq!(
        said::<Step>("\"think\""),
        pair("`think` needs a value, as in `think: …`", "\"think\"")
    );
    assert_eq!(
        said::<Step>("\"get\""),
        pair("`get` needs a value, as in `get: …`", "\"get\"")
    );
    assert_eq!(
        said::<Step>(r#"{"pause": 5}"#),
        pair("expected nothing, found the number `5`", "5")
    );
    assert_eq!(
        said::<Step>(r#"{"get": [1]}"#),
        pair("expected a mapping, found a list", "[1]")
    );
}
