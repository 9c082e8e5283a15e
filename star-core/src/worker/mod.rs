//! What a worker does, wherever it is: bytes in, the work done, the results in the ledger.
//!
//! - `start`: claims the start of the run, opens the task, plans it, and writes the start record.
//! - `carry`: claims a bundle, sends all lanes but the first away, and executes that one.
//! - `serve`: is one of a batch's workers: claims chunk after chunk.
//! - `successor`: sends for the next in its place, where its life is too short for more.
//! - `chunk`: executes one chunk, with snapshots, a look-out for the stop mark, and an end.
//! - `watch`: looks whether what was sent was claimed, and sends again.
//! - `baton`: hands a run on that is longer than a worker's life.
//! - `close`: settles and closes.
//! - `tell`: says what it does, where that is asked for.
//! - `signs`: lets others know that whoever starts or closes the run is still at it.

mod baton;
mod carry;
mod chunk;
mod close;
mod parts;
mod serve;
mod signs;
mod snapshot;
mod start;
mod successor;
mod tell;
mod watch;

use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::bell::Bell;
use crate::clock::Clock;
use crate::context::RunContext;
use crate::ending::Ending;
use crate::failure::Failure;
use crate::ledger::{Book, Claim, ClaimKey, Claimed, Ledger, LedgerError, Manifest, StartRecord};
use crate::registry::Kinds;
use crate::task::Task;
use crate::time::Time;
use crate::transport::Transport;
use crate::voice::Voice;
use crate::wire::{Envelope, Order, Reply, VERSION};

pub(crate) use close::{Closer, close};
pub(crate) use signs::{Holder, holder};
pub(crate) use start::first_order;
pub(crate) use tell::Tale;
pub(crate) use watch::{Sender, watch, watch_start};

/// What all workers of a place have in common.
#[derive(Clone, Debug)]
pub struct World {
    /// Where runs are recorded.
    pub ledger: Arc<dyn Ledger>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The kinds of task that this program has.
    pub kinds: Kinds,
    /// Where nonces come from.
    pub ids: Arc<dyn Ids>,
    /// The name of this deployment; envelopes of another are refused.
    pub deployment: String,
    /// Where the lines go that tasks say.
    pub voice: Voice,
    /// Who is told of runs that are over.
    pub ending: Ending,
    /// What those who share a process hear of each other's runs.
    pub bell: Bell,
}

/// What one worker has.
#[derive(Clone, Debug)]
pub struct Host {
    /// What it has in common with others.
    pub world: World,
    /// How it sends for others.
    pub transport: Arc<dyn Transport>,
    /// When the place will end it, where it does.
    pub deadline: Option<Time>,
}

/// A source of numbers that nobody else has.
pub trait Ids: Send + Sync + std::fmt::Debug {
    /// One more.
    fn next(&self) -> u64;
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn next(&self) -> u64 {
        let mut bytes = [0; 8];
        // Without the system's randomness, an address and the time must do: a nonce need only differ from others'.
        if getrandom::fill(&mut bytes).is_err() {
            let address = std::ptr::from_ref(&bytes).addr() as u64;
            let time = crate::clock::SystemClock::new().now().as_nanos();
            return crate::draw::draw(time, address, u64::from(std::process::id()), 0, 0);
        }
        u64::from_le_bytes(bytes)
    }
}

