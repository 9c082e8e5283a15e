//! A server that answers as a test wants: byte by byte, on threads of its own.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivateSec1KeyDer};
use rustls::server::ResolvesServerCert;
use rustls::server::danger::ClientCertVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    HandshakeKind, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion,
};

/// What a server has received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Received {
    /// `GET /path`.
    pub(super) line: String,
    /// In the order in which they came, names as they came.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    /// The number of the connection, counted from 0.
    pub(super) connection: usize,
}

impl Received {
    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| &**value)
    }
}

/// A server on a port of its own. It ends when it is dropped.
pub(super) struct Server {
    address: SocketAddr,
    scheme: &'static str,
    received: Arc<Mutex<Vec<Received>>>,
    connections: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
}

impl Server {
    /// Lets `answer` have every connection.
    pub(super) fn new(answer: impl Fn(&mut Peer) + Send + Sync + 'static) -> Self {
        Self::start("http", answer, |stream| Box::new(stream))
    }

    /// The same by TLS, with a certificate of `tls/testdata`.
    pub(super) fn tls(
        certificate: &[u8],
        key: &[u8],
        answer: impl Fn(&mut Peer) + Send + Sync + 'static,
    ) -> Self {
        let key = SingleCertAndKey::from(certified(&[certificate], key));
        Self::by(
            tls_config(rustls::ALL_VERSIONS, None, Arc::new(key)),
            answer,
        )
    }

    /// The same as it is said.
    pub(super) fn by(
        config: ServerConfig,
        answer: impl Fn(&mut Peer) + Send + Sync + 'static,
    ) -> Self {
        Self::counting(config, Arc::default(), answer)
    }

    /// The same; counts connections that resume nothing.
    pub(super) fn counting(
        config: ServerConfig,
        full: Arc<AtomicUsize>,
        answer: impl Fn(&mut Peer) + Send + Sync + 'static,
    ) -> Self {
        let config = Arc::new(config);
        Self::start("https", answer, move |stream| {
            let session = ServerConnection::new(Arc::clone(&config)).unwrap();
            Box::new(Counted {
                stream: StreamOwned::new(session, stream),
                full: Some(Arc::clone(&full)),
            })
        })
    }

    /// Lets `answer` have every connection to the other family's address of this machine.
    pub(super) fn of_six(answer: impl Fn(&mut Peer) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).unwrap();
        Self::on(listener, "http", answer, |stream| Box::new(stream))
    }

    fn start(
        scheme: &'static str,
        answer: impl Fn(&mut Peer) + Send + Sync + 'static,
        wrap: impl Fn(TcpStream) -> Box<dyn Stream> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        Self::on(listener, scheme, answer, wrap)
    }

    fn on(
        listener: TcpListener,
        scheme: &'static str,
        answer: impl Fn(&mut Peer) + Send + Sync + 'static,
        wrap: impl Fn(TcpStream) -> Box<dyn Stream> + Send + 'static,
    ) -> Self {
        let server = Self {
            address: listener.local_addr().unwrap(),
            scheme,
            received: Arc::default(),
            connections: Arc::default(),
            over: Arc::default(),
        };
        let (received, connections, over) = (
            Arc::clone(&server.received),
            Arc::clone(&server.connections),
            Arc::clone(&server.over),
        );
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let tcp = stream.try_clone().unwrap();
                let mut peer = Peer {
                    stream: BufReader::new(wrap(stream)),
                    tcp,
                    connection: connections.fetch_add(1, Ordering::SeqCst),
                    received: Arc::clone(&received),
                };
                let answer = Arc::clone(&answer);
                std::thread::spawn(move || answer(&mut peer));
            }
        });
        server
    }

    /// Answers every request with this.
    pub(super) fn answering(answer: &'static str) -> Self {
        Self::new(move |peer| {
            while peer.request().is_some() {
                peer.write(answer);
            }
        })
    }

    /// Its URL.
    pub(super) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has received.
    pub(super) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// The first lines of what it has received.
    pub(super) fn lines(&self) -> Vec<String> {
        self.received()
            .into_iter()
            .map(|received| received.line)
            .collect()
    }

    /// How many connections it has accepted.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // Wakes whoever waits for the next connection.
        let _woken = TcpStream::connect(self.address);
    }
}

/// Certificates with their key.
pub(super) fn certified(chain: &[&[u8]], key: &[u8]) -> CertifiedKey {
    let chain = chain.iter().map(|one| CertificateDer::from(one.to_vec()));
    let key = PrivateKeyDer::Sec1(PrivateSec1KeyDer::from(key.to_vec()));
    let provider = rustls::crypto::ring::default_provider();
    CertifiedKey::from_der(chain.collect(), key, &provider).unwrap()
}

