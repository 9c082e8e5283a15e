//! Quotes of CSV files that are not where quotes belong: what is read around them would be other cells than those that were meant.

use crate::script::model::CsvFormat;

/// Where reading a row is.
#[derive(Clone, Copy)]
enum State {
    /// At the beginning of a cell.
    Start,
    /// In a cell without quotes.
    Plain,
    /// Behind the opening quote at a place.
    Quoted(usize),
    /// Behind the closing quote at a place.
    Closed(usize),
}

/// The first quote of a row that is not where it belongs, and what is wrong about it with what would be right.
pub(super) fn fault(row: &[u8], format: &CsvFormat) -> Option<(usize, String)> {
    let quote = format.quote.filter(|quote| row.contains(quote))?;
    let escape = format.escape.filter(|escape| *escape != quote);
    let doubled = |at: usize| escape.is_none() && row.get(at + 1) == Some(&quote);
    let told = |at, wrong| Some((at, format!("{wrong}; {}", help(quote, escape))));
    let mut state = State::Start;
    let mut bytes = row.iter().copied().enumerate();
    while let Some((at, byte)) = bytes.next() {
        state = match state {
            State::Quoted(_) if Some(byte) == escape || byte == quote && doubled(at) => {
                bytes.next();
                state
            }
            State::Quoted(_) if byte == quote => State::Closed(at),
            State::Quoted(_) => state,
            _ if byte == format.delimiter || matches!(byte, b'\r' | b'\n') => State::Start,
            State::Start if byte == quote => State::Quoted(at),
            State::Closed(_) if format.trim.1 && byte.is_ascii_whitespace() => state,
            State::Closed(at) => return told(at, "text stands behind this closing quote"),
            _ if byte == quote => {
                return told(at, "something stands before this quote in its cell");
            }
            _ => State::Plain,
        };
    }
    match state {
        State::Quoted(at) => told(at, "this quote is never closed"),
        _ => None,
    }
}

fn help(quote: u8, escape: Option<u8>) -> String {
    let (quote, escape) = (char::from(quote), char::from(escape.unwrap_or(quote)));
    format!(
        "put a cell that has quotes into quotes, and write `{escape}{quote}` for each of its own (`options: {{quote: false}}` makes them text)"
    )
}
