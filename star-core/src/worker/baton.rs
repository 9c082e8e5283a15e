//! Hands on a run that is longer than a worker's life.

use super::{Running, watch};
use crate::slice::Slice;
use crate::task::Task;
use crate::wire::Order;

/// One of the two workers of a window that hand the run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    /// Sends the next window's bundle.
    First,
    /// Looks whether it was sent.
    Second,
}

impl Carrier {
    /// Which carrier the one who executes this chunk is.
    pub(super) fn of(chunk: Slice) -> Option<Self> {
        match chunk.lanes.first() {
            0 => Some(Self::First),
            1 => Some(Self::Second),
            _ => None,
        }
    }
}

/// Sends for the next window one lead before it begins; or, as the second, looks half-way from then to its start whether that was
/// done, and does it if not. Either looks after it until it is claimed. Instants are absolute, so hand-overs do not drift.
pub(super) async fn hand_over<T: Task>(running: Running<T>, position: usize, carrier: Carrier) {
    let Some(next) = running.start.windows.get(position + 1) else {
        return;
    };
    let Some(bundle) = next.bundle() else { return };
    let zero = running.start.zero;
    let start = zero + next.window.from();
    let expires = zero + next.window.to();
    let lead = running.manifest.limits.lead_for(next.lanes);
    let send_at = (start - lead).max(running.now());
    let sender = running.sender();
    let order = Order::Carry(bundle);
    if let Some(tale) = running.tale().filter(|_| carrier == Carrier::First) {
        tale.scheduling(next.window.from(), send_at);
    }
    running.clock().sleep_until(send_at).await;
    if running.is_stopped().await {
        return;
    }
    if carrier == Carrier::First {
        sender.send(order, expires).await;
    }
    watch(&sender, vec![order], send_at, start, expires).await;
}
