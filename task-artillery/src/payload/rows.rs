//! The rows of a CSV file, one after the other, with their places.

use std::borrow::Cow;
use std::str;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::quotes::fault;
use super::table::TableError;
use crate::script::model::CsvFormat;

/// How many bytes of a file are looked at in one go.
const BUFFER: usize = 1 << 16;

/// Reads rows. Empty lines that count are rows of one empty cell.
pub(super) struct Rows<'t> {
    text: &'t str,
    reader: Reader<&'t [u8]>,
    format: &'t CsvFormat,
    record: ByteRecord,
    /// Empty lines that are rows, before the record.
    empty: u64,
    /// Whether the record is still to be told.
    waiting: bool,
    /// The number of the next row, from 1.
    number: u64,
    /// Whether quotes are looked at that are not where they belong.
    strict: bool,
}

/// A row and where it begins.
pub(super) struct Row<'r> {
    /// Where the row is: an offset in the text.
    pub(super) at: usize,
    /// Where it ends, with its line break; an empty line has no length.
    pub(super) end: usize,
    /// None for an empty line.
    record: Option<&'r ByteRecord>,
    trim: (bool, bool),
}

impl<'t> Rows<'t> {
    pub(super) fn new(text: &'t str, format: &'t CsvFormat) -> Self {
        let mut builder = ReaderBuilder::new();
        builder
            .buffer_capacity(text.len().clamp(16, BUFFER))
            .has_headers(false)
            .flexible(true)
            .delimiter(format.delimiter)
            .comment(format.comment);
        match format.quote {
            Some(quote) => builder.quote(quote),
            None => builder.quoting(false),
        };
        if let Some(escape) = format.escape.filter(|escape| Some(*escape) != format.quote) {
            builder.escape(Some(escape)).double_quote(false);
        }
        Self {
            text,
            reader: builder.from_reader(text.as_bytes()),
            format,
            record: ByteRecord::new(),
            empty: 0,
            waiting: false,
            number: 1,
            strict: false,
        }
    }

    /// Rows of a file that is seen for the first time: a quote that is not where it belongs is an error.
    pub(super) fn strict(text: &'t str, format: &'t CsvFormat) -> Self {
        let quoted = |quote: u8| text.as_bytes().contains(&quote);
        Self {
            strict: format.quote.is_some_and(quoted),
            ..Self::new(text, format)
        }
    }

    /// The next row that counts; none behind the last.
    pub(super) fn next(&mut self) -> Result<Option<Row<'_>>, TableError> {
        loop {
            let number = self.number;
            if self.format.to.is_some_and(|last| number > last) {
                return Ok(None);
            }
            if self.empty == 0 && !self.waiting && !self.read()? {
                return Ok(None);
            }
            self.number += 1;
            let empty = self.empty > 0;
            if empty {
                self.empty -= 1;
            } else {
                self.waiting = false;
            }
            if number >= self.format.from {
                let at = self.place();
                return Ok(Some(Row {
                    at,
                    end: if empty { at } else { self.end() },
                    record: (!empty).then_some(&self.record),
                    trim: self.format.trim,
                }));
            }
        }
    }

    /// Whether a row came, counted or not.
    pub(super) fn any(&self) -> bool {
        self.number > 1
    }

    /// Reads the next record and the empty lines before it; false where there is neither.
    fn read(&mut self) -> Result<bool, TableError> {
        let before = self.end();
        self.waiting = self
            .reader
            .read_byte_record(&mut self.record)
            .map_err(|error| TableError::nowhere(error.to_string()))?;
        if !self.format.skip_empty_lines {
            self.empty = self.empty_lines(before);
        }
        if self.strict && self.waiting {
            let at = self.place();
            let row = self.text.as_bytes().get(at..self.end());
            if let Some((within, wrong)) = row.and_then(|row| fault(row, self.format)) {
                return Err(TableError::at(at + within, wrong));
            }
        }
        Ok(self.waiting || self.empty > 0)
    }

    /// How many empty lines begin at a place behind a record.
    fn empty_lines(&self, from: usize) -> u64 {
        let bytes = self.text.as_bytes();
        let behind_carriage_return = from > 0 && bytes.get(from - 1) == Some(&b'\r');
        let from = from + usize::from(behind_carriage_return && bytes.get(from) == Some(&b'\n'));
        let rest = bytes.get(from..).unwrap_or_default();
        let breaks = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let breaks = &rest[..breaks.count()];
        let pairs = breaks.windows(2).filter(|pair| *pair == b"\r\n");
        (breaks.len() - pairs.count()) as u64
    }

    /// Where the record ends.
    fn end(&self) -> usize {
        self.reader.position().byte() as usize
    }

    /// Where the record begins: behind the empty lines and comments that were passed over.
    fn place(&self) -> usize {
        let place = self.record.position();
        let mut place = place.map_or(0, |place| place.byte() as usize);
        let bytes = self.text.as_bytes();
        let mut comment = false;
        while let Some(byte) = bytes.get(place) {
            match byte {
                b'\n' => comment = false,
                b'\r' => {}
                _ if comment => {}
                byte if Some(*byte) == self.format.comment => comment = true,
                _ => break,
            }
            place += 1;
        }
        place
    }
}

impl<'r> Row<'r> {
    /// How many cells it has.
    pub(super) fn width(&self) -> usize {
        self.record.map_or(1, ByteRecord::len)
    }

    /// One of its cells.
    fn cell(&self, column: usize) -> Option<&'r str> {
        let cell = match self.record {
            // It was checked that the file is UTF-8, and cells end at ASCII characters.
            Some(record) => str::from_utf8(record.get(column)?).ok()?,
            None if column == 0 => "",
            None => return None,
        };
        Some(trimmed(cell, self.trim))
    }
}

/// A cell of a row by the text of the row alone, as [`Row::at`] and [`Row::end`] give it.
pub(super) fn cell<'t>(row: &'t str, column: usize, format: &CsvFormat) -> Option<Cow<'t, str>> {
    let quoted = |quote: u8| row.as_bytes().contains(&quote);
    if row.is_empty() || !format.quote.is_some_and(quoted) {
        let cells = row.trim_end_matches(['\r', '\n']);
        let cell = cells.split(char::from(format.delimiter)).nth(column)?;
        return Some(Cow::Borrowed(trimmed(cell, format.trim)));
    }
    let alone = CsvFormat {
        from: 1,
        to: None,
        ..*format
    };
    let mut rows = Rows::new(row, &alone);
    let row = rows.next().ok()??;
    row.cell(column).map(|cell| Cow::Owned(cell.to_owned()))
}

fn trimmed(cell: &str, (left, right): (bool, bool)) -> &str {
    let cell = if left { cell.trim_start() } else { cell };
    if right { cell.trim_end() } else { cell }
}
