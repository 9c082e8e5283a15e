//! From the text of a path to the texts of its steps.
//!
//! The dialect has no grammar. `jsonpath-plus` rewrites the text, in a fixed order, until the steps
//! are separated; what looks like a peculiarity of the language (`.[` is `..[`, `[a,b]` works and
//! `['a','b']` does not) follows from that. The same rules are applied here to a list of marks,
//! each of which knows its byte of the text:
//!
//! 1. a type (`@string()`) is separated from both sides;
//! 2. scripts, `[?(…)]` and `[(…)]`, are set aside, so that nothing in them separates;
//! 3. in `['…']` and `["…"]`, dots and tildes are characters of the name;
//! 4. `~` is separated from both sides;
//! 5. a dot outside brackets separates, as does `[`, with quotes at it;
//! 6. each `^` is separated from both sides, and absorbs one separation there;
//! 7. two or three separations on end are `..`;
//! 8. a separation at the end, `]` with a quote before it, and a quote at the end are dropped.

use super::error::ParseError;
use super::mark::{self, Mark, Sign};
use super::script::{self, Closers};

/// The text of a step.
#[derive(Debug)]
pub(super) struct Piece {
    /// The byte of the path that it begins at.
    pub(super) offset: usize,
    /// Its text; a script's with the parentheses.
    pub(super) text: String,
    /// What closes the script, if it is one.
    pub(super) script: Option<char>,
    /// The byte where something stands beside a script, which is ignored.
    pub(super) ignored: Option<usize>,
}

/// Separates the steps of a path.
pub(super) fn split(text: &str) -> Result<Vec<Piece>, ParseError> {
    let marks = mark::separate_types(text);
    let marks = set_scripts_aside(text, &marks)?;
    let marks = free_quoted_names(&marks);
    let marks = separate_tildes_and_members(&marks);
    let marks = separate_carets(&marks);
    let marks = find_descents(&marks);
    let marks = drop_ends(&marks);
    let mut pieces = Vec::new();
    let mut before = 0;
    for piece in marks.split(|mark| mark.sign == Sign::Cut) {
        // An empty piece is where the separation before it is.
        let first = piece.first().or(marks[..before].last());
        let offset = first.map_or(0, |mark| mark.offset);
        pieces.push(read_piece(text, offset, piece)?);
        before += piece.len() + 1;
    }
    Ok(pieces)
}

fn set_scripts_aside(text: &str, marks: &[Mark]) -> Result<Vec<Mark>, ParseError> {
    let closers = Closers::of_path(marks);
    let mut kept = Vec::with_capacity(marks.len());
    let mut at = 0;
    while let Some(mark) = marks.get(at) {
        let Some(script) = script::find(marks, at, &closers) else {
            kept.push(*mark);
            at += 1;
            continue;
        };
        let start = marks[script.start].offset;
        // The last one is a parenthesis, one byte long.
        let behind = marks[script.end - 1].offset + 1;
        let mut signs = text[start..behind].match_indices('@');
        if let Some((at, _)) =
            signs.find(|(at, _)| mark::type_length(&text[start + at..]).is_some())
        {
            let message = "a type inside an expression is not supported";
            let help = "write `typeof @.name === 'string'`";
            return Err(ParseError::new(start + at, message, help));
        }
        kept.push(Mark {
            sign: Sign::Char('['),
            offset: start,
        });
        kept.push(Mark {
            sign: Sign::Script(behind),
            offset: start,
        });
        kept.push(Mark {
            sign: Sign::Char(']'),
            offset: behind,
        });
        at = script.end + 1;
    }
    Ok(kept)
}

fn free_quoted_names(marks: &[Mark]) -> Vec<Mark> {
    let mut freed = marks.to_vec();
    let mut at = 0;
    while at < marks.len() {
        let Some(name) = quoted_name(marks, at) else {
            at += 1;
            continue;
        };
        freed[name.start - 1].sign = Sign::Char('\'');
        freed[name.end].sign = Sign::Char('\'');
        for mark in &mut freed[name.clone()] {
            if let Sign::Char(c @ ('.' | '~')) = mark.sign {
                mark.sign = Sign::Literal(c);
            }
        }
        at = name.end + 2;
    }
    freed
}

/// The name in `['…']` or `["…"]` that begins at a mark.
fn quoted_name(marks: &[Mark], at: usize) -> Option<std::ops::Range<usize>> {
    if !marks.get(at)?.is('[') || !marks.get(at + 1)?.is_quote() {
        return None;
    }
    let start = at + 2;
    let length = marks
        .get(start..)?
        .iter()
        .position(|mark| mark.is('\'') || mark.is(']'))?;
    let stop = start + length;
    // A name may have double quotes in it, so the last of them may be the closing one.
    let end = if marks[stop].is('\'') {
        stop
    } else {
        stop.checked_sub(1).filter(|&end| end >= start)?
    };
    let closes = marks[end].is_quote() && marks.get(end + 1)?.is(']');
    closes.then_some(start..end)
}

