//! Every kind of mistake, as a file, with what is said of it.

use std::collections::BTreeSet;
use std::path::Path;

use star_core::document::Sources;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");

/// The file, what is underlined, and the whole message.
const FAULTS: &[(&str, &str, &str)] = &[
    (
        "alias-of-itself.yml",
        "*flow",
        "alias-of-itself.yml:3:5: error: a value cannot contain itself",
    ),
    (
        "alias-unknown.yml",
        "*.example.com",
        "alias-unknown.yml:2:11: error: no value above is named `.example.com` (name a value with `&name` first, or put this in quotes if the `*` belongs to the text)",
    ),
    (
        "anchor-without-name.yml",
        "&",
        "anchor-without-name.yml:1:4: error: a name must follow here (put the value in quotes if this character belongs to it)",
    ),
    (
        "array-without-comma.json",
        "[",
        "array-without-comma.json:1:7: error: this `[` is closed by a `}`",
    ),
    (
        "block-text-header.yml",
        "|text",
        "block-text-header.yml:1:7: error: the text of a `|` or `>` starts on the next line",
    ),
    (
        "bom-inside.yml",
        "\u{feff}",
        "bom-inside.yml:2:1: error: a byte order mark can stand only at the start of a file (remove this invisible character)",
    ),
    (
        "bom-then-fault.yml",
        "@",
        "bom-then-fault.yml:1:4: error: `@` cannot stand here (put the value in quotes if this character belongs to it)",
    ),
    (
        "brace-closed-by-bracket.yml",
        "{",
        "brace-closed-by-bracket.yml:1:10: error: this `{` is closed by a `]`",
    ),
    (
        "bracket-closed-twice.yml",
        "]",
        "bracket-closed-twice.yml:1:18: error: there is nothing that this `]` could close",
    ),
    (
        "bracket-never-closed.yml",
        "[",
        "bracket-never-closed.yml:1:8: error: this `[` is never closed",
    ),
    (
        "bracket-swallows-key.yml",
        "[",
        "bracket-swallows-key.yml:1:8: error: this `[` is never closed",
    ),
    (
        "colon-in-value.yml",
        ":",
        "colon-in-value.yml:2:13: error: a value cannot contain `: ` (put the value in quotes if the `:` belongs to it)",
    ),
    (
        "colon-without-blank.json",
        "\"x\"",
        "colon-without-blank.json:2:11: error: one quoted text follows another (a `:` or a `,` is missing between them, or a quote within the text is not escaped)",
    ),
    (
        "colon-without-blank.yml",
        "timeout:5",
        "colon-without-blank.yml:3:3: error: this is not a `key: value` (there must be a `:` behind the key, and a blank behind the `:`)",
    ),
    (
        "comment-in-text.yml",
        "#",
        "comment-in-text.yml:1:16: error: a comment cannot stand here (a comment ends the value before it; put the value in quotes if the `#` belongs to it)",
    ),
    (
        "comment-only.yml",
        "",
        "comment-only.yml:1:1: error: the document is empty",
    ),
    (
        "control-character.yml",
        "\u{1b}",
        r"control-character.yml:1:7: error: the control character U+001B cannot stand here (write it as an escape in double quotes: `\u001b`)",
    ),
    (
        "crlf-fault.yml",
        "[",
        "crlf-fault.yml:2:4: error: this `[` is never closed",
    ),
    (
        "dash-in-brackets.yml",
        "-",
        "dash-in-brackets.yml:2:3: error: a `-` cannot start an item between brackets (part the items of `[…]` by commas)",
    ),
    (
        "dash-without-line.yml",
        "-",
        "dash-without-line.yml:1:7: error: a list cannot start here (put each `- item` on a line of its own, or quote a value that starts with `-`)",
    ),
    (
        "document-missing-end.json",
        "{",
        "document-missing-end.json:1:12: error: this `{` is never closed",
    ),
    (
        "duplicate-key.json",
        "\"a\"",
        "duplicate-key.json:1:18: error: the key `a` is given twice (keep one of the two)",
    ),
    (
        "duplicate-key.yml",
        "target",
        "duplicate-key.yml:4:3: error: the key `target` is given twice (keep one of the two)",
    ),
    (
        "empty.yml",
        "",
        "empty.yml:1:1: error: the document is empty",
    ),
    (
        "escape-surrogate.yml",
        "\"\\ud800\"",
        r"escape-surrogate.yml:1:7: error: an escape in this text names no character (`\x41`, `\u0041` and `\U00000041` are `A`; `\ud83d\ude00` is a pair, and neither half stands alone)",
    ),
    (
        "escape-unknown.yml",
        "\\d",
        r"escape-unknown.yml:1:12: error: double quotes do not know this escape (write `\\` for a backslash, or use single quotes)",
    ),
    (
        "float-nan.yml",
        ".nan",
        "float-nan.yml:2:18: error: `.nan` is not a finite number (put it in quotes if it is meant as text)",
    ),
    (
        "float-not-finite.yml",
        ".inf",
        "float-not-finite.yml:2:18: error: `.inf` is not a finite number (put it in quotes if it is meant as text)",
    ),
    (
        "float-too-large.yml",
        "1e999",
        "float-too-large.yml:1:7: error: this is too large for a number (put it in quotes if it is meant as text)",
    ),
    (
        "indented-deeper-than-siblings.yml",
        "phases:",
        "indented-deeper-than-siblings.yml:3:5: error: a mapping cannot start here (line it up with the keys that it belongs to; if the line above is its parent, that must end with `:`)",
    ),
    (
        "indented-less-than-siblings.yml",
        "phases:",
        "indented-less-than-siblings.yml:3:3: error: expected a `key: value` of this mapping (the keys of a mapping start in the same column)",
    ),
    (
        "indented-list-unevenly.yml",
        "-",
        "indented-list-unevenly.yml:3:2: error: expected a `key: value` of this mapping (the keys of a mapping start in the same column)",
    ),
    (
        "indented-root.yml",
        "scenarios:",
        "indented-root.yml:2:1: error: this belongs to nothing above it (check its indentation)",
    ),
    (
        "integer-too-large.yml",
        "123456789012345678901",
        "integer-too-large.yml:1:5: error: this is too large for a number (put it in quotes if it is meant as text)",
    ),
    (
        "key-is-a-list.yml",
        "[",
        "key-is-a-list.yml:1:3: error: a key must be text, not a list or a mapping",
    ),
    (
        "key-missing.yml",
        "",
        "key-missing.yml:2:1: error: the key before this `:` is missing",
    ),
    (
        "latin-1.yml",
        "�",
        "latin-1.yml:2:12: error: byte 0xe9 at offset 19 is not UTF-8 (save the file as UTF-8)",
    ),
    (
        "merge-of-text.yml",
        "*base",
        "merge-of-text.yml:3:7: error: `<<` takes a mapping or a list of mappings, not text",
    ),
    (
        "no-value-between-commas.json",
        ",",
        "no-value-between-commas.json:1:4: error: `,` cannot stand here (put the value in quotes if this character belongs to it)",
    ),
    (
        "nul.yml",
        "\0",
        r"nul.yml:1:4: error: the control character U+0000 cannot stand here (write it as an escape in double quotes: `\u0000`)",
    ),
    (
        "null-document.yml",
        "",
        "null-document.yml:1:1: error: the document is empty",
    ),
    (
        "parent-without-colon.yml",
        "target:",
        "parent-without-colon.yml:2:3: error: a mapping cannot start here (line it up with the keys that it belongs to; if the line above is its parent, that must end with `:`)",
    ),
    (
        "quote-in-single-quotes.yml",
        "s'",
        "quote-in-single-quotes.yml:1:11: error: there is text behind the closing quote (put the whole value in quotes; a `'` within single quotes is written `''`)",
    ),
    (
        "quote-never-closed.yml",
        "'",
        "quote-never-closed.yml:1:7: error: this quote is never closed",
    ),
    (
        "quoted-start-only.yml",
        "/pets",
        r#"quoted-start-only.yml:1:18: error: there is text behind the closing quote (put the whole value in quotes; a `"` within double quotes is written `\"`)"#,
    ),
    (
        "starts-with-at.yml",
        "@",
        "starts-with-at.yml:1:7: error: `@` cannot stand here (put the value in quotes if this character belongs to it)",
    ),
    (
        "starts-with-backtick.yml",
        "`",
        "starts-with-backtick.yml:1:7: error: a backtick cannot stand here (put the value in quotes if this character belongs to it)",
    ),
    (
        "starts-with-percent.yml",
        "%",
        "starts-with-percent.yml:1:8: error: `%` cannot stand here (put the value in quotes if this character belongs to it)",
    ),
    (
        "tab-after-spaces.yml",
        "\t",
        "tab-after-spaces.yml:3:3: error: YAML does not allow tabs for indentation (use spaces)",
    ),
    (
        "tab-indents-key.yml",
        "\t",
        "tab-indents-key.yml:2:1: error: YAML does not allow tabs for indentation (use spaces)",
    ),
    (
        "tab-indents-list.yml",
        "\t",
        "tab-indents-list.yml:3:1: error: YAML does not allow tabs for indentation (use spaces)",
    ),
    (
        "tag-binary.yml",
        "!!binary",
        "tag-binary.yml:1:7: error: the tag `!!binary` has no meaning here (remove it, or quote the value if the `!` belongs to its text)",
    ),
    (
        "tag-contradicted.yml",
        "many",
        "tag-contradicted.yml:1:14: error: this is not what the tag `!!int` says",
    ),
    (
        "tag-custom.yml",
        "!reference",
        "tag-custom.yml:1:7: error: the tag `!reference` has no meaning here (remove it, or quote the value if the `!` belongs to its text)",
    ),
    (
        "template-as-item.yml",
        "{{ name }}",
        r#"template-as-item.yml:2:5: error: a value that starts with `{{` must be quoted (YAML takes `{` for the start of a mapping: write `"{{ … }}"`)"#,
    ),
    (
        "template-in-braces.yml",
        "{{ id }}",
        r#"template-in-braces.yml:1:18: error: a value with `{{` in it must be quoted within `{…}` and `[…]` (YAML takes `{` for the start of a mapping: write `"{{ … }}"`)"#,
    ),
    (
        "template-unclosed.yml",
        "{{ host }",
        r#"template-unclosed.yml:1:6: error: a value that starts with `{{` must be quoted (YAML takes `{` for the start of a mapping: write `"{{ … }}"`)"#,
    ),
    (
        "template-unquoted.yml",
        "{{ host }}",
        r#"template-unquoted.yml:2:8: error: a value that starts with `{{` must be quoted (YAML takes `{` for the start of a mapping: write `"{{ … }}"`)"#,
    ),
    (
        "text-after-document.json",
        "{",
        "text-after-document.json:1:10: error: the document ends before this",
    ),
    (
        "two-documents.yml",
        "---",
        "two-documents.yml:2:1: error: a file can hold one document only (remove the `---`, or move what follows into a file of its own)",
    ),
    (
        "utf-16.yml",
        "",
        "error: `utf-16.yml` is written in UTF-16 (save it as UTF-8)",
    ),
    (
        "yaml-2.yml",
        "%",
        "yaml-2.yml:1:1: error: this cannot be read as YAML: unsupported YAML major version",
    ),
];

#[test]
fn every_mistake_is_named_at_its_place() {
    for (file, underlined, expected) in FAULTS {
        let bytes = std::fs::read(Path::new(CORPUS).join(file)).expect("the corpus is complete");
        let mut sources = Sources::default();
        let fault = star_yaml::read_bytes(&mut sources, file, &bytes).expect_err(file);
        assert_eq!(fault.one_line(&sources), *expected);
        let found = fault
            .primary
            .map_or("", |label| sources.snippet(label.span));
        assert_eq!(found, *underlined, "{file}");
    }
}

#[test]
fn every_file_of_the_corpus_is_in_the_table() {
    let known: BTreeSet<String> = FAULTS.iter().map(|(file, ..)| (*file).to_owned()).collect();
    let present: BTreeSet<String> = std::fs::read_dir(CORPUS)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect();
    assert_eq!(present, known);
}
