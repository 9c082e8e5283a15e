//! A connection to a Redis server: RESP, as far as a client needs it that sends one command at a time.

use std::io;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// The longest answer that is read, in bytes of one text or items of one list.
const LONGEST: u64 = 64 << 20;

/// What the server said; its content is of no interest here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// It did what it was told.
    Done,
    /// It did not.
    Error(String),
}

/// Whether this is `HOST:PORT`.
pub(crate) fn check_address(server: &str) -> Result<(), String> {
    let Some((host, port)) = server.rsplit_once(':') else {
        return Err(format!("`{server}` has no port"));
    };
    // Colons are also in addresses of version 6, which stand in brackets.
    let bare = !host.contains(':') || host.starts_with('[') && host.ends_with(']');
    if host.is_empty() {
        return Err("the host is missing before the colon".to_owned());
    }
    if host.contains(char::is_whitespace) || !bare {
        return Err(format!("`{host}` is no host"));
    }
    match port.parse::<u16>() {
        Ok(1..) => Ok(()),
        _ if port.is_empty() => Err("the port is missing behind the colon".to_owned()),
        _ => Err(format!(
            "`{port}` is no port: a whole number from 1 to 65535"
        )),
    }
}

#[derive(Debug)]
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub(crate) async fn open(server: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
        })
    }

    /// Sends a command and reads the answer. Whoever gives up in between must not use the connection again.
    pub(crate) async fn ask(&mut self, command: &[String]) -> io::Result<Reply> {
        let words = command.iter();
        let words: String = words
            .flat_map(|word| {
                ["$", &word.len().to_string(), "\r\n", word, "\r\n"].map(str::to_owned)
            })
            .collect();
        let sent = format!("*{}\r\n{words}", command.len());
        self.stream.get_mut().write_all(sent.as_bytes()).await?;
        let mut reply = Reply::Done;
        // A list announces how many answers follow, each of which may be a list again.
        let mut open = 1_u64;
        while open > 0 {
            open -= 1;
            let mut line = String::new();
            (&mut self.stream)
                .take(LONGEST)
                .read_line(&mut line)
                .await?;
            let line = line.strip_suffix("\r\n").ok_or_else(closed)?;
            let (kind, rest) = line.split_at_checked(1).ok_or_else(strange)?;
            match kind {
                "+" | ":" => {}
                "-" => reply = Reply::Error(rest.to_owned()),
                "$" => self.skip_text(length(rest)?).await?,
                "*" => open += length(rest)?.unwrap_or(0),
                _ => return Err(strange()),
            }
        }
        Ok(reply)
    }

    async fn skip_text(&mut self, length: Option<u64>) -> io::Result<()> {
        let Some(length) = length else { return Ok(()) };
        let mut text = (&mut self.stream).take(length + 2);
        let skipped = tokio::io::copy(&mut text, &mut tokio::io::sink()).await?;
        (skipped == length + 2).then_some(()).ok_or_else(closed)
    }
}

/// A length; none where the server has nothing.
fn length(text: &str) -> io::Result<Option<u64>> {
    if text == "-1" {
        return Ok(None);
    }
    let length = text.parse().ok().filter(|length| *length <= LONGEST);
    length.map(Some).ok_or_else(strange)
}

fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed it")
}

fn strange() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "this is no answer of Redis")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_host_and_a_port() {
        for good in ["127.0.0.1:6379", "cache.example:1", "[::1]:6379"] {
            assert_eq!(check_address(good), Ok(()));
        }
        let said = [
            "localhost",
            ":6379",
            "::1:6379",
            "a b:1",
            "a:0",
            "a:70000",
            "a:",
        ]
        .map(|bad| check_address(bad).unwrap_err());
        assert_eq!(
            said,
            [
                "`localhost` has no port",
                "the host is missing before the colon",
                "`::1` is no host",
                "`a b` is no host",
                "`0` is no port: a whole number from 1 to 65535",
                "`70000` is no port: a whole number from 1 to 65535",
                "the port is missing behind the colon",
            ]
        );
    }
}
