mod quotes;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use star_core::document::BlobRef;
use star_core::draw::Draws;
use star_core::hash::Hash;

use super::*;
use crate::script::model::{CsvFormat, Order, Payload};

pub(super) fn payload(fields: &[&str]) -> Payload {
    Payload {
        file: BlobRef {
            name: "t.csv".to_owned(),
            hash: Hash::of(b""),
            bytes: 0,
        },
        fields: fields.iter().map(ToString::to_string).collect(),
        order: Order::Sequence,
        all_rows_in: None,
        cast: true,
        format: CsvFormat::default(),
    }
}

fn parsed(bytes: &[u8], payload: &Payload) -> Result<Table, TableError> {
    Table::read(Bytes::copy_from_slice(bytes), payload)
}

fn rows(table: &Table, columns: usize) -> Vec<Vec<Cow<'_, str>>> {
    (0..table.rows())
        .map(|row| {
            (0..columns)
                .map(|column| table.text(row, column).unwrap())
                .collect()
        })
        .collect()
}

fn refused(bytes: &[u8], payload: &Payload) -> (String, Option<usize>) {
    let error = parsed(bytes, payload).unwrap_err();
    (error.reason, error.offset)
}

#[test]
fn marks_quotes_blank_lines_and_windows_line_ends_are_read() {
    let bytes =
        b"\xef\xbb\xbfuser,n\r\nada,04\r\n\r\n\"bob, jr\",2\r\n\"say \"\"hi\"\"\",\"two\nlines\"";
    let whole = parsed(bytes, &payload(&["a", "b"])).unwrap();
    assert_eq!(
        rows(&whole, 2),
        [
            ["user", "n"],
            ["ada", "04"],
            ["bob, jr", "2"],
            ["say \"hi\"", "two\nlines"]
        ],
    );
    let table = parsed(
        bytes,
        &Payload {
            format: CsvFormat {
                from: 2,
                ..CsvFormat::default()
            },
            ..payload(&["a", "b"])
        },
    )
    .unwrap();
    assert_eq!((table.rows(), table.text(0, 0)), (3, Some("ada".into())));
}

#[test]
fn only_named_columns_are_kept() {
    let table = parsed(
        b"a;b;c\nd;e;f",
        &Payload {
            format: CsvFormat {
                delimiter: b';',
                ..CsvFormat::default()
            },
            ..payload(&["x", "y"])
        },
    )
    .unwrap();
    assert_eq!(rows(&table, 2), [["a", "b"], ["d", "e"]]);
    assert_eq!(
        (table.text(0, 2), table.text(2, 0), table.value(9, 9)),
        (None, None, None)
    );
    let none = parsed(b"a,b", &payload(&[])).unwrap();
    assert_eq!((none.rows(), none.text(0, 0)), (1, None));
}

#[test]
fn cells_are_cast_when_they_are_asked_for() {
    let table = parsed(b"04,x\n", &payload(&["a", "b"])).unwrap();
    assert_eq!(
        (table.value(0, 0), table.value(0, 1)),
        (Some(json!(4)), Some(json!("x")))
    );
    let table = parsed(
        b"04,x\n",
        &Payload {
            cast: false,
            ..payload(&["a", "b"])
        },
    )
    .unwrap();
    assert_eq!(table.value(0, 0), Some(json!("04")));
}

#[test]
fn files_that_are_no_tables_are_refused_with_their_place() {
    let two = payload(&["a", "b"]);
    for (bytes, reason, offset) in [
        (&b""[..], "the file is empty", None),
        (b"\r\n\r\n", "the file is empty", None),
        (b"\xef\xbb\xbf", "the file is empty", None),
        (
            b"a,b\nc,d,e\n",
            "this row has 3 columns, the first has 2",
            Some(4),
        ),
        (
            b"a,b\r\n\r\nc\r\n",
            "this row has 1 column, the first has 2",
            Some(7),
        ),
        (
            b"\xef\xbb\xbfa,b\nc\n",
            "this row has 1 column, the first has 2",
            Some(7),
        ),
        (
            b"a\nb\n",
            "this row has 1 column, and `fields` names 2",
            Some(0),
        ),
        (
            b"a,b\n\xff,d\n",
            "this is not UTF-8; save the file in that encoding",
            Some(4),
        ),
    ] {
        assert_eq!(
            refused(bytes, &two),
            (reason.to_owned(), offset),
            "{bytes:?}"
        );
    }
    let heading = Payload {
        format: CsvFormat {
            from: 2,
            ..CsvFormat::default()
        },
        ..two
    };
    assert_eq!(
        refused(b"a,b\n", &heading),
        ("the file has a heading and no row".to_owned(), None)
    );
}

