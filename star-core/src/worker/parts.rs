//! What is over of a chunk's report is told once, so that snapshots stay small however long the chunk is.

use std::cell::RefCell;
use std::mem;
use std::rc::Rc;

use super::snapshot::Encoder;
use crate::context::Context;
use crate::ledger::{Book, PartId};
use crate::report::Report;
use crate::slice::Slice;

/// By so many bytes snapshots grow before something is split off the report.
const GROWN: usize = 64 * 1024;

/// The parts of a chunk's report that are in the ledger, for all who tell of the chunk.
#[derive(Clone, Debug, Default)]
pub(super) struct Written(Rc<RefCell<Vec<PartId>>>);

impl Written {
    pub(super) fn list(&self) -> Vec<PartId> {
        self.0.borrow().clone()
    }

    pub(super) fn with<A>(&self, read: impl FnOnce(&[PartId]) -> A) -> A {
        read(&self.0.borrow())
    }

    fn add(&self, part: PartId) {
        self.0.borrow_mut().push(part);
    }
}

/// What was split off a report and is not known to be in the ledger. Where this is dropped, as when its write fails or whoever waits for that is
/// ended, it is in the report again.
struct Unwritten<'c, R: Report> {
    cx: &'c Context<R>,
    part: R,
    /// Whether it is known to be there after all.
    is_written: bool,
}

impl<'c, R: Report> Unwritten<'c, R> {
    /// Splits off what there is.
    fn split_off(cx: &'c Context<R>) -> Option<Self> {
        let part = cx.record(R::split_off)?;
        Some(Self {
            cx,
            part,
            is_written: false,
        })
    }

    /// It is in the ledger: from the same moment on it is among the parts, and not in the report.
    fn written_as(mut self, id: PartId, written: &Written) {
        self.is_written = true;
        written.add(id);
    }
}

impl<R: Report> Drop for Unwritten<'_, R> {
    fn drop(&mut self) {
        if !self.is_written {
            let part = mem::take(&mut self.part);
            self.cx.record(|report| report.merge(part));
        }
    }
}

/// Splits off what is over of a chunk's report, time and again.
#[derive(Debug)]
pub(super) struct Splitter<'r> {
    book: &'r Book,
    chunk: Slice,
    attempt: u32,
    written: Written,
    /// How many parts were tried to be written. A number that was tried is not used again: a write that was given up may still be carried out.
    tried: u32,
    /// How long the first snapshot was since the last part.
    first: Option<usize>,
}

impl<'r> Splitter<'r> {
    pub(super) fn new(book: &'r Book, chunk: Slice, attempt: u32, written: Written) -> Self {
        Self {
            book,
            chunk,
            attempt,
            written,
            tried: 0,
            first: None,
        }
    }

    /// After a snapshot: where they have grown by enough, splits off what is over and writes it. At any moment each thing that was measured is
    /// either in the report, or in a part that was written, or in [`Unwritten`].
    pub(super) async fn after_snapshot<R: Report>(
        &mut self,
        cx: &Context<R>,
        encoder: &mut Encoder<'_>,
    ) {
        let length = encoder.length();
        let grown = length.saturating_sub(*self.first.get_or_insert(length));
        if grown < GROWN {
            return;
        }
        // Where nothing comes of it, it is tried again when they have grown by as much again.
        self.first = None;
        let Some(unwritten) = Unwritten::split_off(cx) else {
            return;
        };
        let id = PartId {
            attempt: self.attempt,
            number: self.tried,
        };
        self.tried += 1;
        let Some(encoded) = encoder.encode_part(&unwritten.part, grown).await else {
            return;
        };
        let length = encoded.len();
        let written = self.book.write_part(self.chunk, id, encoded).await;
        if written.is_ok() {
            unwritten.written_as(id, &self.written);
            encoder.is_shorter_by(length);
        }
    }
}

#[cfg(test)]
mod tests;
