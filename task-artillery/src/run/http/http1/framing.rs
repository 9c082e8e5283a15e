//! Where a response's body ends (RFC 9112, sections 6.3 and 7.1).

use bytes::{Buf, BytesMut};
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, StatusCode};
use httparse::Status;

use super::ExchangeError;
use super::head::Head;

/// The longest line with a chunk's size, and the most that may follow the last chunk.
const LONGEST_SIZE: usize = 4 * 1024;
const LONGEST_TRAILERS: usize = 16 * 1024;

/// The most headers behind the last chunk. Nobody looks at them.
const MOST_TRAILERS: usize = 64;

/// How much of a body is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// So many bytes.
    Length(u64),
    /// Chunks.
    Chunked(Chunked),
    /// All until the connection ends.
    ToTheEnd,
}

/// What comes next of a body in chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chunked {
    /// The size of the next chunk.
    Size,
    /// So many more bytes of a chunk.
    Data(u64),
    /// The end of the line behind a chunk.
    LineEnd,
    /// What follows the last chunk.
    Trailers,
    /// Nothing.
    Over,
}

/// What there is in what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// So many bytes of the body, at its beginning.
    Part(usize),
    /// Nothing yet.
    More,
    /// The end of the body.
    End,
}

impl Framing {
    /// That of a response's body, by its head and by whether it answers a `HEAD` request.
    ///
    /// # Errors
    /// Where its head contradicts itself.
    pub(super) fn of(head: &Head, asked_for_head: bool) -> Result<Self, ExchangeError> {
        let bodiless = head.status.is_informational()
            || head.status == StatusCode::NO_CONTENT
            || head.status == StatusCode::NOT_MODIFIED;
        if asked_for_head || bodiless {
            return Ok(Self::Length(0));
        }
        if let Some(last) = head.headers.get_all(TRANSFER_ENCODING).iter().next_back() {
            if head.old {
                return Err(ExchangeError::Head);
            }
            let last = last.as_bytes().rsplit(|byte| *byte == b',').next();
            let chunked =
                last.is_some_and(|last| last.trim_ascii().eq_ignore_ascii_case(b"chunked"));
            return Ok(if chunked {
                Self::Chunked(Chunked::Size)
            } else {
                Self::ToTheEnd
            });
        }
        Ok(length(&head.headers)?.map_or(Self::ToTheEnd, Self::Length))
    }

    /// Whether it says by itself where it ends.
    pub(super) fn has_end(self) -> bool {
        self != Self::ToTheEnd
    }

    pub(super) fn is_over(self) -> bool {
        matches!(self, Self::Length(0) | Self::Chunked(Chunked::Over))
    }

    /// Reads on in what was read; a part that it tells is counted as taken.
    ///
    /// # Errors
    /// Where a chunk is none.
    pub(super) fn next(&mut self, buffer: &mut BytesMut) -> Result<Next, ExchangeError> {
        match self {
            Self::Length(left) => Ok(part(left, buffer)),
            Self::Chunked(chunked) => chunked.next(buffer),
            Self::ToTheEnd if buffer.is_empty() => Ok(Next::More),
            Self::ToTheEnd => Ok(Next::Part(buffer.len())),
        }
    }
}

impl Chunked {
    fn next(&mut self, buffer: &mut BytesMut) -> Result<Next, ExchangeError> {
        loop {
            *self = match self {
                // httparse takes a line without any digit for a zero.
                Self::Size if buffer.first().is_some_and(|byte| !byte.is_ascii_hexdigit()) => {
                    return Err(ExchangeError::Chunk);
                }
                Self::Size => match httparse::parse_chunk_size(buffer) {
                    Ok(Status::Complete((length, size))) => {
                        buffer.advance(length);
                        if size == 0 {
                            Self::Trailers
                        } else {
                            Self::Data(size)
                        }
                    }
                    Ok(Status::Partial) if buffer.len() <= LONGEST_SIZE => return Ok(Next::More),
                    Ok(Status::Partial) | Err(_) => return Err(ExchangeError::Chunk),
                },
                Self::Data(0) => Self::LineEnd,
                Self::Data(left) => return Ok(part(left, buffer)),
                Self::LineEnd => match buffer.get(..2) {
                    Some(b"\r\n") => {
                        buffer.advance(2);
                        Self::Size
                    }
                    None if b"\r".starts_with(buffer) => return Ok(Next::More),
                    _ => return Err(ExchangeError::Chunk),
                },
                Self::Trailers => {
                    let mut trailers = [httparse::EMPTY_HEADER; MOST_TRAILERS];
                    match httparse::parse_headers(buffer, &mut trailers) {
                        Ok(Status::Complete((length, _))) => {
                            buffer.advance(length);
                            Self::Over
                        }
                        Ok(Status::Partial) if buffer.len() <= LONGEST_TRAILERS => {
                            return Ok(Next::More);
                        }
                        Ok(Status::Partial) | Err(_) => return Err(ExchangeError::Chunk),
                    }
                }
                Self::Over => return Ok(Next::End),
            };
        }
    }
}

/// The next part of so many bytes.
fn part(left: &mut u64, buffer: &BytesMut) -> Next {
    if *left == 0 {
        return Next::End;
    }
    let length = usize::try_from(*left).map_or(buffer.len(), |left| left.min(buffer.len()));
    if length == 0 {
        return Next::More;
    }
    *left -= length as u64;
    Next::Part(length)
}

/// What `content-length` says, if it is there. It may be there several times, as headers or as a list, if it is always the same.
fn length(headers: &HeaderMap) -> Result<Option<u64>, ExchangeError> {
    let mut length = None;
    for value in headers.get_all(CONTENT_LENGTH) {
        for one in value.as_bytes().split(|byte| *byte == b',') {
            let one = one.trim_ascii();
            let digits = !one.is_empty() && one.iter().all(u8::is_ascii_digit);
            let number = std::str::from_utf8(one)
                .ok()
                .filter(|_| digits)
                .and_then(|one| one.parse().ok());
            match (number, length) {
                (Some(number), None) => length = Some(number),
                (Some(number), Some(same)) if number == same => {}
                _ => return Err(ExchangeError::Head),
            }
        }
    }
    Ok(length)
}
