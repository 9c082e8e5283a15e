//! The workers' lives: a line each where they are few, and a line a window where they are many.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use star_core::wire::Order;
use task_simulate::{Fate, WorkerLife};

use super::View;
use super::view::WindowView;
use crate::output::{counted, grouped, seconds};

/// How many workers have a line each.
const SINGLE: usize = 40;
/// How many windows are shown from the beginning and from the end, where there are more than both.
const WINDOWS: (usize, usize) = (12, 4);
/// How long a bar is at least, where there is no telling how wide the terminal is.
const BAR: usize = 48;

/// When who was sent for, began, waited and worked.
pub(super) fn lives(view: &View<'_>, width: Option<usize>) -> String {
    let workers = &view.simulation.workers;
    let mut text = String::new();
    if workers.is_empty() {
        text.push_str("nobody was ever there\n");
        return text;
    }
    if workers.len() <= SINGLE {
        singly(view, width, &mut text);
    } else {
        by_window(view, &mut text);
    }
    let mut fates: BTreeMap<&str, u64> = BTreeMap::new();
    for life in workers {
        *fates.entry(fate(&life.fate)).or_default() += 1;
    }
    let fates = fates
        .iter()
        .map(|(fate, count)| format!("{} {fate}", grouped(*count)));
    let _infallible = writeln!(
        text,
        "\n{}: {}",
        counted(workers.len() as u64, "worker"),
        fates.collect::<Vec<_>>().join(", ")
    );
    for life in workers {
        if let Fate::Refused(why) | Fate::Failed(why) = &life.fate {
            // One stands for all: they would be as many as there are workers.
            let _infallible = writeln!(text, "  such as: {why}");
            break;
        }
    }
    text
}

fn fate(fate: &Fate) -> &'static str {
    match fate {
        Fate::Executed => "did what they were sent for",
        Fate::Duplicate => "were not needed any more",
        Fate::Stopped => "came after the stop",
        Fate::Expired => "came too late",
        Fate::Refused(_) => "refused",
        Fate::Failed(_) => "failed",
        Fate::Died => "died",
        Fate::TimedOut => "were ended, their time being over",
        Fate::Alive => "were still there",
    }
}

fn singly(view: &View<'_>, width: Option<usize>, text: &mut String) {
    let length = view.simulation.length.max(Duration::from_millis(1));
    let workers = &view.simulation.workers;
    let names: Vec<_> = workers.iter().map(|life| name(life.order)).collect();
    let longest = names.iter().map(|name| name.chars().count()).max();
    let longest = longest.unwrap_or(0).max(6);
    let bar = width.map_or(BAR, |width| {
        width.saturating_sub(longest + 34).clamp(20, 120)
    });
    let _infallible = writeln!(
        text,
        "{:>3} {:<longest$} {:>4} {:>9} {:>7}  0{:>bar$}",
        "",
        "sent to",
        "by",
        "sent",
        "cold",
        seconds(length)
    );
    for (at, (life, name)) in workers.iter().zip(&names).enumerate() {
        let parent = life
            .parent
            .map_or_else(|| "—".to_owned(), |at| at.to_string());
        let cold = life.cold_start.map_or_else(|| "—".to_owned(), seconds);
        let _infallible = writeln!(
            text,
            "{at:>3} {name:<longest$} {parent:>4} {:>9} {cold:>7}  {}",
            seconds(life.sent),
            drawn(life, view, length, bar).trim_end()
        );
    }
    let _infallible = writeln!(
        text,
        "    · on its way  ░ starting  ─ waiting  █ at work  ✕ died or was ended"
    );
}

/// What an order is about, in few words.
fn name(order: Order) -> String {
    match order {
        Order::Start => "start the run".to_owned(),
        Order::Carry(slice) => {
            let (from, to) = (
                slice.window.from().as_secs_f64(),
                slice.window.to().as_secs_f64(),
            );
            let lanes = slice.lanes;
            let last = lanes.end() - 1;
            let which = if lanes.count() == 1 {
                format!("lane {last}")
            } else {
                format!("lanes {}–{last}", lanes.first())
            };
            format!("{which} of {}, {from}–{to} s", lanes.of())
        }
        Order::Serve { workers, life } => {
            let again = if life > 0 {
                format!(", life {}", life + 1)
            } else {
                String::new()
            };
            format!("worker {} of {}{again}", workers.first(), workers.of())
        }
    }
}

