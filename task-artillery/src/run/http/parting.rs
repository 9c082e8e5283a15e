//! Connections of users that have come to their end.
//!
//! To close one is to tell the other side, which wakes it; and then the next user wakes it once more. Where both sides are on one machine, or on one
//! host's, that is a twelfth of what a user costs whose connection is its own. So a connection whose user has ended is closed when the next user
//! has sent something, at the latest after [`LATEST`]: nobody waits for it.

use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::connection::Connection;

/// How long after its user's end a connection is open at most.
const LATEST: Duration = Duration::from_millis(50);

/// More than so many are not kept open.
const MOST: usize = 64;

/// The connections that are yet to be closed, of all users of a worker.
#[derive(Default)]
pub(super) struct Parting {
    connections: RefCell<Vec<Connection>>,
    /// Rung when there is one.
    some: Rc<Notify>,
    /// What closes them where nobody else does; without it none is kept.
    closer: RefCell<JoinSet<()>>,
}

impl fmt::Debug for Parting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = self.connections.borrow().len();
        f.debug_struct("Parting")
            .field("open", &open)
            .finish_non_exhaustive()
    }
}

impl Parting {
    /// From now on connections are kept for a while.
    pub(super) fn begin(self: &Rc<Self>) {
        let late = close_late(Rc::downgrade(self), Rc::clone(&self.some));
        self.closer.borrow_mut().spawn_local(late);
    }

    /// Closes all. Whether there was any.
    pub(super) fn close(&self) -> bool {
        let mut connections = self.connections.borrow_mut();
        let any = !connections.is_empty();
        connections.clear();
        any
    }

    /// Does something, and closes all while that has to wait.
    pub(super) async fn close_while<T>(&self, mut work: Pin<&mut impl Future<Output = T>>) -> T {
        poll_fn(|cx| {
            let polled = work.as_mut().poll(cx);
            if polled.is_pending() {
                self.close();
            }
            polled
        })
        .await
    }

    /// Takes a connection whose user has ended. One that is in the middle of something is closed at once.
    fn take(&self, connection: Connection) {
        let mut connections = self.connections.borrow_mut();
        if connection.is_idle() && connections.len() < MOST && !self.closer.borrow().is_empty() {
            connections.push(connection);
            self.some.notify_one();
        }
    }
}

async fn close_late(parting: Weak<Parting>, some: Rc<Notify>) {
    loop {
        some.notified().await;
        tokio::time::sleep(LATEST).await;
        let Some(parting) = parting.upgrade() else {
            return;
        };
        parting.close();
    }
}

/// The connections of one user, which part from it when it ends.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) connections: Vec<Connection>,
    parting: Rc<Parting>,
}

impl Own {
    /// None yet.
    pub(super) fn new(parting: Rc<Parting>) -> Self {
        Self {
            connections: Vec::new(),
            parting,
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        for connection in self.connections.drain(..) {
            self.parting.take(connection);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Read as _};
    use std::net::{Ipv4Addr, TcpListener, TcpStream};
    use std::pin::pin;

    use tokio::task::LocalSet;

    use super::super::tcp::Tcp;
    use super::*;

    const LIMIT: Duration = Duration::from_secs(20);

    /// A user of these connections, as many, and their other ends.
    async fn user(parting: &Rc<Parting>, connections: usize) -> (Own, Vec<TcpStream>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let mut own = Own::new(Rc::clone(parting));
        let mut peers = Vec::new();
        for _ in 0..connections {
            let tcp = Tcp::connect(address).await.unwrap();
            own.connections.push(Connection::to_nobody(tcp));
            let (peer, _) = listener.accept().unwrap();
            peer.set_nonblocking(true).unwrap();
            peers.push(peer);
        }
        (own, peers)
    }

    /// How many of them have been closed by the other side.
    fn closed(peers: &[TcpStream]) -> usize {
        let closed = |mut peer: &TcpStream| match peer.read(&mut [0]) {
            Ok(length) => length == 0,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                false
            }
        };
        peers.iter().filter(|peer| closed(peer)).count()
    }

    fn within(work: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let limited = async { tokio::time::timeout(LIMIT, work).await };
        LocalSet::new().block_on(&runtime, limited).unwrap();
    }

    #[test]
    fn a_connection_of_one_who_is_gone_is_closed_while_the_next_waits() {
        within(async {
            let parting = Rc::<Parting>::default();
            parting.begin();
            let (own, peers) = user(&parting, 2).await;
            drop(own);
            assert_eq!(closed(&peers), 0);
            // Whoever need not wait closes nothing.
            parting.close_while(pin!(async {})).await;
            assert_eq!(closed(&peers), 0);
            parting.close_while(pin!(tokio::task::yield_now())).await;
            assert_eq!(closed(&peers), 2);
        });
    }

    #[test]
    fn where_nobody_comes_it_is_closed_all_the_same() {
        within(async {
            let parting = Rc::<Parting>::default();
            parting.begin();
            for _ in 0..2 {
                let (own, peers) = user(&parting, 1).await;
                drop(own);
                while closed(&peers) == 0 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
        });
    }

    #[test]
    fn all_are_closed_with_what_keeps_them_and_no_more_are_kept_than_may_be() {
        within(async {
            let parting = Rc::<Parting>::default();
            parting.begin();
            let (own, peers) = user(&parting, MOST + 3).await;
            drop(own);
            assert_eq!(closed(&peers), 3);
            drop(parting);
            assert_eq!(closed(&peers), MOST + 3);
        });
    }

    #[test]
    fn without_one_who_closes_them_late_none_is_kept() {
        within(async {
            let parting = Rc::<Parting>::default();
            let (own, peers) = user(&parting, 1).await;
            drop(own);
            assert_eq!(closed(&peers), 1);
        });
    }
}
