//! Bodies of answers.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::abort::Abort;
use super::record::Listing;

/// What `/static/N` is made of.
static FILL: [u8; 64 * 1024] = [b'x'; 64 * 1024];

/// What `/truncate` sends, and what it says it will send.
const CUT_SHORT: &[u8] = b"this is not al";
pub(super) const CUT_SHORT_LENGTH: u64 = 100;

/// The body of an answer.
#[derive(Debug)]
pub(super) enum Payload {
    /// Bytes that are at hand; they may be none.
    Whole(Bytes),
    /// So many bytes.
    Fill(u64),
    /// Chunks that come slowly.
    Drip(Drip),
    /// A body that breaks off.
    CutShort(CutShort),
    /// The record.
    Listing(Listing),
}

/// Chunks, one each interval.
#[derive(Debug)]
pub(super) struct Drip {
    interval: Duration,
    sent: u64,
    chunks: u64,
    due: Pin<Box<Sleep>>,
}

/// How far a body is that breaks off.
#[derive(Debug)]
pub(super) enum CutShort {
    Unsent,
    Sent,
    Flushed,
}

impl Payload {
    /// No bytes.
    pub(super) const EMPTY: Self = Self::Whole(Bytes::new());

    /// So many chunks, the first after one interval.
    pub(super) fn drip(interval: Duration, chunks: u64) -> Self {
        let due = Box::pin(sleep_until(Instant::now() + interval));
        Self::Drip(Drip {
            interval,
            sent: 0,
            chunks,
            due,
        })
    }
}

impl Drip {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.sent == self.chunks {
            return Poll::Ready(None);
        }
        std::task::ready!(self.due.as_mut().poll(cx));
        let next = self.due.deadline() + self.interval;
        self.due.as_mut().reset(next);
        self.sent += 1;
        Poll::Ready(Some(
            format!("chunk {} of {}\n", self.sent, self.chunks).into(),
        ))
    }
}

impl CutShort {
    fn poll_bytes(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Abort>>> {
        match self {
            Self::Unsent => {
                *self = Self::Sent;
                Poll::Ready(Some(Ok(Bytes::from_static(CUT_SHORT))))
            }
            // hyper flushes what it was given before it asks again, but not after an error.
            Self::Sent => {
                *self = Self::Flushed;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Flushed => Poll::Ready(Some(Err(Abort::CutShort))),
        }
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = Abort;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let data = match self.get_mut() {
            Self::Whole(bytes) if bytes.is_empty() => None,
            Self::Whole(bytes) => Some(Ok(std::mem::take(bytes))),
            Self::Fill(0) => None,
            Self::Fill(left) => {
                let len = (*left).min(FILL.len() as u64);
                *left -= len;
                Some(Ok(Bytes::from_static(&FILL[..len as usize])))
            }
            Self::Drip(drip) => std::task::ready!(drip.poll_chunk(cx)).map(Ok),
            Self::CutShort(cut_short) => std::task::ready!(cut_short.poll_bytes(cx)),
            Self::Listing(listing) => listing.next_piece(),
        };
        Poll::Ready(data.map(|data| data.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_empty(),
            Self::Fill(left) => *left == 0,
            Self::Drip(drip) => drip.sent == drip.chunks,
            Self::CutShort(_) => false,
            Self::Listing(listing) => listing.is_done(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Fill(left) => SizeHint::with_exact(*left),
            Self::Drip(_) | Self::CutShort(_) | Self::Listing(_) => SizeHint::default(),
        }
    }
}