fn separate_tildes_and_members(marks: &[Mark]) -> Vec<Mark> {
    let inside = inside_brackets(marks);
    let quote_at = |at: usize| marks.get(at).is_some_and(|mark| mark.is_quote());
    let splits_at = |at: usize| marks.get(at).is_some_and(|mark| mark.is('.')) && !inside[at];
    let mut separated = Vec::with_capacity(marks.len() + 8);
    let mut at = 0;
    while let Some(&mark) = marks.get(at) {
        let quoted = usize::from(quote_at(at));
        if splits_at(at + quoted) {
            separated.push(marks[at + quoted].cut());
            at += quoted + 1;
            at += usize::from(quote_at(at));
        } else if mark.is('[') {
            separated.push(mark.cut());
            at += 1;
            at += usize::from(quote_at(at));
        } else {
            if mark.is('~') {
                separated.extend([mark.cut(), mark, mark.cut_behind()]);
            } else {
                separated.push(mark);
            }
            at += 1;
        }
    }
    separated
}

/// For each mark, whether the next bracket behind it closes.
fn inside_brackets(marks: &[Mark]) -> Vec<bool> {
    let mut inside = vec![false; marks.len()];
    let mut closes = false;
    for (at, mark) in marks.iter().enumerate().rev() {
        inside[at] = closes;
        closes = mark.is(']') || closes && !mark.is('[');
    }
    inside
}

fn separate_carets(marks: &[Mark]) -> Vec<Mark> {
    let is_cut = |at: usize| marks.get(at).is_some_and(|mark| mark.sign == Sign::Cut);
    let is_caret = |at: usize| marks.get(at).is_some_and(|mark| mark.is('^'));
    let mut separated = Vec::with_capacity(marks.len() + 8);
    let mut at = 0;
    while let Some(&mark) = marks.get(at) {
        let carets = at + usize::from(is_cut(at));
        if !is_caret(carets) {
            separated.push(mark);
            at += 1;
            continue;
        }
        at = carets;
        separated.push(marks[at].cut());
        while is_caret(at) {
            separated.extend([marks[at], marks[at].cut_behind()]);
            at += 1;
        }
        at += usize::from(is_cut(at));
    }
    separated
}

fn find_descents(marks: &[Mark]) -> Vec<Mark> {
    let mut found = Vec::with_capacity(marks.len() + 8);
    let mut at = 0;
    while let Some(&mark) = marks.get(at) {
        let cuts = marks[at..]
            .iter()
            .take(3)
            .take_while(|mark| mark.sign == Sign::Cut)
            .count();
        if cuts >= 2 {
            found.extend([mark.cut(), mark.literal('.'), mark.literal('.'), mark.cut()]);
            at += cuts;
        } else {
            found.push(mark);
            at += 1;
        }
    }
    found
}

fn drop_ends(marks: &[Mark]) -> Vec<Mark> {
    let mut kept = Vec::with_capacity(marks.len());
    let mut at = 0;
    while let Some(&mark) = marks.get(at) {
        let is_last = at + 1 == marks.len();
        let quote = mark.is('\'');
        let bracket = at + usize::from(quote);
        if is_last && (quote || mark.sign == Sign::Cut) {
            at += 1;
        } else if marks.get(bracket).is_some_and(|mark| mark.is(']')) {
            at = bracket + 1;
        } else {
            kept.push(mark);
            at += 1;
        }
    }
    kept
}

fn read_piece(text: &str, offset: usize, marks: &[Mark]) -> Result<Piece, ParseError> {
    let character = |mark: &Mark| match mark.sign {
        Sign::Char(c) | Sign::Literal(c) => Some(c),
        Sign::Script(_) | Sign::Cut => None,
    };
    // What `jsonpath-plus` itself puts in the place of a script is `#` with a number.
    let clash = marks.windows(2).find(|pair| {
        let digit = character(&pair[1]).is_some_and(|c| c.is_ascii_digit());
        digit && (character(&pair[0]) == Some('#') || matches!(pair[0].sign, Sign::Script(_)))
    });
    if let Some([mark, _]) = clash {
        let message = "a digit behind `#`, or directly behind a filter, cannot be read";
        return Err(ParseError::new(
            mark.offset,
            message,
            "select a name so: `[?(@property == '#1')]`",
        ));
    }
    let script = marks
        .iter()
        .enumerate()
        .find_map(|(at, mark)| match mark.sign {
            Sign::Script(end) => Some((at, mark.offset, end)),
            _ => None,
        });
    let Some((at, start, end)) = script else {
        let characters = marks.iter().filter_map(character).collect();
        return Ok(Piece {
            offset,
            text: characters,
            script: None,
            ignored: None,
        });
    };
    let beside = if at > 0 { marks.first() } else { marks.get(1) };
    Ok(Piece {
        offset: start,
        text: text[start..end].to_owned(),
        script: text[end..].chars().next(),
        ignored: beside.map(|mark| mark.offset),
    })
}
