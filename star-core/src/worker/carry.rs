//! Keep one, send the rest.

use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::{Closer, Running, baton, chunk, close, watch};
use crate::ledger::Claimed;
use crate::slice::Slice;
use crate::task::Task;
use crate::time::Time;
use crate::wire::{Order, Reply};

/// Carries a bundle: claims it, sends all lanes but the first away, and executes that one under a claim of its own.
pub(super) async fn carry<T: Task>(running: Running<T>, bundle: Slice) -> Reply {
    let order = Order::Carry(bundle);
    let Some(position) = running.start.position(bundle.window) else {
        return Reply::Refused(format!("the run has no window for `{bundle}`"));
    };
    if running.start.batch || bundle.lanes.of() != running.start.windows[position].lanes {
        return Reply::Refused(format!("the run's window has other lanes than `{bundle}`"));
    }
    let expires = running.start.zero + bundle.window.to();
    if let Err(reply) = running.may_begin(expires).await {
        return reply;
    }
    if running.claim(order.claim_key(), expires).await == Claimed::Taken {
        return Reply::Duplicate;
    }
    tell_cut(&running, bundle, position);
    let mut duties = JoinSet::new();
    if order.is_bundle() {
        spread(&running, order, expires, &mut duties).await;
        if running.claim(order.kept().claim_key(), expires).await == Claimed::Taken {
            // Whoever looks after this bundle held us for gone. What was sent is still ours to look after.
            finish(&running, duties).await;
            return Reply::Duplicate;
        }
    }
    let chunk = Slice {
        lanes: bundle.lanes.head(),
        ..bundle
    };
    if let Some(carrier) = baton::Carrier::of(chunk) {
        duties.spawn_local(baton::hand_over(running.clone(), position, carrier));
    }
    let chunk::Executed { failure, stopped } = chunk::execute(&running, chunk, 1).await;
    tell_done(&running);
    if stopped {
        // Nothing is handed on, and who was sent is told the same: the run's end need not wait for when that would have been.
        drop(duties);
    } else {
        finish(&running, duties).await;
    }
    if let Some(closer) = closer(&running, chunk, position).await {
        close::close(&running, closer).await;
    }
    failure.map_or(Reply::Executed, Reply::Failed)
}

/// Tells how what was claimed is cut.
fn tell_cut<T: Task>(running: &Running<T>, bundle: Slice, position: usize) {
    let Some(tale) = running.tale() else { return };
    let next = running.start.windows.get(position + 1);
    if let Some(next) = next.filter(|_| bundle.lanes.first() == 0) {
        tale.cut_in_time(bundle.window.from(), next.window.from());
    }
    let order = Order::Carry(bundle);
    if order.is_bundle() {
        let sent = order.sent(running.manifest.limits.fan_out).len();
        let windows = running.start.windows.len() - position - 1;
        tale.cut_by_rate(bundle.lanes.count(), windows, sent);
    }
}

/// Tells that this worker's part of a run is done, where it is not all of it.
pub(super) fn tell_done<T: Task>(running: &Running<T>) {
    let all = running.start.chunks().nth(1).is_none();
    if let Some(tale) = running.tale().filter(|_| !all) {
        tale.partly_done();
    }
}

/// Sends a claimed bundle's parts away, and looks after them. Returns when they are sent, or half-way to their start: where the transport
/// refuses for long, what this worker keeps must not wait for that.
async fn spread<T: Task>(
    running: &Running<T>,
    bundle: Order,
    expires: Time,
    duties: &mut JoinSet<()>,
) {
    let sent = running.now();
    let start = match bundle {
        Order::Carry(slice) => running.start.zero + slice.window.from(),
        Order::Start | Order::Serve { .. } => sent + running.manifest.limits.lead,
    };
    let (done, all_sent) = oneshot::channel();
    let on_way = running.clone();
    duties.spawn_local(async move {
        let sender = on_way.sender();
        let parts = bundle.sent(on_way.manifest.limits.fan_out);
        sender.send_all(&parts, expires).await;
        let mark = || on_way.book.mark_sent(bundle.claim_key());
        on_way.patience(expires).ask(mark).await;
        let _nobody_waits_any_more = done.send(());
        watch(&sender, parts, sent, start, expires).await;
    });
    tokio::select! {
        biased;
        _ = all_sent => {}
        () = running.clock().sleep_until(sent.half_way(start)) => {}
    }
}

/// Waits for what a worker does beside its chunk, as long as it lives.
pub(super) async fn finish<T: Task>(running: &Running<T>, mut duties: JoinSet<()>) {
    let all_done = async { while duties.join_next().await.is_some() {} };
    let life = running.lease - running.manifest.limits.closing;
    tokio::select! {
        biased;
        () = all_done => {}
        () = running.clock().sleep_until(life) => {}
    }
}

/// Whether the one who executed a chunk closes the run: the two carriers of the last window do, and when the run was stopped, those of
/// any.
async fn closer<T: Task>(running: &Running<T>, chunk: Slice, position: usize) -> Option<Closer> {
    let carrier = baton::Carrier::of(chunk)?;
    let last = position + 1 == running.start.windows.len();
    if !last && !running.is_stopped().await {
        return None;
    }
    Some(match carrier {
        baton::Carrier::First => Closer::First,
        baton::Carrier::Second => Closer::Second,
    })
}

/// Sends a batch's other workers away, as a bundle's parts are.
pub(super) async fn spread_workers<T: Task>(
    running: &Running<T>,
    bundle: Order,
    duties: &mut JoinSet<()>,
) {
    let expires = running.start.zero + running.start.end;
    spread(running, bundle, expires, duties).await;
}
