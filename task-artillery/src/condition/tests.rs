use proptest::prelude::*;
use serde_json::json;
use star_core::draw::Draws;

use super::*;
use crate::jsonpath::expression::Operand;
use crate::script::Vars;

/// Conditions, and what `filtrex` makes of them; by `cases.mjs`.
const CASES: &str = include_str!("cases.json");

/// Those that come to something else here, on purpose, and to what.
const OTHERWISE: [(&str, f64); 9] = [
    // Truths are 1 and 0, of whatever values.
    ("missing and 1", 0.0),
    ("1 and text", 1.0),
    ("2 and 3", 1.0),
    // `in` compares as `==` does.
    ("digits in (4, 5)", 1.0),
    ("four in (\"4\", \"5\")", 1.0),
    ("digits not in (4, 5)", 0.0),
    // Names lead into values.
    ("map.n", 7.0),
    ("map.key == \"value\"", 1.0),
    // It binds as `in` does.
    ("1 + 2 not in (4, 5)", 1.0),
];

fn vars() -> Vars {
    let vars = json!({
        "one": 1, "four": 4, "text": "text", "digits": "4", "empty": "", "yes": true, "no": false, "nothing": null,
        "list": [1, "b", null, [2, 3]], "none": [], "map": {"key": "value", "n": 7}, "with.dot": "flat", "my-name": "quoted",
        "unit": "é𝄞",
    });
    let Value::Object(vars) = vars else {
        unreachable!()
    };
    vars.into_iter().collect()
}

fn draws() -> Draws {
    Draws::new(1, 2, 3, 4)
}

fn holds(source: &str) -> bool {
    let condition = Condition::parse(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    condition.holds(&vars(), &mut draws()).unwrap()
}

fn shown(operand: &Operand<'_>) -> Value {
    match operand {
        Operand::Undefined | Operand::Function => json!("undefined"),
        Operand::Null => Value::Null,
        Operand::Bool(truth) => json!(truth),
        Operand::Number(number) if number.is_nan() => json!("NaN"),
        Operand::Number(number) if number.is_infinite() && *number > 0.0 => json!("Infinity"),
        Operand::Number(number) if number.is_infinite() => json!("-Infinity"),
        Operand::Number(number) => json!(number),
        Operand::Text(text) => json!(text),
        Operand::Json(value) => (*value).clone(),
        Operand::List(list) => list.iter().map(shown).collect(),
    }
}

/// The same, where numbers are equal that are written otherwise.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() < f64::EPSILON,
        _ => a == b,
    }
}

