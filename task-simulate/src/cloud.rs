//! The simulated functions: calls that are accepted or not, queues, environments that start or are there, and workers that die.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use star_core::draw::Draws;
use star_core::ledger::ClaimKey;
use star_core::registry::Kinds;
use star_core::transport::{Transport, TransportError};
use star_core::wire::{Envelope, Order, Reply};
use star_core::worker::{Host, World as CoreWorld, work};
use star_core::{Time, Voice, Window, nanos};
use tokio::sync::Notify;

use crate::kernel::{HostClock, Kernel, LAUNCH};
use crate::sabotage::Sabotage;
use crate::simulation::{Fate, WorkerLife};
use crate::site::{Chance, HostIds, Site, Who, Worker};
use crate::store::Store;

/// The name of the simulated deployment.
const DEPLOYMENT: &str = "simulated";

/// The environments of one function.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    /// When the next environment would be due if they were added evenly.
    even: u64,
    /// Until when those that are free are kept, the newest last.
    free: Vec<Time>,
}

impl Pool {
    /// An environment, if one can be had: whether it must start first.
    fn acquire(&mut self, now: Time, most: u32, window: Duration) -> Option<bool> {
        while let Some(until) = self.free.pop() {
            if until >= now {
                return Some(false);
            }
        }
        // So many at once, and then evenly: what is not used is not saved up.
        let (now, window) = (now.as_nanos(), nanos(window));
        let each = window / u64::from(most.max(1));
        let even = self.even.max(now);
        if even > now + window.saturating_sub(each) {
            return None;
        }
        self.even = even + each;
        Some(true)
    }
}

/// When a worker dies, which may become known late.
#[derive(Debug, Default)]
pub(crate) struct Doom {
    at: Mutex<Option<Time>>,
    changed: Notify,
}

impl Doom {
    /// It dies at this instant, if not before.
    pub(crate) fn strike(&self, at: Time) {
        let mut doom = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        *doom = Some(doom.map_or(at, |before| before.min(at)));
        self.changed.notify_one();
    }

    fn at(&self) -> Option<Time> {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn strikes(&self, kernel: &Arc<Kernel>) {
        loop {
            let Some(at) = self.at() else {
                self.changed.notified().await;
                continue;
            };
            tokio::select! {
                biased;
                () = kernel.sleep_until(at) => return,
                () = self.changed.notified() => {}
            }
        }
    }
}

/// How one host sends for workers.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    site: Arc<Site>,
    kinds: Kinds,
    who: Who,
    slowness: f64,
}

/// What a host has.
pub(crate) fn host(site: &Arc<Site>, kinds: &Kinds, who: Who, skew: i64, slowness: f64) -> Host {
    let world = CoreWorld {
        ledger: Arc::new(Store {
            site: Arc::clone(site),
            who,
            slowness,
        }),
        clock: Arc::new(HostClock {
            kernel: Arc::clone(&site.kernel),
            skew,
        }),
        kinds: kinds.clone(),
        ids: Arc::new(HostIds::new(who)),
        deployment: DEPLOYMENT.to_owned(),
        voice: Voice::default(),
    };
    let link = Link {
        site: Arc::clone(site),
        kinds: kinds.clone(),
        who,
        slowness,
    };
    Host {
        world,
        transport: Arc::new(link),
        deadline: None,
    }
}

/// By how much a new host's clock is off.
pub(crate) fn skew(site: &Site) -> i64 {
    let most = nanos(site.world.clock_skew);
    let drawn = site.draws(Chance::Skew).below(2 * most + 1);
    drawn.cast_signed() - most.cast_signed()
}

#[async_trait(?Send)]
impl Transport for Link {
    async fn send(&self, envelope: Vec<u8>) -> Result<(), TransportError> {
        let site = &self.site;
        let call = site.world.dispatch.drawn(&mut site.draws(Chance::Dispatch));
        let half = call.mul_f64(self.slowness) / 2;
        site.kernel.sleep(half).await;
        let refused = self.accept(&envelope);
        site.kernel.sleep(half).await;
        refused.map_or(Ok(()), |why| Err(TransportError(why)))
    }
}

