//! The rows of the table: what is done, beside whom, and what is to be reached.

mod closed;
mod flow;
mod lanes;
mod memory;
mod open;
mod smallest;
mod worker;

use std::io;

use crate::bench::Bench;
use crate::table::Line;

/// What measures a row.
type Measure = fn(&Bench) -> io::Result<Vec<Line>>;

/// All rows, in the order of the table.
pub(crate) const ROWS: [(&str, Measure); 8] = [
    ("full", closed::full),
    ("open", open::open),
    ("late", open::late),
    ("smallest", smallest::smallest),
    ("flow", flow::flow),
    ("lanes", lanes::lanes),
    ("worker", worker::worker),
    ("memory", memory::memory),
];
