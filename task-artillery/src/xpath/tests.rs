//! What expressions stand for. The values in `cases.json` are libxml2's.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// The document of the cases.
const DOCUMENT: &str = include_str!("cases.xml");

/// Pairs of an expression and what it stands for; null where that is no node.
const CASES: &str = include_str!("cases.json");

fn find(expression: &str, text: &str) -> Option<Value> {
    let document = document(text).unwrap();
    XPath::parse(expression).unwrap().find(&document).unwrap()
}

#[test]
fn expressions_stand_for_what_libxml2_says() {
    let cases: Vec<(String, Value)> = serde_json::from_str(CASES).unwrap();
    let document = document(DOCUMENT).unwrap();
    let mut wrong = Vec::new();
    for (expression, expected) in &cases {
        let found = match XPath::parse(expression) {
            Ok(path) => path.find(&document).unwrap().unwrap_or_default(),
            Err(error) => json!(error.to_string()),
        };
        let same = match (found.as_f64(), expected.as_f64()) {
            (Some(found), Some(expected)) => (found - expected).abs() < 1e-9,
            _ => found == *expected,
        };
        if !same {
            wrong.push(format!("{expression}: {found}, not {expected}"));
        }
    }
    assert!(cases.len() > 130, "{}", cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_cannot_be_evaluated_is_refused_at_its_place_with_what_would_be_right() {
    for (expression, offset, message) in [
        ("//p:item", 2, "nothing says which namespace `p:` is"),
        ("//item[@p:id]", 8, "nothing says which namespace `p:` is"),
        ("$a", 0, "an expression has no variables of its own"),
        ("//item[", 7, "the expression ends too early"),
        ("//item]", 6, "`]` is not expected here"),
        ("//", 2, "the expression ends too early"),
        ("", 0, "the expression ends too early"),
        ("item[1", 6, "`]` is missing at the end"),
        ("'text", 0, "the text is not closed"),
        ("id('a')", 0, "`id` is no function"),
        ("counts(//a)", 0, "`counts` is no function"),
        (
            "count(1)",
            0,
            "`count` does not take so many arguments, or not of this kind",
        ),
        (
            "concat('a')",
            0,
            "`concat` does not take so many arguments, or not of this kind",
        ),
        (
            "'a'/b",
            5,
            "a text, a number or a boolean has no nodes in it",
        ),
        ("//a | 1", 6, "`|` joins nodes, and one side is none"),
        ("namespace::a", 0, "the axis `namespace` is not supported"),
        ("a b", 2, "`b` is not expected here"),
        ("a +", 3, "the expression ends too early"),
        ("é!", 2, "`!` is not expected here"),
    ] {
        let error = XPath::parse(expression).expect_err(expression);
        assert_eq!(
            (error.offset, &*error.message),
            (offset, message),
            "{expression}"
        );
        assert!(!error.help.is_empty());
    }
}

#[test]
fn deep_and_long_expressions_are_refused() {
    for expression in [
        "(".repeat(100_000),
        "a[".repeat(100),
        format!("{}1{}", "(".repeat(100), ")".repeat(100)),
        "a/".repeat(2_000) + "a",
        "1+".repeat(1_000) + "1",
        "not(".repeat(40) + "1" + &")".repeat(40),
    ] {
        assert!(XPath::parse(&expression).is_err());
    }
    assert!(XPath::parse(&("-".repeat(4_000) + "1")).is_ok());
    let deepest = format!("{}1{}", "(".repeat(24), ")".repeat(24));
    assert_eq!(find(&deepest, "<a/>"), Some(json!(1)));
    let longest = "1+".repeat(120) + "1";
    assert_eq!(find(&longest, "<a/>"), Some(json!(121)));
}

#[test]
fn documents_are_read_whatever_they_are() {
    for (text, is_read) in [
        ("<a/>".to_owned(), true),
        ("\u{FEFF}<?xml version=\"1.0\"?><a/>".to_owned(), true),
        ("<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"x.dtd\"><html/>".to_owned(), true),
        ("<a>&amp;&#65;</a>".to_owned(), true),
        ("<a>&nbsp;</a>".to_owned(), false),
        ("<a>".to_owned(), false),
        ("{\"id\": 7}".to_owned(), false),
        (String::new(), false),
        // A thousand million of them.
        (
            "<!DOCTYPE a [<!ENTITY l0 \"ha\"><!ENTITY l1 \"&l0;&l0;&l0;&l0;&l0;&l0;&l0;&l0;&l0;&l0;\">]><a>&l1;</a>".to_owned(),
            false,
        ),
        ("<a>".repeat(100_000) + &"</a>".repeat(100_000), true),
        ("<r>".to_owned() + &"<a/>".repeat(600_000) + "</r>", false),
    ] {
        let start: String = text.chars().take(30).collect();
        assert_eq!(document(&text).is_some(), is_read, "{start}");
    }
}

#[test]
fn evaluation_is_bounded() {
    let started = Instant::now();
    let deep = "<a>".repeat(100_000) + "x" + &"</a>".repeat(100_000);
    let document_of_depth = document(&deep).unwrap();
    let wide = "<r>".to_owned() + &"<a b='1'>x</a>".repeat(100_000) + "</r>";
    let document_of_width = document(&wide).unwrap();
    for document in [&document_of_depth, &document_of_width] {
        for expression in [
            "//*[count(//*) > 0]",
            "//a[count(//a) > count(preceding::a)]",
            "//a[. = //a]",
            "//*[../* = 'y']",
            "//a[following::a[following::a]]",
        ] {
            let path = XPath::parse(expression).unwrap();
            let limit = STEP_LIMIT;
            assert_eq!(
                path.find(document).unwrap_err(),
                TooMuch { limit },
                "{expression}"
            );
        }
        let path = XPath::parse("string(//a[last()])").unwrap();
        assert_eq!(path.find(document).unwrap(), Some(json!("x")));
    }
    assert!(started.elapsed() < Duration::from_secs(100));
}

#[test]
fn comparisons_are_charged_for_the_text_that_they_compare() {
    let long = "x".repeat(300_000);
    let digits = "1".repeat(300_000);
    let text = format!(
        "<r>{}<c d='{digits}'/></r>",
        format!("<b>{long}</b>").repeat(20)
    );
    let of_long_texts = document(&text).unwrap();
    let text = format!("<r>{}<c>{digits}</c></r>", "<b>1</b>".repeat(60_000));
    let of_many_nodes = document(&text).unwrap();
    for (document, expression, expected) in [
        (&of_long_texts, "//b = //b[1]", Some(json!(true))),
        (&of_long_texts, "//b != //b", None),
        (&of_long_texts, "//b != string(//b)", Some(json!(false))),
        (&of_long_texts, "string(//b) != //b", Some(json!(false))),
        (&of_many_nodes, "//b = string(/)", Some(json!(false))),
        (&of_many_nodes, "string(//c) < //b", Some(json!(false))),
        (&of_many_nodes, "//b > string(//c)", Some(json!(false))),
        (&of_many_nodes, "//b > //c", Some(json!(false))),
        (&of_many_nodes, "//b[. = string(//c)]", None),
        (&of_many_nodes, "//b[string(//c) = string(//c)]", None),
    ] {
        let found = XPath::parse(expression).unwrap().find(document);
        assert_eq!(found.ok().flatten(), expected, "{expression}");
    }
}

proptest! {
    #[test]
    fn any_text_is_an_expression_or_refused(
        expression in r#"[a-c/@*.\[\]()'"|+=<>!$:0-9, é-]{0,24}|(//|/|a|b|\*|@b|\.|\.\.|\[|\]|\(|\)|text\(\)|count\(|not\(|position\(\)|1|=| and | or | div | - |::|self::|preceding::|'x'){0,12}"#,
        inner in "(<a>x</a>|<b a='1'/>|<!--c-->|y| |<\\?p q\\?>){0,8}",
    ) {
        let text = format!("<a b='2'>{inner}</a>");
        let document = document(&text).unwrap();
        match XPath::parse(&expression) {
            Ok(path) => prop_assert!(path.find(&document).is_ok()),
            Err(error) => {
                prop_assert!(error.offset <= expression.len());
                prop_assert!(expression.is_char_boundary(error.offset));
            }
        }
    }

    #[test]
    fn any_text_is_a_document_or_none(text in "[<>/a-b!?&;='\"\\[\\] é-]{0,40}") {
        document(&text);
    }
}
