//! The rows of a CSV file, one after the other, with their places.

use csv::{Reader, ReaderBuilder, StringRecord};

use super::table::TableError;
use crate::script::model::CsvFormat;

/// Reads rows. Empty lines that count are rows of one empty cell.
pub(super) struct Rows<'t> {
    text: &'t str,
    reader: Reader<&'t [u8]>,
    format: &'t CsvFormat,
    record: StringRecord,
    /// Empty lines that are rows, before the record.
    empty: u64,
    /// Whether the record is still to be told.
    waiting: bool,
    /// The number of the next row, from 1.
    number: u64,
}

/// A row and where it begins.
pub(super) struct Row<'r> {
    /// Where the row is: an offset in the text.
    pub(super) at: usize,
    /// None for an empty line.
    record: Option<&'r StringRecord>,
    trim: (bool, bool),
}

impl<'t> Rows<'t> {
    pub(super) fn new(text: &'t str, format: &'t CsvFormat) -> Self {
        let mut builder = ReaderBuilder::new();
        builder
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
            record: StringRecord::new(),
            empty: 0,
            waiting: false,
            number: 1,
        }
    }

    /// The next row that counts; none behind the last.
    pub(super) fn next(&mut self) -> Result<Option<Row<'_>>, TableError> {
        loop {
            if self.empty == 0 && !self.waiting && !self.read()? {
                return Ok(None);
            }
            let number = self.number;
            self.number += 1;
            if self.format.to.is_some_and(|last| number > last) {
                return Ok(None);
            }
            let empty = self.empty > 0;
            if empty {
                self.empty -= 1;
            } else {
                self.waiting = false;
            }
            if number >= self.format.from {
                return Ok(Some(Row {
                    at: self.place(),
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
        let before = self.reader.position().byte() as usize;
        self.waiting = self
            .reader
            .read_record(&mut self.record)
            .map_err(|error| TableError::nowhere(error.to_string()))?;
        if !self.format.skip_empty_lines {
            self.empty = self.empty_lines(before);
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

    /// Where the record begins: behind the empty lines that were passed over.
    fn place(&self) -> usize {
        let place = self
            .record
            .position()
            .map_or(0, |place| place.byte() as usize);
        let behind = self.text.as_bytes().iter().skip(place);
        let breaks = behind.take_while(|byte| matches!(byte, b'\r' | b'\n'));
        place + breaks.count()
    }
}

impl<'r> Row<'r> {
    /// How many cells it has.
    pub(super) fn width(&self) -> usize {
        self.record.map_or(1, StringRecord::len)
    }

    /// Its cells.
    pub(super) fn cells(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        let (left, right) = self.trim;
        let empty = self.record.is_none().then_some("");
        let cells = self.record.into_iter().flatten();
        empty.into_iter().chain(cells).map(move |cell| {
            let cell = if left { cell.trim_start() } else { cell };
            if right { cell.trim_end() } else { cell }
        })
    }
}
