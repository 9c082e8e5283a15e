//! Quotes in CSV files.

use super::*;

#[test]
fn quotes_that_are_not_where_they_belong_are_refused_at_their_place() {
    let single = CsvFormat {
        quote: Some(b'\''),
        escape: Some(b'\\'),
        ..CsvFormat::default()
    };
    let trimmed = CsvFormat {
        trim: (true, true),
        ..CsvFormat::default()
    };
    let plain = CsvFormat::default();
    let skipping = CsvFormat { from: 2, ..plain };
    let commented = CsvFormat {
        comment: Some(b'#'),
        ..plain
    };
    let (never, before, behind) = ("never closed", "before this quote", "behind this closing");
    for (bytes, format, reason, offset) in [
        (&b"a,b\nc,\"d\ne,f\n"[..], plain, never, 6),
        (b"a,b\n\"", plain, never, 4),
        (b"a,b\nc,\"d\"\"\n", plain, never, 6),
        (b"a,\"b\nc,\"d\"\n", plain, behind, 7),
        (b"a,b\n3\"x\",4\n", plain, before, 5),
        (b"a,b\n \"x\",4\n", plain, before, 5),
        (b"a,b\n \"x\",4\n", trimmed, before, 5),
        (b"a,b\n\"x\"y,4\n", plain, behind, 6),
        (b"a,b\n\"x\" ,4\n", plain, behind, 6),
        (b"a,b\n\"x\" y,4\n", trimmed, behind, 6),
        (b"\xef\xbb\xbfa,b\n3\",4\n", plain, before, 8),
        (b"a\",b\n3,4\n", skipping, before, 1),
        (b"#\"\n\n#\na,b\n\"c,d\n", commented, never, 10),
        (b"a,'b\\'\n", single, never, 2),
        (b"a,'b''c'\n", single, behind, 4),
    ] {
        let payload = Payload {
            format,
            ..payload(&["x", "y"])
        };
        let (found, place) = refused(bytes, &payload);
        let text = String::from_utf8_lossy(bytes);
        assert!(found.contains(reason), "{text:?}: {found}");
        assert_eq!(place, Some(offset), "{text:?}: {found}");
    }
}

#[test]
fn quotes_where_they_belong_are_read() {
    let read_as = |text: &str, format: CsvFormat, expected: &[[&str; 2]]| {
        let table = read(text.as_bytes(), &["x", "y"], format);
        assert_eq!(rows(&table, 2), expected, "{text:?}");
    };
    let plain = CsvFormat::default();
    let trimmed = CsvFormat {
        trim: (true, true),
        ..plain
    };
    let bare = CsvFormat {
        quote: None,
        ..plain
    };
    let escaped = CsvFormat {
        escape: Some(b'\\'),
        comment: Some(b'#'),
        ..plain
    };
    let first = CsvFormat {
        to: Some(1),
        ..plain
    };
    read_as(
        "\"a\"\"\",\"\"\r\n\"\"\"\",\"b\"",
        plain,
        &[["a\"", ""], ["\"", "b"]],
    );
    read_as(
        "\"a\r\nb\",c\n\nd,\"\n\"\n",
        plain,
        &[["a\r\nb", "c"], ["d", "\n"]],
    );
    read_as("\"a\" ,\"b\"\t\n", trimmed, &[["a", "b"]]);
    read_as("3\",\"x\"y\n\",z", bare, &[["3\"", "\"x\"y"], ["\"", "z"]]);
    read_as("#\"\n\"a\\\"\",b\n#3\"\n", escaped, &[["a\"", "b"]]);
    read_as("a,b\n\"c,d\n", first, &[["a", "b"]]);
}