impl Link {
    /// Takes a call, unless it is refused: then why.
    fn accept(&self, bytes: &[u8]) -> Option<String> {
        let site = &self.site;
        let envelope = match Envelope::decode(bytes) {
            Ok(envelope) => envelope,
            Err(why) => return Some(why),
        };
        self.must_hold_a_claim(&envelope);
        let order = Named(envelope.order);
        if let Some(why) = self.refusal(&envelope) {
            site.state().refusals += 1;
            site.log(self.who, format_args!("sends {order}: refused, {why}"));
            return Some(why.to_owned());
        }
        site.state().invocations += 1;
        if self.is_sabotaged(&envelope) {
            return None;
        }
        if site.happens(Chance::NeverRun, site.world.never_run) {
            site.log(self.who, format_args!("sends {order}: never run"));
            return None;
        }
        site.log(self.who, format_args!("sends {order}"));
        self.deliver(&envelope, bytes, Duration::ZERO);
        if site.happens(Chance::Duplicate, site.world.duplicates) {
            let mut draws = site.draws(Chance::DuplicateDelay);
            let later = site.world.duplicate_delay.drawn(&mut draws);
            self.deliver(&envelope, bytes, later);
        }
        None
    }

    fn refusal(&self, envelope: &Envelope) -> Option<&'static str> {
        let site = &self.site;
        let world = &site.world;
        if world.hop_guard.is_some_and(|most| envelope.hop >= most) {
            return Some("the chain is cut");
        }
        let second = site.elapsed().as_secs();
        let calls = {
            let mut state = site.state();
            if state.calls.0 != second {
                state.calls = (second, 0);
            }
            state.calls.1 += 1;
            state.calls.1
        };
        let most = u64::from(world.concurrency) * 10;
        let throttled = calls > most || site.happens(Chance::Refused, world.throttled);
        throttled.then_some("429 Too Many Requests")
    }

    fn is_sabotaged(&self, envelope: &Envelope) -> bool {
        if self.site.sabotage != Some(Sabotage::OneCarrier) {
            return false;
        }
        let Some(worker) = self.who.worker() else {
            return false;
        };
        let own = self.site.state().workers[worker].life.order;
        let next = envelope.order.window().from() > own.window().from();
        let first = matches!(own, Order::Carry(slice) if slice.lanes.first() == 0);
        next && !first && own != Order::Start
    }

    fn deliver(&self, envelope: &Envelope, bytes: &[u8], later: Duration) {
        let site = Arc::clone(&self.site);
        let queue = site.world.queue.drawn(&mut site.draws(Chance::Queue));
        let function = match envelope.order {
            Order::Start => 0,
            Order::Carry(slice) => slice.lanes.first(),
            Order::Serve { workers, .. } => workers.first(),
        };
        let event = Event {
            bytes: bytes.to_vec(),
            order: envelope.order,
            hop: envelope.hop,
            parent: self.who,
            function: function % site.world.functions.max(1),
            sent: site.kernel.now(),
            kinds: self.kinds.clone(),
        };
        site.begin();
        tokio::task::spawn_local(async move {
            site.kernel.sleep(later + queue).await;
            event.run(&site).await;
            site.end();
        });
    }

    /// A worker sends nothing before it has claimed what it was sent for.
    fn must_hold_a_claim(&self, envelope: &Envelope) {
        let Some(worker) = self.who.worker() else {
            return;
        };
        let key = self.site.state().workers[worker].life.order.claim_key();
        if !holds(&self.site, worker, key) {
            let what = format!(
                "w{worker} sent {} without a claim on {key}",
                Named(envelope.order)
            );
            self.site.broken(what);
        }
    }
}

/// Whether a worker has claimed something, as the ledger has it.
pub(crate) fn holds(site: &Site, worker: usize, key: ClaimKey) -> bool {
    let state = site.state();
    let bytes = state
        .values
        .get(&format!("runs/{}/claims/{key}", crate::RUN));
    let claim: Option<star_core::ledger::Claim> =
        bytes.and_then(|bytes| serde_json::from_slice(bytes).ok());
    claim.is_some_and(|claim| HostIds::owner(claim.nonce) == Some(worker))
}

