use bytes::BytesMut;

use super::framing::{Framing, Next};
use super::{ExchangeError, Head, head};

/// What comes of a response whose bytes come in these parts: its head, its body, whether the connection stays, and what is left of the bytes.
/// Nothing where it is not all there.
type Read = Option<(Head, Vec<u8>, bool, usize)>;

fn read(parts: &[&[u8]], asked_for_head: bool) -> Result<Read, ExchangeError> {
    let mut parts = parts.iter();
    let (mut buffer, mut looked, mut ended) = (BytesMut::new(), 0, false);
    let head = loop {
        match head::take(&mut buffer, looked)? {
            Some(head) if head.is_interim() => looked = 0,
            Some(head) => break head,
            None => {
                looked = buffer.len();
                let Some(part) = parts.next() else {
                    return Ok(None);
                };
                buffer.extend_from_slice(part);
            }
        }
    };
    let mut framing = Framing::of(&head, asked_for_head)?;
    let mut body = Vec::new();
    loop {
        match framing.next(&mut buffer)? {
            Next::Part(length) => body.extend_from_slice(&buffer.split_to(length)),
            Next::End => break,
            Next::More => match parts.next() {
                Some(part) => buffer.extend_from_slice(part),
                None if framing.has_end() => return Ok(None),
                None => {
                    ended = true;
                    break;
                }
            },
        }
    }
    let stays = !ended && head.stays();
    Ok(Some((head, body, stays, buffer.len())))
}

/// The status, the number of headers, the body, whether the connection stays, and what is left.
type Told = (u16, usize, Vec<u8>, bool, usize);

fn told(parts: &[&[u8]]) -> Result<Option<Told>, String> {
    let read = read(parts, false).map_err(|error| format!("{error:?}"))?;
    Ok(read.map(|(head, body, stays, left)| {
        (head.status.as_u16(), head.headers.len(), body, stays, left)
    }))
}

