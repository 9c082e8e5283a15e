//! HTTP/1.1 on one connection, as a client speaks it: one request, its response, the next request (RFC 9112).
//!
//! The bytes of heads, chunk sizes and trailers are parsed by `httparse`, and headers are `http`'s; what is here is when to read and to
//! write. Why it is not hyper's: docs/decisions/010-http1.md.

mod framing;
mod head;
mod writer;

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead as _, ReadBuf};

use self::framing::{Framing, Next};
pub(super) use self::head::Head;
#[cfg(doc)]
use self::head::{LONGEST_HEAD, MOST_HEADERS};
use self::writer::Writer;
use super::outgoing::Outgoing;
use super::stream::Stream;

/// How much is read at once.
const READ: usize = 64 * 1024;

/// So much room a connection keeps that waits for a request.
const KEPT: usize = 4 * 1024;

thread_local! {
    /// Where all connections read to: a worker's users are on one thread. So one that waits holds no memory, and one that has read holds
    /// as much as came.
    static LANDING: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ].into_boxed_slice());
}

/// Why an exchange failed.
#[derive(Debug, thiserror::Error)]
pub(in crate::run) enum ExchangeError {
    /// The operating system says so, or TLS.
    #[error("the connection broke")]
    Io(#[from] io::Error),
    /// The connection ended before the message did.
    #[error("the connection ended in mid-message")]
    Ended,
    /// The head of the response is none.
    #[error("the response's head is none")]
    Head,
    /// Its status is none.
    #[error("the response's status is none")]
    Status,
    /// It has more than [`MOST_HEADERS`] headers, or more than [`LONGEST_HEAD`] bytes.
    #[error("the response's head is too long")]
    TooLong,
    /// A chunk of the body, or what follows the last, is none.
    #[error("a chunk of the body is none")]
    Chunk,
}

/// A part of a body: how long it is, and its bytes where they are to be kept. None at the body's end.
pub(super) type Part = Option<(usize, Bytes)>;

/// What the answer to a request depends on besides the answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// A `HEAD` request: its response has headers of a body, and no body.
    pub(super) head: bool,
    /// The request says `connection: close`.
    pub(super) close: bool,
}

/// A connection, and how far what is said on it has come.
#[derive(Debug)]
pub(super) struct Http1 {
    stream: Stream,
    writer: Writer,
    /// What was read and is not used yet.
    buffer: BytesMut,
    /// How much of that has been looked at in vain.
    looked: usize,
    state: State,
    /// Why the request could not be sent to its end. A server may answer a request that it does not want to have all of, and close.
    unsendable: Option<io::Error>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// No response is awaited.
    Idle,
    /// A request is under way, and its response's head is awaited.
    Head(Asked),
    /// The response's body; whether the connection can be used after it.
    Body(Framing, bool),
    /// Nothing more can be said.
    Ended,
}

impl Http1 {
    pub(super) fn new(stream: Stream) -> Self {
        Self {
            stream,
            writer: Writer::default(),
            buffer: BytesMut::new(),
            looked: 0,
            state: State::Idle,
            unsendable: None,
        }
    }

    /// Whether the next request may be sent as soon as all of this one has been, so far as is known.
    pub(super) fn stays(&self) -> bool {
        matches!(self.state, State::Idle) && self.unsendable.is_none()
    }

    /// Whether nothing more can be said on it.
    pub(super) fn is_ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    /// Looks whether a connection that waits for a request has been ended by the other side, which may do so at any time. A server that
    /// says something without being asked is not understood either.
    pub(super) fn poll_ended(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let _bytes_or_end_or_error = ready!(self.poll_fill(cx));
        self.state = State::Ended;
        Poll::Ready(())
    }

    /// Begins a request: `head` is taken, and an empty buffer left for it.
    pub(super) fn begin(&mut self, head: &mut Vec<u8>, body: &Outgoing, asked: Asked) {
        self.writer.begin(head, body);
        self.state = State::Head(asked);
    }

    /// Whether all of the request has gone out, or all that ever will.
    pub(super) fn is_sent(&self) -> bool {
        self.writer.is_done()
    }

    /// Whether nothing of the request can have gone out.
    pub(super) fn is_unsent(&self) -> bool {
        self.writer.is_unsent()
    }

