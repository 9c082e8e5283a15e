//! A proxy that keeps a record.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// What a proxy was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxied {
    /// The first line, without the version.
    pub line: String,
    /// Who asked, as the header has it.
    pub authorization: Option<String>,
}

/// A proxy on a port of its own, which passes requests on and opens tunnels. It ends when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    record: Arc<Mutex<Vec<Proxied>>>,
    over: Arc<AtomicBool>,
}

impl Proxy {
    /// Starts it.
    ///
    /// # Panics
    /// Where there is no such port.
    pub fn start() -> Self {
        Self::serving(serve)
    }

    /// Starts one that lets nobody through before it knows who asks.
    ///
    /// # Panics
    /// Where there is no such port.
    pub fn refusing() -> Self {
        Self::serving(refuse)
    }

    /// Starts one that passes on what is not denied, and answers the rest as a service of AWS that refuses: a status, and its name
    /// for why.
    ///
    /// # Panics
    /// Where there is no such port.
    pub fn denying(
        is_denied: impl Fn(&str) -> bool + Send + Sync + 'static,
        status: u16,
        code: &'static str,
    ) -> Self {
        Self::serving(move |stream, record| {
            let denied = |line: &str| is_denied(line).then(|| refusal(line, status, code));
            serve_unless(stream, record, denied)
        })
    }

    fn serving(
        serve: impl Fn(&TcpStream, &Mutex<Vec<Proxied>>) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let serve = Arc::new(serve);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            record: Arc::default(),
            over: Arc::default(),
        };
        let (record, over) = (Arc::clone(&proxy.record), Arc::clone(&proxy.over));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let (record, serve) = (Arc::clone(&record), Arc::clone(&serve));
                std::thread::spawn(move || {
                    let _either_side_may_be_gone = serve(&stream, &record);
                });
            }
        });
        proxy
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it was asked for, in order.
    pub fn record(&self) -> Vec<Proxied> {
        self.record.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // Wakes whoever waits for the next connection.
        let _woken = TcpStream::connect(self.address);
    }
}

/// An answer of a service of AWS that refuses, in the form of S3, or in that of Lambda with the name in a header.
fn refusal(line: &str, status: u16, code: &str) -> String {
    let body = if line.contains("/functions/") {
        "{\"message\":\"their words\"}".to_owned()
    } else {
        format!("<Error><Code>{code}</Code><Message>their words</Message></Error>")
    };
    format!(
        "HTTP/1.1 {status} Refused\r\nx-amzn-errortype: {code}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Answers whatever is asked for that it is not known who asks.
fn refuse(mut stream: &TcpStream, record: &Mutex<Vec<Proxied>>) -> io::Result<()> {
    let mut from_client = BufReader::new(stream);
    let Some((line, headers)) = head(&mut from_client)? else {
        return Ok(());
    };
    body(&headers, &mut from_client)?;
    record.lock().unwrap().push(Proxied {
        line,
        authorization: None,
    });
    stream.write_all(
        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    )
}

/// Serves a connection: either requests for one server after another, or a tunnel to one.
fn serve(stream: &TcpStream, record: &Mutex<Vec<Proxied>>) -> io::Result<()> {
    serve_unless(stream, record, |_| None)
}

/// The same, but for what is answered here.
fn serve_unless(
    stream: &TcpStream,
    record: &Mutex<Vec<Proxied>>,
    answered: impl Fn(&str) -> Option<String>,
) -> io::Result<()> {
    let mut from_client = BufReader::new(stream);
    loop {
        let Some((line, headers)) = head(&mut from_client)? else {
            return Ok(());
        };
        let mut authorizations = headers.iter().filter_map(|header| {
            let (name, value) = header.split_once(": ")?;
            (name == "proxy-authorization").then(|| value.to_owned())
        });
        record.lock().unwrap().push(Proxied {
            line: line.clone(),
            authorization: authorizations.next(),
        });
        if let Some(server) = line.strip_prefix("CONNECT ") {
            let server = TcpStream::connect(server)?;
            (&mut &*stream).write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
            return carry(&mut from_client, stream, &server);
        }
        let body = body(&headers, &mut from_client)?;
        if let Some(answer) = answered(&line) {
            (&mut &*stream).write_all(answer.as_bytes())?;
            continue;
        }
        pass_on((&line, &headers, &body), stream)?;
    }
}

/// The first line without the version, and the headers; none at the end.
fn head(from: &mut impl BufRead) -> io::Result<Option<(String, Vec<String>)>> {
    let mut lines = from.lines();
    let Some(first) = lines.next().transpose()? else {
        return Ok(None);
    };
    let line = first.strip_suffix(" HTTP/1.1").unwrap_or(&first).to_owned();
    let headers = lines.map_while(|line| line.ok().filter(|line| !line.is_empty()));
    Ok(Some((line, headers.collect())))
}

/// The body that a request has, where its headers say how long it is.
fn body(headers: &[String], from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let length = headers.iter().find_map(|header| {
        let lower = header.to_lowercase();
        lower.strip_prefix("content-length: ")?.parse().ok()
    });
    let mut body = vec![0; length.unwrap_or(0)];
    from.read_exact(&mut body)?;
    Ok(body)
}

/// Passes a request on, and its answer back.
fn pass_on(
    (line, headers, body): (&str, &[String], &[u8]),
    mut stream: &TcpStream,
) -> io::Result<()> {
    let bad = || io::Error::from(io::ErrorKind::InvalidInput);
    let (method, url) = line.split_once(" http://").ok_or_else(bad)?;
    let (server, path) = url.split_once('/').ok_or_else(bad)?;
    let server = TcpStream::connect(server)?;
    let mut request = format!("{method} /{path} HTTP/1.1\r\nconnection: close\r\n");
    for header in headers {
        if !header.starts_with("proxy-") {
            request.push_str(header);
            request.push_str("\r\n");
        }
    }
    request.push_str("\r\n");
    (&server).write_all(request.as_bytes())?;
    (&server).write_all(body)?;
    let mut answer = BufReader::new(&server);
    let mut length = 0;
    loop {
        let mut header = String::new();
        answer.read_line(&mut header)?;
        if let Some(value) = header.to_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().map_err(|_| bad())?;
        }
        // Of the connection to the server, and not of that to the client.
        if !header.to_lowercase().starts_with("connection:") {
            stream.write_all(header.as_bytes())?;
        }
        if header.trim().is_empty() {
            break;
        }
    }
    io::copy(&mut io::Read::take(answer, length), &mut stream)?;
    Ok(())
}

/// Carries bytes there and back until both sides have ended.
fn carry(mut from: &mut impl BufRead, client: &TcpStream, server: &TcpStream) -> io::Result<()> {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _carried = io::copy(&mut &*server, &mut &*client);
            let _ended = client.shutdown(Shutdown::Write);
        });
        io::copy(&mut from, &mut &*server)?;
        server.shutdown(Shutdown::Write)
    })
}
