//! What people and programs read. The only place that prints.

mod annotations;
mod apart;
mod briefly;
mod curve;
mod facts;
mod file;
mod health;
mod junit;
mod number;
mod plan;
mod progress;
mod said;
pub(crate) mod simulation;
mod state;
mod talk;
mod time;
mod undone;

use std::io::{IsTerminal as _, Write as _};

pub(crate) use annotations::{annotations, are_read as annotations_are_read, inert, of_faults};
pub(crate) use apart::Written;
pub(crate) use briefly::{briefly, oddities};
pub(crate) use curve::{Curve, Point, curve_end, curve_head, curve_line};
pub(crate) use facts::{accounting, text};
pub(crate) use file::{ReportFile, is_special, prepare, write_private, write_whole};
pub(crate) use junit::{JunitFile, STILL_RUNNING, cases};
pub(crate) use number::{counted, grouped, seconds};
pub(crate) use plan::{PlanView, plan_text};
pub(crate) use progress::Progress;
pub(crate) use said::Said;
pub(crate) use state::state;
pub(crate) use talk::{Asking, be_verbose, debug, debugs, set_debug, silent, verbose};
pub(crate) use time::{instant, time_of_day};
pub(crate) use undone::{faults, keep_apart, tell_undone};

use crate::error::CommandError;

/// Prints to the standard output.
pub(crate) fn print(text: &str) -> Result<(), CommandError> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(CommandError::Output)
}

/// Says something beside: to the standard error, where results never go.
pub(crate) fn note(text: &str) {
    command(&inert(text));
}

/// Tells GitHub something, on the standard error.
pub(crate) fn command(lines: &str) {
    let _nobody_reads_it = std::io::stderr().write_all(lines.as_bytes());
}

/// How wide lines on the standard output may be, where that is a terminal.
pub(crate) fn width() -> Option<usize> {
    let out = std::io::stdout();
    if !out.is_terminal() {
        return None;
    }
    let size = rustix::termios::tcgetwinsize(&out).ok()?;
    // A terminal that does not know says zero.
    Some(usize::from(size.ws_col)).filter(|width| *width > 0)
}

/// Whether the standard error takes colours.
pub(crate) fn colour() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}
