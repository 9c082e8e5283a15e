//! Connecting to the first of several addresses that accepts.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::tcp::Tcp;

/// For how long an address is waited for before the next is tried beside it, as browsers and node have it.
const HEAD_START: Duration = Duration::from_millis(250);

/// The addresses of a name; there is at least one.
#[derive(Debug)]
pub(super) struct Addresses {
    all: Vec<SocketAddr>,
    /// Which of them was the last to accept a connection.
    accepting: Cell<usize>,
}

impl Addresses {
    /// These, in the order in which they are tried.
    pub(super) fn new(all: Vec<SocketAddr>) -> Self {
        Self {
            all,
            accepting: Cell::default(),
        }
    }

    /// Connects to the first that accepts, in their order, but beginning with the one that was the last to accept: a name whose first
    /// address is out of reach would otherwise cost each user two attempts.
    pub(super) async fn connect(&self) -> io::Result<Tcp> {
        if let [only] = &*self.all {
            return Tcp::connect(*only).await;
        }
        let first = self.accepting.get();
        let (to_the_end, from_the_front) = (first..self.all.len(), 0..first);
        let mut untried = to_the_end.chain(from_the_front);
        let mut attempts = FuturesUnordered::new();
        let mut refused = io::Error::from(io::ErrorKind::AddrNotAvailable);
        loop {
            let next = untried.next();
            attempts.extend(next.map(|number| self.attempt(number)));
            let ended = match next {
                Some(_) => tokio::time::timeout(HEAD_START, attempts.next()).await,
                None => Ok(attempts.next().await),
            };
            match ended {
                Ok(Some((number, Ok(stream)))) => {
                    self.accepting.set(number);
                    return Ok(stream);
                }
                Ok(Some((_, Err(error)))) => refused = error,
                Ok(None) if next.is_none() => return Err(refused),
                Ok(None) | Err(_) => {}
            }
        }
    }

    async fn attempt(&self, number: usize) -> (usize, io::Result<Tcp>) {
        let address = self.all.get(number).copied();
        let connected = match address {
            Some(address) => Tcp::connect(address).await,
            None => Err(io::ErrorKind::AddrNotAvailable.into()),
        };
        (number, connected)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

    use socket2::{Domain, SockAddr, Socket, Type};

    use super::*;

    fn listening() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    fn refusing() -> SocketAddr {
        listening().1
    }

    /// A listener that takes no further connection, so that whoever tries waits; and who has filled it.
    fn silent() -> (Socket, Vec<std::net::TcpStream>, SocketAddr) {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let any: SocketAddr = (Ipv4Addr::LOCALHOST, 0).into();
        socket.bind(&SockAddr::from(any)).unwrap();
        socket.listen(0).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        let soon = Duration::from_millis(100);
        let connect = || std::net::TcpStream::connect_timeout(&address, soon).ok();
        let filling = std::iter::from_fn(connect).collect();
        (socket, filling, address)
    }

    fn connected(addresses: &Addresses) -> io::Result<SocketAddr> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let limit = Duration::from_secs(20);
        let connecting = async { tokio::time::timeout(limit, addresses.connect()).await };
        let mut connection = runtime.block_on(connecting).unwrap()?;
        connection.peer_addr()
    }

    #[test]
    fn an_address_that_refuses_is_passed_over_and_remembered() {
        let (_listener, good) = listening();
        let addresses = Addresses::new(vec![refusing(), good]);
        for _ in 0..2 {
            assert_eq!(connected(&addresses).unwrap(), good);
            assert_eq!(addresses.accepting.get(), 1);
        }
    }

    #[test]
    fn an_address_that_says_nothing_holds_nobody_up() {
        let (_full, _filling, silent) = silent();
        let (_listener, good) = listening();
        let addresses = Addresses::new(vec![silent, good]);
        assert_eq!(connected(&addresses).unwrap(), good);
    }

    #[test]
    fn where_all_refuse_that_is_the_error() {
        for all in [vec![refusing()], vec![refusing(), refusing(), refusing()]] {
            let error = connected(&Addresses::new(all)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        }
    }

    #[test]
    fn both_families_are_tried() {
        let (_listener, good) = listening();
        let six = SocketAddr::from((Ipv6Addr::LOCALHOST, good.port()));
        assert_eq!(connected(&Addresses::new(vec![six, good])).unwrap(), good);
    }
}
