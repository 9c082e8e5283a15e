use std::time::{Duration, Instant};

use star_core::document::Span;

use super::*;

const SCRIPT: &str = "config:\n  target: a\n  phases:\n    - arivalRate: 5\n      duration: 60\n  target: b\nscenarios: []\n";

/// The place of the `nth` time that a word stands in the script.
fn place(sources: &Sources, word: &str, nth: usize) -> Span {
    let (start, _) = sources
        .text(Span::default().file)
        .match_indices(word)
        .nth(nth)
        .unwrap();
    Span::new(Span::default().file, start, start + word.len())
}

fn script(text: &str) -> Sources {
    let mut sources = Sources::default();
    sources.add("script.yml", text);
    sources
}

fn shown(sources: &Sources, diagnostics: impl IntoIterator<Item = Diagnostic>) -> String {
    let mut all = Diagnostics::default();
    all.extend(diagnostics);
    render(&all, sources, false)
}

#[test]
fn a_diagnostic_shows_place_line_underline_and_help() {
    let sources = script(SCRIPT);
    let key = place(&sources, "arivalRate", 0);
    let unknown = Diagnostic::error("unknown key `arivalRate`")
        .at(key, "")
        .help("did you mean `arrivalRate`?");
    assert_eq!(
        shown(&sources, [unknown]),
        "\
error: unknown key `arivalRate`
 --> script.yml:4:7
  |
4 |     - arivalRate: 5
  |       ^^^^^^^^^^
  |
  = help: did you mean `arrivalRate`?

1 error in script.yml
"
    );
}

#[test]
fn near_labels_are_shown_together() {
    let sources = script(SCRIPT);
    let twice = Diagnostic::error("the key `target` is given twice")
        .at(place(&sources, "target", 1), "given again here")
        .see(place(&sources, "target", 0), "first given here");
    assert_eq!(
        shown(&sources, [twice]),
        "\
error: the key `target` is given twice
 --> script.yml:6:3
  |
2 |   target: a
  |   ------ first given here
...
6 |   target: b
  |   ^^^^^^ given again here

1 error in script.yml
"
    );
}

#[test]
fn far_labels_are_shown_apart_with_their_places() {
    let text = format!("target: a\n{}target: b\n", "x: 1\n".repeat(100));
    let sources = script(&text);
    let twice = Diagnostic::error("given twice")
        .at(place(&sources, "target", 1), "again")
        .see(place(&sources, "target", 0), "first")
        .help("keep one");
    assert_eq!(
        shown(&sources, [twice]),
        "\
error: given twice
   --> script.yml:102:1
    |
102 | target: b
    | ^^^^^^ again
    |
   ::: script.yml:1:1
    |
  1 | target: a
    | ------ first
    |
    = help: keep one

1 error in script.yml
"
    );
}

#[test]
fn errors_come_first_each_in_the_order_of_the_document() {
    let mut sources = script(SCRIPT);
    let users = sources.add("users.csv", "name\n");
    let late = Diagnostic::error("late").at(place(&sources, "scenarios", 0), "");
    let early = Diagnostic::error("early").at(place(&sources, "config", 0), "");
    let warning = Diagnostic::warning("harmless").at(Span::new(users, 0, 4), "");
    let placeless = Diagnostic::error("nowhere").help("look elsewhere");
    assert_eq!(
        shown(&sources, [warning, late, early, placeless]),
        "\
error: nowhere
 |
 = help: look elsewhere

error: early
 --> script.yml:1:1
  |
1 | config:
  | ^^^^^^

error: late
 --> script.yml:7:1
  |
7 | scenarios: []
  | ^^^^^^^^^

warning: harmless
 --> users.csv:1:1
  |
1 | name
  | ^^^^

3 errors, 1 warning in 2 files
"
    );
}

#[test]
fn of_many_the_rest_is_counted() {
    let sources = script(SCRIPT);
    let many = (0..25).map(|nth| Diagnostic::error(format!("number {nth}")));
    let text = shown(&sources, many);
    assert!(
        text.ends_with("error: number 19\n\n… and 5 more\n\n25 errors\n"),
        "{text}"
    );
    assert_eq!(text.matches("error: ").count(), 20);
}

#[test]
fn nothing_is_said_of_nothing() {
    assert_eq!(shown(&Sources::default(), []), "");
}

#[test]
fn what_goes_on_over_several_lines_is_underlined_on_its_first() {
    let sources = script("a: 1\r\nb:\r\n  c: 1\r\n  d: 2\r\n");
    let both = Diagnostic::error("the key `e` is missing")
        .at(Span::new(Span::default().file, 12, 24), "in this mapping");
    assert_eq!(
        shown(&sources, [both]),
        "\
error: the key `e` is missing
 --> script.yml:3:3
  |
3 |   c: 1
  |   ^^^^ in this mapping

1 error in script.yml
"
    );
}

