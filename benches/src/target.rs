//! The target: a thread that reads and sends, and notes when. Its record is the only witness of what tools did.

use std::collections::HashMap;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::event::epoll;
use rustix::net::sockopt::set_socket_incoming_cpu;
use rustix::thread::{CpuSet, sched_setaffinity};
use socket2::{Domain, Socket, Type};

use crate::machine::monotonic;
use crate::request::{self, Request};

/// Room for what comes between two looks, so that a run does not pay for growing lists.
const ROOM: usize = 1 << 20;

/// A key that no descriptor has.
const LISTENER: u64 = u64::MAX;

/// What was seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// The instant of every request, in nanoseconds of the monotonic clock.
    pub(crate) requests: Vec<u64>,
    /// The instant of every connection.
    pub(crate) connections: Vec<u64>,
    /// How many requests asked for an item that another was answered with.
    pub(crate) captured: u64,
    /// How many items were given out.
    made: u64,
}

impl Record {
    fn add(&mut self, other: Self) {
        self.requests.extend(other.requests);
        self.connections.extend(other.connections);
        self.captured += other.captured;
        self.made += other.made;
    }
}

/// A target that is being served, until the program ends.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    url: String,
    /// What each of its threads saw.
    records: Vec<Arc<Mutex<Record>>>,
}

impl Target {
    /// Serves on a free port of the loopback interface, by a thread on each of these cores. Where there are several, a connection is with the
    /// thread on the core that it was opened from.
    pub(crate) fn start(cores: &[u32]) -> io::Result<Self> {
        let mut address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut records = Vec::new();
        for core in cores {
            let listener = listen(address, *core)?;
            address = listener.local_addr()?;
            let record = Arc::new(Mutex::new(Record::default()));
            let mut server = Server::new(listener, Arc::clone(&record))?;
            records.push(record);
            let mut only = CpuSet::new();
            only.set(*core as usize);
            let thread = std::thread::Builder::new().name("target".to_owned());
            thread.spawn(move || {
                sched_setaffinity(None, &only)?;
                server.serve()
            })?;
        }
        let url = format!("http://{address}");
        Ok(Self { url, records })
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Takes what was seen since the last time.
    pub(crate) fn take(&self) -> Record {
        let mut seen = Record::default();
        for one in self.take_each() {
            seen.add(one);
        }
        seen.requests.sort_unstable();
        seen.connections.sort_unstable();
        seen
    }

    fn take_each(&self) -> impl Iterator<Item = Record> {
        self.records.iter().map(|record| {
            let fresh = Record {
                requests: Vec::with_capacity(ROOM),
                connections: Vec::with_capacity(ROOM / 16),
                ..Record::default()
            };
            std::mem::replace(&mut *lock(record), fresh)
        })
    }

    /// How many requests were seen since.
    pub(crate) fn count(&self) -> usize {
        let records = self.records.iter();
        records.map(|record| lock(record).requests.len()).sum()
    }

    /// How many connections each of its threads has seen since.
    pub(crate) fn connections(&self) -> Vec<usize> {
        let records = self.records.iter();
        records
            .map(|record| lock(record).connections.len())
            .collect()
    }
}

/// Listens for connections from this core; where nobody else listens there, for all.
fn listen(address: SocketAddr, core: u32) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_port(true)?;
    set_socket_incoming_cpu(&socket, core)?;
    socket.bind(&address.into())?;
    // The standard library's queue holds too few for tools that open connections in bunches.
    socket.listen(4096)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

fn lock(record: &Mutex<Record>) -> MutexGuard<'_, Record> {
    record.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A connection, and what came of a request that is not yet complete.
struct Connection {
    stream: TcpStream,
    rest: Vec<u8>,
}

struct Server {
    listener: TcpListener,
    epoll: std::os::fd::OwnedFd,
    connections: HashMap<u64, Connection>,
    next: u64,
    record: Arc<Mutex<Record>>,
}

impl Server {
    fn new(listener: TcpListener, record: Arc<Mutex<Record>>) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let listens = epoll::EventData::new_u64(LISTENER);
        epoll::add(&epoll, &listener, listens, epoll::EventFlags::IN)?;
        Ok(Self {
            listener,
            epoll,
            connections: HashMap::new(),
            next: 0,
            record,
        })
    }

