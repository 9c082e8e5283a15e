use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;

use super::*;
use crate::clock::VirtualClock;
use crate::failure::Failure;
use crate::laws::toys::Sums;
use crate::ledger::sample::{self, ZERO, manifest};
use crate::ledger::{Claim, Final, Ledger, LiveView, Memory};
use crate::report::{Measured, Tally};
use crate::split::Extent;
use crate::unread::Unread;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A unit a second.
struct Steady;

impl Splittable for Steady {
    fn extent(&self) -> Extent {
        Extent::Timed(seconds(40))
    }

    fn units(&self) -> u64 {
        40
    }

    fn due(&self, unit: u64) -> Duration {
        seconds(unit)
    }
}

/// Four windows of ten seconds, of two lanes each.
fn start() -> StartRecord {
    sample::start(4, 10)
}

async fn claim(book: &Book, chunk: Slice) {
    let claim = Claim {
        nonce: 1,
        at: ZERO,
        lease: ZERO + seconds(900),
    };
    let key = ClaimKey::Slice(chunk, 1);
    book.claim(key, &claim).await.unwrap();
}

async fn last_word(book: &Book, chunk: Slice) {
    claim(book, chunk).await;
    let tally = Tally {
        started: 5,
        ended: 5,
        ..Tally::default()
    };
    let measured = Measured::<Sums> {
        tally,
        ..Measured::default()
    };
    let last = Final {
        measured,
        parts: Vec::new(),
        failure: None,
    };
    book.write_final(chunk, 1, &last).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_was_told_is_read_though_it_is_yet_to_come_by_a_clock_that_is_behind() {
    let (manifest, start) = (manifest(), start());
    let book = Book::new(Arc::new(Memory::default()), manifest.run.clone());
    let clock = VirtualClock::starting_at(ZERO - seconds(60));
    let mut gathered = Gathered::<Sums>::new(&Steady, &start, 1, Wanted::Report);
    let chunks: Vec<Slice> = start.chunks().collect();
    let mut seen = Vec::new();
    for done in [0, 2, 3, 4, 8] {
        for chunk in &chunks[..done] {
            last_word(&book, *chunk).await;
        }
        // Who will be at it next has claimed it before its time.
        if let Some(next) = chunks.get(done) {
            claim(&book, *next).await;
        }
        clock.sleep_until(clock.now() + seconds(2)).await;
        let outcome = gathered.settle(&book, &manifest, &start, &clock).await;
        let facts = outcome.unwrap().facts;
        seen.push((facts.tally.started, facts.settled));
    }
    let expected = [
        (0, false),
        (10, false),
        (15, false),
        (20, false),
        (40, true),
    ];
    assert_eq!(seen, expected);
}

/// Memory that knows what it was asked for.
#[derive(Debug, Default)]
struct Asked {
    memory: Memory,
    keys: Mutex<Vec<String>>,
}

impl Asked {
    /// How often it was asked for something of that kind since it was last looked.
    fn times(&self, kind: &str) -> usize {
        let asked = std::mem::take(&mut *self.keys.lock().unwrap());
        asked.iter().filter(|key| key.contains(kind)).count()
    }
}

#[async_trait(?Send)]
impl Ledger for Asked {
    async fn create(&self, key: &str, value: Bytes) -> Result<bool, LedgerError> {
        self.memory.create(key, value).await
    }

    async fn put(&self, key: &str, value: Bytes) -> Result<(), LedgerError> {
        self.memory.put(key, value).await
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, LedgerError> {
        self.keys.lock().unwrap().push(key.to_owned());
        self.memory.get(key).await
    }
}

/// A run of one window, whose first chunk tells of its report in parts.
struct Parted {
    asked: Arc<Asked>,
    book: Book,
    start: StartRecord,
    chunk: Slice,
    clock: VirtualClock,
}

impl Parted {
    async fn new() -> Self {
        let asked = Arc::new(Asked::default());
        let book = Book::new(asked.clone(), manifest().run);
        let start = sample::start(1, 10);
        let chunk = start.chunks().next().unwrap();
        claim(&book, chunk).await;
        let clock = VirtualClock::starting_at(ZERO + seconds(1));
        Self {
            asked,
            book,
            start,
            chunk,
            clock,
        }
    }

    fn gathered<R: Report>(&self, attempts: u32, wanted: Wanted) -> Gathered<R> {
        Gathered::new(&Steady, &self.start, attempts, wanted)
    }

    async fn settle<R: Report>(&self, gathered: &mut Gathered<R>) -> Result<R, LedgerError> {
        let (manifest, start, clock) = (manifest(), &self.start, &self.clock);
        let outcome = gathered.settle(&self.book, &manifest, start, clock).await;
        outcome.map(|outcome| outcome.report)
    }

    async fn part(&self, part: (u32, u32), ended: u64) {
        let (sums, part) = (Sums { ended, drawn: 0 }, part.into());
        let text = self.book.encode_part(self.chunk, &sums, 0).unwrap();
        let written = self.book.write_part(self.chunk, part, text).await;
        written.unwrap();
    }

    /// A snapshot, a second later.
    async fn live(&self, attempt: u32, ended: u64, parts: &[(u32, u32)]) {
        let at = self.clock.now() + seconds(1);
        self.clock.sleep_until(at).await;
        let live = LiveView {
            sequence: 1,
            at,
            measured: &measured(ended),
            parts: &ids(parts),
        };
        let text = self.book.encode_live(self.chunk, &live, 0).unwrap();
        let written = self.book.write_live(self.chunk, attempt, text).await;
        written.unwrap();
    }

    async fn last_word(&self, attempt: u32, ended: u64, parts: &[(u32, u32)], fails: bool) {
        let last = Final {
            measured: measured(ended),
            parts: ids(parts),
            failure: fails.then(|| Failure::new("it broke")),
        };
        let written = self.book.write_final(self.chunk, attempt, &last).await;
        assert!(written.unwrap());
    }
}

fn measured(ended: u64) -> Measured<Sums> {
    Measured {
        report: Sums { ended, drawn: 0 },
        ..Measured::default()
    }
}

fn ids(parts: &[(u32, u32)]) -> Vec<PartId> {
    parts.iter().copied().map(PartId::from).collect()
}

#[tokio::test(start_paused = true)]
async fn parts_of_a_report_are_read_once_and_belong_to_all_that_names_them() {
    let run = Parted::new().await;
    let mut gathered = run.gathered::<Sums>(1, Wanted::Report);
    run.live(1, 1, &[]).await;
    assert_eq!(run.settle(&mut gathered).await.unwrap().ended, 1);
    assert_eq!(run.asked.times("/parts/"), 0);
    run.part((1, 0), 10).await;
    run.part((1, 2), 100).await;
    // One that was written when nobody knew any more that it would be.
    run.part((1, 1), 1_000).await;
    run.live(1, 2, &[(1, 0)]).await;
    assert_eq!(run.settle(&mut gathered).await.unwrap().ended, 12);
    assert_eq!(run.asked.times("/parts/"), 1);
    run.live(1, 3, &[(1, 0), (1, 2)]).await;
    assert_eq!(run.settle(&mut gathered).await.unwrap().ended, 113);
    assert_eq!(run.asked.times("/parts/"), 1);
    // A snapshot that came late, as an older one may whose write was given up.
    run.live(1, 2, &[(1, 0)]).await;
    assert_eq!(run.settle(&mut gathered).await.unwrap().ended, 12);
    run.last_word(1, 4, &[(1, 0), (1, 2)], false).await;
    for _ in 0..2 {
        assert_eq!(run.settle(&mut gathered).await.unwrap().ended, 114);
    }
    assert_eq!(run.asked.times("/parts/"), 0);
    let mut anew = run.gathered::<Sums>(1, Wanted::Report);
    assert_eq!(run.settle(&mut anew).await.unwrap().ended, 114);
    assert_eq!(run.asked.times("/parts/"), 2);
}

#[tokio::test(start_paused = true)]
async fn who_asks_what_was_counted_reads_no_part() {
    let run = Parted::new().await;
    let mut glances = run.gathered::<Unread>(1, Wanted::Counts);
    run.live(1, 1, &[(1, 0)]).await;
    run.settle(&mut glances).await.unwrap();
    run.last_word(1, 4, &[(1, 0), (1, 1)], false).await;
    run.settle(&mut glances).await.unwrap();
    assert_eq!(run.asked.times("/parts/"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_part_that_is_not_there_is_an_error_that_names_it() {
    let run = Parted::new().await;
    let mut gathered = run.gathered::<Sums>(1, Wanted::Report);
    run.live(1, 1, &[]).await;
    run.settle(&mut gathered).await.unwrap();
    run.live(1, 0, &[(1, 0)]).await;
    let error = run.settle(&mut gathered).await.unwrap_err();
    assert!(!error.lasting, "the next snapshot may not need it");
    // It is no other error, nor none, when it is asked again at once.
    let again = run.settle(&mut gathered).await.unwrap_err();
    assert_eq!(error.to_string(), again.to_string());
    run.last_word(1, 4, &[(1, 0)], false).await;
    let error = run.settle(&mut gathered).await.unwrap_err();
    assert!(error.lasting);
    let chunk = run.chunk;
    assert_eq!(
        error.to_string(),
        format!(
            "the ledger cannot read `runs/r/parts/{chunk}.1.0`: it is not there, and a report needs it"
        )
    );
    run.part((1, 0), 10).await;
    assert_eq!(run.settle(&mut gathered).await.unwrap().ended, 14);
}

#[tokio::test(start_paused = true)]
async fn parts_belong_to_the_attempt_that_measured_them() {
    let run = Parted::new().await;
    let mut gathered = run.gathered::<Sums>(2, Wanted::Report);
    run.part((1, 0), 10).await;
    run.live(1, 1, &[(1, 0)]).await;
    assert_eq!(run.settle(&mut gathered).await.unwrap().ended, 11);
    run.last_word(1, 2, &[(1, 0)], true).await;
    assert_eq!(run.settle(&mut gathered).await.unwrap().ended, 12);
    let again = Claim {
        nonce: 2,
        at: ZERO,
        lease: ZERO + seconds(900),
    };
    let key = ClaimKey::Slice(run.chunk, 2);
    run.book.claim(key, &again).await.unwrap();
    run.part((2, 0), 500).await;
    run.live(2, 5, &[(2, 0)]).await;
    let ended = run.settle(&mut gathered).await.unwrap().ended;
    assert_eq!(ended, 12, "what failed stands until the other has ended");
    run.last_word(2, 7, &[(2, 0)], false).await;
    assert_eq!(run.settle(&mut gathered).await.unwrap().ended, 507);
}