#[test]
fn a_place_without_width_is_pointed_at() {
    let sources = script("phases:\nlast");
    let file = Span::default().file;
    for (at, expected) in [
        (
            7,
            "error: x\n --> script.yml:1:8\n  |\n1 | phases:\n  |        ^ nothing here\n\n1 error in script.yml\n",
        ),
        (
            12,
            "error: x\n --> script.yml:2:5\n  |\n2 | last\n  |     ^ nothing here\n\n1 error in script.yml\n",
        ),
        (
            99,
            "error: x\n --> script.yml:2:5\n  |\n2 | last\n  |     ^ nothing here\n\n1 error in script.yml\n",
        ),
    ] {
        let diagnostic = Diagnostic::error("x").at(Span::new(file, at, at), "nothing here");
        assert_eq!(shown(&sources, [diagnostic]), expected);
    }
    let empty = Diagnostic::error("the document is empty").at(Span::default(), "");
    assert_eq!(
        shown(&script(""), [empty]),
        "error: the document is empty\n --> script.yml:1:1\n  |\n1 |\n  | ^\n\n1 error in script.yml\n"
    );
}

#[test]
fn a_long_line_is_cut_around_its_places() {
    let sources = script(&format!(
        "a: {}@{}#{}\n",
        "x".repeat(5_000),
        "y".repeat(3_000),
        "z".repeat(5_000)
    ));
    let diagnostic = Diagnostic::error("odd")
        .at(place(&sources, "@", 0), "this")
        .see(place(&sources, "#", 0), "and this");
    assert_eq!(
        shown(&sources, [diagnostic]),
        format!(
            "\
error: odd
 --> script.yml:1:5004
  |
1 | ...{}@{}...
  |    {}^ this
  |
 ::: script.yml:1:8005
  |
1 | ...{}#{}...
  |    {}- and this

1 error in script.yml
",
            "x".repeat(52),
            "y".repeat(57),
            " ".repeat(52),
            "y".repeat(50),
            "z".repeat(59),
            " ".repeat(50),
        )
    );
}

#[test]
fn of_a_line_of_megabytes_only_the_place_is_shown() {
    let sources = script(&"{\"a\": 1}, ".repeat(800_000));
    let start = Instant::now();
    let many =
        (0..20).map(|nth| Diagnostic::error("odd").at(place(&sources, "a", 700_000 + nth), "this"));
    let text = shown(&sources, many);
    let first = "error: odd\n--> script.yml:1:7000003\n = note: this\n\nerror: odd\n";
    assert!(text.starts_with(first), "{text}");
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
    let within = Diagnostic::error("odd").at(place(&sources, "a", 9_000), "this");
    let text = shown(&sources, [within]);
    assert!(
        text.starts_with("error: odd\n --> script.yml:1:90003\n  |\n1 | ..."),
        "{text}"
    );
    assert!(text.contains("^ this"), "{text}");
}

#[test]
fn nothing_in_a_document_reaches_the_terminal_raw() {
    let mut sources = Sources::default();
    let file = sources.add("a\x1b[2Jb.yml", "name: \x1b[31mred\u{202e}\u{9b}x\r\tend\n");
    let diagnostic = Diagnostic::error("`\x1b]0;x\x07` is odd")
        .at(Span::new(file, 7, 10), "\x1b[1m")
        .help("a\nb\u{200b}");
    let text = shown(&sources, [diagnostic]);
    assert_eq!(
        text,
        "\
error: `␛]0;x␇` is odd
 --> a␛[2Jb.yml:1:8
  |
1 | name: ␛[31mred\u{fffd}\u{fffd}x␍    end
  |        ^^^ ␛[1m
  |
  = help: a␊b\u{fffd}

1 error in a␛[2Jb.yml
"
    );
}

#[test]
fn colour_is_the_only_difference_that_colour_makes() {
    let sources = script(SCRIPT);
    let diagnostics = Diagnostics::from(
        Diagnostic::warning("odd")
            .at(place(&sources, "phases", 0), "this")
            .help("no"),
    );
    let coloured = render(&diagnostics, &sources, true);
    assert!(coloured.contains("\x1b["));
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((text, escape)) = rest.split_once("\x1b[") {
        plain.push_str(text);
        rest = escape.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    assert_eq!(plain, render(&diagnostics, &sources, false));
}
