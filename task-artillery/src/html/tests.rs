//! What selectors find in documents.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

const PAGE: &str = r#"<!doctype html>
<title>A page</title>
<form id="login" class="big box"><input name=token value="x&amp;y"><input type=checkbox name=keep checked>
<select><option>one<option value=2>two</select></form>
<ul><li>a<li class=b>b <b>bold</b><li data-id="7">c</ul>
<table><tr><td>cell</table>
<svg viewBox="0 0 1 1"></svg>
<p lang>é"#;

/// The texts of what a selector finds.
fn texts(page: &str, selector: &str) -> Vec<String> {
    let document = Document::read(page).unwrap();
    let selector = Selector::parse(selector).unwrap();
    document
        .select(&selector)
        .map(|element| element.text())
        .collect()
}

fn attribute(selector: &str, name: &str) -> Option<String> {
    let document = Document::read(PAGE).unwrap();
    let selector = Selector::parse(selector).unwrap();
    let found = document.select(&selector).next().unwrap();
    found.attribute(name)
}

#[test]
fn selectors_find_elements_in_the_order_of_the_document() {
    for (selector, expected) in [
        ("li", &["a", "b bold", "c"][..]),
        ("li.b, title, li:first-child", &["A page", "a", "b bold"]),
        ("ul > li:not(.b)", &["a", "c"]),
        ("li:nth-child(2) b", &["bold"]),
        ("li:has(b)", &["b bold"]),
        ("li ~ li", &["b bold", "c"]),
        ("[data-id='7']", &["c"]),
        // Where browsers put a `tbody`, there is one.
        ("table > tbody > tr", &["cell"]),
        ("p", &["é"]),
        (".none", &[]),
    ] {
        assert_eq!(texts(PAGE, selector), expected, "{selector}");
    }
    assert_eq!(texts(PAGE, "html").len(), 1);
    assert_eq!(texts("", "html"), [""]);
}

#[test]
fn attributes_have_the_values_that_cheerio_gives_them() {
    for (selector, name, expected) in [
        ("[name=token]", "value", Some("x&y")),
        ("[name=token]", "VALUE", Some("x&y")),
        ("[name=token]", "checked", None),
        ("[name=keep]", "checked", Some("checked")),
        ("[name=keep]", "value", Some("on")),
        ("option", "value", Some("one")),
        ("option + option", "value", Some("2")),
        ("svg", "viewBox", Some("0 0 1 1")),
        ("p", "lang", Some("")),
        ("form", "class", Some("big box")),
    ] {
        assert_eq!(
            attribute(selector, name).as_deref(),
            expected,
            "{selector} {name}"
        );
    }
}