/// Does an envelope's work. To be called on a [`LocalRuntime`](tokio::runtime::LocalRuntime), or inside a [`LocalSet`](tokio::task::LocalSet).
pub async fn work(bytes: &[u8], host: &Host) -> Reply {
    let envelope = match Envelope::decode(bytes) {
        Ok(envelope) => envelope,
        Err(why) => return Reply::Refused(why),
    };
    if envelope.deployment != host.world.deployment {
        let (theirs, ours) = (&envelope.deployment, &host.world.deployment);
        return Reply::Refused(format!(
            "it is for the deployment `{theirs}`, this is `{ours}`"
        ));
    }
    let born = host.world.clock.now();
    if born > envelope.expires {
        return Reply::Expired;
    }
    let _here = host.world.bell.enter(&envelope.run);
    let book = Book::new(Arc::clone(&host.world.ledger), envelope.run.clone());
    let patience = Patience::until(&*host.world.clock, envelope.expires);
    let manifest = match patience.ask(|| book.manifest()).await {
        Some(Some(manifest)) => manifest,
        Some(None) => return Reply::Refused(format!("there is no run `{}`", envelope.run)),
        None => return Reply::Expired,
    };
    if manifest.version != VERSION {
        let theirs = manifest.version;
        return Reply::Refused(format!(
            "the run is of version {theirs}, this worker reads {VERSION}"
        ));
    }
    let Some(kind) = host.world.kinds.get(&manifest.kind) else {
        return Reply::Refused(host.world.kinds.unknown(&manifest.kind));
    };
    let lease = match (host.deadline, manifest.limits.life) {
        (Some(deadline), _) => deadline,
        (None, Some(life)) => born + life,
        (None, None) => Time::from_nanos(u64::MAX),
    };
    let mut host = host.clone();
    host.world.voice = host.world.voice.of_run(&envelope.run);
    let worker = Worker {
        host,
        envelope,
        manifest: Rc::new(manifest),
        book,
        born,
        lease,
    };
    kind.work(worker).await
}

/// A worker with an envelope of a run.
#[derive(Clone, Debug)]
pub struct Worker {
    pub(crate) host: Host,
    pub(crate) envelope: Envelope,
    pub(crate) manifest: Rc<Manifest>,
    pub(crate) book: Book,
    /// When it began.
    pub(crate) born: Time,
    /// When its life is over.
    pub(crate) lease: Time,
}

/// A worker that knows what the run is about.
#[derive(Debug)]
pub(crate) struct Running<T> {
    pub(crate) worker: Worker,
    pub(crate) task: Rc<T>,
    pub(crate) start: Rc<StartRecord>,
}

impl<T> Clone for Running<T> {
    fn clone(&self) -> Self {
        Self {
            worker: self.worker.clone(),
            task: Rc::clone(&self.task),
            start: Rc::clone(&self.start),
        }
    }
}

impl<T> std::ops::Deref for Running<T> {
    type Target = Worker;

    fn deref(&self) -> &Worker {
        &self.worker
    }
}

/// Does what a typed worker's envelope says.
pub(crate) async fn work_typed<T: Task>(worker: Worker) -> Reply {
    match worker.envelope.order {
        Order::Start => start::start::<T>(worker).await,
        Order::Carry(slice) => match start::join::<T>(worker).await {
            Ok(running) => carry::carry(running, slice).await,
            Err(reply) => reply,
        },
        Order::Serve { workers, life } => match start::join::<T>(worker).await {
            Ok(running) => serve::serve(running, workers, life).await,
            Err(reply) => reply,
        },
    }
}