/// A server's side of TLS.
pub(super) fn tls_config(
    versions: &[&'static SupportedProtocolVersion],
    clients: Option<Arc<dyn ClientCertVerifier>>,
    key: Arc<dyn ResolvesServerCert>,
) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap();
    let config = match clients {
        Some(clients) => config.with_client_cert_verifier(clients),
        None => config.with_no_client_auth(),
    };
    config.with_cert_resolver(key)
}

/// A connection by TLS; counted when something came by it, if it resumes nothing.
struct Counted {
    stream: StreamOwned<ServerConnection, TcpStream>,
    full: Option<Arc<AtomicUsize>>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.stream.read(into)?;
        let full = self.full.take();
        let resumed = Some(HandshakeKind::Resumed);
        if let Some(full) = full.filter(|_| self.stream.conn.handshake_kind() != resumed) {
            full.fetch_add(1, Ordering::SeqCst);
        }
        Ok(length)
    }
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Bytes in and out.
trait Stream: Read + Write + Send {}

impl<S: Read + Write + Send> Stream for S {}

/// Whoever has connected.
pub(super) struct Peer {
    stream: BufReader<Box<dyn Stream>>,
    tcp: TcpStream,
    connection: usize,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Peer {
    /// The number of the connection, counted from 0.
    pub(super) fn connection(&self) -> usize {
        self.connection
    }

    /// Whether the server has received a request with this line, from whomever.
    pub(super) fn seen(&self, line: &str) -> bool {
        let received = self.received.lock().unwrap();
        received.iter().any(|request| request.line == line)
    }

    /// The next request; none at the end of the connection.
    pub(super) fn request(&mut self) -> Option<Received> {
        let received = self.read_request().ok().flatten()?;
        self.received.lock().unwrap().push(received.clone());
        Some(received)
    }

    fn read_request(&mut self) -> io::Result<Option<Received>> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line
            .trim_end()
            .strip_suffix(" HTTP/1.1")
            .unwrap()
            .to_owned();
        let mut headers = Vec::new();
        loop {
            let mut header = Vec::new();
            self.stream.read_until(b'\n', &mut header)?;
            let header: String = header.iter().copied().map(char::from).collect();
            let Some((name, value)) = header.trim_end().split_once(':') else {
                break;
            };
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
        self.stream.read_exact(&mut body)?;
        let body = String::from_utf8_lossy(&body).into_owned();
        Ok(Some(Received {
            line,
            headers,
            body,
            connection: self.connection,
        }))
    }

    /// Connects on to a server and carries bytes there and back until one side ends.
    pub(super) fn carry_on_to(&mut self, server: SocketAddr) {
        let there = TcpStream::connect(server).unwrap();
        let (mut from_there, mut to_here) =
            (there.try_clone().unwrap(), self.tcp.try_clone().unwrap());
        let back = std::thread::spawn(move || {
            let _carried = io::copy(&mut from_there, &mut to_here);
            let _ended = to_here.shutdown(Shutdown::Write);
        });
        let _carried = io::copy(&mut self.stream, &mut &there);
        let _ended = there.shutdown(Shutdown::Write);
        back.join().unwrap();
    }

    /// Reads no more than a line.
    pub(super) fn read_line(&mut self) {
        self.stream.read_line(&mut String::new()).unwrap();
    }

    /// Sends bytes; whether the other side takes them is its own matter.
    pub(super) fn write(&mut self, bytes: impl AsRef<[u8]>) {
        let stream = self.stream.get_mut();
        let _may_be_gone = stream
            .write_all(bytes.as_ref())
            .and_then(|()| stream.flush());
    }

    /// Sends bytes. Whether the other side was there to take them.
    pub(super) fn sends(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let stream = self.stream.get_mut();
        let sent = stream.write_all(bytes.as_ref());
        sent.and_then(|()| stream.flush()).is_ok()
    }

    /// Answers with 200 and a body.
    pub(super) fn ok(&mut self, body: impl AsRef<[u8]>) {
        let body = body.as_ref();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        self.write([head.as_bytes(), body].concat());
    }

    /// Closes the connection as a crash does.
    pub(super) fn reset(&mut self) {
        let no_time = Some(std::time::Duration::ZERO);
        socket2::SockRef::from(&self.tcp)
            .set_linger(no_time)
            .unwrap();
    }

    /// Returns when the other side has closed the connection.
    pub(super) fn wait_for_end(&mut self) {
        let _read_or_reset = io::copy(&mut self.stream, &mut io::sink());
    }

    /// The same, without a look at what still comes.
    pub(super) fn wait_for_end_unread(&mut self) {
        let _read_or_reset = io::copy(&mut &self.tcp, &mut io::sink());
    }
}
