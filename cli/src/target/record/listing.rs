//! The record on its way to a reader.

use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;

use super::{Generation, HeaderSelection};
use crate::target::abort::Abort;
use crate::target::state::State;

/// Requests written at a time; the lock on the record is held that long.
const PAGE: usize = 256;

/// How a listing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::target) enum Format {
    /// One JSON array.
    Array,
    /// A JSON object a line.
    Lines,
}

/// The record as it was when asked for, written piece by piece.
#[derive(Debug)]
pub(in crate::target) struct Listing {
    state: Arc<State>,
    generation: Generation,
    format: Format,
    headers: HeaderSelection,
    next: usize,
    end: usize,
    written: bool,
    done: bool,
}

impl Listing {
    pub(in crate::target) fn new(
        state: Arc<State>,
        format: Format,
        headers: HeaderSelection,
    ) -> Self {
        let (generation, end) = {
            let record = state.record();
            (record.generation(), record.slots())
        };
        Self {
            state,
            generation,
            format,
            headers,
            next: 0,
            end,
            written: false,
            done: false,
        }
    }

    pub(in crate::target) fn is_done(&self) -> bool {
        self.done
    }

    /// The next piece, never an empty one; `None` at the end.
    pub(in crate::target) fn next_piece(&mut self) -> Option<Result<Bytes, Abort>> {
        while !self.done {
            match self.piece() {
                Ok(piece) if piece.is_empty() => {}
                Ok(piece) => return Some(Ok(piece.into())),
                Err(abort) => {
                    self.done = true;
                    return Some(Err(abort));
                }
            }
        }
        None
    }

    fn piece(&mut self) -> Result<Vec<u8>, Abort> {
        let mut piece = Vec::new();
        let opening = self.next == 0;
        let page = self.next..self.end.min(self.next + PAGE);
        self.next = page.end;
        let received: Vec<_> = {
            let record = self.state.record();
            if record.generation() != self.generation {
                return Err(Abort::Cleared);
            }
            page.filter_map(|slot| record.received(slot, &self.headers))
                .collect()
        };
        if opening && self.format == Format::Array {
            piece.push(b'[');
        }
        for request in received {
            if self.format == Format::Array && self.written {
                piece.extend_from_slice(b",\n");
            }
            self.written = true;
            serde_json::to_writer(&mut piece, &request)
                .expect("a record has text keys, and memory takes any write");
            if self.format == Format::Lines {
                piece.push(b'\n');
            }
        }
        if self.next == self.end {
            self.done = true;
            if self.format == Format::Array {
                piece.write_all(b"]\n").expect("memory takes any write");
            }
        }
        Ok(piece)
    }
}
