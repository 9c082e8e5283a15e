//! The cells of a CSV file.

use std::borrow::Cow;
use std::str;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde_json::Value;
use star_core::draw::Draws;

use super::cast::cast;
use super::rows::{Row, Rows, cell};
use crate::script::model::{CsvFormat, Order, Payload};

/// The named columns of a CSV file.
#[derive(Clone, Debug)]
pub struct Table {
    /// The file.
    bytes: Bytes,
    /// Where each row begins in the file, and where it ends.
    rows: Vec<(u32, u32)>,
    format: CsvFormat,
    columns: usize,
    cast: bool,
    /// The row of each turn; in the order of the file where there is none.
    permutation: Option<Arc<[u32]>>,
    /// The names of the columns, where all rows go to one variable, and what goes there.
    fields: Vec<String>,
    all: OnceLock<Arc<Value>>,
}

/// Why a file is no table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct TableError {
    /// What is wrong, with what would be right.
    pub reason: String,
    /// Where in the file's bytes, if there is one place.
    pub offset: Option<usize>,
}

fn columns(count: usize) -> String {
    if count == 1 {
        "1 column".to_owned()
    } else {
        format!("{count} columns")
    }
}

impl TableError {
    pub(super) fn at(offset: usize, reason: String) -> Self {
        Self {
            reason,
            offset: Some(offset),
        }
    }

    /// The same error, where so many more bytes stand before its place.
    fn behind(self, more: usize) -> Self {
        let offset = self.offset.map(|offset| offset + more);
        Self { offset, ..self }
    }

    pub(super) fn nowhere(reason: String) -> Self {
        Self {
            reason,
            offset: None,
        }
    }
}

impl Table {
    /// Reads the columns that a payload names from the bytes of its file; all columns where all rows go to one variable and no column
    /// has a name. A byte order mark is passed over.
    ///
    /// # Errors
    /// Where the bytes are not UTF-8, a quote is not where it belongs, there is no row, rows have unlike numbers of columns, or there are fewer columns than names.
    pub fn read(bytes: Bytes, payload: &Payload) -> Result<Self, TableError> {
        let text = str::from_utf8(&bytes).map_err(|error| {
            TableError::at(
                error.valid_up_to(),
                "this is not UTF-8; save the file in that encoding".to_owned(),
            )
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let shift = bytes.len() - text.len();
        let mut table = Self {
            bytes: Bytes::new(),
            rows: Vec::new(),
            format: payload.format,
            columns: payload.fields.len(),
            cast: payload.cast,
            permutation: None,
            fields: Vec::new(),
            all: OnceLock::new(),
        };
        if payload.all_rows_in.is_some() {
            table.fields.clone_from(&payload.fields);
        }
        let whole = payload.all_rows_in.is_some() && payload.fields.is_empty();
        let mut width = None;
        let mut rows = Rows::strict(text, &payload.format);
        while let Some(row) = rows.next().map_err(|error| error.behind(shift))? {
            let fault = |reason| TableError::at(shift + row.at, reason);
            if width.is_none() && whole {
                table.columns = row.width();
            }
            let first = *width.get_or_insert(row.width());
            let found = columns(row.width());
            if row.width() != first {
                return Err(fault(format!(
                    "this row has {found}, the first has {first}"
                )));
            }
            if row.width() < table.columns {
                let named = table.columns;
                return Err(fault(format!(
                    "this row has {found}, and `fields` names {named}"
                )));
            }
            table.push(&row, shift).map_err(fault)?;
        }
        if table.rows.is_empty() {
            let reason = match (rows.any(), payload.format.from) {
                (false, _) => "the file is empty",
                (true, 2) => "the file has a heading and no row",
                (true, _) => "no row of the file is left",
            };
            return Err(TableError::nowhere(reason.to_owned()));
        }
        table.rows.shrink_to_fit();
        table.bytes = bytes;
        Ok(table)
    }

    fn push(&mut self, row: &Row<'_>, shift: usize) -> Result<(), String> {
        let place = |offset: usize| u32::try_from(shift + offset).ok();
        let span = place(row.at).zip(place(row.end));
        // So there are also no more rows than can be counted.
        self.rows.push(span.ok_or("the file has more than 4 GiB")?);
        Ok(())
    }

    /// All rows as a list: of mappings by the payload's names, or where there are none of lists. It is made once, and kept with the table.
    pub fn all(&self) -> Arc<Value> {
        let cells =
            |row| (0..self.columns).map(move |column| self.value(row, column).unwrap_or_default());
        let rows = (0..self.rows()).map(|row| {
            if self.fields.is_empty() {
                Value::Array(cells(row).collect())
            } else {
                Value::Object(self.fields.iter().cloned().zip(cells(row)).collect())
            }
        });
        let all = self
            .all
            .get_or_init(|| Arc::new(Value::Array(rows.collect())));
        Arc::clone(all)
    }

    /// The table with its rows in the order that the payload wants: for a random one a permutation, each as likely as any other
    /// (Fisher and Yates's shuffle from the last row down, each place one draw: [`below`](Draws::below)`(place + 1)`). So that all workers
    /// have the same, `draws` have to be those of the run's seed and the payload's index alone.
    #[must_use]
    pub fn ordered(mut self, order: Order, draws: &mut Draws) -> Self {
        self.permutation = match order {
            Order::Sequence => None,
            Order::Random => {
                let mut rows: Vec<u32> = (0..self.rows()).collect();
                for place in (1..rows.len()).rev() {
                    rows.swap(place, draws.below(place as u64 + 1) as usize);
                }
                Some(rows.into())
            }
        };
        self
    }

    /// How many rows there are; at least one.
    pub fn rows(&self) -> u32 {
        self.rows.len() as u32
    }

    /// The row of a user, by its index among all of the run.
    pub fn row_of(&self, unit: u64) -> u32 {
        let turn = (unit % u64::from(self.rows().max(1))) as u32;
        match &self.permutation {
            Some(rows) => rows.get(turn as usize).copied().unwrap_or(turn),
            None => turn,
        }
    }

    /// The text of a cell, if there is one there. It is read when it is asked for: what is kept of a file are its bytes.
    pub fn text(&self, row: u32, column: usize) -> Option<Cow<'_, str>> {
        if column >= self.columns {
            return None;
        }
        let (start, end) = *self.rows.get(row as usize)?;
        let row = self.bytes.get(start as usize..end as usize)?;
        cell(str::from_utf8(row).ok()?, column, &self.format)
    }

    /// The value of a cell, if there is one there: with `cast` a number where it looks like one.
    pub fn value(&self, row: u32, column: usize) -> Option<Value> {
        let text = self.text(row, column)?;
        Some(if self.cast {
            cast(&text)
        } else {
            Value::String(text.into_owned())
        })
    }
}