impl Worker {
    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.host.world.clock
    }

    pub(crate) fn now(&self) -> Time {
        self.clock().now()
    }

    /// Goes on asking the ledger until then.
    pub(crate) fn patience(&self, until: Time) -> Patience<'_> {
        Patience::until(self.clock(), until)
    }

    /// Goes on asking the ledger for so long that one which is away for a while is back, but not for ever: what a worker writes last it
    /// may not be able to.
    pub(crate) fn last_patience(&self) -> Patience<'_> {
        const LAST: Duration = Duration::from_mins(2);
        self.patience(self.lease.min(self.now() + LAST))
    }

    /// Claims something, going on until it is known whose it is. Not claimed where that isn't known in time.
    pub(crate) async fn claim(&self, key: ClaimKey, until: Time) -> Claimed {
        let claim = Claim {
            nonce: self.host.world.ids.next(),
            at: self.now(),
            lease: self.lease,
        };
        let asked = self
            .patience(until.min(self.lease))
            .ask(|| self.book.claim(key, &claim))
            .await;
        asked.unwrap_or(Claimed::Taken)
    }

    /// Whether there is a stop mark, as far as is known.
    pub(crate) async fn is_stopped(&self) -> bool {
        matches!(self.book.stop().await, Ok(Some(_)))
    }

    /// Goes on asking whether there is a stop mark, until that is known. Where there is one, or it can't be known in time, nothing is begun.
    pub(crate) async fn may_begin(&self, until: Time) -> Result<(), Reply> {
        let patience = self.patience(until.min(self.lease));
        match patience.ask(|| self.book.stop()).await {
            Some(None) => Ok(()),
            Some(Some(_)) => Err(Reply::Stopped),
            None => Err(Reply::Expired),
        }
    }

    pub(crate) fn run_context(&self) -> RunContext {
        let clock = Arc::clone(&self.host.world.clock);
        let manifest = &self.manifest;
        // What has an effect is as little done where nothing is to be done as where it is only walked through.
        let rehearsal = manifest.rehearsal || manifest.manner.simulation;
        let voice = self.host.world.voice.clone();
        RunContext::new(manifest.seed, clock, self.book.clone(), voice, rehearsal)
    }

    pub(crate) fn sender(&self) -> Sender {
        Sender {
            transport: Arc::clone(&self.host.transport),
            clock: Arc::clone(&self.host.world.clock),
            book: self.book.clone(),
            manifest: Rc::clone(&self.manifest),
            hop: self.envelope.hop + 1,
            tale: None,
        }
    }
}

impl<T> Running<T> {
    /// As a [worker's](Worker::sender), and tells whom it sends for.
    pub(crate) fn sender(&self) -> Sender {
        Sender {
            tale: self.tale(),
            ..self.worker.sender()
        }
    }
}

/// Asks a ledger again and again, until it answers or it is too late.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience<'a> {
    clock: &'a dyn Clock,
    until: Time,
}

impl<'a> Patience<'a> {
    const SHORTEST: Duration = Duration::from_millis(250);
    const LONGEST: Duration = Duration::from_secs(2);

    pub(crate) fn until(clock: &'a dyn Clock, until: Time) -> Self {
        Self { clock, until }
    }

    pub(crate) async fn ask<A, F>(&self, question: impl Fn() -> F) -> Option<A>
    where
        F: Future<Output = Result<A, LedgerError>>,
    {
        self.insist(question, |_| false).await.ok()
    }

    /// The same, telling why there was no answer; not again where asking again is no use.
    pub(crate) async fn ask_why<A, F>(&self, question: impl Fn() -> F) -> Result<A, LedgerError>
    where
        F: Future<Output = Result<A, LedgerError>>,
    {
        self.insist(question, |error| error.lasting).await
    }

    async fn insist<A, F>(
        &self,
        question: impl Fn() -> F,
        is_in_vain: impl Fn(&LedgerError) -> bool,
    ) -> Result<A, LedgerError>
    where
        F: Future<Output = Result<A, LedgerError>>,
    {
        let mut pause = Self::SHORTEST;
        loop {
            let error = match question().await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let now = self.clock.now();
            if now >= self.until || is_in_vain(&error) {
                return Err(error);
            }
            let next = now + spread(pause, now);
            self.clock.sleep_until(next.min(self.until)).await;
            pause = (pause * 2).min(Self::LONGEST);
        }
    }
}

/// Between half of `pause` and all of it, by the digits of the time that no two workers share: whom a ledger or a transport turned away
/// together should not come back together.
pub(crate) fn spread(pause: Duration, now: Time) -> Duration {
    let share = crate::draw::draw(now.as_nanos(), 0, 0, 0, 0) >> 32;
    pause / 2 + (pause / 2).mul_f64(share as f64 / 2_f64.powi(32))
}

/// What a piece of a task's code came to: a panic is a failure like any other.
pub(crate) async fn guarded<A>(
    code: impl Future<Output = Result<A, Failure>>,
) -> Result<A, Failure> {
    use futures_util::FutureExt as _;
    // What a task shares with the worker is the context, whose cells are never left half changed.
    let caught = std::panic::AssertUnwindSafe(code).catch_unwind().await;
    caught.unwrap_or_else(|payload| Err(Failure::panicked(&*payload)))
}
