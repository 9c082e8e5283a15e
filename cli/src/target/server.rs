//! The server.

use std::fmt::{Debug, Formatter};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::connection;
use super::running::Running;
use super::state::State;

/// Connections that may wait to be accepted; the system's own limit may be lower.
const BACKLOG: i32 = 4096;

/// How long answers under way may take once the server is told to stop.
const GRACE: Duration = Duration::from_millis(500);

/// How long accepting pauses when it failed; mostly for want of descriptors, until some are closed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// A target that listens on loopback, and answers once it is served.
pub struct Target {
    listener: TcpListener,
    addr: SocketAddr,
    state: Arc<State>,
}

impl Target {
    /// Listens on a port of 127.0.0.1, on a free one if it is 0. From here on connections queue up.
    ///
    /// # Errors
    ///
    /// When the port is taken, or may not be used.
    pub fn bind(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        // Listening again only sets the backlog, for which the standard library takes 128.
        rustix::net::listen(&listener, BACKLOG)?;
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        Ok(Self {
            listener,
            addr,
            state: Arc::new(State::new()),
        })
    }

    /// Binds a target and serves it on a thread of its own.
    ///
    /// # Errors
    ///
    /// Those of [`bind`](Self::bind), or when there is no thread to be had.
    pub fn start(port: u16) -> io::Result<Running> {
        Running::start(Self::bind(port)?)
    }

    /// The address listened on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The address as a URL without a path, for example `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub(super) fn state(&self) -> Arc<State> {
        Arc::clone(&self.state)
    }

    /// Serves until `shutdown` is ready. Idle connections are closed then, and answers under way have
    /// half a second to end.
    ///
    /// Must run in a tokio runtime with I/O and time enabled.
    ///
    /// # Errors
    ///
    /// When the runtime cannot watch the listening socket.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> io::Result<()> {
        let listener = tokio::net::TcpListener::from_std(self.listener)?;
        let (stop, stopped) = watch::channel(());
        let mut connections = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                biased;
                () = &mut shutdown => break,
                accepted = listener.accept() => accepted,
            };
            if let Ok((stream, _)) = accepted {
                let id = self.state.counters.connect();
                let state = Arc::clone(&self.state);
                connections.spawn(connection::serve(stream, state, id, stopped.clone()));
            } else {
                self.state.counters.refused.fetch_add(1, Relaxed);
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
            while connections.try_join_next().is_some() {}
        }
        drop((listener, stop));
        let ended = async { while connections.join_next().await.is_some() {} };
        // What has not ended by then is ended by dropping it.
        tokio::time::timeout(GRACE, ended).await.ok();
        Ok(())
    }
}

impl Debug for Target {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target")
            .field("addr", &self.addr)
            .finish_non_exhaustive()
    }
}
