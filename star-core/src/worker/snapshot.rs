//! Snapshots, encoded where that holds nobody up.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::parts::Written;
use crate::clock::Clock;
use crate::context::Context;
use crate::ledger::{Book, LedgerError, LiveView};
use crate::report::Report;
use crate::slice::Slice;

/// What takes longer to encode than this is encoded by another thread: units would be late for it. To copy what was measured, which has to
/// be done here, takes a quarter of that.
const DEAR: Duration = Duration::from_millis(2);

/// Encodes a chunk's snapshots, one after another.
#[derive(Debug)]
pub(super) struct Encoder<'r> {
    book: &'r Book,
    clock: &'r Arc<dyn Clock>,
    chunk: Slice,
    /// What was split off.
    written: Written,
    /// How many there were.
    sequence: u64,
    /// How long the last one took.
    pub(super) took: Duration,
    /// How many bytes it had.
    length: usize,
}

impl<'r> Encoder<'r> {
    pub(super) fn new(
        book: &'r Book,
        clock: &'r Arc<dyn Clock>,
        chunk: Slice,
        written: Written,
    ) -> Self {
        Self {
            book,
            clock,
            chunk,
            written,
            sequence: 0,
            took: Duration::ZERO,
            length: 0,
        }
    }

    /// What was measured until now; nothing where it can't be encoded.
    pub(super) async fn encode<R: Report>(&mut self, cx: &Context<R>) -> Option<Bytes> {
        let encoded = self.encode_in(self.room(), cx).await?;
        self.length = encoded.len();
        Some(encoded)
    }

    /// How many bytes the last one had.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// So many bytes of the last one will not be said again.
    pub(super) fn is_shorter_by(&mut self, bytes: usize) {
        self.length = self.length.saturating_sub(bytes);
    }

    /// What was split off a report, with room for so many bytes to begin with; nothing where it can't be encoded.
    pub(super) async fn encode_part<R: Report>(&self, part: &R, room: usize) -> Option<Bytes> {
        let (book, chunk) = (self.book.clone(), self.chunk);
        if self.took <= DEAR {
            return book.encode_part(chunk, part, room).ok();
        }
        let part = part.clone();
        let encode = move || book.encode_part(chunk, &part, room);
        let encoded: Result<Bytes, LedgerError> = tokio::task::spawn_blocking(encode).await.ok()?;
        encoded.ok()
    }

    /// How many bytes the next one will need: somewhat more than the last. A text that grows as it is written is copied again and again, and takes up
    /// to twice the room.
    fn room(&self) -> usize {
        const MORE: usize = 4096;
        self.length + self.length / 16 + MORE
    }

    async fn encode_in<R: Report>(&mut self, room: usize, cx: &Context<R>) -> Option<Bytes> {
        let (at, chunk) = (self.clock.now(), self.chunk);
        self.sequence += 1;
        let sequence = self.sequence;
        if self.took <= DEAR {
            let encoded = cx.with_measured(|measured| {
                self.written.with(|parts| {
                    let live = LiveView {
                        sequence,
                        at,
                        measured,
                        parts,
                    };
                    self.book.encode_live(chunk, &live, room)
                })
            });
            self.took = self.clock.now().since(at);
            return encoded.ok();
        }
        let (book, clock) = (self.book.clone(), Arc::clone(self.clock));
        let (measured, parts) = (cx.measured(), self.written.list());
        let encoding = tokio::task::spawn_blocking(move || {
            let begun = clock.now();
            let live = LiveView {
                sequence,
                at,
                measured: &measured,
                parts: &parts,
            };
            let encoded = book.encode_live(chunk, &live, room);
            (encoded, clock.now().since(begun))
        });
        let (encoded, took) = encoding.await.ok()?;
        self.took = took;
        encoded.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::thread::{self, ThreadId};

    use serde::{Deserialize, Serialize, Serializer};

    use super::*;
    use crate::clock::SystemClock;
    use crate::context::RunContext;
    use crate::laws::toys::Sums;
    use crate::ledger::{Live, Memory};
    use crate::outcome::Facts;
    use crate::voice::Voice;

    /// Who encoded.
    static ENCODED_BY: Mutex<Vec<ThreadId>> = Mutex::new(Vec::new());

    /// Sums that take their time to be encoded.
    #[derive(Clone, Debug, Default, Deserialize)]
    #[serde(transparent)]
    struct Dear(Sums);

    impl Serialize for Dear {
        #[expect(
            clippy::disallowed_methods,
            reason = "to take the thread's time is what it is about"
        )]
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            ENCODED_BY.lock().unwrap().push(thread::current().id());
            thread::sleep(DEAR * 2);
            self.0.serialize(serializer)
        }
    }

    impl Report for Dear {
        type Summary = <Sums as Report>::Summary;

        fn merge(&mut self, other: Self) {
            self.0.merge(other.0);
        }

        fn summarize(&self, facts: &Facts) -> Self::Summary {
            self.0.summarize(facts)
        }
    }

    /// A long text.
    #[derive(Clone, Debug, Default, Serialize, Deserialize)]
    #[serde(transparent)]
    struct Text(String);

    impl Report for Text {
        type Summary = String;

        fn merge(&mut self, other: Self) {
            self.0.push_str(&other.0);
        }

        fn summarize(&self, _facts: &Facts) -> String {
            self.0.clone()
        }
    }

    #[tokio::test]
    async fn a_snapshot_takes_little_more_room_than_its_text_has() {
        let book = Book::new(Arc::new(Memory::default()), "r".parse().unwrap());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let run = RunContext::new(5, Arc::clone(&clock), book.clone(), Voice::default(), false);
        let (cx, _unit) = run.aside::<Text>();
        let mut encoder = Encoder::new(&book, &clock, Slice::WHOLE, Written::default());
        cx.record(|text| text.0 = "a".repeat(140_000));
        let _first = encoder.encode(&cx).await;
        for _ in 0..5 {
            cx.record(|text| text.0.push_str(&"b".repeat(5_000)));
            let text = Vec::from(encoder.encode(&cx).await.unwrap());
            let (length, room) = (text.len(), text.capacity());
            assert!(
                length > 145_000 && room < length + length / 8,
                "{length} in {room}"
            );
        }
    }

    #[tokio::test]
    async fn what_is_dear_to_encode_is_encoded_beside_and_is_what_was_measured_by_then() {
        let book = Book::new(Arc::new(Memory::default()), "r".parse().unwrap());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let run = RunContext::new(5, Arc::clone(&clock), book.clone(), Voice::default(), false);
        let (cx, _unit) = run.aside::<Dear>();
        let mut encoder = Encoder::new(&book, &clock, Slice::WHOLE, Written::default());
        for sequence in 1..=3 {
            cx.record(|sums| sums.0.ended = sequence);
            let encoding = encoder.encode(&cx);
            // What comes while it is encoded is in the next one.
            let more = async { cx.record(|sums| sums.0.ended += 100) };
            let (encoded, ()) = tokio::join!(encoding, more);
            let live: Live<Dear> = serde_json::from_slice(&encoded.unwrap()).unwrap();
            assert_eq!(
                (live.sequence, live.measured.report.0.ended),
                (sequence, sequence)
            );
            assert!(encoder.took > DEAR);
        }
        let here = thread::current().id();
        let by = ENCODED_BY.lock().unwrap();
        let beside: Vec<_> = by.iter().map(|thread| *thread != here).collect();
        assert_eq!(beside, [false, true, true]);
    }
}
