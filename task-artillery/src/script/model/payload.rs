//! `config.payload`: CSV files.

use serde::{Deserialize, Serialize};
use star_core::document::BlobRef;

/// A CSV file: one row for each user, or all rows for all.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Payload {
    /// The file, which travels beside the script.
    pub file: BlobRef,
    /// The variables that the columns go to, from the first column on.
    pub fields: Vec<String>,
    /// Which user gets which row.
    pub order: Order,
    /// The variable that holds all rows, where users get no row each: mappings by the fields' names, or where there are none lists.
    pub all_rows_in: Option<String>,
    /// Whether what looks like a number becomes one.
    pub cast: bool,
    /// How the file is read.
    pub format: CsvFormat,
}

/// Which user gets which row of a payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Order {
    /// In an order drawn once for the run.
    #[default]
    Random,
    /// As they stand in the file.
    Sequence,
}

/// How a CSV file is read. Bytes are ASCII characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CsvFormat {
    /// What divides columns.
    pub delimiter: u8,
    /// What cells stand in that hold a delimiter or a line break; none where quotes mean nothing.
    pub quote: Option<u8>,
    /// What stands before a quote in a quoted cell; the quote itself by default.
    pub escape: Option<u8>,
    /// What lines begin with that are no rows.
    pub comment: Option<u8>,
    /// Whether blanks at a cell's beginning are left out, and at its end.
    pub trim: (bool, bool),
    /// The first row that counts, from 1.
    pub from: u64,
    /// The last row that counts.
    pub to: Option<u64>,
    /// Whether empty lines are no rows.
    pub skip_empty_lines: bool,
}

impl Default for CsvFormat {
    fn default() -> Self {
        Self {
            delimiter: b',',
            quote: Some(b'"'),
            escape: None,
            comment: None,
            trim: (false, false),
            from: 1,
            to: None,
            skip_empty_lines: true,
        }
    }
}
