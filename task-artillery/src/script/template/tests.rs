use std::borrow::Cow;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Value, json};
use star_core::draw::Draws;

use super::*;
use crate::script::vars::Vars;

fn vars() -> Vars {
    let Value::Object(map) = json!({
        "s": "text", "n": 7, "f": 1.5, "whole": 2.0, "big": 1e21, "small": 1e-7, "t": true, "null": null,
        "o": {"k-e": [1, 2.0, {"x": null}], "a.b": "dotted"}, "list": ["a", "b"], "a.b": "direct", "braces": "{{ s }}",
        "id": 12_345_678_901_234_567_890_u64,
    }) else {
        unreachable!()
    };
    map.into_iter().collect()
}

fn draws() -> Draws {
    Draws::new(1, 2, 3, 4)
}

fn text(source: &str) -> String {
    Template::parse(source)
        .unwrap()
        .text(&vars(), &mut draws())
        .into_owned()
}

fn value(source: &str) -> Option<Value> {
    Template::parse(source)
        .unwrap()
        .value(&vars(), &mut draws())
        .map(Cow::into_owned)
}

#[test]
fn inside_text_values_are_shown() {
    for (source, expected) in [
        ("a {{ s }} b", "a text b"),
        ("{{{ n }}}{{n}}", "77"),
        ("x{{ f }}", "x1.5"),
        ("x{{ whole }}", "x2"),
        ("x{{ big }} {{ small }}", "x1e+21 1e-7"),
        ("x{{ id }}", "x12345678901234567890"),
        ("x{{ t }}", "xtrue"),
        ("x{{ null }}", "xnull"),
        (
            "x{{ nothing }} {{ o.nothing.more }}",
            "xundefined undefined",
        ),
        (r#"x{{ o["k-e"] }}"#, r#"x[1,2,{"x":null}]"#),
        (r#"{"id":{{ n }}}"#, r#"{"id":7}"#),
        ("x{{ a.b }}", "xdirect"),
        ("x{{ list.length }}{{ list[1] }}", "x2b"),
        ("{{ 1 + 1 }} {{ s }}", "{{ 1 + 1 }} text"),
        ("x{{ braces }}", "x{{ s }}"),
        ("{{ o }}", r#"{"k-e":[1,2,{"x":null}],"a.b":"dotted"}"#),
        ("plain", "plain"),
        ("", ""),
    ] {
        assert_eq!(text(source), expected, "{source}");
    }
}

#[test]
fn alone_a_variable_keeps_its_type() {
    assert_eq!(value("{{ n }}"), Some(json!(7)));
    assert_eq!(value("{{{t}}}"), Some(json!(true)));
    assert_eq!(value("{{ null }}"), Some(json!(null)));
    assert_eq!(value("{{ list }}"), Some(json!(["a", "b"])));
    assert_eq!(value("{{ nothing }}"), None);
    assert_eq!(value(" {{ n }}"), Some(json!(" 7")));
    assert_eq!(value("{{ $randomNumber(5, 5) }}"), Some(json!("5")));
}

#[test]
fn a_header_that_is_undefined_alone_is_not_sent() {
    let header = |source| {
        Template::parse(source)
            .unwrap()
            .optional_text(&vars(), &mut draws())
            .map(Cow::into_owned)
    };
    assert_eq!(header("{{ nothing }}"), None);
    assert_eq!(header("{{ null }}"), Some("null".to_owned()));
    assert_eq!(
        header("Bearer {{ nothing }}"),
        Some("Bearer undefined".to_owned())
    );
    assert_eq!(header("{{ n }}"), Some("7".to_owned()));
}

#[test]
fn texts_without_placeholders_are_borrowed() {
    let template = Template::parse("/path").unwrap();
    assert!(matches!(
        template.text(&vars(), &mut draws()),
        Cow::Borrowed("/path")
    ));
    let (template, vars) = (Template::parse("{{ s }}").unwrap(), vars());
    assert!(matches!(
        template.text(&vars, &mut draws()),
        Cow::Borrowed("text")
    ));
}

#[test]
fn each_call_draws_anew_and_the_same_draws_give_the_same() {
    let twice = text("{{ $randomString(8) }}-{{ $randomString(8) }}");
    let (first, second) = twice.split_once('-').unwrap();
    assert_ne!(first, second);
    assert_eq!(twice, text("{{ $randomString(8) }}-{{ $randomString(8) }}"));
}

#[test]
fn settling_makes_the_calls_and_keeps_the_variables() {
    let template = Template::parse("{{ $randomNumber(4, 4) }}-{{ s }}-{{ 1 + 1 }}").unwrap();
    let settled = template.settle(&mut draws());
    assert_eq!(settled.source(), "4-{{ s }}-{{ 1 + 1 }}");
    assert_eq!(settled, Template::parse(settled.source()).unwrap());
    assert_eq!(settled.text(&vars(), &mut draws()), "4-text-{{ 1 + 1 }}");
    let fixed = Template::parse("{{ $randomNumber(4, 4) }}")
        .unwrap()
        .settle(&mut draws());
    assert_eq!(fixed.as_fixed(), Some("4"));
}

#[test]
fn templates_are_their_texts_on_the_wire() {
    let template = Template::parse("a {{ s }}").unwrap();
    assert_eq!(serde_json::to_value(&template).unwrap(), json!("a {{ s }}"));
    assert_eq!(
        serde_json::from_value::<Template>(json!("a {{ s }}")).unwrap(),
        template
    );
    assert!(serde_json::from_value::<Template>(json!("{{ $randomNumber() }}")).is_err());
}

#[test]
fn what_is_in_a_template_can_be_told() {
    let template = Template::parse("{{ a.b }} {{ 1+1 }} {{ $randomString() }} {{{c}}}").unwrap();
    let named: Vec<_> = template
        .variables()
        .map(|(whole, path)| (whole, path.root().to_owned()))
        .collect();
    assert_eq!(
        named,
        [("{{ a.b }}", "a".to_owned()), ("{{{c}}}", "c".to_owned())]
    );
    assert_eq!(template.untouched().collect::<Vec<_>>(), ["{{ 1+1 }}"]);
    assert!(template.has_calls());
    let error = Template::parse("x {{ $randomNumber(1) }}").unwrap_err();
    assert_eq!(error.placeholder, "{{ $randomNumber(1) }}");
    let unknown = Template::parse("x {{ $pick(1.5) }}").unwrap();
    assert_eq!(
        unknown.unknown_calls().collect::<Vec<_>>(),
        [("{{ $pick(1.5) }}", "$pick")]
    );
    let mut draws = Draws::new(0, 0, 0, 0);
    assert_eq!(unknown.text(&vars(), &mut draws), "x undefined");
    let alone = Template::parse("{{ $pick(1) }}").unwrap();
    assert_eq!(alone.optional_text(&vars(), &mut draws), None);
}

#[test]
fn json_is_filled_in_at_all_depths() {
    let source = json!({
        "typed": "{{ n }}", "text": "n={{ n }}", "{{ s }}": [1, "{{ nothing }}", {"{{ n }}": "{{ nothing }}", "k": null}],
        "gone": "{{ nothing }}", "fixed": {"a": [1, "x"]}, "call": "{{ $randomNumber(3, 3) }}",
    });
    let template = JsonTemplate::parse(source.clone()).unwrap();
    let vars = vars();
    let rendered = template.value(&vars, &mut draws()).unwrap();
    assert_eq!(
        json_text(&rendered),
        r#"{"typed":7,"text":"n=7","text":[1,null,{"k":null}],"fixed":{"a":[1,"x"]},"call":"3"}"#
            .replacen(r#""text":"n=7","text":"#, r#""text":"#, 1),
    );
    assert_eq!(serde_json::to_value(&template).unwrap(), source);
    assert_eq!(
        serde_json::from_value::<JsonTemplate>(source).unwrap(),
        template
    );
}

#[test]
fn json_without_placeholders_is_fixed() {
    let template = JsonTemplate::parse(json!({"a": [1.0, {"b": "{{ 1 + 1 }}"}]})).unwrap();
    assert_eq!(
        template.as_fixed(),
        Some(&json!({"a": [1, {"b": "{{ 1 + 1 }}"}]}))
    );
    assert_eq!(
        JsonTemplate::parse(json!("{{ nothing }}"))
            .unwrap()
            .value(&vars(), &mut draws()),
        None
    );
}

#[test]
fn json_is_written_as_javascript_writes_it() {
    let value: Value = serde_json::from_str(
        r#"[1.0, 1.5, 1e21, 1e-7, 123456789.5, -0.0, 12345678901234567890, 1e100, "é\n"]"#,
    )
    .unwrap();
    assert_eq!(
        json_text(&value),
        r#"[1,1.5,1e+21,1e-7,123456789.5,0,12345678901234567890,1e+100,"é\n"]"#
    );
}

proptest! {
    #[test]
    fn any_text_is_a_template_or_refused_and_renders(source in "[{}a-c$()., 0-9\\[\\]\"'é]{0,60}") {
        if let Ok(template) = Template::parse(&source) {
            prop_assert_eq!(template.source(), &source);
            let rendered = template.text(&vars(), &mut draws()).into_owned();
            let mut written = String::new();
            template.write(&vars(), &mut draws(), &mut written);
            prop_assert_eq!(&rendered, &written);
            let settled = template.settle(&mut draws());
            prop_assert_eq!(settled.text(&vars(), &mut draws()).into_owned(), rendered);
        }
    }
}

/// What templates are made of.
const PARTS: &[&str] = &[
    "{{",
    "}}",
    "{{{",
    "}}}",
    "{",
    "}",
    " ",
    "s",
    "n",
    "o",
    "list",
    "nothing",
    ".",
    "[",
    "]",
    "[0]",
    "[\"k-e\"]",
    "[65535]",
    "\"",
    "'",
    "\\",
    "(",
    ")",
    ",",
    "$randomNumber(1, 9)",
    "$randomString(2)",
    "$randomString(",
    "$uuid",
    "é",
    "\n",
    "{{ s }}",
    "{{ o }}",
    "{{ list[1] }}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_template_of_64_kibibytes_takes_long(
        parts in prop::collection::vec(prop::sample::select(PARTS), 1..8),
        head in prop::collection::vec(prop::sample::select(PARTS), 0..4),
    ) {
        let (head, part) = (head.concat(), parts.concat());
        let source = format!("{head}{}", part.repeat((64 << 10) / part.len()));
        let started = Instant::now();
        if let Ok(template) = Template::parse(&source) {
            prop_assert_eq!(template.source(), &source);
            let rendered = template.text(&vars(), &mut draws()).into_owned();
            prop_assert!(rendered.len() <= 64 * source.len(), "{}", rendered.len());
            let json = JsonTemplate::parse(json!({&source: [&source]})).unwrap();
            prop_assert!(json.value(&vars(), &mut draws()).is_some());
            let (variables, untouched) = (template.variables().count(), template.untouched().count());
            prop_assert!(variables + untouched <= source.len());
        }
        prop_assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    }
}
