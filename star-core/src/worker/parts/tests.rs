//! What becomes of a part, whatever becomes of its write.

use std::ops::Range;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::poll;
use tokio::sync::Semaphore;

use super::*;
use crate::clock::{Clock, Timer, VirtualClock};
use crate::context::RunContext;
use crate::laws::toys::Diary;
use crate::ledger::{Ledger, LedgerError, Memory};
use crate::time::Time;
use crate::voice::Voice;

/// What becomes of writes of parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Written,
    Refused,
    /// It is written, and nobody hears so.
    Unanswered,
}

/// Memory that parts come to only when they may.
#[derive(Debug)]
struct Parting {
    memory: Memory,
    fate: Mutex<Fate>,
    may_write: Semaphore,
}

#[async_trait(?Send)]
impl Ledger for Parting {
    async fn create(&self, key: &str, value: Bytes) -> Result<bool, LedgerError> {
        self.memory.create(key, value).await
    }

    async fn put(&self, key: &str, value: Bytes) -> Result<(), LedgerError> {
        let fate = *self.fate.lock().unwrap();
        if fate != Fate::Refused {
            let may = self.may_write.acquire().await.unwrap();
            self.memory.put(key, value).await?;
            drop(may);
        }
        if fate == Fate::Written {
            return Ok(());
        }
        Err(LedgerError {
            what: "write",
            key: key.to_owned(),
            why: "the connection was lost".to_owned(),
            lasting: false,
            remote: false,
        })
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, LedgerError> {
        self.memory.get(key).await
    }
}

/// A clock by which whatever is done takes some milliseconds: all is dear.
#[derive(Debug, Default)]
struct Striding(AtomicU64);

#[async_trait(?Send)]
impl Clock for Striding {
    fn now(&self) -> Time {
        Time::from_nanos(self.0.fetch_add(3_000_000, Ordering::SeqCst))
    }

    fn timer(&self) -> Box<dyn Timer> {
        unreachable!("nobody waits")
    }
}

/// A chunk whose report grows, and its ledger.
struct Chunk {
    ledger: Arc<Parting>,
    book: Book,
    clock: Arc<dyn Clock>,
    cx: Context<Diary>,
    written: Written,
}

impl Chunk {
    /// One whose reports are encoded in no time.
    fn new() -> Self {
        Self::by(Arc::new(VirtualClock::starting_at(Time::default())))
    }

    fn by(clock: Arc<dyn Clock>) -> Self {
        let ledger = Arc::new(Parting {
            memory: Memory::default(),
            fate: Mutex::new(Fate::Written),
            may_write: Semaphore::new(1),
        });
        let book = Book::new(ledger.clone(), "r".parse().unwrap());
        let run = RunContext::new(5, Arc::clone(&clock), book.clone(), Voice::default(), false);
        let (cx, _unit) = run.aside();
        Self {
            ledger,
            book,
            clock,
            cx,
            written: Written::default(),
        }
    }

    /// From now on this becomes of parts.
    fn fate(&self, fate: Fate) {
        *self.ledger.fate.lock().unwrap() = fate;
    }

    /// How many parts are there.
    fn parts(&self) -> usize {
        let keys = self.ledger.memory.keys();
        keys.iter().filter(|key| key.contains("/parts/")).count()
    }

    /// The numbers of the parts that are told of.
    fn told(&self) -> Vec<u32> {
        let told = self.written.list().into_iter();
        told.map(|part| part.number).collect()
    }

    /// What is told of: the report, and the parts that belong to it.
    async fn whole(&self) -> Diary {
        let mut whole = self.cx.measured().report;
        for part in self.written.list() {
            let part = self.book.part(Slice::WHOLE, part).await.unwrap();
            whole.merge(part.expect("a part is there before it is told of"));
        }
        whole
    }

    /// How many seconds are in the report itself.
    fn kept(&self) -> usize {
        self.cx.record(|diary| diary.seconds())
    }
}

/// Whoever tells of it.
struct Teller<'c> {
    chunk: &'c Chunk,
    splitter: Splitter<'c>,
    encoder: Encoder<'c>,
    /// All that was noted.
    noted: Diary,
}

impl<'c> Teller<'c> {
    fn of(chunk: &'c Chunk) -> Self {
        let written = || chunk.written.clone();
        Self {
            chunk,
            splitter: Splitter::new(&chunk.book, Slice::WHOLE, 1, written()),
            encoder: Encoder::new(&chunk.book, &chunk.clock, Slice::WHOLE, written()),
            noted: Diary::default(),
        }
    }

