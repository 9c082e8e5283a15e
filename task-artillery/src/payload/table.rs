//! The cells of a CSV file.

use std::sync::Arc;

use serde_json::Value;
use star_core::draw::Draws;

use super::cast::cast;
use super::rows::{Row, Rows};
use crate::script::model::{Order, Payload};

/// The named columns of a CSV file.
#[derive(Clone, Debug)]
pub struct Table {
    /// All cells, row by row.
    text: String,
    /// Where each cell ends in the text; it begins where the one before ends.
    ends: Vec<u32>,
    columns: usize,
    rows: u32,
    cast: bool,
    /// The row of each turn; in the order of the file where there is none.
    permutation: Option<Arc<[u32]>>,
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
    fn at(offset: usize, reason: String) -> Self {
        Self {
            reason,
            offset: Some(offset),
        }
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
    /// Where the bytes are not UTF-8, there is no row, rows have unlike numbers of columns, or there are fewer columns than names.
    pub fn read(bytes: &[u8], payload: &Payload) -> Result<Self, TableError> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            TableError::at(
                error.valid_up_to(),
                "this is not UTF-8; save the file in that encoding".to_owned(),
            )
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let shift = bytes.len() - text.len();
        let mut table = Self {
            text: String::with_capacity(text.len()),
            ends: Vec::new(),
            columns: payload.fields.len(),
            rows: 0,
            cast: payload.cast,
            permutation: None,
        };
        let whole = payload.all_rows_in.is_some() && payload.fields.is_empty();
        let mut width = None;
        let mut rows = Rows::new(text, &payload.format);
        while let Some(row) = rows.next()? {
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
            table.push(&row).map_err(fault)?;
        }
        if table.rows == 0 {
            let reason = match (rows.any(), payload.format.from) {
                (false, _) => "the file is empty",
                (true, 2) => "the file has a heading and no row",
                (true, _) => "no row of the file is left",
            };
            return Err(TableError::nowhere(reason.to_owned()));
        }
        table.text.shrink_to_fit();
        table.ends.shrink_to_fit();
        Ok(table)
    }

    fn push(&mut self, row: &Row<'_>) -> Result<(), String> {
        for cell in row.cells().take(self.columns) {
            self.text.push_str(cell);
            let end = u32::try_from(self.text.len())
                .map_err(|_| "the file has more than 4 GiB of text")?;
            self.ends.push(end);
        }
        self.rows = self
            .rows
            .checked_add(1)
            .ok_or("the file has more than 2^32 rows")?;
        Ok(())
    }

    /// All rows as a list: of mappings by these names, or where there are none of lists.
    pub fn all(&self, fields: &[String]) -> Value {
        let cells =
            |row| (0..self.columns).map(move |column| self.value(row, column).unwrap_or_default());
        let rows = (0..self.rows).map(|row| {
            if fields.is_empty() {
                Value::Array(cells(row).collect())
            } else {
                Value::Object(fields.iter().cloned().zip(cells(row)).collect())
            }
        });
        Value::Array(rows.collect())
    }

    /// The table with its rows in the order that the payload wants: for a random one a permutation, each as likely as any other
    /// (Fisher and Yates's shuffle from the last row down, each place one draw: [`below`](Draws::below)`(place + 1)`). So that all workers
    /// have the same, `draws` have to be those of the run's seed and the payload's index alone.
    #[must_use]
    pub fn ordered(mut self, order: Order, draws: &mut Draws) -> Self {
        self.permutation = match order {
            Order::Sequence => None,
            Order::Random => {
                let mut rows: Vec<u32> = (0..self.rows).collect();
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
        self.rows
    }

    /// The row of a user, by its index among all of the run.
    pub fn row_of(&self, unit: u64) -> u32 {
        let turn = (unit % u64::from(self.rows.max(1))) as u32;
        match &self.permutation {
            Some(rows) => rows.get(turn as usize).copied().unwrap_or(turn),
            None => turn,
        }
    }

    /// The text of a cell, if there is one there.
    pub fn text(&self, row: u32, column: usize) -> Option<&str> {
        if column >= self.columns {
            return None;
        }
        let cell = row as usize * self.columns + column;
        let end = *self.ends.get(cell)? as usize;
        let start = match cell.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.text.get(start..end)
    }

    /// The value of a cell, if there is one there: with `cast` a number where it looks like one.
    pub fn value(&self, row: u32, column: usize) -> Option<Value> {
        let text = self.text(row, column)?;
        Some(if self.cast {
            cast(text)
        } else {
            Value::String(text.to_owned())
        })
    }
}