#[test]
fn what_is_no_css_is_refused_with_what_would_be_right() {
    for (selector, offset, help) in [
        ("li:contains('a')", 2, "regexp"),
        ("li:first", 2, "index: 0"),
        ("ul li:LAST", 5, "index: last"),
        ("li:eq(2)", 2, "index: 2"),
        ("input:checkbox", 5, "[type=\"checkbox\"]"),
        ("input:checked", 5, "[checked]"),
        ("a:hover", 1, "document alone"),
        ("a::before", 1, "document alone"),
        ("[name!=a]", 5, ":not("),
        ("li:not(:contains(a))", 7, "regexp"),
        ("li >", 0, "for example"),
        ("", 0, "for example"),
        ("a, ", 0, "for example"),
        ("<a>", 0, "for example"),
    ] {
        let error = Selector::parse(selector).expect_err(selector);
        assert_eq!(error.offset, offset, "{selector}");
        assert!(error.help.contains(help), "{selector}: {}", error.help);
    }
    let deep = format!("a{}{}", ":not(b".repeat(5_000), ")".repeat(5_000));
    assert!(Selector::parse(&deep).is_err());
    let deep = format!("a{}{}", ":not(b".repeat(400), ")".repeat(400));
    let error = Selector::parse(&deep).unwrap_err();
    assert!(error.message.contains("too deeply"), "{}", error.message);
    assert!(Selector::parse(r#"[name=":first"], [name=a\:last], .a\:eq"#).is_ok());
}

#[test]
fn documents_that_would_stall_a_worker_are_given_up() {
    let started = Instant::now();
    let numbered = |count: u32, write: &dyn Fn(u32) -> String| {
        (0..count).map(write).collect::<Vec<_>>().concat()
    };
    let attributes = numbered(60_000, &|number| format!("a{number} "));
    let formats = numbered(20_000, &|number| format!("<p><b a={number}></p>"));
    for (page, is_read) in [
        ("<div>".repeat(900), true),
        ("<div>".repeat(100_000), false),
        ("<b>".repeat(100_000), false),
        (format!("<table>{}", "<b><table>".repeat(50_000)), false),
        (formats, false),
        ("<i>x</i>".repeat(150_000), false),
        (format!("<p {attributes}>"), false),
        (format!("<p>{}", "x ".repeat(500_000)), true),
        (format!("<script>{}", "a<b c ".repeat(100_000)), true),
        ("<p>".repeat(50_000), true),
    ] {
        let start: String = page.chars().take(20).collect();
        assert_eq!(Document::read(&page).is_some(), is_read, "{start}");
    }
    assert!(
        started.elapsed() < Duration::from_mins(5),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn searches_that_would_stall_a_worker_find_nothing() {
    let wide = |count: usize| "<p>x".repeat(count);
    let deep = |count: usize| "<div>".repeat(500) + &wide(count);
    let unlike = (0..3_000).map(|name| format!("<x{name}></x{name}>"));
    let unlike = unlike.collect::<Vec<_>>().concat();
    let towers = ("<div>".repeat(300) + &"</div>".repeat(300)).repeat(60);
    for (page, selector, found) in [
        (wide(2_000), "p", 2_000),
        (wide(60_000), "p", 60_000),
        (wide(2_000), "body > p:not(.a, .b)", 2_000),
        (
            wide(2_000),
            "p:nth-child(2n + 1), title:nth-last-child(2)",
            1_000,
        ),
        (wide(2_000), "p:nth-of-type(2)", 1),
        (wide(2_000), "p[a~='b c'], p:first-child", 1),
        (wide(2_000), "p ~ p", 1_999),
        (wide(2_000), "body:has(p)", 1),
        (wide(2_000), "p:has(~ p)", 1_999),
        (wide(20_000), "a ~ *", 0),
        (wide(20_000), "p~p", 0),
        (wide(20_000), "p:not(a ~ p)", 0),
        (wide(20_000), "p:has(~ a)", 0),
        (wide(500), ":not(a ~ p) ~ p", 0),
        (wide(60_000), &vec!["p"; 100].join(","), 0),
        (unlike.clone(), "x7:first-child, x8", 1),
        (unlike, "*:nth-of-type(2)", 0),
        (deep(10), "div p", 10),
        (towers.clone(), "div", 18_000),
        (towers.clone(), "div:has(a)", 0),
        (towers.clone(), "body div", 0),
        (towers, "div:not(a div)", 0),
    ] {
        let start: String = page.chars().take(20).collect();
        assert_eq!(texts(&page, selector).len(), found, "{start} {selector}");
    }
}

proptest! {
    #[test]
    fn any_text_is_a_selector_or_refused(
        selector in r#"[a-c.#*:>+~,()\[\]="'\\|!@{}$^0-9 é-]{0,20}|(a|li|:not\(|:is\(|:has\(|:nth-child\(|2n\+1|\)|,| |>|\[a=b\]){0,8}"#,
        page in "(<(/?)(p|b|table|tr|li|a|select|template|svg|math)( a=b)?>|x| ){0,20}",
    ) {
        let document = Document::read(&page).unwrap();
        match Selector::parse(&selector) {
            Ok(selector) => {
                for element in document.select(&selector) {
                    prop_assert!(element.text().len() <= page.len());
                    element.attribute("a");
                }
            }
            Err(error) => prop_assert!(!error.message.is_empty()),
        }
    }
}
