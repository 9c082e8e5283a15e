//! A client that shows the answers as they are.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::target::{Running, Target};

/// How long a test waits for what must happen.
pub(super) const DEADLINE: Duration = Duration::from_secs(20);

/// An answer of the target.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Reply {
    /// All values of a header.
    pub(super) fn headers(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(key, _)| key == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).first().copied()
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a text")
    }

    pub(super) fn json(&self) -> Value {
        assert_eq!(
            self.header("content-type"),
            Some("application/json"),
            "{self:?}"
        );
        serde_json::from_slice(&self.body).expect("a JSON document")
    }
}

/// A connection that is used for one request after the other.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) stream: TcpStream,
    buffered: Vec<u8>,
}

impl Client {
    pub(super) fn connect(target: &Running) -> Self {
        let stream = TcpStream::connect(target.addr()).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            buffered: Vec::new(),
        }
    }

    /// Sends a request without headers of its own, and without a body.
    pub(super) fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, &[], b"")
    }

    pub(super) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Reply {
        self.write(method, path, headers, body);
        self.read(method)
    }

    pub(super) fn write(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) {
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: target\r\n").into_bytes();
        for (name, value) in headers {
            write!(request, "{name}: {value}\r\n").unwrap();
        }
        if !body.is_empty() {
            write!(request, "content-length: {}\r\n", body.len()).unwrap();
        }
        request.extend_from_slice(b"\r\n");
        request.extend_from_slice(body);
        self.stream.write_all(&request).unwrap();
    }

    /// Reads the answer to a request with that method.
    pub(super) fn read(&mut self, method: &str) -> Reply {
        let mut reply = self.read_head();
        let length = reply
            .header("content-length")
            .map(|length| length.parse().unwrap());
        reply.body = match length {
            _ if method == "HEAD" || matches!(reply.status, 204 | 304) => Vec::new(),
            Some(length) => self.read_exact(length),
            None if reply.header("transfer-encoding") == Some("chunked") => self.read_chunks(),
            None => panic!("the body has no end: {reply:?}"),
        };
        reply
    }

    pub(super) fn read_head(&mut self) -> Reply {
        let head = self.read_until(b"\r\n\r\n");
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let status = lines
            .next()
            .unwrap()
            .strip_prefix("HTTP/1.1 ")
            .expect("a status line");
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(": ").expect("a header");
            (name.to_owned(), value.to_owned())
        });
        Reply {
            status: status[..3].parse().unwrap(),
            headers: headers.collect(),
            body: Vec::new(),
        }
    }

    /// Reads one chunk; the last one is empty.
    pub(super) fn read_chunk(&mut self) -> Vec<u8> {
        let size = String::from_utf8(self.read_until(b"\r\n")).unwrap();
        let size = usize::from_str_radix(size.trim_end(), 16).unwrap();
        let chunk = self.read_exact(size);
        assert_eq!(self.read_exact(2), b"\r\n");
        chunk
    }

    /// What is left until the connection ends, and how it ends.
    pub(super) fn read_rest(&mut self) -> (Vec<u8>, Option<std::io::ErrorKind>) {
        let mut rest = std::mem::take(&mut self.buffered);
        let end = self.stream.read_to_end(&mut rest);
        (rest, end.err().map(|error| error.kind()))
    }

    fn read_chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let chunk = self.read_chunk();
            if chunk.is_empty() {
                return body;
            }
            body.extend(chunk);
        }
    }

    fn read_exact(&mut self, length: usize) -> Vec<u8> {
        while self.buffered.len() < length {
            self.fill();
        }
        let rest = self.buffered.split_off(length);
        std::mem::replace(&mut self.buffered, rest)
    }

    fn read_until(&mut self, end: &[u8]) -> Vec<u8> {
        loop {
            let found = self
                .buffered
                .windows(end.len())
                .position(|window| window == end);
            if let Some(at) = found {
                return self.read_exact(at + end.len());
            }
            self.fill();
        }
    }

    fn fill(&mut self) {
        let mut chunk = [0; 16 * 1024];
        let read = self.stream.read(&mut chunk).unwrap();
        assert_ne!(
            read, 0,
            "the connection ended early, after {:?}",
            self.buffered
        );
        self.buffered.extend_from_slice(&chunk[..read]);
    }
}

/// A target, and a connection to it.
pub(super) fn start() -> (Running, Client) {
    let target = Target::start(0).unwrap();
    let client = Client::connect(&target);
    (target, client)
}

/// Waits until `holds` does.
pub(super) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < DEADLINE, "waited in vain until {what}");
        std::thread::park_timeout(Duration::from_millis(1));
    }
}
