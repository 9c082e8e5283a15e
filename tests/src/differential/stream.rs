//! Requests in the bytes of a connection, without what is different in each run.

use std::collections::BTreeMap;
use std::fmt::{Display, Formatter, Write as _};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::folder;
use super::wiretap::Heard;

/// What stands for the target's host and port.
const TARGET: &str = "TARGET";

/// What stands for the folder of the scripts.
const FOLDER: &str = "FOLDER";

/// What stands for the line between parts of a form.
const BOUNDARY: &str = "BOUNDARY";

/// A request as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// When its head was there.
    pub at: Duration,
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The headers that a script may have to do with, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

impl Display for Sent {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        for (name, value) in &self.headers {
            write!(f, " [{name}: {value}]")?;
        }
        if self.body.is_empty() {
            return Ok(());
        }
        write!(f, " {}", on_a_line(&self.body))
    }
}

/// A text with its control characters shown.
pub(super) fn on_a_line(text: &str) -> String {
    let mut line = String::new();
    for character in text.chars() {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

/// The requests that arrived on a connection to a target of this host and port.
pub(super) fn sent(heard: &Heard, authority: &str) -> Vec<Sent> {
    let bytes: Vec<u8> = heard.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    let mut requests = Vec::new();
    let mut from = 0;
    while let Some(length) = find(&bytes[from..], b"\r\n\r\n") {
        let head = String::from_utf8_lossy(&bytes[from..from + length]).into_owned();
        let body = from + length + 4;
        let mut request = Sent::of_head(&head, when(heard, body));
        let (text, end) = request.body_of(&bytes, body);
        request.body = text;
        requests.push(request.normal(authority));
        from = end;
    }
    requests
}

/// When so many bytes were there.
fn when(heard: &Heard, count: usize) -> Duration {
    let mut there = 0;
    for (at, bytes) in heard {
        there += bytes.len();
        if there >= count {
            return *at;
        }
    }
    Duration::MAX
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

impl Sent {
    fn of_head(head: &str, at: Duration) -> Self {
        let mut lines = head.split("\r\n");
        let mut line = lines.next().unwrap_or_default().split(' ');
        let (method, path) = (line.next(), line.next());
        let mut headers = BTreeMap::<String, String>::new();
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            headers
                .entry(name.to_ascii_lowercase())
                .and_modify(|all| {
                    let _infallible = write!(all, ", {value}");
                })
                .or_insert_with(|| value.to_owned());
        }
        Self {
            at,
            method: method.unwrap_or_default().to_owned(),
            path: path.unwrap_or_default().to_owned(),
            headers,
            body: String::new(),
        }
    }

    /// The body that begins at `from`, and where it ends.
    fn body_of(&self, bytes: &[u8], from: usize) -> (String, usize) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if self.headers.contains_key("transfer-encoding") {
            let (body, end) = chunks(bytes, from);
            return (text(&body), end);
        }
        let length = self.headers.get("content-length");
        let length = length.and_then(|length| length.parse().ok()).unwrap_or(0);
        let end = bytes.len().min(from + length);
        (text(&bytes[from..end]), end)
    }

    /// Without the headers that programs choose for themselves, and with what is different in each run replaced.
    fn normal(mut self, authority: &str) -> Self {
        if let Some(boundary) = self.boundary() {
            self.body = self.body.replace(&boundary, BOUNDARY);
            for value in self.headers.values_mut() {
                *value = value.replace(&boundary, BOUNDARY);
            }
        }
        self.headers.retain(|name, value| match name.as_str() {
            "connection" | "content-length" | "transfer-encoding" => false,
            "host" => value != authority,
            "user-agent" => !["Artillery", "got ", "slsart"]
                .iter()
                .any(|program| value.starts_with(program)),
            _ => true,
        });
        let folder = folder().join("scripts").display().to_string();
        // Which encodings, is the program's choice; whether, is the script's.
        if let Some(encodings) = self.headers.get_mut("accept-encoding")
            && encodings.contains("gzip")
        {
            "gzip…".clone_into(encodings);
        }
        for text in self
            .headers
            .values_mut()
            .chain([&mut self.body, &mut self.path])
        {
            *text = text.replace(authority, TARGET).replace(&folder, FOLDER);
        }
        self
    }

    fn boundary(&self) -> Option<String> {
        let kind = self.headers.get("content-type")?;
        let (_, boundary) = kind.split_once("boundary=")?;
        Some(boundary.trim_matches('"').to_owned())
    }
}

/// A body in chunks.
fn chunks(bytes: &[u8], mut from: usize) -> (Vec<u8>, usize) {
    let mut body = Vec::new();
    while let Some(length) = find(&bytes[from..], b"\r\n") {
        let size = String::from_utf8_lossy(&bytes[from..from + length]).into_owned();
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        from += length + 2;
        let end = bytes.len().min(from + size);
        body.extend_from_slice(&bytes[from..end]);
        from = bytes.len().min(end + 2);
        if size == 0 {
            break;
        }
    }
    (body, from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(pieces: &[&str]) -> Heard {
        pieces
            .iter()
            .zip(0..)
            .map(|(piece, second)| (Duration::from_secs(second), piece.as_bytes().to_vec()))
            .collect()
    }

    fn shown(pieces: &[&str]) -> Vec<String> {
        sent(&heard(pieces), "127.0.0.1:7")
            .iter()
            .map(|request| format!("{} {request}", request.at.as_secs()))
            .collect()
    }

    #[test]
    fn requests_are_found_however_the_bytes_came() {
        let pieces = [
            "POST /a?b=1 HTTP/1.1\r\nHost: 127.0.0.1:7\r\nX-Two: 1\r\nx-two: 2\r\nContent-",
            "Length: 5\r\n\r\nhel",
            "loGET /b HTTP/1.1\r\nhost: other\r\n\r\n",
        ];
        let expected = [
            "1 POST /a?b=1 [x-two: 1, 2] hello",
            "2 GET /b [host: other]",
        ];
        assert_eq!(shown(&pieces), expected);
    }

    #[test]
    fn chunks_are_put_together_and_a_body_may_be_cut_off() {
        let pieces = [
            "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n",
            "PUT /b HTTP/1.1\r\nContent-Length: 100\r\n\r\nthis",
        ];
        assert_eq!(shown(&pieces), ["0 PUT /a abc0123456789", "1 PUT /b this"]);
    }

    #[test]
    fn what_differs_in_each_run_is_replaced() {
        let pieces = [concat!(
            "POST / HTTP/1.1\r\naccept-encoding: gzip, br\r\nuser-agent: Artillery (x)\r\n",
            "content-type: multipart/form-data; boundary=--x1\r\ncontent-length: 32\r\n\r\n",
            "----x1 http://127.0.0.1:7/ --x1--",
        )];
        let expected = [
            "0 POST / [accept-encoding: gzip…] [content-type: multipart/form-data; boundary=BOUNDARY] --BOUNDARY http://TARGET/ BOUNDARY-",
        ];
        assert_eq!(shown(&pieces), expected);
    }
}
