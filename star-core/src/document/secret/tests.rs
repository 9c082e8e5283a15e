use super::*;

/// A text with its secrets covered, letter by letter.
fn shown(text: &str) -> String {
    let secrets = secrets_in(text);
    let letters = text.char_indices().map(|(at, letter)| {
        let covered = secrets.iter().any(|range| range.contains(&at));
        let plain = letter.is_whitespace() || matches!(letter, '"' | '\'' | ',');
        if covered && !plain { '*' } else { letter }
    });
    letters.collect()
}

#[test]
fn what_stands_behind_a_key_is_found_on_its_line() {
    for (text, expected) in [
        (
            "authorization: Bearer a, b\n",
            "authorization: ****** *, *\n",
        ),
        (
            "a: {Authorization: a b, ulr: /}",
            "a: {Authorization: * *, ulr: /}",
        ),
        (
            "a: {authorization: a, b, ulr: /}",
            "a: {authorization: *, *, ulr: /}",
        ),
        ("a: {authorization: a}b}", "a: {authorization: ***}"),
        (
            "a: {cookie: a{{ b }}c, d: e}",
            "a: {cookie: *{{ b }}*, d: e}",
        ),
        (
            "auth: {user: a, pass: b, realm: c}",
            "auth: {user: a, pass: *, realm: c}",
        ),
        ("{\"Pass\":\"a\",\"b\":1}", "{\"Pass\":\"*\",\"b\":1}"),
        (
            "{\"password\": \"a\\\"b\", \"b\": 1}",
            "{\"password\": \"**\"*\", \"b\": 1}",
        ),
        ("'set-cookie' : 'a''b' # c", "'set-cookie' : '*''*' # c"),
        ("cookie: {a: b, c: d}\ne: f", "cookie: *** *, ** **\ne: f"),
        (
            "authorization: \"a\" \"b\": 1}",
            "authorization: \"*\" \"*\"* **",
        ),
        (
            "the pass of users, bypass: 1, pass_it: 2",
            "the pass of users, bypass: 1, pass_it: 2",
        ),
        ("fields: [user, pass]", "fields: [user, pass]"),
        ("authorization:\n", "authorization:\n"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn what_stands_behind_a_key_is_found_on_the_lines_below() {
    for (text, expected) in [
        (
            "  authorization: \"a\n    b\" x\n  c: d",
            "  authorization: \"*\n    *\" *\n  c: d",
        ),
        (
            "  authorization: \"a\n  c: d",
            "  authorization: \"*\n  ** *",
        ),
        (
            "{\n\"authorization\":\n\"a\",\n\"c\": 1}",
            "{\n\"authorization\":\n\"*\",\n\"c\": 1}",
        ),
        (
            "{\n  \"authorization\":\n    \"a\"\n  \"c\": 1}",
            "{\n  \"authorization\":\n    \"*\"\n  \"c\": 1}",
        ),
        (
            "{\"authorization\":\n  \"a\" \"x\"}",
            "{\"authorization\":\n  \"*\" \"*\"}",
        ),
        (
            "  authorization: |\n    a\n   b: c\n  d: e",
            "  authorization: *\n    *\n   ** *\n  d: e",
        ),
        (
            "  authorization: |\n  a b\n  d: e",
            "  authorization: *\n  * *\n  d: e",
        ),
        (
            "  authorization:\n    a: b\n\n    c\n- d",
            "  authorization:\n    ** *\n\n    *\n- d",
        ),
        (
            "? authorization\n: a b: c\nd: e",
            "? authorization\n: * ** *\nd: e",
        ),
        (
            "- authorization: a\n    b: c\n  d: e",
            "- authorization: *\n    ** *\n  d: e",
        ),
        (
            "a: {authorization: b\n  c, d: e}",
            "a: {authorization: *\n  *, d: e}",
        ),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn users_and_passwords_are_found_in_urls() {
    for (text, expected) in [
        (
            "target: \"http://bob:a@b.test/x@y\"",
            "target: \"http://*****@b.test/x@y\"",
        ),
        ("http://bob:a/b#c@b.test", "http://*********@b.test"),
        (
            "http://{{ user }}:{{ pass }}@b.test x@y",
            "http://{{ user }}*{{ pass }}@b.test x@y",
        ),
        (
            "http://b.test:80/?a=x@y http://a@b",
            "http://b.test:80/?a=x@y http://*@b",
        ),
        ("http://[::1]/@x", "http://[::1]/@x"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}
