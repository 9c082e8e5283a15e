//! A target on a thread of its own.

use std::fmt::{Debug, Formatter};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::counters::Stats;
use super::record::{HeaderSelection, Received};
use super::server::Target;
use super::state::State;

/// Requests taken from the record at a time; the server waits that long.
const PAGE: usize = 1024;

/// A target that is being served; dropping it stops the server and waits for its thread.
pub struct Running {
    addr: SocketAddr,
    url: String,
    state: Arc<State>,
    shutdown: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub(super) fn start(target: Target) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (addr, url, state) = (target.addr(), target.url(), target.state());
        let (shutdown, told) = oneshot::channel();
        let serve = move || {
            let served = runtime.block_on(target.serve(async {
                // An error is the sender's end, which is as good a reason to stop.
                told.await.ok();
            }));
            served.expect("a socket that just began to listen can be watched");
        };
        let thread = std::thread::Builder::new()
            .name("target".to_owned())
            .spawn(serve)?;
        Ok(Self {
            addr,
            url,
            state,
            shutdown: Some(shutdown),
            thread: Some(thread),
        })
    }

    /// The address listened on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The address as a URL without a path, for example `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The requests received since the start or the last [`clear`](Self::clear), with all their headers,
    /// in order of arrival. A request whose body is still being read is not among them.
    pub fn record(&self) -> Vec<Received> {
        let mut requests = Vec::new();
        let generation = self.state.record().generation();
        let mut next = 0;
        loop {
            let record = self.state.record();
            let end = record.slots();
            if next >= end || record.generation() != generation {
                return requests;
            }
            let page = next..end.min(next + PAGE);
            next = page.end;
            requests.extend(page.filter_map(|slot| record.received(slot, &HeaderSelection::All)));
        }
    }

    /// How many requests are in the record.
    pub fn count(&self) -> u64 {
        self.state.record().count()
    }

    /// Clears the record.
    pub fn clear(&self) {
        self.state.record().clear();
    }

    /// What the target has counted.
    pub fn stats(&self) -> Stats {
        self.state.stats()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.shutdown.take());
        if let Some(thread) = self.thread.take() {
            // A panic on that thread was reported there.
            thread.join().ok();
        }
    }
}

impl Debug for Running {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running")
            .field("addr", &self.addr)
            .finish_non_exhaustive()
    }
}
