use serde_json::json;

use super::*;

/// A name, for expressions that are not those of paths.
#[derive(Clone, Debug)]
enum Name {
    Value,
}

impl Variable for Name {
    fn read(rest: &str) -> Option<Result<(Self, usize), SyntaxError>> {
        rest.starts_with("value").then_some(Ok((Self::Value, 5)))
    }

    fn check_literal(_: &str) -> Result<(), SyntaxError> {
        Ok(())
    }
}

/// Computes an expression where `value` is a JSON value, and writes it as a text with its type.
fn compute(text: &str, value: &serde_json::Value) -> Result<String, String> {
    let expression = Expression::<Name>::parse(text, 0).map_err(|error| error.to_string())?;
    let mut budget = Budget::new(10_000);
    let scope = |Name::Value: &Name| Operand::from(value);
    let result = expression
        .evaluate(&scope, &mut budget)
        .map_err(|error| error.kind.to_string())?;
    let written = result
        .to_text(&mut budget)
        .map_err(|error| error.to_string())?;
    Ok(format!("{} {written}", result.type_name()))
}

#[test]
fn values_are_those_of_javascript() {
    let value =
        json!({ "n": 7, "t": "Text", "e": "", "l": [1, [2, null]], "o": {}, "z": null, "b": true });
    for (expression, expected) in [
        ("1 + 2 * 3 - 4 / 2 % 3", "number 5"),
        ("(1 + 2) * 3", "number 9"),
        ("10 - 2 - 3", "number 5"),
        ("1 + '2'", "string 12"),
        ("'3' * '4'", "number 12"),
        ("1 - 'x'", "number NaN"),
        ("-value.n", "number -7"),
        ("+'12' + 1", "number 13"),
        ("-7 % 3", "number -1"),
        ("1 / 0", "number Infinity"),
        ("!value.e", "boolean true"),
        ("!!value.l", "boolean true"),
        ("typeof value.z", "string object"),
        ("typeof value.q", "string undefined"),
        ("typeof typeof 1", "string string"),
        ("value.t.trim", "function function () { [native code] }"),
        ("value.z == undefined", "boolean true"),
        ("value.z === undefined", "boolean false"),
        ("value.z == 0", "boolean false"),
        ("value.z >= 0", "boolean true"),
        ("value.e == 0", "boolean true"),
        ("value.b == 1", "boolean true"),
        ("value.l == '1,2,'", "boolean true"),
        ("value.o == '[object Object]'", "boolean true"),
        ("value.o == value.o", "boolean true"),
        ("[1] == [1]", "boolean false"),
        ("[1] == 1", "boolean true"),
        ("'a' < 'b'", "boolean true"),
        ("'10' < '9'", "boolean true"),
        ("'10' < 9", "boolean false"),
        ("'\u{FFFF}' < '😀'", "boolean false"),
        ("undefined < 1", "boolean false"),
        ("1 < 2 == true", "boolean true"),
        ("value.q && value.q.r", "undefined undefined"),
        ("value.e || 'other'", "string other"),
        ("value.t && 0 || 'last'", "string last"),
        ("value['t']", "string Text"),
        ("value.l[1][0]", "number 2"),
        ("value.l.length", "number 2"),
        ("value.l.length.toString()", "string 2"),
        ("'\\'\"\\n'.length", "number 3"),
        (".5 + 1e-1", "number 0.6"),
    ] {
        assert_eq!(
            compute(expression, &value).as_deref(),
            Ok(expected),
            "`{expression}`"
        );
    }
}

#[test]
fn methods_are_those_of_javascript() {
    let value = json!({ "t": "One two, one", "l": ["a", 1, null], "u": "ÀÉ😀x" });
    for (expression, expected) in [
        ("value.t.includes('two')", "boolean true"),
        ("value.t.startsWith('one')", "boolean false"),
        ("value.t.endsWith('one')", "boolean true"),
        ("value.t.indexOf('one')", "number 9"),
        ("value.t.indexOf('x')", "number -1"),
        ("value.t.lastIndexOf('n')", "number 10"),
        ("value.u.indexOf('x')", "number 4"),
        ("value.u.toLowerCase()", "string àé😀x"),
        ("value.t.toUpperCase()", "string ONE TWO, ONE"),
        ("' \u{FEFF} a '.trim()", "string a"),
        ("value.t.slice(-3)", "string one"),
        ("value.t.slice(4, -5)", "string two"),
        ("value.t.slice(5, 2)", "string "),
        ("value.t.substring(7, 4)", "string two"),
        ("value.t.substring(-5, 3)", "string One"),
        ("value.t.charAt(4)", "string t"),
        ("value.t.charAt(99)", "string "),
        ("value.t.charAt()", "error"),
        ("value.l.includes(1)", "boolean true"),
        ("value.l.includes('1')", "boolean false"),
        ("[0 / 0].includes(0 / 0)", "boolean true"),
        ("[0 / 0].indexOf(0 / 0)", "number -1"),
        ("value.l.indexOf(null)", "number 2"),
        ("value.l.lastIndexOf('a')", "number 0"),
        ("value.l.slice(1).length", "number 2"),
        ("value.l.toString()", "string a,1,"),
        ("value.hasOwnProperty('t')", "boolean true"),
        ("value.hasOwnProperty('q')", "boolean false"),
        ("value.t.match(/o(n)e/)", "object one,n"),
        ("value.t.match(/o(n)e|(x)/)[2]", "undefined undefined"),
        ("value.t.match(/x/)", "object null"),
        ("value.t.match(/one/gi).length", "number 2"),
        ("value.t.match('t.o')[0]", "string two"),
        ("/^one/i.test(value.t)", "boolean true"),
        ("/undefined/.test(value.q)", "boolean true"),
    ] {
        let computed = compute(expression, &value);
        if expected == "error" {
            assert!(computed.is_err(), "`{expression}` is {computed:?}");
        } else {
            assert_eq!(computed.as_deref(), Ok(expected), "`{expression}`");
        }
    }
}

