//! The next of a batch's workers in the place of one whose life is over.

use tokio::task::JoinSet;

use super::chunk::LAST_WORDS;
use super::{Running, watch};
use crate::slice::Lanes;
use crate::task::Task;
use crate::wire::Order;

/// Sends for the successor of a place's worker, and looks after it for the rest of its life.
pub(super) async fn send<T: Task>(
    running: &Running<T>,
    place: Lanes,
    life: u32,
    duties: &mut JoinSet<()>,
) {
    let successor = Order::Serve {
        workers: place,
        life: life + 1,
    };
    let sender = running.sender();
    let limits = &running.manifest.limits;
    let (sent, start) = (running.now(), running.now() + limits.lead);
    let end = running.start.zero + running.start.end;
    // Where the transport refuses for long, this worker's life is over first. What is kept of it for closing the run may be used: whoever
    // has a successor does not close.
    let last = running.lease - limits.closing / 2;
    let last = if sent < last {
        last
    } else {
        running.lease - LAST_WORDS
    };
    tokio::select! {
        biased;
        () = sender.send(successor, end) => {}
        () = running.clock().sleep_until(last) => {}
    }
    duties.spawn_local(async move {
        watch(&sender, vec![successor], sent, start, end).await;
    });
}
