//! Rows of CSV files, one for each user.
//!
//! A [`Table`] holds a file's bytes and the places of its rows, and makes a value of a cell when it is asked for: a million rows are
//! the file and 8 MB, or 12 in random order. The workers of one process share it. User `i` of the run, by its index among all of them, gets
//! row `i mod n` of the file, or, for `order: random`, of a permutation drawn once for the run, the same in every worker. So no
//! row is used twice before each was used once, however the run is cut. (Artillery draws each user's row anew, and with `sequence`
//! starts at the first row in every worker.)

mod cast;
mod quotes;
mod rows;
mod shared;
mod table;

pub(crate) use shared::shared;
pub use table::{Table, TableError};

#[cfg(test)]
mod tests;
