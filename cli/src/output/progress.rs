//! A line on the terminal while a run goes on.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::time::Duration;

use star_core::{Facts, Time};

/// Shows how far a run is, on a terminal; elsewhere nothing.
#[derive(Debug)]
pub(crate) struct Progress {
    shown: bool,
    last: Option<Time>,
}

impl Progress {
    /// Between two lines.
    const PAUSE: Duration = Duration::from_millis(400);

    /// Shows lines if somebody is there to see them.
    pub(crate) fn new(quiet: bool) -> Self {
        Self {
            shown: !quiet && std::io::stderr().is_terminal(),
            last: None,
        }
    }

    /// Shows what is known of it.
    pub(crate) fn tell(&mut self, facts: &Facts, now: Time) {
        let due = self.last.is_none_or(|last| now.since(last) >= Self::PAUSE);
        if self.shown && due && !super::Asking::is_going_on() {
            self.last = Some(now);
            super::note(&format!("\r{}\u{1b}[K", line(facts, now)));
        }
    }

    /// Clears the line.
    pub(crate) fn end(&self) {
        if self.shown && self.last.is_some() {
            super::note("\r\u{1b}[K");
        }
    }
}

fn line(facts: &Facts, now: Time) -> String {
    let Some(zero) = facts.zero else {
        return "starting".to_owned();
    };
    let tally = facts.tally;
    let seconds = now.since(zero).as_secs();
    let open = tally.started.saturating_sub(tally.ended);
    let of = match facts.length.as_secs() {
        0 => String::new(),
        length => format!("/{length}"),
    };
    let mut line = format!(
        "{seconds}{of} s  started {}/{}  open {open}",
        tally.started, facts.planned
    );
    for (count, what) in [
        (tally.skipped, "skipped"),
        (tally.missed, "missed"),
        (facts.lost, "lost"),
    ] {
        if count > 0 {
            let _infallible = write!(line, "  {what} {count}");
        }
    }
    line
}
