//! Where the expressions of a path begin and end.

use std::ops::Range;

use super::mark::{Mark, Sign};

/// For each place, the first parenthesis at or behind it, on the same line, that closes a script.
pub(super) struct Closers(Vec<Option<usize>>);

impl Closers {
    /// In a path, a script ends at `)` before `]` or a quote, unless any character and `]` follow
    /// that.
    pub(super) fn of_path(marks: &[Mark]) -> Self {
        Self::find(marks, |rest| {
            let inner = matches!(rest, [_, c, last, ..] if !is_line_end(*c) && last.is(']'));
            matches!(rest, [bracket, ..] if closes(*bracket)) && !inner
        })
    }

    /// Within a script, one within it ends at `)` before `]` or a quote, unless `)]` follows that.
    pub(super) fn of_script(marks: &[Mark]) -> Self {
        Self::find(marks, |rest| {
            let inner = matches!(rest, [_, paren, last, ..] if paren.is(')') && last.is(']'));
            matches!(rest, [bracket, ..] if closes(*bracket)) && !inner
        })
    }

    fn find(marks: &[Mark], closes_before: impl Fn(&[Mark]) -> bool) -> Self {
        let mut closers = vec![None; marks.len() + 1];
        for (at, mark) in marks.iter().enumerate().rev() {
            closers[at] = if is_line_end(*mark) {
                None
            } else if mark.is(')') && closes_before(&marks[at + 1..]) {
                Some(at)
            } else {
                closers[at + 1]
            };
        }
        Self(closers)
    }
}

/// The script, with its parentheses, whose bracket or quote is at a mark.
pub(super) fn find(marks: &[Mark], at: usize, closers: &Closers) -> Option<Range<usize>> {
    let start = at + 1;
    if !opens(*marks.get(at)?) {
        return None;
    }
    let paren = start + usize::from(marks.get(start)?.is('?'));
    if !marks.get(paren)?.is('(') {
        return None;
    }
    let end = (*closers.0.get(paren + 1)?)?;
    Some(start..end + 1)
}

fn opens(mark: Mark) -> bool {
    mark.is('[') || mark.is('\'')
}

fn closes(mark: Mark) -> bool {
    mark.is(']') || mark.is('\'')
}

/// What a dot in its regular expressions does not match.
fn is_line_end(mark: Mark) -> bool {
    matches!(mark.sign, Sign::Char('\n' | '\r' | '\u{2028}' | '\u{2029}'))
}