#[test]
fn conditions_mean_what_filtrex_makes_of_them() {
    let cases: Vec<(String, Value)> = serde_json::from_str(CASES).unwrap();
    let mut wrong = Vec::new();
    for (source, theirs) in cases {
        let vars = vars();
        let value = match Condition::parse(&source) {
            Ok(condition) => shown(&condition.value(&vars, &mut draws()).unwrap()),
            Err(error) => json!(error.to_string()),
        };
        let ours = OTHERWISE.iter().find(|known| known.0 == source);
        let ours = ours.map(|known| json!(known.1));
        if ours.as_ref().is_some_and(|ours| same(ours, &theirs)) {
            wrong.push(format!("{source}: {theirs} in both"));
        }
        let wanted = ours.unwrap_or(theirs);
        if !same(&value, &wanted) {
            wrong.push(format!("{source}: {value}, not {wanted}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn keywords_need_no_space_behind_them() {
    // `filtrex` cannot read these.
    assert!(holds("not(0)"));
    assert!(holds("(1)and(1)"));
    assert!(holds("one in(1, 2)"));
    assert!(holds("order or android or 1"), "names may begin like them");
}

/// Texts that are no conditions, with the byte where they are wrong, and what is said.
const REFUSED: &str = r#"
a === 1 => 2: `===` is no operator; write `==`
a !== 1 => 2: `!==` is no operator; write `!=`
a && b => 2: `&&` is no operator; write `and`
a || b => 2: `||` is no operator; write `or`
!a => 0: `!` is not expected; write `not`
a = 1 => 2: `=` is not expected; write `==`
a AND b => 2: `AND` is not expected; write `and`
{{ a }} == 1 => 0: `{{` is no operator; a variable stands by its name, without braces
a[0] => 1: `[` is no operator; write `'0' of list` for a member, `(1, 2)` for a list
my-name é => 8: `é` is not expected; a name with such characters stands in single quotes: `'my-name'`
1e3 => 0: this is no number; a number is made of digits, perhaps with a point in it: `1000`, `0.5`
a > .5 => 4: `.` is not expected; a number has a digit before its point: `0.5`
 => 0: the condition ends too early; a value is missing here: a number, a text or a name
a == => 4: the condition ends too early; a value is missing here: a number, a text or a name
(a => 2: the condition ends too early; `)` is missing here
a b => 2: `b` is not expected; an operator such as `==` or `and` stands between two values
() => 1: `)` is not expected; a value is missing here: a number, a text or a name
a ? 1 : b ? 2 : 3 => 10: `?` is not expected; put the first or the second choice in parentheses
a ? 1 => 5: the condition ends too early; `:` is missing here
a not b => 6: `b` is not expected; `in` is missing here
"a => 0: the quotes are not closed; write " behind it
"a\n" => 2: a backslash stands before something that needs none; it stands before " or another one: `\\`
exists(a) => 0: there is no function `exists`; known are `abs`, `ceil`, `floor`, `log`, `max`, `min`, `random`, `round`, `sqrt`
a ~= "(?=x)" => 5: look-ahead, `(?=…)`, is not supported; combine two tests with `and`
"#;

#[test]
fn what_is_no_condition_is_refused_at_its_place_with_what_would_be_right() {
    let mut wrong = Vec::new();
    for line in REFUSED.trim_start_matches('\n').lines() {
        let (source, _) = line.split_once(" => ").unwrap();
        let error = Condition::parse(source).unwrap_err();
        let told = format!("{source} => {}: {error}", error.offset);
        if told != line {
            wrong.push(told);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_say_where_they_stand() {
    let condition = Condition::parse("a.b > 1 and 'my name' == \"x\" or c of d").unwrap();
    let names: Vec<_> = condition
        .names()
        .iter()
        .map(|name| (name.path.source(), name.offset, name.length, name.quoted))
        .collect();
    assert_eq!(
        names,
        [
            ("a.b", 0, 3, false),
            ("my name", 12, 9, true),
            ("d", 37, 1, false)
        ]
    );
    assert_eq!(condition.as_name(), None);
    let alone = Condition::parse(" (a.b) ").unwrap();
    assert_eq!(alone.as_name().map(|name| name.path.source()), Some("a.b"));
}

#[test]
fn what_is_random_is_drawn() {
    let condition = Condition::parse("random() < 0.5").unwrap();
    let often = |seed| {
        let mut draws = Draws::new(seed, 2, 3, 4);
        let holds = (0..1000).filter(|_| condition.holds(&vars(), &mut draws).unwrap());
        holds.count()
    };
    assert_eq!(often(1), often(1));
    assert!((400..600).contains(&often(1)), "{}", often(1));
    assert_ne!(often(1), often(2));
}

#[test]
fn conditions_come_back_from_the_wire_as_they_went() {
    let condition = Condition::parse("a == \"b\"").unwrap();
    let wire = serde_json::to_string(&condition).unwrap();
    assert_eq!(wire, r#""a == \"b\"""#);
    assert_eq!(serde_json::from_str::<Condition>(&wire).unwrap(), condition);
    assert!(serde_json::from_str::<Condition>("\"a ==\"").is_err());
}

#[test]
fn what_takes_too_long_is_given_up() {
    let long = "x".repeat(100_000);
    let vars: Vars = [
        ("long".to_owned(), json!(long)),
        ("list".to_owned(), json!((0..5000).collect::<Vec<_>>())),
    ]
    .into_iter()
    .collect();
    let sum = vec!["long"; 1000].join(" + ");
    for source in [&*sum, "list in list and list not in list", "long ~= long"] {
        let condition = Condition::parse(source).unwrap();
        let given_up = condition.holds(&vars, &mut draws());
        assert!(
            matches!(given_up, Err(Unevaluated::TooMuch(_))),
            "{source:.20}: {given_up:?}"
        );
    }
    let condition = Condition::parse("\"a\" ~= bad").unwrap();
    let vars: Vars = [("bad".to_owned(), json!("("))].into_iter().collect();
    assert_eq!(
        condition.holds(&vars, &mut draws()),
        Err(Unevaluated::Pattern)
    );
}

#[test]
fn neither_long_nor_deep_conditions_are_too_much_for_the_stack() {
    assert!(holds(&format!("{}1", "1 + ".repeat(2000))));
    assert!(holds(&format!("{}1", "1 and ".repeat(1300))));
    for (open, close) in [
        ("(", ")"),
        ("-", ""),
        ("not ", ""),
        ("abs(", ")"),
        ("1 ? ", " : 1"),
        ("n of ", ""),
        ("(1, ", ")"),
    ] {
        let nested = |levels: usize| format!("{}1{}", open.repeat(levels), close.repeat(levels));
        assert!(Condition::parse(&nested(64)).is_ok(), "{open}");
        let error = Condition::parse(&nested(65)).unwrap_err();
        assert_eq!(
            error.message, "the condition is nested too deeply here",
            "{open}"
        );
    }
    let error = Condition::parse(&"a ".repeat(5000)).unwrap_err();
    assert_eq!(error.message, "the condition is too long");
}

/// Words and signs of the language, so that some of what is made of them can be read.
fn any_condition() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "one",
        "four",
        "text",
        "digits",
        "list",
        "none",
        "map",
        "missing",
        "'my-name'",
        "\"x\"",
        "\"\"",
        "0",
        "1",
        "2.5",
        "and",
        "or",
        "not",
        "in",
        "of",
        "==",
        "!=",
        "~=",
        "<",
        "<=",
        ">",
        ">=",
        "+",
        "-",
        "*",
        "/",
        "%",
        "^",
        "?",
        ":",
        "(",
        ")",
        ",",
        "abs",
        "max",
        "random",
        "(1, 2)",
        "and not",
        "=== ",
        "length of",
    ]);
    let words = prop::collection::vec(word, 0..20).prop_map(|words| words.join(" "));
    prop_oneof![4 => words, 1 => "[ -~é]{0,30}", 1 => any::<String>()]
}

proptest! {
    #[test]
    fn any_text_is_a_condition_or_none_and_a_condition_has_a_value(source in any_condition()) {
        match Condition::parse(&source) {
            Ok(condition) => {
                let first = condition.holds(&vars(), &mut draws());
                prop_assert_eq!(condition.holds(&vars(), &mut draws()), first);
                for name in condition.names() {
                    let written = &source[name.offset..name.offset + name.length];
                    prop_assert_eq!(written.starts_with('\''), name.quoted);
                }
            }
            Err(error) => {
                prop_assert!(error.offset <= source.len());
                prop_assert!(source.is_char_boundary(error.offset));
            }
        }
    }
}