    fn note(&mut self, change: impl Fn(&mut Diary)) {
        self.chunk.cx.record(&change);
        change(&mut self.noted);
    }

    /// Tells of it once more: how many bytes the snapshot has, and how many it has room for.
    async fn tell(&mut self) -> (usize, usize) {
        let cx = &self.chunk.cx;
        let text = self.encoder.encode(cx).await.unwrap();
        self.splitter.after_snapshot(cx, &mut self.encoder).await;
        let text = Vec::from(text);
        (text.len(), text.capacity())
    }

    /// Some seconds, after each of which it tells: then all that was noted is told of, and nothing twice.
    async fn seconds(&mut self, seconds: Range<u64>) {
        for second in seconds {
            for second in [second, second, second.saturating_sub(3)] {
                self.note(|diary| diary.note(second));
            }
            self.tell().await;
            let whole = self.chunk.whole().await;
            assert_eq!(whole, self.noted, "after {second} seconds");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_report_is_told_in_parts_and_snapshots_stay_small() {
    let chunk = Chunk::new();
    let mut teller = Teller::of(&chunk);
    let (mut longest, mut roomiest) = (0, 0);
    for second in 0..400 {
        teller.note(|diary| diary.note(second));
        let (length, room) = teller.tell().await;
        (longest, roomiest) = (longest.max(length), roomiest.max(room));
    }
    // What they grow by between two parts, and some of the seconds that are told of in each.
    assert!(longest < GROWN + 4 * 4_100, "{longest}");
    assert!(roomiest < longest + longest / 8, "{roomiest} for {longest}");
    let parts = chunk.told().len();
    assert!((20..40).contains(&parts), "{parts}");
    assert_eq!(chunk.parts(), parts);
    assert_eq!(chunk.whole().await, teller.noted);
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_written_is_in_the_report_again_and_its_number_is_not_used_again() {
    for fate in [Fate::Refused, Fate::Unanswered] {
        let chunk = Chunk::new();
        let mut teller = Teller::of(&chunk);
        chunk.fate(fate);
        teller.seconds(0..30).await;
        assert_eq!((chunk.told().len(), chunk.kept()), (0, 30), "{fate:?}");
        assert_eq!(chunk.parts(), usize::from(fate == Fate::Unanswered));
        assert_eq!(teller.splitter.tried, 1, "it is not tried again at once");
        chunk.fate(Fate::Written);
        teller.seconds(30..60).await;
        assert_eq!(chunk.told()[0], 1);
        assert!(chunk.kept() < 30);
    }
}

/// A chunk that ends while a part is encoded or written.
async fn ends_meanwhile(chunk: Chunk) {
    let mut teller = Teller::of(&chunk);
    teller.seconds(0..17).await;
    assert!(chunk.told().is_empty());
    teller.note(|diary| diary.note(17));
    {
        let held = chunk.ledger.may_write.acquire().await.unwrap();
        let mut publishing = pin!(teller.tell());
        while chunk.kept() > 1 {
            assert!(poll!(&mut publishing).is_pending());
            tokio::task::yield_now().await;
        }
        // What comes meanwhile is in what is left; the rest is with whoever waits.
        chunk.cx.record(|diary| diary.note(5));
        drop(held);
    }
    teller.noted.note(5);
    assert_eq!(chunk.whole().await, teller.noted);
    assert!(chunk.told().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_being_written_when_a_chunk_ends_is_in_its_last_word_and_in_no_part() {
    ends_meanwhile(Chunk::new()).await;
}

#[tokio::test]
async fn what_is_dear_to_encode_is_told_in_parts_as_well() {
    let dear = || Chunk::by(Arc::new(Striding::default()));
    let chunk = dear();
    Teller::of(&chunk).seconds(0..60).await;
    assert!(chunk.told().len() > 2 && chunk.kept() < 20);
    ends_meanwhile(dear()).await;
}

#[tokio::test(start_paused = true)]
async fn a_report_of_which_nothing_is_over_stays_whole() {
    let chunk = Chunk::new();
    let mut teller = Teller::of(&chunk);
    for _ in 0..100 {
        teller.note(|diary| {
            diary.note(0);
            diary.say_more(0, 8_000);
        });
        teller.tell().await;
        assert_eq!(chunk.whole().await, teller.noted);
    }
    assert_eq!((chunk.parts(), teller.splitter.tried), (0, 0));
}