/// A life as a bar.
fn drawn(life: &WorkerLife, view: &View<'_>, length: Duration, bar: usize) -> String {
    let zero = view.simulation.zero.unwrap_or_default();
    let at = |instant: Duration| {
        let share = instant.as_secs_f64() / length.as_secs_f64();
        ((share * bar as f64) as usize).min(bar - 1)
    };
    let mut letters = vec![' '; bar];
    let mut draw = |from: Duration, to: Duration, letter: char| {
        for place in &mut letters[at(from)..=at(to.max(from))] {
            *place = letter;
        }
    };
    let begun = life.born + life.cold_start.unwrap_or_default();
    let ended = life.ended.unwrap_or(length);
    draw(life.sent, life.born, '·');
    draw(begun, ended, '─');
    draw(life.born, begun, '░');
    for chunk in &life.chunks {
        let window = chunk.slice.window;
        let timed = window != star_core::Window::ALL;
        let (from, to) = if timed {
            (zero + window.from(), zero + window.to())
        } else {
            (chunk.ready, length)
        };
        let end = chunk.ended.unwrap_or(ended).min(to.max(chunk.ready));
        let from = from.max(chunk.ready);
        if from <= end {
            draw(from, end, '█');
        }
    }
    if matches!(life.fate, Fate::Died | Fate::TimedOut) {
        letters[at(ended)] = '✕';
    }
    letters.into_iter().collect()
}

fn by_window(view: &View<'_>, text: &mut String) {
    let _infallible = writeln!(
        text,
        "{:>16} {:>7} {:>6} {:>9} {:>6} {:>7}  {:>31} {:>9} {:>5} {:>9}",
        "", "", "", "", "cold", "half of", "ready after (first, half, 9/10,", "to spare", "", ""
    );
    let _infallible = writeln!(
        text,
        "{:>16} {:>7} {:>6} {:>9} {:>6} {:>7}  {:>31} {:>9} {:>5} {:>9}",
        "window",
        "workers",
        "lanes",
        "sent",
        "starts",
        "them in",
        "last), in seconds",
        "(last)",
        "depth",
        "ended"
    );
    let (first, last) = WINDOWS;
    let hidden = view.windows.len().saturating_sub(first + last);
    let hidden = if hidden > 1 { hidden } else { 0 };
    for (at, window) in view.windows.iter().enumerate() {
        if hidden > 0 && at == first {
            let left = &view.windows[first..first + hidden];
            let _infallible = writeln!(text, "{}", summed(left));
        }
        if hidden == 0 || at < first || at >= first + hidden {
            let _infallible = writeln!(text, "{}", line(window));
        }
    }
}

fn line(window: &WindowView) -> String {
    let name = match (window.from, window.to) {
        (Some(from), Some(to)) => format!("{from}–{to} s"),
        _ => "all".to_owned(),
    };
    let span =
        |seconds: Option<f64>| seconds.map_or_else(|| "—".to_owned(), |at| format!("{at:.2} s"));
    let ready = window.ready.map_or_else(
        || "—".to_owned(),
        |[first, half, most, last]| format!("{first:.2} {half:.2} {most:.2} {last:.2}"),
    );
    format!(
        "{name:>16} {:>7} {:>6} {:>9} {:>6} {:>7}  {ready:>31} {:>9} {:>5} {:>9}",
        grouped(window.workers),
        grouped(window.lanes.into()),
        span(window.sent),
        grouped(window.cold),
        span(window.cold_start),
        span(window.to_spare),
        window.depth,
        span(window.ended),
    )
}

/// Several windows in a line.
fn summed(windows: &[WindowView]) -> String {
    let workers: u64 = windows.iter().map(|window| window.workers).sum();
    let cold: u64 = windows.iter().map(|window| window.cold).sum();
    let last = windows.iter().filter_map(|window| window.ready);
    let last = last.map(|[.., last]| last).fold(0.0, f64::max);
    let spare = windows.iter().filter_map(|window| window.to_spare);
    let spare = spare.fold(f64::INFINITY, f64::min);
    let mut text = format!(
        "… {} more: {}, {}, the last of a window ready after {last:.2} s at most",
        counted(windows.len() as u64, "window"),
        counted(workers, "worker"),
        counted(cold, "cold start"),
    );
    if spare.is_finite() {
        let _infallible = write!(text, ", with {spare:.2} s to spare at least");
    }
    text
}