const RESPONSES: &[(&[u8], u16, &[u8], bool)] = &[
    (b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc", 200, b"abc", true),
    (b"HTTP/1.1 200\r\nContent-Length: 3, 3\r\ncontent-length:3\r\n\r\nabc", 200, b"abc", true),
    (b"HTTP/1.1 204 No Content\r\ncontent-length: 9\r\n\r\n", 204, b"", true),
    (b"HTTP/1.1 304 \r\ntransfer-encoding: chunked\r\n\r\n", 304, b"", true),
    (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: x, Close\r\n\r\n", 200, b"", false),
    (b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nab", 200, b"ab", false),
    (b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\nconnection: Keep-Alive\r\n\r\nab", 200, b"ab", true),
    (b"HTTP/1.1 200 OK\r\n\r\nall of this", 200, b"all of this", false),
    (b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nall of this", 200, b"all of this", false),
    (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 201 Made\r\ncontent-length: 1\r\n\r\nx",
        201,
        b"x",
        true,
    ),
    (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n3\r\nabc\r\n0a;name=value\r\n0123456789\r\n0\r\n\r\n",
        200,
        b"abc0123456789",
        true,
    ),
    (
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n000\r\nx-sum: 1\r\nx-more: 2\r\n\r\n",
        200,
        b"a",
        true,
    ),
];

#[test]
fn a_response_is_the_same_however_its_bytes_come() {
    for &(bytes, status, body, stays) in RESPONSES {
        let text = String::from_utf8_lossy(bytes);
        let whole = told(&[bytes]).unwrap().unwrap();
        assert_eq!(
            (whole.0, &whole.2[..], whole.3, whole.4),
            (status, body, stays, 0),
            "{text}"
        );
        for at in 0..=bytes.len() {
            let (first, second) = bytes.split_at(at);
            assert_eq!(
                told(&[first, second]).unwrap().as_ref(),
                Some(&whole),
                "{text} cut at {at}"
            );
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(told(&single).unwrap(), Some(whole), "{text} byte by byte");
    }
}

#[test]
fn a_response_that_breaks_off_is_not_there() {
    for &(bytes, ..) in RESPONSES
        .iter()
        .filter(|(bytes, ..)| !bytes.ends_with(b"this"))
    {
        for at in 0..bytes.len() {
            let text = String::from_utf8_lossy(&bytes[..at]);
            assert_eq!(told(&[&bytes[..at]]).unwrap(), None, "{text}");
        }
    }
}

#[test]
fn what_follows_a_response_is_left() {
    let two = b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\naHTTP/1.1";
    assert_eq!(told(&[two]).unwrap().unwrap().4, 8);
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nx";
    assert_eq!(told(&[chunked]).unwrap().unwrap().4, 1);
}

#[test]
fn the_answer_to_a_head_request_has_no_body() {
    for framing in ["content-length: 5", "transfer-encoding: chunked", "x: y"] {
        let bytes = format!("HTTP/1.1 200 OK\r\n{framing}\r\n\r\n");
        let (_, body, stays, left) = read(&[bytes.as_bytes()], true).unwrap().unwrap();
        assert_eq!((body.len(), stays, left), (0, true, 0), "{framing}");
    }
}

#[test]
fn what_is_no_response_is_told_as_soon_as_that_is_clear() {
    let long = |line: &str, count| format!("HTTP/1.1 200 OK\r\n{}", line.repeat(count));
    let chunks =
        |rest: &str| format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{rest}");
    for (bytes, error) in [
        ("garbage".to_owned(), "Head"),
        ("HTTP/2 200 OK\r\n".to_owned(), "Head"),
        ("HTTP/1.1 2x0 OK\r\n".to_owned(), "Status"),
        ("HTTP/1.1 099 OK\r\n\r\n".to_owned(), "Status"),
        ("HTTP/1.1 200 OK\r\nna me: x\r\n\r\n".to_owned(), "Head"),
        ("HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n".to_owned(), "Head"),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n".to_owned(),
            "Head",
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: +1\r\n\r\n".to_owned(),
            "Head",
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length:\r\n\r\n".to_owned(),
            "Head",
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n".to_owned(),
            "Head",
        ),
        (
            "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_owned(),
            "Head",
        ),
        (long("a: b\r\n", 1001), "TooLong"),
        (long(&format!("a: {}\r\n", "b".repeat(997)), 66), "TooLong"),
        (long(&"a".repeat(70_000), 1), "TooLong"),
        (chunks("x\r\n"), "Chunk"),
        (chunks("\r\n"), "Chunk"),
        (chunks("1\r\nab\r\n"), "Chunk"),
        (chunks("fffffffffffffffff\r\n"), "Chunk"),
        (chunks(&format!("1;{}", "x".repeat(5000))), "Chunk"),
        (chunks("0\r\nno header\r\n\r\n"), "Chunk"),
        (chunks(&format!("0\r\n{}", "a: b\r\n".repeat(65))), "Chunk"),
    ] {
        let start = &bytes[..bytes.len().min(60)];
        assert_eq!(told(&[bytes.as_bytes()]), Err(error.to_owned()), "{start}");
    }
    // As much as may be.
    let most = format!("{}\r\n", long("a: b\r\n", 999) + "content-length: 0\r\n");
    assert_eq!(told(&[most.as_bytes()]).unwrap().unwrap().1, 1000);
    let begun = long(&format!("a: {}\r\n", "b".repeat(997)), 65);
    let end = "\r\ncontent-length: 0\r\nlast: one\r\n\r\n";
    let room = head::LONGEST_HEAD - begun.len() - end.len() - "c: ".len();
    let longest = format!("{begun}c: {}{end}", "d".repeat(room));
    let (head, ..) = read(&[longest.as_bytes()], false).unwrap().unwrap();
    assert_eq!(
        (head.headers.len(), head.headers["last"].as_bytes()),
        (68, &b"one"[..])
    );
}
