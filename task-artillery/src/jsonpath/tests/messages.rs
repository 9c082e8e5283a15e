//! What is said of paths, and of selections.

use serde_json::json;

use super::*;

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
        let ParseError(error) = Path::parse(path).unwrap_err();
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