    /// Sends what can be sent of the request. `true` where that is anything. Where the connection broke, what was read of it already may
    /// still hold an answer; if it does not, that is the error of reading.
    pub(super) fn send_on(&mut self, cx: &mut Context<'_>) -> bool {
        match self.writer.write_on(&mut self.stream, cx) {
            Ok(went) => went,
            Err(error) => {
                self.writer.give_up();
                self.unsendable = Some(error);
                false
            }
        }
    }

    /// Waits for the head of the response; those before it, which only say that there will be one, are passed over.
    ///
    /// # Errors
    /// Where there is none, or the connection broke.
    pub(super) fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<Result<Head, ExchangeError>> {
        let State::Head(asked) = self.state else {
            return Poll::Ready(Err(ExchangeError::Ended));
        };
        loop {
            match head::take(&mut self.buffer, self.looked) {
                Ok(Some(head)) if head.is_interim() => {
                    self.looked = 0;
                    continue;
                }
                Ok(Some(head)) => {
                    self.looked = 0;
                    let framed = Framing::of(&head, asked.head);
                    let framing = framed.map_err(|error| self.end(error))?;
                    let stays = !asked.close && framing.has_end() && head.stays();
                    self.turn_to(framing, stays);
                    return Poll::Ready(Ok(head));
                }
                Ok(None) => self.looked = self.buffer.len(),
                Err(error) => return Poll::Ready(Err(self.end(error))),
            }
            if ready!(self.poll_fill(cx))? == 0 {
                return Poll::Ready(Err(self.end(ExchangeError::Ended)));
            }
        }
    }

    /// Waits for the next part of the response's body.
    ///
    /// # Errors
    /// Where the body is broken, or the connection.
    pub(super) fn poll_part(
        &mut self,
        cx: &mut Context<'_>,
        keep: bool,
    ) -> Poll<Result<Part, ExchangeError>> {
        loop {
            let State::Body(mut framing, stays) = self.state else {
                return Poll::Ready(Ok(None));
            };
            let next = framing.next(&mut self.buffer);
            let next = next.map_err(|error| self.end(error))?;
            let part = match next {
                Next::Part(length) => Some((length, self.part(length, keep))),
                Next::End | Next::More => None,
            };
            self.turn_to(framing, stays);
            if next != Next::More {
                return Poll::Ready(Ok(part));
            }
            if ready!(self.poll_fill(cx))? == 0 {
                if framing.has_end() {
                    return Poll::Ready(Err(self.end(ExchangeError::Ended)));
                }
                self.state = State::Ended;
            }
        }
    }

    /// Takes bytes of the body from the buffer.
    fn part(&mut self, length: usize, keep: bool) -> Bytes {
        if keep {
            return self.buffer.split_to(length).freeze();
        }
        self.buffer.advance(length);
        Bytes::new()
    }

    /// The response goes on so. When it is over, the connection can be used again if both sides wish so and nothing is left of it.
    fn turn_to(&mut self, framing: Framing, stays: bool) {
        if !framing.is_over() {
            self.state = State::Body(framing, stays);
            return;
        }
        let stays = stays && self.unsendable.is_none() && self.buffer.is_empty();
        self.state = if stays { State::Idle } else { State::Ended };
        // A user that thinks needs no room for a long body.
        if self.buffer.capacity() > KEPT {
            self.buffer = BytesMut::new();
        }
    }

    /// Reads more; 0 at the end.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize, ExchangeError>> {
        LANDING.with_borrow_mut(|landing| {
            let mut read = ReadBuf::new(landing);
            let polled = Pin::new(&mut self.stream).poll_read(cx, &mut read);
            ready!(polled).map_err(|error| self.end(error.into()))?;
            self.buffer.extend_from_slice(read.filled());
            Poll::Ready(Ok(read.filled().len()))
        })
    }

    fn end(&mut self, error: ExchangeError) -> ExchangeError {
        self.state = State::Ended;
        match (self.unsendable.take(), error) {
            (Some(first), ExchangeError::Io(_) | ExchangeError::Ended) => first.into(),
            (_, error) => error,
        }
    }
}

#[cfg(test)]
mod tests;