#[test]
fn in_sequence_rows_go_round_by_the_units_index() {
    let table = parsed(b"a\nb\nc\n", &payload(&["x"])).unwrap();
    let table = table.ordered(Order::Sequence, &mut Draws::new(1, 0, 0, 0));
    assert_eq!(
        [0, 1, 2, 3, 7].map(|unit| table.row_of(unit)),
        [0, 1, 2, 0, 1]
    );
    assert_eq!(table.row_of(u64::MAX), 0);
}

#[test]
fn at_random_each_row_is_used_once_before_any_is_used_twice() {
    let rows: Vec<_> = (0..1000).map(|row| row.to_string()).collect();
    let bytes = rows.join("\n");
    let order = |seed| {
        let table = parsed(bytes.as_bytes(), &payload(&["x"])).unwrap();
        let table = table.ordered(Order::Random, &mut Draws::new(seed, 0, 0, 0));
        let rows: Vec<_> = (0..1000).map(|unit| table.row_of(unit)).collect();
        assert_eq!(rows.iter().copied().collect::<HashSet<_>>().len(), 1000);
        assert_eq!(table.row_of(1000), rows[0]);
        rows
    };
    assert_eq!(order(7), order(7));
    assert_ne!(order(7), order(8));
    assert_ne!(order(7), (0..1000).collect::<Vec<_>>());
}

#[test]
fn every_order_of_rows_is_as_likely() {
    let mut seen = std::collections::HashMap::new();
    for seed in 0..6000 {
        let table = parsed(b"a\nb\nc\n", &payload(&["x"])).unwrap();
        let table = table.ordered(Order::Random, &mut Draws::new(seed, 0, 0, 0));
        *seen
            .entry([0, 1, 2].map(|unit| table.row_of(unit)))
            .or_insert(0_i32) += 1;
    }
    assert_eq!(seen.len(), 6);
    assert!(
        seen.values().all(|times| (times - 1000).abs() < 150),
        "{seen:?}"
    );
}

fn read(bytes: &[u8], fields: &[&str], format: CsvFormat) -> Table {
    let payload = Payload {
        format,
        ..payload(fields)
    };
    parsed(bytes, &payload).unwrap()
}

#[test]
fn empty_lines_are_rows_where_they_are_wanted() {
    let kept = CsvFormat {
        skip_empty_lines: false,
        ..CsvFormat::default()
    };
    let cells = |bytes: &[u8]| {
        let table = read(bytes, &["x"], kept);
        let cells = (0..table.rows()).map(|row| table.text(row, 0).unwrap().into_owned());
        cells.collect::<Vec<_>>()
    };
    for (bytes, expected) in [
        (&b"a\n\nb\n"[..], &["a", "", "b"][..]),
        (b"a\r\n\r\n\r\nb", &["a", "", "", "b"]),
        (b"\n\na\n\n", &["", "", "a", ""]),
        (b"a\n", &["a"]),
        (b"\n", &[""]),
    ] {
        assert_eq!(cells(bytes), expected, "{bytes:?}");
    }
    let two = Payload {
        format: kept,
        ..payload(&["x"])
    };
    assert_eq!(
        refused(b"a,b\n\nc,d\n", &two),
        ("this row has 1 column, the first has 2".to_owned(), Some(5))
    );
}

