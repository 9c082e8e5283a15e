//! Rates as a chart of letters.

use std::fmt::Write as _;

use task_simulate::SecondRate;

use crate::output::grouped;

const HEIGHT: usize = 8;

/// A stretch of a run: what was due and what was started in it, in units a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bar {
    pub(super) planned: f64,
    pub(super) achieved: f64,
}

/// At most so many stretches of the same length, and how many seconds each has. A last one that is shorter is as long as the others.
pub(super) fn bars(rates: &[SecondRate], most: usize) -> (Vec<Bar>, usize) {
    let each = rates.len().div_ceil(most.max(1)).max(1);
    let bars = rates.chunks(each).map(|rates| {
        let sum = |of: fn(&SecondRate) -> u64| {
            let sum: u64 = rates.iter().map(of).sum();
            sum as f64 / rates.len() as f64
        };
        Bar {
            planned: sum(|rate| rate.planned),
            achieved: sum(|rate| rate.achieved),
        }
    });
    (bars.collect(), each)
}

/// What was due and what was started: a column a stretch, in at most so many letters. Nothing for a batch.
pub(super) fn chart(rates: &[SecondRate], width: usize) -> String {
    let mut text = String::new();
    if rates.is_empty() {
        return text;
    }
    let peak = rates.iter().map(|rate| rate.planned.max(rate.achieved));
    let label = grouped(peak.max().unwrap_or(0)).len() + 2;
    let (bars, each) = bars(rates, width.saturating_sub(label + 4).max(10));
    let most = bars.iter().map(|bar| bar.planned.max(bar.achieved));
    let most = most.fold(1.0, f64::max);
    for row in (0..HEIGHT).rev() {
        let mark = match row {
            _ if row + 1 == HEIGHT => format!("{}/s", grouped(most.ceil() as u64)),
            0 => "0/s".to_owned(),
            _ => String::new(),
        };
        let line: String = bars.iter().map(|bar| letter(bar, row, most)).collect();
        let _infallible = writeln!(text, "{mark:>label$} │{}", line.trim_end());
    }
    let _infallible = writeln!(text, "{:>label$} └{}", "", "─".repeat(bars.len()));
    let end = format!("{} s", rates.len());
    let room = (bars.len() + 1).saturating_sub(end.len()).max(3);
    let _infallible = writeln!(text, "{:>label$} {:<room$}{end}", "", "0");
    let _infallible = writeln!(
        text,
        "{:>label$}  █ started  ░ planned and not started in its time  ({} a column)",
        "",
        crate::output::counted(each as u64, "second")
    );
    text
}

/// What stands in a row of a column: eighths of it are told apart where everything was started.
fn letter(bar: &Bar, row: usize, most: f64) -> char {
    const EIGHTHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let height = |value: f64| value / most * HEIGHT as f64 - row as f64;
    let (planned, achieved) = (height(bar.planned), height(bar.achieved));
    if achieved >= 1.0 {
        return '█';
    }
    let behind =
        planned - achieved > 0.05 * HEIGHT as f64 * bar.planned / most && planned > achieved;
    if behind && planned > 0.0 && achieved <= 0.5 {
        return '░';
    }
    if achieved > 0.0 {
        let eighth = (achieved * 8.0).ceil() as usize;
        return EIGHTHS[eighth.clamp(1, 8) - 1];
    }
    ' '
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(rates: &[(u64, u64)]) -> Vec<SecondRate> {
        rates
            .iter()
            .map(|(planned, achieved)| SecondRate {
                planned: *planned,
                achieved: *achieved,
            })
            .collect()
    }

    #[test]
    fn a_chart_shows_what_was_due_and_what_was_started() {
        let drawn = chart(&rates(&[(8, 8), (16, 16), (16, 0), (4, 4)]), 40);
        let expected = [
            "16/s │ █░",
            "     │ █░",
            "     │ █░",
            "     │ █░",
            "     │██░",
            "     │██░",
            "     │██░█",
            " 0/s │██░█",
            "     └────",
            "     0  4 s",
        ];
        let lines: Vec<_> = drawn.lines().take(10).collect();
        assert_eq!(lines, expected, "{drawn}");
        assert_eq!(chart(&[], 40), "");
    }

    #[test]
    fn a_long_run_is_drawn_in_as_many_columns_as_there_is_room_for() {
        let hour = vec![
            SecondRate {
                planned: 5,
                achieved: 5
            };
            3_601
        ];
        let (bars, each) = bars(&hour, 60);
        assert_eq!((bars.len(), each), (60, 61));
        assert!(bars.iter().all(|bar| (bar.planned - 5.0).abs() < 1e-9));
        let drawn = chart(&hour, 70);
        assert!(
            drawn.lines().all(|line| line.chars().count() <= 80),
            "{drawn}"
        );
    }
}