#[test]
fn what_javascript_throws_is_an_error() {
    let value = json!({ "z": null, "n": 1, "includes": true });
    for (expression, error) in [
        (
            "value.z.a",
            "cannot read `a` of null; test that it is there first, with `&&`",
        ),
        (
            "value.q.a",
            "cannot read `a` of undefined; test that it is there first, with `&&`",
        ),
        (
            "value.q.match(/a/)",
            "cannot read `match` of undefined; test that it is there first, with `&&`",
        ),
        (
            "value.n.match(/a/)",
            "a value of type number has no method `match`; test its type first, with `typeof`",
        ),
        (
            "value.includes(1)",
            "a value of type object has no method `includes`; test its type first, with `typeof`",
        ),
        (
            "value.constructor",
            "`constructor` cannot be read where the value has none of its own",
        ),
    ] {
        assert_eq!(
            compute(expression, &value),
            Err(error.to_owned()),
            "`{expression}`"
        );
    }
}

#[test]
fn javascript_beyond_the_subset_is_refused_with_what_to_write_instead() {
    for (expression, offset, message) in [
        ("value ? 1 : 2", 6, "`?` is not supported in expressions"),
        ("value?.a", 5, "`?.` is not supported in expressions"),
        ("value ?? 1", 6, "`?` is not supported in expressions"),
        ("value | 1", 6, "`|` is not supported in expressions"),
        ("value & 1", 6, "`&` is not supported in expressions"),
        ("value << 1", 6, "`<<` is not supported in expressions"),
        ("value ** 2", 6, "`**` is not supported in expressions"),
        ("value += 2", 6, "`+=` is not supported in expressions"),
        ("value++", 5, "`++` is not supported in expressions"),
        ("1 - --value", 4, "`--` is not supported in expressions"),
        ("~value", 0, "`~` is not supported in expressions"),
        ("value => 1", 6, "`=>` is not supported in expressions"),
        ("value; 1", 5, "`;` is not expected here"),
        ("value, 1", 5, "`,` is not expected here"),
        ("value value", 6, "`v` is not expected here"),
        ("`x`", 0, "``` is not expected here"),
        ("{}", 0, "`{` is not expected here"),
        ("new x", 0, "`new` is no known name"),
        ("value.a()", 6, "the method `a` is not supported"),
        ("value()", 5, "this cannot be called"),
        ("value['a']()", 10, "this cannot be called"),
        (
            "value[value]",
            6,
            "a member that is computed is not supported",
        ),
        (
            "value.match(value)",
            12,
            "`match` takes a regular expression only",
        ),
        (
            "value.match(/a/).index",
            17,
            "`index` of a match is not supported",
        ),
        ("value == /a/", 9, "a regular expression is no value here"),
        (
            "/a/.exec(value)",
            0,
            "a regular expression is no value here",
        ),
        (
            "/a/g.test(value)",
            0,
            "`test` with the flag `g` looks at the rest of the text before",
        ),
        (
            "/a/x.test(value)",
            3,
            "the flag `x` of a regular expression is not supported",
        ),
        ("/a", 0, "the regular expression is not closed"),
        ("'a", 0, "the text is not closed"),
        ("'\\u0041'", 1, "the escape is not supported"),
        ("0x1F", 0, "this is no number"),
        ("1.2.3", 0, "this is no number"),
        ("value.", 6, "there is no name after the dot"),
        ("value == ", 9, "the expression ends too early"),
        ("(value", 6, "`)` is missing"),
        ("", 0, "the expression ends too early"),
    ] {
        let error = Expression::<Name>::parse(expression, 0).unwrap_err();
        assert_eq!(
            (error.offset, error.message.as_ref()),
            (offset, message),
            "`{expression}`"
        );
    }
}

#[test]
fn work_is_bounded_by_the_budget() {
    let value = json!(vec![1; 1_000]);
    let expression = Expression::<Name>::parse("value == 'x'", 0).unwrap();
    let scope = |Name::Value: &Name| Operand::from(&value);
    let error = expression
        .evaluate(&scope, &mut Budget::new(500))
        .unwrap_err();
    assert_eq!(
        error.kind,
        EvaluationErrorKind::TooMuch(TooMuch { limit: 500 })
    );
}
