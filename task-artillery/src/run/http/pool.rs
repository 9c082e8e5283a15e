//! Connections that all users share.
//!
//! To each server there are so many at most. Users wait for one in the order in which they came; whoever is done gives it back, and the
//! next user sends its request on the same connection. What belongs to a user, such as its cookies, does not belong to a connection.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connection::Connection;
use super::origin::Origin;

/// The most servers whose connections are kept when nobody needs them. A script may make hosts up as it goes.
const MOST_SERVERS: usize = 1024;

/// The connections to all servers.
#[derive(Debug)]
pub(super) struct Pool {
    most: usize,
    servers: RefCell<Vec<Rc<Server>>>,
}

/// The connections to one server.
#[derive(Debug)]
struct Server {
    origin: Rc<Origin>,
    /// Waiters are served in their order.
    free: Arc<Semaphore>,
    /// Those that nobody uses; the last to come back is the first to be used again, as in Artillery.
    idle: RefCell<Vec<Connection>>,
}

/// The right to one connection, for as long as a request and its answer take.
#[derive(Debug)]
pub(super) struct Lease {
    server: Rc<Server>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Pool {
    /// A pool of so many connections to each server.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most: most.min(Semaphore::MAX_PERMITS),
            servers: RefCell::default(),
        }
    }

    /// Waits until a connection to a server is free.
    pub(super) async fn lease(&self, origin: &Rc<Origin>) -> Lease {
        let server = self.server(origin);
        let permit = Arc::clone(&server.free).acquire_owned().await;
        Lease {
            server,
            // The semaphore is never closed.
            _permit: permit.ok(),
        }
    }

    fn server(&self, origin: &Rc<Origin>) -> Rc<Server> {
        let mut servers = self.servers.borrow_mut();
        if let Some(server) = servers.iter().find(|server| server.origin.is(origin)) {
            return Rc::clone(server);
        }
        if servers.len() >= MOST_SERVERS {
            servers.retain(|server| Rc::strong_count(server) > 1);
        }
        let server = Rc::new(Server {
            origin: Rc::clone(origin),
            free: Arc::new(Semaphore::new(self.most)),
            idle: RefCell::default(),
        });
        servers.push(Rc::clone(&server));
        server
    }
}

impl Lease {
    /// An open connection that nobody uses, if there is one. Whether it still is one shows when it is looked at.
    pub(super) fn take(&self) -> Option<Connection> {
        self.server.idle.borrow_mut().pop()
    }

    /// Gives a connection back whose answer has been read to its end.
    pub(super) fn give_back(self, connection: Connection) {
        self.server.idle.borrow_mut().push(connection);
    }
}