#[test]
fn files_in_other_formats_are_read_as_they_are_told_to() {
    let format = CsvFormat {
        delimiter: b'\t',
        quote: Some(b'\''),
        escape: Some(b'\\'),
        comment: Some(b'#'),
        trim: (true, false),
        from: 2,
        to: Some(3),
        skip_empty_lines: true,
    };
    let bytes = b"#no\nhead\th\n'a\\'\tb'\t c \n#no\nd\te\nf\tg\n";
    let table = read(bytes, &["x", "y"], format);
    assert_eq!(rows(&table, 2), [["a'\tb", "c "], ["d", "e"]]);
    let bare = CsvFormat {
        quote: None,
        ..CsvFormat::default()
    };
    assert_eq!(
        rows(&read(b"\"a,b\"\n", &["x", "y"], bare), 2),
        [["\"a", "b\""]]
    );
}

#[test]
fn all_rows_are_a_list_of_mappings_or_of_lists() {
    let whole = |fields: &[&str]| {
        let payload = Payload {
            all_rows_in: Some("rows".to_owned()),
            ..payload(fields)
        };
        let table = parsed(b"a,1\nb,2\n", &payload).unwrap();
        let all = table.all();
        assert!(Arc::ptr_eq(&all, &table.all()), "it is made once");
        Value::clone(&all)
    };
    assert_eq!(
        whole(&["n", "v"]),
        json!([{"n": "a", "v": 1}, {"n": "b", "v": 2}])
    );
    assert_eq!(whole(&["n"]), json!([{"n": "a"}, {"n": "b"}]));
    assert_eq!(whole(&[]), json!([["a", 1], ["b", 2]]));
}

/// All rows of a text as the reader of the whole file has them.
fn in_one_go(text: &str, format: &CsvFormat) -> Option<Vec<Vec<String>>> {
    let mut builder = csv::ReaderBuilder::new();
    builder
        .has_headers(false)
        .delimiter(format.delimiter)
        .comment(format.comment);
    match format.quote {
        Some(quote) => builder.quote(quote),
        None => builder.quoting(false),
    };
    if let Some(escape) = format.escape {
        builder.escape(Some(escape)).double_quote(false);
    }
    let mut reader = builder.from_reader(text.as_bytes());
    let records = reader.records().map(|record| {
        let record = record.ok()?;
        Some(record.iter().map(ToOwned::to_owned).collect())
    });
    records.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_row_read_alone_is_the_row_in_its_file(
        text in "([ab,;\"'\\\\#é \r\n]|\r\n|\n\n|\"[,\n\"]{0,3}\"){0,40}",
        delimiter in prop::sample::select(vec![b',', b';']),
        quote in prop::sample::select(vec![None, Some(b'"'), Some(b'\'')]),
        escape in prop::sample::select(vec![None, Some(b'\\')]),
        comment in prop::sample::select(vec![None, Some(b'#')]),
    ) {
        let format = CsvFormat { delimiter, quote, escape, comment, ..CsvFormat::default() };
        let names: Vec<_> = (0..9).map(|name| name.to_string()).collect();
        let mut payload = Payload { format, ..payload(&[]) };
        let whole = in_one_go(&text, &format);
        if let Some(rows) = whole.filter(|rows| !rows.is_empty()) {
            let width = rows[0].len().min(names.len());
            payload.fields = names[..width].to_vec();
            let table = match parsed(text.as_bytes(), &payload) {
                Ok(table) => table,
                Err(error) => {
                    prop_assert!(error.reason.contains("quote"), "{}", error.reason);
                    return Ok(());
                }
            };
            let found: Vec<Vec<_>> = (0..table.rows())
                .map(|row| (0..width).map(|column| table.text(row, column).unwrap().into_owned()).collect())
                .collect();
            let expected: Vec<_> = rows.into_iter().map(|row| row[..width].to_vec()).collect();
            prop_assert_eq!(found, expected);
        }
    }
}

#[test]
fn a_fault_behind_comments_is_told_in_its_own_row() {
    let commented = Payload {
        format: CsvFormat {
            comment: Some(b'#'),
            ..CsvFormat::default()
        },
        ..payload(&["x"])
    };
    assert_eq!(refused(b"a,b\n#c\n\n#d\ne\n", &commented).1, Some(11));
}