/// An accepted call.
struct Event {
    bytes: Vec<u8>,
    order: Order,
    hop: u32,
    parent: Who,
    function: u32,
    sent: Time,
    kinds: Kinds,
}

impl Event {
    async fn run(self, site: &Arc<Site>) {
        let Some(cold) = self.environment(site).await else {
            site.state().dropped += 1;
            site.log(Who::World, format_args!("drops {}", Named(self.order)));
            return;
        };
        let worker = self.born(site, cold);
        let (skew, slowness, doom) = {
            let state = site.state();
            let worker = &state.workers[worker];
            let slowness = if worker.life.slow {
                site.world.slowness
            } else {
                1.0
            };
            (worker.life.skew, slowness, Arc::clone(&worker.doom))
        };
        let who = Who::Worker(worker);
        let cold_start = site.state().workers[worker].life.cold_start;
        if let Some(cold_start) = cold_start {
            site.kernel.sleep(cold_start).await;
        }
        let mut host = host(site, &self.kinds, who, skew, slowness);
        let deadline = site.kernel.now() + site.world.timeout;
        let shown = HostClock {
            kernel: Arc::clone(&site.kernel),
            skew,
        };
        host.deadline = Some(shown.shown(deadline));
        let fate = {
            let work = OnStage {
                worker,
                work: Box::pin(work(&self.bytes, &host)),
            };
            tokio::select! {
                biased;
                () = doom.strikes(&site.kernel) => Fate::Died,
                () = site.kernel.sleep_until(deadline) => Fate::TimedOut,
                reply = work => fate(reply),
            }
        };
        site.log(who, format_args!("ends: {fate:?}"));
        let kept = site.kernel.now() + site.world.keep_warm;
        let mut state = site.state();
        let life = &mut state.workers[worker].life;
        life.ended = Some(site.kernel.elapsed());
        let reusable = !matches!(fate, Fate::Died | Fate::TimedOut);
        life.fate = fate;
        state.running -= 1;
        if reusable {
            state.pools[self.function as usize].free.push(kept);
        }
    }

    /// Waits for an environment: whether it must start first. None where there was no room for too long.
    async fn environment(&self, site: &Site) -> Option<bool> {
        let mut pause = Duration::from_secs(1);
        let until = site.kernel.now() + site.world.event_age;
        let world = &site.world;
        loop {
            let now = site.kernel.now();
            let second = site.elapsed().as_secs() as usize;
            {
                let mut state = site.state();
                let free = state.running < world.concurrency;
                let pool = &mut state.pools[self.function as usize];
                let got = free
                    .then(|| pool.acquire(now, world.scale_out, world.scale_out_window))
                    .flatten();
                if got.is_some() {
                    state.running += 1;
                    let running = state.running;
                    state.peak = state.peak.max(running);
                    if state.concurrency.len() <= second {
                        state.concurrency.resize(second + 1, 0);
                    }
                    state.concurrency[second] = state.concurrency[second].max(running);
                    return got;
                }
                state.requeued += 1;
            }
            if now + pause > until {
                return None;
            }
            site.log(
                Who::World,
                format_args!("has no room for {}", Named(self.order)),
            );
            site.kernel.sleep(pause).await;
            pause = (pause * 2).min(Duration::from_mins(5));
        }
    }

    /// Enters the worker; which it is.
    fn born(&self, site: &Site, cold: bool) -> usize {
        let world = &site.world;
        let slow = site.happens(Chance::Slow, world.slow);
        let slowness = if slow { world.slowness } else { 1.0 };
        let cold_start = cold.then(|| {
            let drawn = world.cold_start.drawn(&mut site.draws(Chance::ColdStart));
            drawn.mul_f64(slowness)
        });
        let life = WorkerLife {
            parent: self.parent.worker(),
            hop: self.hop,
            order: self.order,
            function: self.function,
            sent: self.sent.since(LAUNCH),
            born: site.elapsed(),
            cold_start,
            chunks: Vec::new(),
            ended: None,
            fate: Fate::Alive,
            skew: skew(site),
            slow,
        };
        let doom = Doom::default();
        let mut draws = site.draws(Chance::Death);
        if draws.unit_interval() < world.deaths {
            doom.strike(site.kernel.now() + self.moment(world.timeout, &mut draws));
        }
        let worker = {
            let mut state = site.state();
            state.workers.push(Worker {
                life,
                doom: Arc::new(doom),
                told_to_stop: None,
                last_read: None,
            });
            state.workers.len() - 1
        };
        let (order, parent) = (Named(self.order), self.parent);
        site.log(
            Who::Worker(worker),
            format_args!("is born for {order} of {parent}"),
        );
        worker
    }

