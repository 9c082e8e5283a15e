//! Serving one connection.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::abort::Abort;
use super::routes;
use super::state::State;

/// The largest head of a request, in bytes; a larger one is answered with 431. Headers are 100 at most.
const MAX_HEAD: usize = 256 * 1024;

/// Answers the requests of a connection until either side ends it. When the sender of `stopped` is
/// dropped, the answer under way is the last.
pub(super) async fn serve(
    stream: TcpStream,
    state: Arc<State>,
    id: u32,
    mut stopped: watch::Receiver<()>,
) {
    let _open = state.counters.hold_open();
    // Fails only when the peer is gone already, which reading tells.
    stream.set_nodelay(true).ok();
    let service = service_fn(|request| routes::answer(&state, id, request));
    let mut connection = http1::Builder::new()
        .max_header_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut pinned = Pin::new(&mut connection);
    let outcome = tokio::select! {
        biased;
        outcome = pinned.as_mut() => outcome,
        _ = stopped.changed() => {
            pinned.as_mut().graceful_shutdown();
            pinned.await
        }
    };
    let Err(error) = outcome else { return };
    if error.is_parse() {
        state.counters.malformed.fetch_add(1, Relaxed);
    }
    if Abort::cause_of(&error) == Some(Abort::Reset) {
        // With that set, closing sends a reset; it fails only when the peer was faster.
        connection
            .into_parts()
            .io
            .into_inner()
            .set_zero_linger()
            .ok();
    }
}
