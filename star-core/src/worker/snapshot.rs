//! Snapshots, encoded where that holds nobody up.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::clock::Clock;
use crate::context::Context;
use crate::ledger::{Book, LiveView};
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
    /// How many there were.
    sequence: u64,
    /// How long the last one took.
    pub(super) took: Duration,
}

impl<'r> Encoder<'r> {
    pub(super) fn new(book: &'r Book, clock: &'r Arc<dyn Clock>, chunk: Slice) -> Self {
        Self {
            book,
            clock,
            chunk,
            sequence: 0,
            took: Duration::ZERO,
        }
    }

    /// What was measured until now; nothing where it can't be encoded.
    pub(super) async fn encode<R: Report>(&mut self, cx: &Context<R>) -> Option<Bytes> {
        let (at, chunk) = (self.clock.now(), self.chunk);
        self.sequence += 1;
        let sequence = self.sequence;
        if self.took <= DEAR {
            let encoded = cx.with_measured(|measured| {
                let live = LiveView {
                    sequence,
                    at,
                    measured,
                };
                self.book.encode_live(chunk, &live)
            });
            self.took = self.clock.now().since(at);
            return encoded.ok();
        }
        let (book, clock) = (self.book.clone(), Arc::clone(self.clock));
        let measured = cx.measured();
        let encoding = tokio::task::spawn_blocking(move || {
            let begun = clock.now();
            let live = LiveView {
                sequence,
                at,
                measured: &measured,
            };
            let encoded = book.encode_live(chunk, &live);
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

    #[tokio::test]
    async fn what_is_dear_to_encode_is_encoded_beside_and_is_what_was_measured_by_then() {
        let book = Book::new(Arc::new(Memory::default()), "r".parse().unwrap());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let run = RunContext::new(5, Arc::clone(&clock), book.clone(), Voice::default(), false);
        let (cx, _unit) = run.aside::<Dear>();
        let mut encoder = Encoder::new(&book, &clock, Slice::WHOLE);
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
