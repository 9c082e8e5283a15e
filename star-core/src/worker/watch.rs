//! Sending, and looking whether it arrived. Accepted is not started.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::{Patience, Tale, spread};
use crate::clock::Clock;
use crate::ledger::{Book, LedgerError, Manifest};
use crate::time::Time;
use crate::transport::{Transport, TransportError};
use crate::wire::{Envelope, Order, VERSION};

/// Sends orders of one run.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) book: Book,
    pub(crate) manifest: Rc<Manifest>,
    pub(crate) hop: u32,
    /// Tells whom it sends for, where that is asked for.
    pub(crate) tale: Option<Tale>,
}

impl Sender {
    /// Sends an order; where that is refused, again with growing pauses until it expires. In doubt it was sent.
    pub(crate) async fn send(&self, order: Order, expires: Time) {
        let _in_doubt = self.send_unless(order, expires, |_| false).await;
    }

    /// The same, but not again where it is refused at first for a reason that is not borne: then nobody has it.
    async fn send_unless(
        &self,
        order: Order,
        expires: Time,
        is_in_vain: impl Fn(&TransportError) -> bool,
    ) -> Result<(), TransportError> {
        let envelope = Envelope {
            version: VERSION,
            deployment: self.manifest.deployment.clone(),
            run: self.manifest.run.clone(),
            order,
            hop: self.hop,
            expires,
        };
        let mut pause = Duration::from_millis(50);
        self.tell(Tale::invoking, order);
        let mut tried = false;
        while let Err(refused) = self.transport.send(envelope.encode()).await {
            // A later try that is refused says nothing of those before it.
            if !tried && is_in_vain(&refused) {
                return Err(refused);
            }
            tried = true;
            let now = self.clock.now();
            let next = now + spread(pause, now);
            if next > expires {
                return Ok(());
            }
            self.clock.sleep_until(next).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
        self.tell(Tale::invoked, order);
        Ok(())
    }

    fn tell(&self, what: impl Fn(&Tale, Order), order: Order) {
        if let Some(tale) = &self.tale {
            what(tale, order);
        }
    }

    /// Sends a bundle's parts, all at once.
    pub(crate) async fn send_all(&self, orders: &[Order], expires: Time) {
        let sends = orders.iter().map(|order| self.send(*order, expires));
        futures_util::future::join_all(sends).await;
    }
}

/// How long one look asks a ledger that does not answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// When to look, between sending and start: half-way, half-way again, at the start, and once after it.
fn looks(sent: Time, start: Time) -> [Time; 4] {
    const AFTER: Duration = Duration::from_secs(2);
    let half = sent.half_way(start);
    let start = start.max(sent);
    [half, half.half_way(start), start, start + AFTER]
}

/// Looks after orders that were sent: those that nobody claimed are sent again; of a bundle that was claimed and whose parts were
/// then not sent, the parts are sent, and what its carrier was to keep. Sending twice is safe: everything is claimed before it is
/// acted on.
///
/// Returns when all is claimed, when the run was stopped, or after the last look.
pub(crate) async fn watch(sender: &Sender, sent: Vec<Order>, at: Time, start: Time, expires: Time) {
    let mut open = sent;
    let mut before = at;
    for look in looks(at, start) {
        if open.is_empty() {
            return;
        }
        // Those who look after a wide window's parts do not all ask at one instant.
        let a_little = spread(look.since(before) / 8, sender.clock.now());
        before = look;
        sender.clock.sleep_until(look + a_little).await;
        // In doubt a sender sends: then the looks below fail too, and what they can't see claimed is sent again.
        if matches!(sender.book.stop().await, Ok(Some(_))) {
            return;
        }
        open = look_after(sender, open, expires).await;
    }
}

/// One look; what is to be looked after further.
async fn look_after(sender: &Sender, open: Vec<Order>, expires: Time) -> Vec<Order> {
    let mut still_open = Vec::new();
    let mut again = Vec::new();
    // A ledger that turns reads away because there are too many must not make more of them by sending for everybody once more.
    let clock = &*sender.clock;
    let patience = Patience::until(clock, clock.now() + PATIENCE);
    for order in open {
        match patience.ask(|| state(sender, order)).await {
            Some(State::Done) => {}
            Some(State::Unclaimed) | None => {
                again.push(order);
                still_open.push(order);
            }
            Some(State::Unsent) => {
                let mut parts = order.sent(sender.manifest.limits.fan_out);
                parts.push(order.kept());
                for part in parts {
                    let claimed = patience.ask(|| is_claimed(sender, part)).await;
                    if !claimed.unwrap_or(false) {
                        again.push(part);
                        still_open.push(part);
                    }
                }
            }
            // Its carrier may be between marking the bundle as sent and claiming what it keeps: look once more.
            Some(State::Unkept) => still_open.push(order.kept()),
        }
    }
    sender.send_all(&again, expires).await;
    still_open
}

enum State {
    /// Nobody claimed it.
    Unclaimed,
    /// A bundle that was claimed, and whose parts were not sent.
    Unsent,
    /// A bundle whose parts were sent, and whose first lane nobody claimed.
    Unkept,
    /// All is as it should be.
    Done,
}

async fn state(sender: &Sender, order: Order) -> Result<State, LedgerError> {
    if !is_claimed(sender, order).await? {
        return Ok(State::Unclaimed);
    }
    if !order.is_bundle() {
        return Ok(State::Done);
    }
    if !sender.book.is_sent(order.claim_key()).await? {
        return Ok(State::Unsent);
    }
    let kept = is_claimed(sender, order.kept()).await?;
    Ok(if kept { State::Done } else { State::Unkept })
}

async fn is_claimed(sender: &Sender, order: Order) -> Result<bool, LedgerError> {
    Ok(sender.book.claimed(order.claim_key()).await?.is_some())
}

/// Sends the order to start a run, and sends it again until somebody claims it; not where it is refused for good: then nobody has it.
pub(crate) async fn watch_start(sender: &Sender, expires: Time) -> Result<(), TransportError> {
    let sent = sender.clock.now();
    let lasting = |refused: &TransportError| refused.lasting;
    sender.send_unless(Order::Start, expires, lasting).await?;
    watch(sender, vec![Order::Start], sent, expires, expires).await;
    Ok(())
}
