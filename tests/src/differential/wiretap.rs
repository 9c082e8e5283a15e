//! A target that remembers all bytes it was sent.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use slsart::target::{Running, Target};

use super::stream::{Sent, sent};

/// What arrived on a connection, piece by piece, each with the time since the wiretap began.
pub(super) type Heard = Vec<(Duration, Vec<u8>)>;

type Connections = Arc<Mutex<Vec<Arc<Mutex<Heard>>>>>;

/// The bundled target, behind a listener that passes everything on as it is and remembers what was sent.
///
/// The bundled target's own record has bodies as digests; here they are wanted as they are.
#[derive(Debug)]
pub struct Wiretap {
    addr: SocketAddr,
    connections: Connections,
    ended: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
    _target: Running,
}

impl Wiretap {
    /// Starts it on a free port.
    pub fn start() -> Self {
        let target = Target::start(0).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let connections = Connections::default();
        let ended = Arc::new(AtomicBool::new(false));
        let accepting = std::thread::spawn({
            let (connections, ended, upstream) =
                (connections.clone(), ended.clone(), target.addr());
            move || accept(&listener, upstream, &connections, &ended)
        });
        Self {
            addr,
            connections,
            ended,
            accepting: Some(accepting),
            _target: target,
        }
    }

    /// Host and port.
    pub fn authority(&self) -> String {
        self.addr.to_string()
    }

    /// The requests received, in order of arrival.
    pub fn requests(&self) -> Vec<Sent> {
        let connections = self.connections.lock().unwrap();
        let mut requests: Vec<_> = connections
            .iter()
            .flat_map(|heard| sent(&heard.lock().unwrap(), &self.authority()))
            .collect();
        requests.sort_by_key(|request| request.at);
        requests
    }
}

impl Drop for Wiretap {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.addr));
        if let Some(accepting) = self.accepting.take() {
            accepting.join().ok();
        }
    }
}

fn accept(
    listener: &TcpListener,
    upstream: SocketAddr,
    connections: &Connections,
    ended: &AtomicBool,
) {
    let begun = Instant::now();
    while let Ok((client, _)) = listener.accept() {
        if ended.load(Ordering::Acquire) {
            return;
        }
        let heard = Arc::new(Mutex::new(Heard::new()));
        connections.lock().unwrap().push(heard.clone());
        let server = TcpStream::connect(upstream).unwrap();
        client.set_nodelay(true).unwrap();
        server.set_nodelay(true).unwrap();
        let there = (client.try_clone().unwrap(), server.try_clone().unwrap());
        std::thread::spawn(move || listen(there.0, there.1, begun, &heard));
        std::thread::spawn(move || answer(server, client));
    }
}

fn listen(mut client: TcpStream, mut server: TcpStream, begun: Instant, heard: &Mutex<Heard>) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match client.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => {
                let bytes = &buffer[..count];
                heard
                    .lock()
                    .unwrap()
                    .push((begun.elapsed(), bytes.to_vec()));
                if server.write_all(bytes).is_err() {
                    break;
                }
            }
        }
    }
    server.shutdown(Shutdown::Write).ok();
}

fn answer(mut server: TcpStream, mut client: TcpStream) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match server.read(&mut buffer) {
            Ok(0) => {
                client.shutdown(Shutdown::Both).ok();
                return;
            }
            Ok(count) if client.write_all(&buffer[..count]).is_ok() => {}
            Ok(_) => return,
            Err(_) => {
                // A reset is passed on as one: it is sent when the last handle of a socket that does not linger is closed.
                let socket = socket2::SockRef::from(&client);
                socket.set_linger(Some(Duration::ZERO)).ok();
                client.shutdown(Shutdown::Read).ok();
                return;
            }
        }
    }
}