    fn serve(&mut self) -> io::Result<()> {
        let mut events = Vec::with_capacity(256);
        let mut buffer = vec![0; 64 * 1024];
        loop {
            events.clear();
            match epoll::wait(
                &self.epoll,
                rustix::buffer::spare_capacity(&mut events),
                None,
            ) {
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            }
            for event in &events {
                match event.data.u64() {
                    LISTENER => self.accept()?,
                    key => {
                        if !self.answer(key, &mut buffer) {
                            // Closing it takes it out of the epoll's list.
                            self.connections.remove(&key);
                        }
                    }
                }
            }
        }
    }

    fn accept(&mut self) -> io::Result<()> {
        loop {
            let stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                // The one that was waiting is gone again.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                Err(error) => return Err(error),
            };
            lock(&self.record).connections.push(monotonic());
            stream.set_nonblocking(true)?;
            stream.set_nodelay(true)?;
            let key = epoll::EventData::new_u64(self.next);
            epoll::add(&self.epoll, &stream, key, epoll::EventFlags::IN)?;
            let rest = Vec::new();
            self.connections
                .insert(self.next, Connection { stream, rest });
            self.next += 1;
        }
    }

    /// Reads once and answers what is complete; whether the connection is still needed.
    fn answer(&mut self, key: u64, buffer: &mut [u8]) -> bool {
        let Some(connection) = self.connections.get_mut(&key) else {
            return true;
        };
        let read = match connection.stream.read(buffer) {
            Ok(0) => return false,
            Ok(read) => &buffer[..read],
            Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
        };
        let mut rest = std::mem::take(&mut connection.rest);
        let mut bytes = if rest.is_empty() {
            read
        } else {
            rest.extend_from_slice(read);
            &rest
        };
        while let Some(Request {
            length,
            asks,
            closes,
        }) = request::parse(bytes)
        {
            let body = note(&mut lock(&self.record), asks);
            // An answer is far smaller than what a socket holds; a client that does not read is none of those measured.
            if connection.stream.write_all(&body).is_err() || closes {
                return false;
            }
            bytes = &bytes[length..];
        }
        connection.rest = bytes.to_vec();
        true
    }
}

/// Notes a request, and says what it is answered with.
fn note(record: &mut Record, asks: request::Asks) -> Vec<u8> {
    record.requests.push(monotonic());
    let id = match asks {
        request::Asks::New => {
            record.made += 1;
            record.made
        }
        request::Asks::Item(id) => {
            record.captured += u64::from(id > 0 && id <= record.made);
            id
        }
    };
    let mut response = Vec::with_capacity(256);
    let body = format!(r#"{{"item":{{"id":"{id:010}","name":"something to be had","stock":17}}}}"#);
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ";
    response.extend_from_slice(head.as_bytes());
    response.extend_from_slice(body.len().to_string().as_bytes());
    response.extend_from_slice(b"\r\n\r\n");
    response.extend_from_slice(body.as_bytes());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_and_connection_is_noted_and_answered() {
        let target = Target::start(&[0]).unwrap();
        let mut stream = TcpStream::connect(target.url().trim_start_matches("http://")).unwrap();
        stream
            .write_all(b"POST /items HTTP/1.1\r\nContent-Length: 2\r\n\r\n{")
            .unwrap();
        stream
            .write_all(b"}GET /items/0000000001 HTTP/1.1\r\n")
            .unwrap();
        stream.write_all(b"Connection: close\r\n\r\n").unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).unwrap();
        assert_eq!(
            answers.matches(r#""id":"0000000001""#).count(),
            2,
            "{answers}"
        );
        let record = target.take();
        assert_eq!((record.requests.len(), record.connections.len()), (2, 1));
        assert!(record.connections[0] <= record.requests[0]);
        assert_eq!(record.captured, 1);
        assert_eq!(target.count(), 0);
    }
}
