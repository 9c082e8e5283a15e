//! Where a simulated run takes place: what all of its hosts, its ledger and its functions share.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use star_core::Time;
use star_core::draw::Draws;
use star_core::worker::Ids;
use tokio::sync::Notify;

use crate::doom::Doom;
use crate::kernel::Kernel;
use crate::needs::Needs;
use crate::pool::Pool;
use crate::sabotage::Sabotage;
use crate::simulation::{LedgerUse, WorkerLife};
use crate::world::World;

/// The number of a unit that no task has: its draws are the world's.
const WORLD: u64 = u64::MAX - 2;

/// What chance decides in a world. Each has draws of its own, so that one more of one thing leaves the others as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chance {
    Dispatch,
    Refused,
    NeverRun,
    Queue,
    Duplicate,
    DuplicateDelay,
    ColdStart,
    Skew,
    Slow,
    Death,
    Disaster,
    Latency,
    Unavailable,
    LostAnswer,
}

/// How many of them there are.
const CHANCES: usize = 14;

/// A simulated place.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) kernel: Arc<Kernel>,
    pub(crate) world: World,
    pub(crate) seed: u64,
    pub(crate) sabotage: Option<Sabotage>,
    /// What its workers have to do.
    pub(crate) needs: Needs,
    logged: bool,
    state: Mutex<State>,
    /// Told when the last worker has left and nothing is on its way.
    pub(crate) idle: Notify,
}

/// What changes.
#[derive(Debug, Default)]
pub(crate) struct State {
    drawn: [u64; CHANCES],
    pub(crate) log: Vec<String>,
    pub(crate) workers: Vec<Worker>,
    pub(crate) values: HashMap<String, Bytes>,
    pub(crate) used: LedgerUse,
    pub(crate) pools: Vec<Pool>,
    pub(crate) running: u32,
    pub(crate) peak: u32,
    pub(crate) concurrency: Vec<u32>,
    /// Events that are on their way, and workers that live.
    pub(crate) pending: u64,
    pub(crate) calls: (u64, u64),
    pub(crate) invocations: u64,
    pub(crate) refusals: u64,
    pub(crate) requeued: u64,
    pub(crate) dropped: u64,
    pub(crate) never_run: u64,
    /// When the stop mark was set.
    pub(crate) stopped: Option<Time>,
    /// When the run was recorded as closed, and when the last word of a chunk came.
    pub(crate) closed: Option<Time>,
    pub(crate) last_word: Option<Time>,
    pub(crate) broken: Vec<String>,
}

/// A worker, and what nobody is told of it.
#[derive(Debug)]
pub(crate) struct Worker {
    pub(crate) life: WorkerLife,
    pub(crate) doom: Arc<Doom>,
    /// When it first read that the run is stopped.
    pub(crate) told_to_stop: Option<Time>,
    /// When it last could read the ledger.
    pub(crate) last_read: Option<Time>,
}

impl Site {
    pub(crate) fn new(
        world: World,
        seed: u64,
        logged: bool,
        sabotage: Option<Sabotage>,
        needs: Needs,
    ) -> Arc<Self> {
        let pools = (0..world.functions.max(1)).map(|_| Pool::default());
        let state = State {
            pools: pools.collect(),
            ..State::default()
        };
        Arc::new(Self {
            kernel: Kernel::new(),
            world,
            seed,
            sabotage,
            needs,
            logged,
            state: Mutex::new(state),
            idle: Notify::new(),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // One thread drives a site; nothing is left half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next draws that decide something.
    pub(crate) fn draws(&self, what: Chance) -> Draws {
        let n = {
            let mut state = self.state();
            let n = &mut state.drawn[what as usize];
            *n += 1;
            *n
        };
        Draws::new(self.seed, WORLD, what as u64, n)
    }

    /// Whether it happens, which it does in this share of cases.
    pub(crate) fn happens(&self, what: Chance, share: f64) -> bool {
        share > 0.0 && self.draws(what).unit_interval() < share
    }

    /// How long since the launch.
    pub(crate) fn elapsed(&self) -> Duration {
        self.kernel.elapsed()
    }

    /// Notes what happened to somebody.
    pub(crate) fn log(&self, who: Who, what: fmt::Arguments<'_>) {
        if self.logged {
            let at = self.elapsed();
            let line = format!("{}.{:09} {who} {what}", at.as_secs(), at.subsec_nanos());
            self.state().log.push(line);
        }
    }

    /// Notes a promise of the framework that was broken.
    pub(crate) fn broken(&self, what: String) {
        self.log(Who::World, format_args!("BROKEN {what}"));
        self.state().broken.push(what);
    }

    /// Something is on its way.
    pub(crate) fn begin(&self) {
        self.state().pending += 1;
    }

    /// It is no more.
    pub(crate) fn end(&self) {
        let mut state = self.state();
        state.pending -= 1;
        if state.pending == 0 {
            self.idle.notify_waiters();
        }
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.state().pending == 0
    }
}

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Launcher,
    Worker(usize),
    World,
}

impl Who {
    pub(crate) fn worker(self) -> Option<usize> {
        match self {
            Self::Worker(worker) => Some(worker),
            Self::Launcher | Self::World => None,
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Launcher => f.write_str("launcher"),
            Self::Worker(worker) => write!(f, "w{worker}"),
            Self::World => f.write_str("world"),
        }
    }
}

/// Numbers that nobody else has: they say whose they are.
#[derive(Debug)]
pub(crate) struct HostIds {
    who: Who,
    next: AtomicU64,
}

impl HostIds {
    pub(crate) fn new(who: Who) -> Self {
        Self {
            who,
            next: AtomicU64::new(1),
        }
    }

    /// Whose number this is.
    pub(crate) fn owner(nonce: u64) -> Option<usize> {
        usize::try_from(nonce >> 24).ok()?.checked_sub(1)
    }
}

impl Ids for HostIds {
    fn next(&self) -> u64 {
        let who = self.who.worker().map_or(0, |worker| worker as u64 + 1);
        who << 24 | self.next.fetch_add(1, Ordering::Relaxed)
    }
}
