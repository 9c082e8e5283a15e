//! The rows of the table: what is done, beside whom, and what is to be reached.

mod closed;
mod flow;
mod lanes;
mod memory;
mod open;
mod smallest;
mod worker;

use std::io;

use crate::awake::Cores::{self, Awake, MaySleep};
use crate::bench::Bench;
use crate::table::Line;

/// What measures a row.
type Measure = fn(&Bench) -> io::Result<Vec<Line>>;

/// All rows, in the order of the table.
pub(crate) const ROWS: [(&str, Cores, Measure); 9] = [
    ("full", Awake, closed::full),
    ("open", Awake, open::open),
    ("late", Awake, open::late),
    ("smallest", Awake, smallest::smallest),
    ("flow", Awake, flow::flow),
    ("asleep", MaySleep, flow::asleep),
    ("lanes", Awake, lanes::lanes),
    ("worker", Awake, worker::worker),
    ("memory", Awake, memory::memory),
];
