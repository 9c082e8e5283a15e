//! The simulated functions, as whoever sends for one meets them: calls that are accepted or not.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use star_core::clock::Clock;
use star_core::ledger::ClaimKey;
use star_core::registry::Kinds;
use star_core::transport::{Transport, TransportError};
use star_core::wire::{Envelope, Order};
use star_core::worker::{Host, World as CoreWorld};
use star_core::{Bell, Ending, Voice, nanos};

use crate::event::Event;
use crate::kernel::HostClock;
use crate::sabotage::Sabotage;
use crate::site::{Chance, HostIds, Site, Who};
use crate::store::Store;

/// The name of the simulated deployment.
const DEPLOYMENT: &str = "simulated";

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
        ending: Ending::default(),
        bell: Bell::default(),
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

/// A clock that is ahead by so much.
pub(crate) fn clock_ahead(site: &Site, ahead: Duration) -> Arc<dyn Clock> {
    Arc::new(HostClock {
        kernel: Arc::clone(&site.kernel),
        skew: nanos(ahead).cast_signed(),
    })
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
        refused.map_or(Ok(()), |why| Err(TransportError::passing(why)))
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
            site.state().never_run += 1;
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
