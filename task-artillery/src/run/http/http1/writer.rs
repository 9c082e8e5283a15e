//! Sending a request.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::AsyncWrite;

use super::super::outgoing::Outgoing;
use super::super::stream::Stream;

/// A body up to this length goes out with the head in one go, which costs a copy and saves a call of the system.
const SHORT_BODY: u64 = 16 * 1024;

/// The request that is being sent.
#[derive(Debug, Default)]
pub(super) struct Writer {
    head: Vec<u8>,
    written: usize,
    /// What follows.
    body: Outgoing,
    /// Whether something was written that may still be on its way through TLS.
    unflushed: bool,
    /// Whether something of it may have gone out.
    begun: bool,
}

impl Writer {
    /// Takes a request.
    pub(super) fn begin(&mut self, head: &mut Vec<u8>, body: &Outgoing) {
        self.head.clear();
        std::mem::swap(&mut self.head, head);
        self.written = 0;
        self.begun = false;
        if body.len() <= SHORT_BODY {
            for part in body.parts() {
                self.head.extend_from_slice(part);
            }
            self.body = Outgoing::default();
        } else {
            self.body = body.clone();
        }
    }

    /// Whether nothing of it can have gone out.
    pub(super) fn is_unsent(&self) -> bool {
        !self.begun
    }

    /// Leaves the rest of it out.
    pub(super) fn give_up(&mut self) {
        self.head.clear();
        self.written = 0;
        self.body = Outgoing::default();
        self.unflushed = false;
    }

    /// Whether all of it has gone out.
    pub(super) fn is_done(&self) -> bool {
        !self.unflushed && self.is_written()
    }

    fn is_written(&self) -> bool {
        self.written == self.head.len() && self.body.is_empty()
    }

    /// Writes as much as is taken. `true` where that is anything.
    ///
    /// # Errors
    /// Where the connection broke.
    pub(super) fn write_on(
        &mut self,
        stream: &mut Stream,
        cx: &mut Context<'_>,
    ) -> io::Result<bool> {
        let mut went = false;
        while !self.is_written() {
            // TLS may have sent a part where it says that it could not send all.
            self.begun |= matches!(stream, Stream::Tls(_));
            let rest = &self.head[self.written..];
            let next = if rest.is_empty() {
                self.body.front()
            } else {
                rest
            };
            match Pin::new(&mut *stream).poll_write(cx, next)? {
                Poll::Ready(0) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(length) if rest.is_empty() => self.body.advance(length),
                Poll::Ready(length) => self.written += length,
                Poll::Pending => break,
            }
            self.begun = true;
            self.unflushed = true;
            went = true;
        }
        if self.unflushed && Pin::new(stream).poll_flush(cx)?.is_ready() {
            self.unflushed = false;
            went = true;
        }
        Ok(went)
    }
}