    /// Any moment of the time that a worker with such an order needs.
    fn moment(&self, timeout: Duration, draws: &mut Draws) -> Duration {
        const START_UP: Duration = Duration::from_secs(30);
        let window = self.order.window();
        let needed = if window == Window::ALL {
            timeout
        } else {
            timeout.min(window.length() + START_UP)
        };
        needed.mul_f64(draws.unit_interval())
    }
}

fn fate(reply: Reply) -> Fate {
    match reply {
        Reply::Executed => Fate::Executed,
        Reply::Duplicate => Fate::Duplicate,
        Reply::Stopped => Fate::Stopped,
        Reply::Expired => Fate::Expired,
        Reply::Refused(why) => Fate::Refused(why),
        Reply::Failed(failure) => Fate::Failed(failure.to_string()),
    }
}

/// At the moments in the world's file a share of those that live dies.
pub(crate) async fn disasters(site: Arc<Site>) {
    let mut disasters = site.world.disasters.clone();
    disasters.sort_by_key(|disaster| disaster.at);
    for disaster in disasters {
        site.kernel.sleep_until(LAUNCH + disaster.at).await;
        let living: Vec<Arc<Doom>> = {
            let state = site.state();
            let living = state.workers.iter();
            let living = living.filter(|worker| worker.life.ended.is_none());
            living.map(|worker| Arc::clone(&worker.doom)).collect()
        };
        site.log(Who::World, format_args!("has a disaster"));
        for doom in living {
            if site.happens(Chance::Disaster, disaster.share) {
                doom.strike(site.kernel.now());
            }
        }
    }
}

thread_local! {
    static ON_STAGE: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Which worker's work is done at this moment.
pub(crate) fn on_stage() -> Option<usize> {
    ON_STAGE.get()
}

/// A worker's work: while it goes on, it is known whose it is.
struct OnStage<W> {
    worker: usize,
    work: Pin<Box<W>>,
}

impl<W: Future> Future for OnStage<W> {
    type Output = W::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<W::Output> {
        let before = ON_STAGE.replace(Some(self.worker));
        let polled = self.work.as_mut().poll(cx);
        ON_STAGE.set(before);
        polled
    }
}

/// An order as the log names it.
pub(crate) struct Named(pub(crate) Order);

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Order::Start => f.write_str("start"),
            Order::Carry(slice) => write!(f, "carry {slice}"),
            Order::Serve { workers, life } => {
                let (first, end, of) = (workers.first(), workers.end(), workers.of());
                write!(f, "serve {first}-{end}.{of} life {life}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environments_are_added_at_once_and_then_evenly_and_none_is_saved_up() {
        let (mut pool, window) = (Pool::default(), Duration::from_secs(10));
        let mut added = |at: u64| {
            let now = LAUNCH + Duration::from_millis(at);
            std::iter::repeat_with(|| pool.acquire(now, 1_000, window))
                .take_while(Option::is_some)
                .count()
        };
        assert_eq!(added(0), 1_000);
        assert_eq!(added(5), 0);
        assert_eq!(added(500), 50);
        assert_eq!(added(10_500), 1_000);
        assert_eq!(added(1_000_000), 1_000);
    }

    #[test]
    fn an_environment_that_is_free_needs_no_start_until_it_is_given_up() {
        let mut pool = Pool::default();
        let later = LAUNCH + Duration::from_secs(5);
        pool.free.push(later);
        pool.free.push(LAUNCH);
        let window = Duration::from_secs(10);
        assert_eq!(pool.acquire(later, 1, window), Some(false));
        pool.free.push(LAUNCH);
        assert_eq!(pool.acquire(later, 1, window), Some(true));
        assert_eq!(pool.acquire(later, 1, window), None);
    }
}
